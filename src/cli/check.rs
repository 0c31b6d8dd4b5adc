//! `patternbook check`: every snippet gets a verdict.
//!
//! What is found goes through what a person adopted (`adopt`), may be mended (`mend`), and may
//! be of some files only (`narrow`). `subject` is what it is found in.

mod adopt;
mod mend;
mod narrow;
mod remember;
mod subject;

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use self::adopt::Adopt;
use self::mend::Mend;
use self::narrow::{Narrow, Narrowed};
use self::remember::Memory;
use self::subject::{Subject, Tree};
use super::output::{Destinations, Outputs};
use super::progress::Shown;
use super::{Outcome, project};
use crate::check::Strictness;
use crate::diagnostic::{Profile, Severity};
use crate::error::Error;
use crate::inspect::suppress;
use crate::inspect::tree::{self, Request};
use crate::model::load::MANIFEST;
use crate::publish::reference::all_rules;
use crate::report::{Format, Report};
use crate::source::disk::{self, Folder};

/// Check every code snippet: parsed, and held against the rules of its kind
///
/// Without PATH: the project around you, its patterns, its hand-written chapters, and what
/// stands in `plugin/`, as the parts of the plugin that it becomes. With PATH: any Markdown
/// file, skill, plugin or folder, in a project or not. In a folder, what `.gitignore` names is
/// left out.
///
/// A fence in Markdown is parsed in its language. An example of a pattern that names a
/// `kind`, and a file such as `.mcp.json`, SKILL.md or a shell script, is also held against
/// the rules of its kind.
///
/// To leave one finding, say why in a comment before it: in Markdown
/// `<!-- patternbook-ignore RULE: reason -->`, in code and YAML `# patternbook-ignore RULE: reason`.
/// For a whole file, write `patternbook-ignore-file`. To leave what an old tree has, write a
/// baseline: it can only shrink.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 no error, 1 errors, 2 the tool could not go on, 3 nothing was checked.

Examples:
  patternbook check                        the project around you
  patternbook check docs README.md         Markdown of any origin
  patternbook check --format agent docs    for a coding agent
  patternbook check --fix docs             mend what can be mended safely
  patternbook check --since main .         only what you changed
  patternbook check --baseline known.json --write-baseline .
                                           leave what is there, and stop what is new
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
    #[command(flatten)]
    narrow: Narrow,
    #[command(flatten)]
    adopt: Adopt,
    #[command(flatten)]
    mend: Mend,
    /// Parse every file again, and remember nothing of it
    ///
    /// What was found in a Markdown file is remembered by its content, in the user's cache folder
    /// or in the folder that `PATTERNBOOK_CACHE` names. The report is the same without.
    #[arg(long)]
    no_cache: bool,
}

/// What a run is about.
enum Scope {
    /// A project, found from `start`; only what is at or below `only`, unless that is empty.
    Project { start: PathBuf, only: Vec<PathBuf> },
    /// Files and folders.
    Tree(Vec<PathBuf>),
    /// One text, as if it stood in a file.
    Text(PathBuf, String),
}

/// Texts that are not on the disk yet, by the path that a report shows.
type Texts = BTreeMap<String, String>;

