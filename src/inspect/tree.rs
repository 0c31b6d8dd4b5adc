//! Inspects files of any origin: Markdown, and documents of a known kind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use rayon::prelude::*;

use super::cache::{Cache, Key};
use super::neighbours::Around;
use super::roles::Roles;
use super::{Inspection, inspect_commands, inspect_markdown, inspect_order, suppress};
use crate::check::{self, Strictness, Verdict};
use crate::diagnostic::{Finding, Severity};
use crate::error::Error;
use crate::lint::document::Place;
use crate::lint::{self, Document, leak};
use crate::markdown;
use crate::model::files::add;
use crate::source::disk::{self, TEXT_LIMIT};
use crate::source::{FileId, Snippet, SourceFile, Sources, bidi};

/// How many files are in memory at once, apart from those with findings.
const FILES_AT_ONCE: usize = 128;

/// How far an inspection is. It may be looked at from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many files there are; 0 until that is known.
    pub all: AtomicUsize,
    /// How many of them are done.
    pub done: AtomicUsize,
}

/// What an inspection of files is asked for.
pub struct Request<'a> {
    /// Whether documentation may show what a machine would refuse.
    pub strictness: Strictness,
    /// Where to note how far it is.
    pub progress: &'a Progress,
    /// Tells of each file whether it is to be looked at.
    pub is_wanted: &'a (dyn Fn(&Path) -> bool + Sync),
    /// Texts that stand for those on the disk, by the path that a report shows.
    pub texts: &'a BTreeMap<String, String>,
    /// What is known of texts from an earlier run.
    pub cache: Option<&'a Cache>,
}

impl Request<'_> {
    /// Asks for everything, from scratch.
    pub fn plain(strictness: Strictness) -> Self {
        static NOWHERE: Progress = Progress { all: AtomicUsize::new(0), done: AtomicUsize::new(0) };
        static NO_TEXTS: BTreeMap<String, String> = BTreeMap::new();
        let is_wanted = &|_: &Path| true;
        Self { strictness, progress: &NOWHERE, is_wanted, texts: &NO_TEXTS, cache: None }
    }
}

/// What came of an inspection of files.
#[derive(Debug)]
pub struct Inspected {
    /// The files that were looked at.
    pub sources: Sources,
    /// What was found in them.
    pub inspection: Inspection,
    /// How many files were there and not wanted.
    pub passed_over: usize,
}

/// Inspects the files at or below `paths`, all and from scratch.
pub fn inspect(
    paths: &[PathBuf],
    strictness: Strictness,
    progress: &Progress,
) -> Result<(Sources, Inspection), Error> {
    let found = inspect_as(paths, &Request { progress, ..Request::plain(strictness) })?;
    Ok((found.sources, found.inspection))
}

/// Inspects the files at or below `paths` that are asked for.
pub fn inspect_as(paths: &[PathBuf], request: &Request<'_>) -> Result<Inspected, Error> {
    let mut files = Vec::new();
    let mut named = BTreeSet::new();
    for path in paths {
        // What is named by hand is never passed over in silence.
        if !disk::is_folder(path) {
            named.insert(without_dot(path.clone()));
        }
        let walked = disk::walk(path)?;
        named.extend(walked.unreadable.iter().cloned().map(without_dot));
        files.extend(walked.files.into_iter().chain(walked.unreadable));
    }
    let mut files = with_names(files);
    let roles = Roles::around(files.iter().map(|(name, path)| (name.as_str(), path.as_path())));
    let roles = roles.with_named(named.iter().map(|path| display(path)).collect());
    let is_sure = |file: &Path| named.contains(file) || is_document(file);
    files.retain(|(_, file)| is_sure(file) || roles.may_hold(file));
    let is_named = |file: &Path| named.contains(file);
    Ok(inspect_with(files, &roles, &is_named, request))
}

