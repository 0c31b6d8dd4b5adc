//! The site as it is now, and what changed when.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Built;
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::project::{self, Inspected, Memory};
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
    /// What did not change is not read again.
    memory: Memory,
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// Counts what open pages have to know.
    version: u64,
    /// The last good site.
    files: FileTree,
    /// How many pages it has.
    pages: usize,
    /// The version in which each file changed last, or went away.
    changed: BTreeMap<String, u64>,
    /// What is wrong now, as a report for people; empty where nothing is.
    faults: String,
    /// Highlights code that did not change once.
    renderer: Option<HtmlRenderer>,
}

/// A site that is shown and not checked yet.
pub struct Shown {
    /// When the first change that is not checked yet was heard of.
    since: Instant,
    /// How many files are new, changed or gone.
    changed: usize,
    /// How many pages a first site has.
    first: Option<usize>,
    /// How long it took.
    took: Duration,
    /// Why it could not be built; empty where it could.
    faults: String,
    /// What it was built from, if that could be read.
    project: Option<Inspected>,
}

impl Shown {
    /// Takes over what an earlier site, which nobody checked, has left to be said.
    #[must_use]
    pub fn after(self, earlier: Option<Self>) -> Self {
        match earlier {
            Some(earlier) => {
                let changed = earlier.changed + self.changed;
                let first = earlier.first.or(self.first);
                Self { since: earlier.since, changed, first, ..self }
            }
            None => self,
        }
    }

    /// When the first change that is not checked yet was heard of.
    pub fn since(&self) -> Instant {
        self.since
    }
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
        Self { folder, memory: Memory::default(), state: Mutex::default(), news: Condvar::new() }
    }

    /// Builds the site, and tells open pages.
    pub fn show(&self) -> Shown {
        let started = Instant::now();
        let (mut changed, mut faults) = (0, String::new());
        let was_empty = self.state().files.is_empty();
        let project = match project::load(&self.folder, &self.memory) {
            Ok(project) => {
                match self.site(&project) {
                    Ok(Some(files)) => changed = self.replace(files),
                    Ok(None) => {}
                    Err(error) => faults = describe(&error),
                }
                Some(project)
            }
            Err(error) => {
                faults = describe(&error);
                None
            }
        };
        let first = (was_empty && changed > 0).then(|| self.state().pages);
        Shown { since: started, changed, first, took: started.elapsed(), faults, project }
    }

    /// Checks the project that is shown, and tells open pages what is wrong. It comes after the
    /// pages: somebody who writes wants to see the words first.
    pub fn check(&self, shown: Shown) -> Built {
        let Shown { changed, first, took, mut faults, project, .. } = shown;
        if let Some(mut project) = project {
            project.inspect(&self.folder);
            if let Err(error) = &project.plugin {
                faults += &describe(error);
            }
            faults += &errors(project);
        }
        let is_news = self.tell(&faults);
        Built { changed, first, shown: took, faults, is_news: is_news || changed > 0 }
    }

    /// The file at a path, and the version of the site.
    pub(super) fn file(&self, path: &str) -> (Option<Vec<u8>>, u64) {
        let state = self.state();
        (state.files.get(path).cloned(), state.version)
    }

    /// What is wrong now; empty where nothing is.
    pub(super) fn faults(&self) -> String {
        self.state().faults.clone()
    }

    /// Tells whether there is a file at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.state().files.contains_key(path)
    }

    /// Waits for a version other than `since`, at the most for `patience`.
    pub(super) fn news(&self, page: &str, since: u64, patience: Duration) -> News {
        let is_old = |state: &mut State| state.version == since;
        let waited = self.news.wait_timeout_while(self.state(), patience, is_old);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        News {
            version: state.version,
            // A higher version is of a preview that ran before this one.
            reload: state.version < since || state.has_changed(page, since),
            faults: state.faults.clone(),
        }
    }

    /// The site as the project says; none where the book cannot be put together.
    fn site(&self, project: &Inspected) -> Result<Option<FileTree>, Error> {
        let mut found = project.inspection.diagnostics.iter();
        if found.any(|found| found.rule.severity == Severity::Error) {
            return Ok(None);
        }
        let templates = Templates::of_project(&self.folder)?;
        let engine = Engine::new(&templates)?;
        let Some(mut book) = book::assemble(&project.catalog, &project.sources, &engine)? else {
            return Ok(None);
        };
        book.stand_at_root()?;
        let theme = Theme { files: templates.below("site") };
        let before = self.state().renderer.take();
        let renderer = match before {
            Some(renderer) => renderer.with_theme(theme),
            None => HtmlRenderer::new(theme),
        };
        let files = book.to_site(self.folder.root(), &renderer);

        let mut state = self.state();
        state.renderer = Some(renderer);
        state.pages = book.len();
        files.map(Some)
    }

    /// Takes a new site, and counts the files that differ.
    fn replace(&self, files: FileTree) -> usize {
        let mut state = self.state();
        let version = state.version + 1;
        let before = std::mem::replace(&mut state.files, files);
        let gone = before.keys().filter(|path| !state.files.contains_key(*path)).cloned();
        let is_new = |(path, bytes): &(&String, &Vec<u8>)| before.get(*path) != Some(*bytes);
        let new = state.files.iter().filter(is_new).map(|(path, _)| path.clone());
        let changed: Vec<String> = new.chain(gone).collect();
        let count = changed.len();
        if count > 0 {
            state.changed.extend(changed.into_iter().map(|path| (path, version)));
            state.version = version;
            self.news.notify_all();
        }
        count
    }

    /// Takes what is wrong, and tells whether that is news.
    fn tell(&self, faults: &str) -> bool {
        let mut state = self.state();
        let is_news = state.faults != faults;
        if is_news {
            faults.clone_into(&mut state.faults);
            state.version += 1;
            self.news.notify_all();
        }
        is_news
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
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

/// The errors of a project, as people read them.
fn errors(mut project: Inspected) -> String {
    project.inspection.sort();
    project.inspection.diagnostics.retain(|found| found.rule.severity == Severity::Error);
    if project.inspection.diagnostics.is_empty() {
        return String::new();
    }
    let report = Report {
        sources: &project.sources,
        base: "",
        inspection: &project.inspection,
        patterns: None,
        root: &Root::default(),
    };
    let mut text = Vec::new();
    let style = Style { colour: Colour::None, extent: Extent::Readable };
    Format::Human.write(&report, style, &mut text).expect("memory takes any text");
    String::from_utf8_lossy(&text).into_owned()
}

/// A failure with its causes.
fn describe(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let causes: String = causes.map(|cause| format!(": {cause}")).collect();
    format!("error: {error}{causes}\n")
}