impl Check {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let destinations = self.outputs.destinations()?;
        if let Some(baseline) = self.adopt.file() {
            destinations.spare(baseline, "the baseline")?;
        }
        let scope = self.scope()?;
        let narrowed = self.narrow.narrowed()?;
        let baseline = self.adopt.read()?;
        // Before anything is mended or written.
        let look_and_spare = |texts: &Texts| {
            let subject = self.look(&scope, &narrowed, texts)?;
            destinations.spare_checked(&subject.report())?;
            anyhow::Ok(subject)
        };
        let look = |texts: &Texts| {
            let mut subject = look_and_spare(texts)?;
            if let Some(baseline) = &baseline {
                baseline.hold(&mut subject, self.profile, narrowed.is_part())?;
            }
            subject.parts_mut().1.sort();
            Ok(subject)
        };
        if self.mend.shows() {
            return mend::show(&look, &scope);
        }
        if self.mend.writes() {
            mend::write(&look, &scope)?;
        }
        let mut subject = look_and_spare(&Texts::new())?;
        let baseline = match self.adopt.writes() {
            true => Some(self.adopt.write(baseline.as_ref(), &subject, self.profile)?),
            false => baseline,
        };
        if let Some(baseline) = &baseline {
            baseline.hold(&mut subject, self.profile, narrowed.is_part())?;
        }
        let inspection = subject.parts_mut().1;
        inspection.sort();
        inspection.limit();
        let outcome = self.report(&subject.report(), &destinations, narrowed.is_part())?;
        subject.require_whole()?;
        Ok(outcome)
    }

    /// Finds out what the arguments are about.
    fn scope(&self) -> anyhow::Result<Scope> {
        if let Some((path, text)) = self.narrow.text()? {
            return Ok(Scope::Text(path, text));
        }
        if self.paths.is_empty() {
            return Ok(Scope::Project { start: project::current_folder()?, only: Vec::new() });
        }
        if let [path] = self.paths.as_slice()
            && disk::is_file(&path.join(MANIFEST))
        {
            return Ok(Scope::Project { start: path.clone(), only: Vec::new() });
        }
        let patterns = self.paths.iter().filter(|path| is_of_patterns(path)).count();
        if patterns > 0 {
            anyhow::ensure!(
                patterns == self.paths.len(),
                "patterns and other files are checked in two runs: a pattern needs its project"
            );
            return Ok(Scope::Project { start: self.paths[0].clone(), only: self.paths.clone() });
        }
        Ok(Scope::Tree(self.paths.clone()))
    }

    /// Finds everything that is wrong, less what is suppressed.
    fn look(&self, scope: &Scope, narrowed: &Narrowed, texts: &Texts) -> anyhow::Result<Subject> {
        let progress = Shown::start("checking");
        let mut subject = match scope {
            Scope::Project { start, only } => self.look_at_project(start, only, narrowed)?,
            Scope::Tree(_) | Scope::Text(..) => {
                self.look_at_tree(scope, narrowed, texts, &progress)?
            }
        };
        let (sources, inspection) = subject.parts_mut();
        if self.strict {
            inspection.refuse_skipped();
        }
        suppress::suppress(sources, &all_rules(), inspection);
        inspection.keep_profile(self.profile);
        Ok(subject)
    }

    fn look_at_tree(
        &self,
        scope: &Scope,
        narrowed: &Narrowed,
        texts: &Texts,
        progress: &Shown,
    ) -> anyhow::Result<Subject> {
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Documentation };
        let memory = match scope {
            Scope::Tree(paths) if !self.no_cache && texts.is_empty() => {
                Memory::open(paths, strictness)
            }
            _ => None,
        };
        // Only what was changed in memory can have become another thing to mend.
        let is_new = |path: &Path| texts.is_empty() || texts.contains_key(&tree::display(path));
        let is_wanted = |path: &Path| is_new(path) && narrowed.holds(&tree::display(path), path);
        let own = match scope {
            Scope::Text(path, text) => Texts::from([(tree::display(path), text.clone())]),
            _ => Texts::new(),
        };
        let request = Request {
            strictness,
            progress: progress.counts(),
            is_wanted: &is_wanted,
            texts: if own.is_empty() { texts } else { &own },
            cache: memory.as_ref().map(Memory::cache),
        };
        let found = match scope {
            Scope::Text(path, _) => tree::inspect_files(vec![path.clone()], &request),
            Scope::Tree(paths) => tree::inspect_as(paths, &request)?,
            Scope::Project { .. } => unreachable!("a project is no tree"),
        };
        if let Some(memory) = memory {
            memory.keep(!narrowed.is_part());
        }
        let (sources, mut inspection) = (found.sources, found.inspection);
        inspection.scope = narrowed.describe(sources.files().len(), found.passed_over);
        Ok(Subject::Tree(Tree { sources, inspection, root: project::root()? }))
    }

    /// Looks at the project around `start`, and keeps what is at or below `only`; all, if that
    /// is empty.
    fn look_at_project(
        &self,
        start: &Path,
        only: &[PathBuf],
        narrowed: &Narrowed,
    ) -> anyhow::Result<Subject> {
        let opened = project::open(start).map_err(|error| match error.downcast_ref() {
            Some(Error::NoProject { .. }) if self.paths.is_empty() => {
                anyhow!("{error}, or name a path to check")
            }
            _ => error,
        });
        let mut project = opened?;
        if !only.is_empty() {
            project.keep_only(only)?;
        }
        if narrowed.is_part() {
            let is_held = |path: &str| narrowed.holds(path, &project.folder.root().join(path));
            let files = project.sources.ids();
            let kept = files.filter(|file| is_held(&project.sources.file(*file).path)).collect();
            project.keep(&kept);
            let passed_over = project.sources.files().len() - kept.len();
            project.inspection.scope = narrowed.describe(kept.len(), passed_over);
        }
        Ok(Subject::Project(Box::new(project)))
    }

    fn report(
        &self,
        report: &Report<'_>,
        destinations: &Destinations<Format>,
        is_part: bool,
    ) -> anyhow::Result<Outcome> {
        self.outputs.write(destinations, report)?;
        if report.count(Severity::Error) > 0 {
            return Ok(Outcome::Findings);
        }
        if report.inspection.checked() == 0 && !self.allow_nothing && !is_part {
            writeln!(
                io::stderr(),
                "nothing was checked: `patternbook check` looks at the fences of Markdown files, \
                 and at `.mcp.json`, SKILL.md, plugin manifests and shell scripts; files that \
                 `.gitignore` names are left out unless they are named as PATH"
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