/// Inspects these files, of whatever kind.
pub fn inspect_files(files: Vec<PathBuf>, request: &Request<'_>) -> Inspected {
    let files = with_names(files);
    let roles = Roles::around(files.iter().map(|(name, path)| (name.as_str(), path.as_path())));
    let roles = roles.with_named(files.iter().map(|(name, _)| name.clone()).collect());
    inspect_with(files, &roles, &|_| true, request)
}

/// Files by the path that a report shows, sorted; each is one of them once.
fn with_names(files: Vec<PathBuf>) -> Vec<(String, PathBuf)> {
    let mut named: Vec<(String, PathBuf)> =
        files.into_iter().map(|path| (display(&path), without_dot(path))).collect();
    named.sort();
    // Of names that are not UTF-8 two may be shown alike.
    named.dedup();
    named
}

fn inspect_with(
    mut named: Vec<(String, PathBuf)>,
    roles: &Roles,
    is_named: &dyn Fn(&Path) -> bool,
    request: &Request<'_>,
) -> Inspected {
    let all = named.len();
    named.retain(|(_, path)| (request.is_wanted)(path));

    request.progress.all.store(named.len(), Relaxed);
    let mut sources = Sources::default();
    let mut inspection = Inspection::default();
    let selection = Selection { roles, is_named, request };
    for part in named.chunks(FILES_AT_ONCE) {
        selection.inspect_part(part, &mut sources, &mut inspection);
    }
    Inspected { sources, inspection, passed_over: all - named.len() }
}

/// Inspects one text that is in memory, as if it were the file `path`; sorted.
///
/// The path says what the text is: Markdown, or a document of a known kind; and what it belongs
/// to: the plugin or skill around it on the disk, if there is one. The rules see what is beside
/// it, and never what the file holds itself. What
/// comments suppress is among the findings: `suppress::suppress` takes it out.
///
/// ```
/// use patternbook::check::Strictness;
/// use patternbook::inspect::tree;
///
/// let text = "# Set-up\n\n```json\n{\"port\": 80,}\n```\n";
/// let (sources, inspection) = tree::inspect_text("setup.md", text, Strictness::Strict);
///
/// let diagnostic = &inspection.diagnostics[0];
/// assert_eq!(diagnostic.rule.id, "json-syntax");
/// let place = sources.file(diagnostic.span.file).position(diagnostic.span.start);
/// assert_eq!((place.line, place.column), (4, 12));
/// ```
pub fn inspect_text(path: &str, text: &str, strictness: Strictness) -> (Sources, Inspection) {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(path, text));
    let roles = Roles::around(std::iter::once((path, Path::new(path))));
    let roles = roles.with_named(BTreeSet::from([path.to_owned()]));
    let mut inspection = inspect_file(&sources, file, path, &roles, &Request::plain(strictness));
    inspection.sort();
    (sources, inspection)
}

/// Inspects texts that are in memory, as if each were the file of its path; sorted.
///
/// As [`inspect_text`] it leaves in what comments suppress.
pub fn inspect_texts(sources: &Sources, strictness: Strictness) -> Inspection {
    let paths = sources.files().iter().map(|file| file.path.as_str());
    let roles = Roles::around(paths.map(|path| (path, Path::new(path))));
    let files: Vec<FileId> = sources.ids().collect();
    let request = Request::plain(strictness);
    let inspect = |file: &FileId| {
        let path = &sources.file(*file).path;
        inspect_file(sources, *file, path, &roles, &request)
    };
    let inspections: Vec<Inspection> = files.par_iter().map(inspect).collect();
    let mut all = Inspection::default();
    for inspection in inspections {
        all.append(inspection);
    }
    all.sort();
    all
}

/// What is looked at, and how.
struct Selection<'a> {
    roles: &'a Roles,
    is_named: &'a dyn Fn(&Path) -> bool,
    request: &'a Request<'a>,
}

