//! The site as it is now, and what changed when.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Built;
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::project::{Inspected, inspect};
use crate::publish::book;
use crate::publish::html::HtmlRenderer;
use crate::publish::html::theme::Theme;
use crate::publish::tree::FileTree;
use crate::render::{Engine, Templates};
use crate::report::{Colour, Extent, Format, Report, Root, Style};
use crate::source::disk::Folder;

/// A site in memory that is built again and again.
pub struct Preview {
    folder: Folder,
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// Counts the builds that came to something.
    version: u64,
    /// The last good site.
    files: FileTree,
    /// The version in which each file changed last, or went away.
    changed: BTreeMap<String, u64>,
    /// What is wrong now, as a report for people; empty where nothing is.
    faults: String,
    /// Highlights code that did not change once.
    renderer: Option<HtmlRenderer>,
}

/// What a page that is open has to know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct News {
    /// What to ask for next time.
    pub(super) version: u64,
    /// Whether the page is another one by now.
    pub(super) reload: bool,
    /// What is wrong with the project; empty where nothing is.
    pub(super) faults: String,
}

impl Preview {
    /// Makes a preview that has not been built yet.
    pub fn new(folder: Folder) -> Self {
        Self { folder, state: Mutex::default(), news: Condvar::new() }
    }

    /// Builds the site, and tells open pages.
    pub fn build(&self) -> Built {
        let made = self.make();
        let mut state = self.state();
        let (files, faults) = match made {
            Ok(Made::Site(files)) => (Some(files), String::new()),
            Ok(Made::Faults(faults)) => (None, faults),
            Err(error) => (None, format!("error: {}\n", with_causes(&error))),
        };
        let version = state.version + 1;
        let changed = files.map_or(0, |files| state.take(files, version));
        if changed > 0 || state.faults != faults {
            state.version = version;
            state.faults.clone_from(&faults);
            self.news.notify_all();
        }
        Built { changed, faults, took: Duration::ZERO }
    }

    /// The file at a path, and the version of the site.
    pub(super) fn file(&self, path: &str) -> (Option<Vec<u8>>, u64) {
        let state = self.state();
        (state.files.get(path).cloned(), state.version)
    }

    /// Tells whether there is a page at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.state().files.contains_key(path)
    }

    /// Waits for a version that is newer than `since`, at the most for `patience`.
    pub(super) fn news(&self, page: &str, since: u64, patience: Duration) -> News {
        let state = self.state();
        // Another preview than this one gave a version that this one has not reached.
        let is_new = |state: &mut State| state.version == since;
        let waited = self.news.wait_timeout_while(state, patience, is_new);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        News {
            version: state.version,
            reload: state.version < since || state.has_changed(page, since),
            faults: state.faults.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The site as the project says, or why there is none.
    fn make(&self) -> Result<Made, Error> {
        let Inspected { sources, catalog, mut inspection, .. } = inspect(&self.folder)?;
        inspection.sort();
        inspection.diagnostics.retain(|found| found.rule.severity == Severity::Error);
        if !inspection.diagnostics.is_empty() {
            let (root, patterns) = (Root::default(), None);
            let inspection = &inspection;
            let report = Report { sources: &sources, base: "", inspection, patterns, root: &root };
            return Ok(Made::Faults(text_of(&report)));
        }
        let templates = Templates::of_project(&self.folder)?;
        let engine = Engine::new(&templates)?;
        let Some(book) = book::assemble(&catalog, &sources, &engine)? else {
            return Ok(Made::Faults("error: the book cannot be put together\n".to_owned()));
        };
        let theme = Theme { files: templates.below("site") };
        let before = self.state().renderer.take();
        let renderer = match before {
            Some(renderer) => renderer.with_theme(theme),
            None => HtmlRenderer::new(theme),
        };
        let files = book.to_site(self.folder.root(), &renderer);
        self.state().renderer = Some(renderer);
        Ok(Made::Site(files?))
    }
}

/// What a build made.
enum Made {
    Site(FileTree),
    Faults(String),
}

impl State {
    /// Takes a new site, and counts what differs.
    fn take(&mut self, files: FileTree, version: u64) -> usize {
        let before = std::mem::replace(&mut self.files, files);
        let gone = before.keys().filter(|path| !self.files.contains_key(*path)).cloned();
        let is_new = |(path, bytes): &(&String, &Vec<u8>)| before.get(*path) != Some(*bytes);
        let new = self.files.iter().filter(is_new).map(|(path, _)| path.clone());
        let changed: Vec<String> = new.chain(gone).collect();
        self.changed.extend(changed.iter().map(|path| (path.clone(), version)));
        changed.len()
    }

    /// Tells whether a page looks different than at a version: it changed, or a picture or
    /// another file that it may show.
    fn has_changed(&self, page: &str, since: u64) -> bool {
        let is_shown = |path: &str| path == page || !is_page_or_index(path);
        self.changed.iter().any(|(path, version)| *version > since && is_shown(path))
    }
}

/// Tells whether a file is a page, or made for programs that look for pages.
fn is_page_or_index(path: &str) -> bool {
    [".html", ".md", ".json", ".txt", ".xml"].iter().any(|ending| path.ends_with(ending))
}

fn text_of(report: &Report<'_>) -> String {
    let mut text = Vec::new();
    let style = Style { colour: Colour::None, extent: Extent::Readable };
    Format::Human.write(report, style, &mut text).expect("memory takes any text");
    String::from_utf8_lossy(&text).into_owned()
}

/// An error with its causes, as one line.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
