//! Looks at the open documents: a file of a project with its project, any other alone.
//!
//! The same functions as those of `patternbook check`, on the texts that the editor has.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::Uri;

use super::documents::OpenDocument;
use crate::check::Strictness;
use crate::diagnostic::{Diagnostic, Fix, Profile, Rule};
use crate::inspect::{Inspection, suppress, tree};
use crate::model::load::MANIFEST;
use crate::project;
use crate::publish::reference::all_rules;
use crate::source::disk::{self, Folder, TEXT_LIMIT};
use crate::source::{FileId, Sources};

/// How many findings of one document are shown.
const MOST_FINDINGS: usize = 500;

/// How to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Whether documentation is given its tolerances.
    pub(super) strictness: Strictness,
    /// Whose reading of the formats.
    pub(super) profile: Option<Profile>,
}

/// Documents to look at, among all that are open.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) targets: Vec<Uri>,
    pub(super) open: Vec<OpenDocument>,
    pub(super) manner: Manner,
}

/// What was found in one document.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) uri: Uri,
    /// Of the text that was looked at.
    pub(super) revision: u64,
    pub(super) found: Vec<Found>,
}

/// A finding, by bytes of the text.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) rule: &'static Rule,
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// What goes, and what comes instead.
    pub(super) replacement: Option<(Range<usize>, Arc<str>)>,
}

/// Looks at every target, and at what is open of the same projects.
pub(super) fn look(job: &Job) -> Vec<Looked> {
    let mut done: Vec<Looked> = Vec::new();
    for document in job.open.iter().filter(|document| job.targets.contains(&document.uri)) {
        if done.iter().any(|looked| looked.uri == document.uri) {
            continue;
        }
        // A fault of ours in one document must not take the others with it.
        let looked = catch_unwind(AssertUnwindSafe(|| look_at(document, job)));
        done.extend(looked.unwrap_or_else(|_| vec![nothing_in(document)]));
    }
    done
}

fn nothing_in(document: &OpenDocument) -> Looked {
    Looked { uri: document.uri.clone(), revision: document.revision, found: Vec::new() }
}

fn look_at(document: &OpenDocument, job: &Job) -> Vec<Looked> {
    if document.text.len() as u64 > TEXT_LIMIT {
        return vec![nothing_in(document)];
    }
    let looked = project_of(document).and_then(|folder| look_at_project(folder, job));
    if let Some(looked) = looked
        && looked.iter().any(|looked| looked.uri == document.uri)
    {
        return looked;
    }
    let manner = job.manner;
    let (sources, mut inspection) =
        tree::inspect_text(&document.name(), &document.text, manner.strictness);
    if manner.strictness == Strictness::Strict {
        inspection.refuse_skipped();
    }
    suppress::suppress(&sources, &all_rules(), &mut inspection);
    inspection.keep_profile(manner.profile);
    inspection.sort();
    let found = inspection.diagnostics.into_iter().take(MOST_FINDINGS).map(found).collect();
    vec![Looked { found, ..nothing_in(document) }]
}

/// The folder of the project that a document is a file of.
fn project_of(document: &OpenDocument) -> Option<Folder> {
    let path = document.path.as_deref()?;
    let folder = Folder::find_project(path).ok()?;
    is_of_project(&below(&folder, path)?).then_some(folder)
}

/// Tells of a path below a project whether the project may read that file.
fn is_of_project(path: &str) -> bool {
    const FOLDERS: [&str; 5] = ["patterns/", "contracts/", "labs/", "book/", "plugin/"];
    matches!(path, MANIFEST | "choose.yaml")
        || FOLDERS.iter().any(|folder| path.starts_with(folder))
}

fn below(folder: &Folder, path: &Path) -> Option<String> {
    path.strip_prefix(folder.root()).ok().map(disk::with_slashes)
}

/// Looks at a project with the texts of its open documents, and gives what is in each of those
/// that it reads.
fn look_at_project(folder: Folder, job: &Job) -> Option<Vec<Looked>> {
    let mut open: BTreeMap<String, &OpenDocument> = BTreeMap::new();
    for document in &job.open {
        let path: Option<&PathBuf> = document.path.as_ref();
        if let Some(path) = path.and_then(|path| below(&folder, path)) {
            open.insert(path, document);
        }
    }
    let text_of = |(path, document): (&String, &&OpenDocument)| {
        (path.clone(), document.text.as_ref().clone())
    };
    let texts = open.iter().map(text_of).collect();
    let project = project::inspect(&folder.with_unsaved(texts)).ok()?;
    let (sources, mut inspection) = (project.sources, project.inspection);
    inspection.keep_profile(job.manner.profile);
    inspection.sort();
    let mut found = by_file(&sources, inspection);
    let mut looked = Vec::new();
    for (path, document) in open {
        if let Some(found) = found.remove(&path) {
            looked.push(Looked { found, ..nothing_in(document) });
        }
    }
    Some(looked)
}

/// What was found in each file, for every file that was read.
fn by_file(sources: &Sources, inspection: Inspection) -> BTreeMap<String, Vec<Found>> {
    let mut files: BTreeMap<String, Vec<Found>> =
        sources.files().iter().map(|file| (file.path.clone(), Vec::new())).collect();
    let path = |file: FileId| &sources.file(file).path;
    for diagnostic in inspection.diagnostics {
        let of_file = files.get_mut(path(diagnostic.span.file));
        let of_file = of_file.expect("every file of a span is one of the sources");
        if of_file.len() < MOST_FINDINGS {
            of_file.push(found(diagnostic));
        }
    }
    files
}

fn found(diagnostic: Diagnostic) -> Found {
    let Diagnostic { rule, span, message, help, fix } = diagnostic;
    let replacement = match fix {
        Some(Fix::Replace { at, with }) if at.file == span.file => {
            Some((at.start..at.end, Arc::from(with)))
        }
        _ => None,
    };
    Found { rule, range: span.start..span.end, message, help, replacement }
}
