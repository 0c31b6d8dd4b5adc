//! Inspects files of any origin: Markdown, and documents of a known kind.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Inspection, inspect_markdown};
use crate::check::{self, Strictness, Verdict};
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::lint;
use crate::model::files::add;
use crate::source::disk::{self, TEXT_LIMIT};
use crate::source::{FileId, Snippet, Sources};

/// Inspects the files at or below `paths`.
pub fn inspect(paths: &[PathBuf], strictness: Strictness) -> Result<(Sources, Inspection), Error> {
    let mut files = Vec::new();
    for path in paths {
        // What is named by hand is never passed over in silence.
        let is_named = disk::is_file(path);
        files.extend(disk::walk(path)?.into_iter().filter(|file| is_named || is_document(file)));
    }
    files.sort_by_key(|path| display(path));
    files.dedup_by_key(|path| display(path));

    let mut sources = Sources::default();
    let mut all = Inspection::default();
    let texts: Vec<_> = files.par_iter().map(|file| disk::read(file, TEXT_LIMIT)).collect();
    let mut readable = Vec::new();
    for (path, text) in files.iter().zip(texts) {
        let name = display(path);
        let (file, is_readable) = add(&mut sources, &mut all.diagnostics, &name, text);
        if is_readable {
            readable.push(file);
        }
    }
    let inspections: Vec<Inspection> =
        readable.par_iter().map(|file| inspect_file(&sources, *file, strictness)).collect();
    for inspection in inspections {
        all.append(inspection);
    }
    Ok((sources, all))
}

fn inspect_file(sources: &Sources, file: FileId, strictness: Strictness) -> Inspection {
    let source = sources.file(file);
    let snippet = Snippet::whole(&source.text, file);
    let mut inspection = Inspection::default();
    if !is_document(Path::new(&source.path)) {
        let reason = "neither Markdown nor a document of a known kind".to_owned();
        inspection.add(&snippet, "", Verdict::Skipped(reason), Vec::new());
        return inspection;
    }
    if let Some(kind) = lint::recognize(&source.path) {
        inspect_document(&snippet, &source.path, kind, &mut inspection);
    }
    if is_markdown(Path::new(&source.path)) {
        inspect_markdown(&snippet, strictness, &mut inspection);
    }
    inspection
}

/// A document such as `.mcp.json` counts as a snippet of its own.
fn inspect_document(
    snippet: &Snippet,
    path: &str,
    kind: &dyn lint::Kind,
    inspection: &mut Inspection,
) {
    let language = kind.languages().first().copied().unwrap_or_default();
    let mut found = Vec::new();
    if !is_markdown(Path::new(path)) {
        // A file is no documentation: what a program would refuse is an error.
        check::check_file(language, &snippet.text, &mut found);
    }
    found.extend(lint::lint(kind, &snippet.text));
    let is_broken = found.iter().any(|finding| finding.rule.severity == Severity::Error);
    let verdict = if is_broken { Verdict::Invalid } else { Verdict::Valid };
    inspection.add(snippet, language, verdict, found);
}

fn is_document(path: &Path) -> bool {
    is_markdown(path) || lint::recognize(&display(path)).is_some()
}

fn is_markdown(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown")
}

fn display(path: &Path) -> String {
    let path = disk::with_slashes(path);
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}