impl Selection<'_> {
    /// Reads and inspects some files, and lets go of the texts that no report can show.
    fn inspect_part(
        &self,
        files: &[(String, PathBuf)],
        sources: &mut Sources,
        inspection: &mut Inspection,
    ) {
        let request = self.request;
        let read = |(name, path): &(String, PathBuf)| match request.texts.get(name) {
            Some(text) => Ok(text.clone()),
            None => disk::read(path, TEXT_LIMIT),
        };
        let texts: Vec<_> = files.par_iter().map(read).collect();
        let mut readable = Vec::new();
        for ((name, path), text) in files.iter().zip(texts) {
            let holds = text.as_ref().is_ok_and(|text| self.roles.holds(name, text));
            if !(self.is_named)(path) && !is_document(path) && !holds {
                request.progress.done.fetch_add(1, Relaxed);
                continue;
            }
            let (file, is_readable) = add(sources, &mut inspection.diagnostics, name, text);
            if is_readable {
                readable.push(file);
            }
        }
        let shared = &*sources;
        let inspect = |file: &FileId| {
            let inspection =
                inspect_file(shared, *file, &shared.file(*file).path, self.roles, request);
            request.progress.done.fetch_add(1, Relaxed);
            inspection
        };
        let inspections: Vec<Inspection> = readable.par_iter().map(inspect).collect();
        for (file, of_file) in readable.into_iter().zip(inspections) {
            // With `--strict` a snippet that was skipped is a finding; a comment may be one.
            let may_be_shown = request.strictness == Strictness::Strict
                || !of_file.diagnostics.is_empty()
                || suppress::may_concern(&sources.file(file).text);
            if !may_be_shown {
                let asked = of_file.snippets.iter().map(|snippet| snippet.offset);
                sources.release(file, asked);
            }
            inspection.append(of_file);
        }
    }
}

/// Inspects a text as the file of a path, which `roles` knows.
pub(super) fn inspect_file(
    sources: &Sources,
    file: FileId,
    path: &str,
    roles: &Roles,
    request: &Request<'_>,
) -> Inspection {
    let text = &sources.file(file).text;
    let mut inspection = Inspection::default();
    let kind = roles.kind(path, text);
    let is_markdown = markdown::is_file(path);
    let remembered = Remembered::new(text, file, request);
    if kind.is_none() && !is_markdown && !roles.is_published(path) {
        let snippet = Snippet::whole(text, file);
        let reason = "neither Markdown nor a document of a known kind".to_owned();
        inspection.add(&snippet, "", Verdict::Skipped(reason), Vec::new());
        return inspection;
    }
    if let Some(kind) = kind {
        let snippet = Snippet::whole(text, file);
        inspect_document(&snippet, path, kind, roles, &mut inspection);
    }
    if is_markdown {
        let inspect = |snippet: &Snippet, inspection: &mut Inspection| {
            inspect_markdown(snippet, request.strictness, inspection);
        };
        inspection.append(remembered.inspect("markdown", inspect));
        if roles.is_in_unit(path) {
            inspection.append(remembered.inspect("commands", inspect_commands));
        }
        if roles.is_linked(path) && roles.recognize(path).is_none() {
            let page = Snippet::whole(text, file);
            inspect_page(&page, path, roles, &mut inspection);
        }
    }
    // To look is faster than to remember.
    if bidi::find(text).next().is_some() {
        inspect_order(&Snippet::whole(text, file), &mut inspection);
    }
    // The rules of a kind know better which of its fields are secret; and a page that nobody
    // installs shows answers of services with values that look like it.
    let is_page = is_markdown && !roles.is_in_unit(path);
    let by_form = is_page || kind.is_some() && !is_markdown;
    let leaks = match by_form {
        true => remembered.inspect("leaks by form", leaks_by(leak::check_text)),
        false => remembered.inspect("leaks by name", leaks_by(leak::check_code)),
    };
    inspection.add_missed(file, leaks.diagnostics);
    inspection
}

