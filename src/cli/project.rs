//! Finds and loads the project that a command is about.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::inspect::Inspection;
use crate::ledger::Ledger;
use crate::model::Catalog;
use crate::project::{Inspected, inspect};
use crate::report::{Report, Root};
use crate::source::disk::{self, Folder};
use crate::source::{FileId, Sources};

/// A project with everything that was found in it.
pub(super) struct Project {
    pub(super) folder: Folder,
    pub(super) sources: Sources,
    pub(super) catalog: Catalog,
    pub(super) inspection: Inspection,
    /// What leads from where the person stands to the project, such as `../`.
    pub(super) base: String,
    /// Where the person stands.
    root: Root,
    /// How many patterns there are, readable or not.
    pub(super) patterns: usize,
    /// What was proven; empty where nothing was.
    ledger: Result<Ledger, Box<Diagnostic>>,
    /// Why what somebody wrote for the plugin was not inspected.
    pub(super) plugin: Result<(), Error>,
}

impl Project {
    /// Forgets what was found elsewhere than at or below `paths`, or in the examples of the
    /// patterns there.
    pub(super) fn keep_only(&mut self, paths: &[PathBuf]) -> anyhow::Result<()> {
        let (folder, sources) = (&self.folder, &self.sources);
        let paths: Vec<PathBuf> =
            paths.iter().map(|path| disk::canonical(path)).collect::<Result<_, _>>()?;
        let is_kept = |file: FileId| {
            let full = folder.root().join(&sources.file(file).path);
            let holds = |path: &PathBuf| {
                full.starts_with(path) || full.starts_with(path.with_extension(""))
            };
            paths.iter().any(holds)
        };
        let kept: BTreeSet<FileId> = sources.ids().filter(|file| is_kept(*file)).collect();
        self.keep(&kept);
        Ok(())
    }

    /// Forgets what was found in other files.
    pub(super) fn keep(&mut self, files: &BTreeSet<FileId>) {
        self.inspection.snippets.retain(|snippet| files.contains(&snippet.file));
        self.inspection.diagnostics.retain(|diagnostic| files.contains(&diagnostic.span.file));
        self.inspection.suppressed.retain(|diagnostic| files.contains(&diagnostic.span.file));
        let patterns = self.catalog.patterns.values();
        self.patterns = patterns.filter(|pattern| files.contains(&pattern.file)).count();
        let mut of_plugin = self.catalog.plugin.iter().filter_map(|written| written.file);
        if !of_plugin.any(|file| files.contains(&file)) {
            self.plugin = Ok(());
        }
    }
}

impl Project {
    /// What was proven, or why the record of it cannot be read.
    pub(super) fn ledger(&self) -> anyhow::Result<Ledger> {
        let fault = match &self.ledger {
            Ok(ledger) => return Ok(ledger.clone()),
            Err(fault) => fault,
        };
        let file = self.sources.file(fault.span.file);
        let line = file.position(fault.span.start).line;
        let help = fault.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
        anyhow::bail!("`{}{}`, line {line}: {}{help}", self.base, file.path, fault.message)
    }

    /// What a report shows of this project.
    pub(super) fn report(&self) -> Report<'_> {
        Report {
            sources: &self.sources,
            base: &self.base,
            inspection: &self.inspection,
            patterns: Some(self.patterns),
            root: &self.root,
        }
    }
}

/// Loads and inspects the project at or above `start`.
pub(super) fn open(start: &Path) -> anyhow::Result<Project> {
    let folder = Folder::find_project(start)?;
    let base = base(&folder)?;
    let Inspected { sources, catalog, mut inspection, ledger, plugin } = inspect(&folder)?;
    inspection.sort();
    let patterns = catalog.patterns.len();
    let root = root()?;
    Ok(Project { folder, sources, catalog, inspection, base, root, patterns, ledger, plugin })
}

/// What stands before a path of the project so that it can be opened from where the
/// person stands.
fn base(folder: &Folder) -> anyhow::Result<String> {
    let here = disk::canonical(&current_folder()?)?;
    if let Ok(below) = here.strip_prefix(folder.root()) {
        return Ok("../".repeat(below.components().count()));
    }
    let path = folder.root().strip_prefix(&here).unwrap_or(folder.root());
    Ok(format!("{}/", path.display()))
}

/// Where the person stands in a repository.
pub(super) fn root() -> anyhow::Result<Root> {
    let here = disk::canonical(&current_folder()?)?;
    let root = disk::repository(&here).unwrap_or_else(|| here.clone());
    let below = here.strip_prefix(&root).expect("the root is above");
    let below = below.iter().map(|part| format!("{}/", part.to_string_lossy())).collect();
    Ok(Root { path: disk::with_slashes(&root), below })
}

/// The folder in which the person stands.
#[expect(clippy::disallowed_methods, reason = "`cli` is the reader of the environment")]
pub(super) fn current_folder() -> anyhow::Result<PathBuf> {
    use anyhow::Context as _;
    std::env::current_dir().context("cannot tell the current folder")
}
