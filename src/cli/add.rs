//! `patternbook add`: writes a pattern into somebody's plugin.

mod ask;
mod find;
mod result;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use self::ask::Dialogue;
use self::find::Shelf;
use super::Outcome;
use crate::diagnostic::{printable, printable_name, suggest};
use crate::model::yaml::add::AskedValue;
use crate::publish::add::plan::{MANIFEST, Plan, plan};
use crate::publish::add::values::{Answers, PROJECT_ROOT, fault};
use crate::publish::add::{Conflict, Recipe};
use crate::publish::tree::apply::{self, Change};
use crate::report::count;
use crate::source::disk::{self, Folder};

/// Write a pattern into a plugin: its files, and its section of the README
///
/// Asks for what only you know, shows what would change, and writes when you say yes: all of it or
/// nothing. What you have stays: keys go into a JSON file beside yours, the section goes below your
/// README, and any other file that says something else stops everything. At the end, what was
/// written is checked.
///
/// The pattern is one of the project around you or, where that has none of this name that can be
/// added, one of the tool's own. Without PATTERN, those that can be added are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 written and clean, or shown; 1 not written, or errors were found in it;
2 the tool could not go on.

Examples:
  patternbook add                                       what can be added
  patternbook add bearer-token-header                   into this folder; asks
  patternbook add robust-headers-helper --into plugins/acme --dry-run
  patternbook add bearer-token-header --yes --set name=acme --set url=https://mcp.acme.example/mcp")]