/// An inspection of a text for the secrets in it.
fn leaks_by(check: fn(&str, &mut Vec<Finding>)) -> impl Fn(&Snippet, &mut Inspection) {
    move |snippet, inspection| {
        let mut found = Vec::new();
        check(&snippet.text, &mut found);
        inspection.diagnostics.extend(found.into_iter().map(|leak| leak.place(snippet)));
    }
}

/// A text, with what an earlier run found in it.
struct Remembered<'a> {
    text: &'a str,
    file: FileId,
    cache: Option<(&'a Cache, Key)>,
}

impl<'a> Remembered<'a> {
    fn new(text: &'a str, file: FileId, request: &Request<'a>) -> Self {
        Self { text, file, cache: request.cache.map(|cache| (cache, Cache::hash(text))) }
    }

    /// Inspects the text, or remembers what was found. Nothing but the text, the strictness and
    /// the question may decide it.
    fn inspect(&self, question: &str, inspect: impl Fn(&Snippet, &mut Inspection)) -> Inspection {
        let key = self.cache.as_ref().map(|(cache, hash)| (cache, Cache::key(question, hash)));
        if let Some((cache, key)) = &key
            && let Some(known) = cache.get(key, self.file)
        {
            return known;
        }
        let mut inspection = Inspection::default();
        inspect(&Snippet::whole(self.text, self.file), &mut inspection);
        if let Some((cache, key)) = key {
            cache.put(key, &inspection);
        }
        inspection
    }
}

/// Checks the links of a document that is of no kind, if it belongs to a skill or a plugin.
fn inspect_page(snippet: &Snippet, path: &str, roles: &Roles, inspection: &mut Inspection) {
    let links = markdown::links(&snippet.text);
    if links.is_empty() {
        return;
    }
    let Ok(around) = Around::document(Path::new(path), &roles.surroundings) else { return };
    let place =
        Place { path: &around.path, folder: &around.parent, neighbours: &*around.neighbours };
    let mut found = Vec::new();
    lint::pages::lint(&Document { text: &snippet.text, place: Some(place) }, &links, &mut found);
    inspection.diagnostics.extend(found.into_iter().map(|finding| finding.place(snippet)));
}

/// A document such as `.mcp.json` counts as a snippet of its own.
fn inspect_document(
    snippet: &Snippet,
    path: &str,
    kind: &dyn lint::Kind,
    roles: &Roles,
    inspection: &mut Inspection,
) {
    let language = kind.languages().first().copied().unwrap_or_default();
    let mut found = Vec::new();
    if !markdown::is_file(path) {
        // A file is no documentation: what a program would refuse is an error.
        check::check_file(language, &snippet.text, &mut found);
    }
    // A file that is gone by now is held against its text alone.
    let around = Around::document(Path::new(path), &roles.surroundings).ok();
    let place = around.as_ref().map(|around| Place {
        path: &around.path,
        folder: &around.parent,
        neighbours: &*around.neighbours,
    });
    found.extend(lint::lint(kind, &Document { text: &snippet.text, place }));
    let is_broken = found.iter().any(|finding| finding.rule.severity == Severity::Error);
    let verdict = if is_broken { Verdict::Invalid } else { Verdict::Valid };
    inspection.add(snippet, language, verdict, found);
}

fn is_document(path: &Path) -> bool {
    is_document_at(&display(path))
}

/// Tells whether a path is that of Markdown or of a document of a kind.
pub(super) fn is_document_at(path: &str) -> bool {
    markdown::is_file(path) || lint::recognize(path).is_some()
}

/// A path without `./` before it, so that each file has one.
fn without_dot(path: PathBuf) -> PathBuf {
    path.strip_prefix("./").map(Path::to_owned).unwrap_or(path)
}

/// The path of a file as a report shows it.
pub fn display(path: &Path) -> String {
    let path = disk::with_slashes(path);
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}
