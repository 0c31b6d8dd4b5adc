//! `patternbook check`: every snippet gets a verdict.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::output::{Destinations, Outputs};
use super::progress::Shown;
use super::{Outcome, project};
use crate::check::Strictness;
use crate::diagnostic::{Profile, Severity};
use crate::error::Error;
use crate::inspect::tree;
use crate::model::load::MANIFEST;
use crate::report::{Format, Report};
use crate::source::disk::{self, Folder};

/// Check every code snippet: parsed, and held against the rules of its kind
///
/// Without PATH: the project around you, its patterns and its hand-written chapters. With
/// PATH: any Markdown file, skill, plugin or folder, in a project or not. In a folder,
/// what `.gitignore` names is left out.
///
/// A fence in Markdown is parsed in its language. An example of a pattern that names a
/// `kind`, and a file such as `.mcp.json`, SKILL.md or a shell script, is also held against
/// the rules of its kind.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 no error, 1 errors, 2 the tool could not go on, 3 nothing was checked.

Examples:
  patternbook check                        the project around you
  patternbook check docs README.md         Markdown of any origin
  patternbook check --format agent docs    for a coding agent
  patternbook check --format github --format sarif=report.sarif .
                                           in CI: annotations, and a file for code scanning")]
pub(super) struct Check {
    /// Files and folders to check
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
    /// Keep to one reading of the formats of skills: `spec` for what every agent reads,
    /// `claude-code` for what Claude Code does. Without it, both speak up
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// Tolerate no placeholder, ellipsis or fragment, and let a snippet that was skipped
    /// be an error
    #[arg(long)]
    strict: bool,
    /// Let it be no failure when there was nothing to check, as in a hook that hands over what
    /// was changed
    #[arg(long)]
    allow_nothing: bool,
}

impl Check {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let destinations = self.outputs.destinations()?;
        if self.paths.is_empty() {
            let checked = self.check_project(&project::current_folder()?, &[], &destinations);
            return checked.map_err(|error| match error.downcast_ref() {
                Some(Error::NoProject { .. }) => anyhow!("{error}, or name a path to check"),
                _ => error,
            });
        }
        if let [path] = self.paths.as_slice()
            && disk::is_file(&path.join(MANIFEST))
        {
            return self.check_project(path, &[], &destinations);
        }
        let patterns = self.paths.iter().filter(|path| is_of_patterns(path)).count();
        if patterns > 0 {
            anyhow::ensure!(
                patterns == self.paths.len(),
                "patterns and other files are checked in two runs: a pattern needs its project"
            );
            return self.check_project(&self.paths[0], &self.paths, &destinations);
        }
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Documentation };
        let progress = Shown::start("checking");
        let (sources, mut inspection) = tree::inspect(&self.paths, strictness, progress.counts())?;
        if self.strict {
            inspection.refuse_skipped();
        }
        inspection.keep_profile(self.profile);
        inspection.sort();
        drop(progress);
        let root = project::root()?;
        let (sources, inspection) = (&sources, &inspection);
        let report = Report { sources, base: "", inspection, patterns: None, root: &root };
        self.report(&report, &destinations)
    }

    /// Checks the project around `start`, and shows what is at or below `only`; all, if that
    /// is empty.
    fn check_project(
        &self,
        start: &Path,
        only: &[PathBuf],
        destinations: &Destinations<Format>,
    ) -> anyhow::Result<Outcome> {
        let progress = Shown::start("checking");
        let mut project = project::open(start)?;
        drop(progress);
        if !only.is_empty() {
            project.keep_only(only)?;
        }
        project.inspection.keep_profile(self.profile);
        if self.strict {
            project.inspection.refuse_skipped();
            project.inspection.sort();
        }
        self.report(&project.report(), destinations)
    }

    fn report(
        &self,
        report: &Report<'_>,
        destinations: &Destinations<Format>,
    ) -> anyhow::Result<Outcome> {
        self.outputs.write(destinations, report)?;
        if report.count(Severity::Error) > 0 {
            return Ok(Outcome::Findings);
        }
        if report.inspection.checked() == 0 && !self.allow_nothing {
            writeln!(
                io::stderr(),
                "nothing was checked: `patternbook check` looks at the fences of Markdown files, \
                 and at `.mcp.json`, SKILL.md, plugin manifests and shell scripts"
            )?;
            return Ok(Outcome::Nothing);
        }
        Ok(Outcome::Clean)
    }
}

/// Tells whether a path is a pattern of a project, or a folder of patterns.
fn is_of_patterns(path: &Path) -> bool {
    let Ok(folder) = Folder::find_project(path) else { return false };
    let is_pattern = path.extension().is_some_and(|ending| ending == "yaml");
    let Ok(full) = disk::canonical(path) else { return false };
    full.starts_with(folder.root().join("patterns")) && (is_pattern || !disk::is_file(path))
}