pub(super) struct Add {
    /// The id of the pattern
    pattern: Option<String>,
    /// The folder of the plugin
    #[arg(long, value_name = "DIR", default_value = ".", requires = "pattern")]
    into: PathBuf,
    /// The answer to a question, by the name of its value
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, requires = "pattern")]
    set: Vec<(String, String)>,
    /// Where FILE says something else, take the pattern's: of a JSON file the keys that differ, of a
    /// README the section, of any other file all of it
    #[arg(long, value_name = "FILE", requires = "pattern")]
    replace: Vec<String>,
    /// Ask nothing, and write
    #[arg(long, requires = "pattern")]
    yes: bool,
    /// Show what would change, and write nothing, with `--yes` too
    #[arg(long, requires = "pattern")]
    dry_run: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Add {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let shelf = Shelf::open()?;
        let Some(id) = &self.pattern else {
            shelf.list()?;
            return Ok(Outcome::Clean);
        };
        let recipe = shelf.recipe(id)?;
        anyhow::ensure!(
            disk::is_folder(&self.into),
            "`{}` is no folder; make it first, or name the plugin's with `--into`",
            self.into.display()
        );
        let folder = Folder::open(&self.into)?;
        let Some(answers) = self.answers(&recipe)? else { return nothing_written() };
        let is_plugin = recipe.makes_plugin() || folder.kind(MANIFEST).is_some();
        let answers = Answers::new(&recipe, &answers, is_plugin);
        let replaced = self.replaced(&recipe, &answers)?;
        let plan = plan(&recipe, &answers, &folder, &replaced)?;
        if !plan.conflicts.is_empty() {
            return self.report(&plan.conflicts);
        }
        self.show(&plan)?;
        if plan.changes.iter().any(makes_plugin) {
            self.note_plugin()?;
        }
        if plan.changes.iter().any(names_project) {
            self.note_project()?;
        }
        if !plan.changes.is_empty() {
            if self.dry_run {
                writeln!(io::stderr(), "nothing was written: this is a dry run")?;
                return Ok(Outcome::Clean);
            }
            if !self.yes && !self.confirm()? {
                return nothing_written();
            }
            apply::apply(&folder, &plan.changes)?;
            let mut out = io::stdout().lock();
            writeln!(out, "wrote {}", count(plan.changes.len(), "file"))?;
        }
        if self.dry_run {
            return Ok(Outcome::Clean);
        }
        let paths: Vec<PathBuf> = plan.paths.iter().map(|path| self.shown(path)).collect();
        let outcome = result::check(&self.into, &paths)?;
        for (path, arguments) in recipe.probes(&answers) {
            result::name_probe(&self.shown(&path), &arguments)?;
        }
        Ok(outcome)
    }

    /// A path of the plugin as it can be opened from where the person stands.
    fn shown(&self, path: &str) -> PathBuf {
        if self.into == Path::new(".") { PathBuf::from(path) } else { self.into.join(path) }
    }

    /// The files whose text may go, each one of the pattern's.
    fn replaced(&self, recipe: &Recipe<'_>, answers: &Answers) -> anyhow::Result<BTreeSet<String>> {
        let known: Vec<String> = recipe.paths(answers).chain(["README.md".to_owned()]).collect();
        let find = |name: &String| {
            // As it is called below the plugin's folder, or from here, as an error calls it.
            let name = name.strip_prefix("./").unwrap_or(name);
            let is_meant = |path: &&String| {
                path.eq_ignore_ascii_case(name) || self.shown(path) == Path::new(name)
            };
            let path = known.iter().find(is_meant);
            path.cloned().with_context(|| {
                format!("the pattern has no file `{name}`; it writes `{}`", known.join("`, `"))
            })
        };
        self.replace.iter().map(find).collect()
    }

    /// What was given, what is asked for, and what holds otherwise. Nothing, if the person ends it.
    fn answers(&self, recipe: &Recipe<'_>) -> anyhow::Result<Option<BTreeMap<String, String>>> {
        let mut answers = self.given(recipe)?;
        let is_asked = !self.yes && is_terminal();
        let mut missing = Vec::new();
        for value in recipe.values() {
            let name = value.name.as_str();
            if answers.contains_key(name) {
                continue;
            }
            let default = value.default.as_ref().map(|default| default.value.clone());
            if let Some(default) = &default
                && let Some(fault) = fault(recipe, value, default)
            {
                anyhow::bail!("the pattern's default for `{name}` is `{default}`, and {fault}");
            }
            let answer = match (is_asked, default) {
                (true, _) => match Dialogue::new().ask(recipe, value)? {
                    Some(answer) => answer,
                    None => return Ok(None),
                },
                (false, Some(default)) => default,
                (false, None) => {
                    let AskedValue { question, must, .. } = value;
                    missing.push(format!("  --set {name}=…  {question}: {must}"));
                    continue;
                }
            };
            answers.insert(name.to_owned(), answer);
        }
        anyhow::ensure!(
            missing.is_empty(),
            "nobody can be asked here; answer with\n{}",
            missing.join("\n")
        );
        Ok(Some(answers))
    }

    /// What `--set` says, held against the pattern.
    fn given(&self, recipe: &Recipe<'_>) -> anyhow::Result<BTreeMap<String, String>> {
        let mut answers = BTreeMap::new();
        for (name, answer) in &self.set {
            let find = |name: &str| recipe.values().iter().find(|it| it.name.as_str() == name);
            let value = find(name).with_context(|| {
                let known: Vec<&str> = recipe.values().iter().map(|it| it.name.as_str()).collect();
                match suggest(name, known.iter().copied()) {
                    Some(near) => {
                        format!("the pattern has no value `{name}`; did you mean `{near}`?")
                    }
                    None if known.is_empty() => {
                        format!("the pattern has no value `{name}`, and no other")
                    }
                    None => format!(
                        "the pattern has no value `{name}`; it has `{}`",
                        known.join("`, `")
                    ),
                }
            })?;
            if let Some(fault) = fault(recipe, value, answer) {
                anyhow::bail!("`--set {name}` cannot be `{}`: {fault}", printable_name(answer));
            }
            anyhow::ensure!(
                answers.insert(name.clone(), answer.clone()).is_none(),
                "`--set {name}` stands here twice; leave one out"
            );
        }
        Ok(answers)
    }

    fn report(&self, conflicts: &[Conflict]) -> anyhow::Result<Outcome> {
        let mut out = io::stderr().lock();
        for conflict in conflicts {
            let path = printable_name(&self.shown(&conflict.path).display().to_string());
            let Conflict { line, column, message, help, .. } = conflict;
            writeln!(out, "error: {path}:{line}:{column}: {}", printable(message))?;
            let help = help.replace(Conflict::FILE, &path);
            writeln!(out, "  help: {}", printable(&help))?;
        }
        writeln!(out, "nothing was written: {} in the way", count(conflicts.len(), "thing"))?;
        Ok(Outcome::Findings)
    }

    /// Shows what would change.
    fn show(&self, plan: &Plan) -> anyhow::Result<()> {
        let mut text = String::new();
        for change in &plan.changes {
            let path = printable_name(&self.shown(&change.path).display().to_string());
            let before = change.before.as_deref().unwrap_or_default();
            let below = path.trim_start_matches('/');
            let old = match change.before {
                Some(_) => format!("a/{below}"),
                None => "/dev/null".to_owned(),
            };
            let diff = similar::TextDiff::from_lines(before, &change.after);
            text.push_str(&diff.unified_diff().header(&old, &format!("b/{below}")).to_string());
            if change.makes_executable {
                text.push_str(&format!("{path}: made executable\n"));
            }
        }
        if plan.changes.is_empty() {
            text.push_str("nothing to write: the files say so already\n");
        }
        let mut out = io::stdout().lock();
        // A terminal shall not obey what stands in a file; a program gets every byte.
        let text = if out.is_terminal() { printable(&text) } else { text };
        out.write_all(text.as_bytes())?;
        Ok(())
    }

    /// Says that the folder becomes a plugin.
    fn note_plugin(&self) -> anyhow::Result<()> {
        let manifest = self.shown(MANIFEST).display().to_string();
        writeln!(
            io::stderr(),
            "note: `{}` is new, so the folder becomes a plugin: in a project, answer no",
            printable_name(&manifest)
        )?;
        Ok(())
    }

    /// Says what is written for a folder that is no plugin.
    fn note_project(&self) -> anyhow::Result<()> {
        let manifest = self.shown(MANIFEST).display().to_string();
        writeln!(
            io::stderr(),
            "note: there is no `{}`, so this is written for a project: paths begin with \
             `{PROJECT_ROOT}`; for a plugin, write that file first, and add the pattern then",
            printable_name(&manifest)
        )?;
        Ok(())
    }

    fn confirm(&self) -> anyhow::Result<bool> {
        if !is_terminal() {
            writeln!(io::stderr(), "nobody can be asked here; `--yes` writes these files")?;
            return Ok(false);
        }
        Dialogue::new().confirm("Write these files?")
    }
}

/// Tells whether a change makes a plugin of the folder.
fn makes_plugin(change: &Change) -> bool {
    change.path == MANIFEST && change.before.is_none()
}

/// Tells whether a change brings a path that begins at the project's folder.
fn names_project(change: &Change) -> bool {
    let count = |text: &str| text.matches(PROJECT_ROOT).count();
    count(&change.after) > change.before.as_deref().map_or(0, count)
}

/// Tells whether there is a person to ask.
fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

fn nothing_written() -> anyhow::Result<Outcome> {
    writeln!(io::stderr(), "nothing was written")?;
    Ok(Outcome::Findings)
}
