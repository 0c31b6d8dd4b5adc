//! `patternbook test`: runs the examples, and proves them.

mod open;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Mutex;

pub(super) use self::open::Consent;
use super::machine::{self, Machine};
use super::output::{Destinations, Target, TargetParser};
use super::project::{self, Project};
use super::selection::{Selection, Shard};
use super::{Outcome, trust};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::inspect::project::{check_claims, level_of};
use crate::inspect::rules::NOT_PROVEN;
use crate::ledger::{self, Ledger};
use crate::model::yaml::words::Level;
use crate::publish::tree::{self, Content, Output};
use crate::report::verification::{Format, Verification};
use crate::source::disk::{self, DATA_LIMIT, Folder};
use crate::source::{FileId, Span};
use crate::verify::marks::Mark;
use crate::verify::open::NotRun;
use crate::verify::plan::{self, Unit};
use crate::verify::result::{UnitResult, conclude, conclude_run, fault, level};
use crate::verify::rules::{LEDGER_STALE, LEDGER_UNREADABLE};
use crate::verify::schedule::Done;

/// Run the examples in a sandbox, and prove their security lines
///
/// Each example is run as the page shows it, against real servers where it needs them, and
/// must do what its tests expect. Then each line that security hangs on is taken out, and a
/// test must fail. What was proven is written to `ledger.json`, and is not run again until
/// the example, its tests, its labs or the tools change.
///
/// ID is a pattern, PATTERN/EXAMPLE, or PATTERN/EXAMPLE/TEST. Without one: everything.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 everything holds, 1 something does not, 2 the tool could not go on (no sandbox,
no Node, a lab that cannot be installed), 3 there was nothing to run, or not all of it could be
run without a sandbox.

Examples:
  patternbook test                                  everything that is not proven yet
  patternbook test headers-helper                   the examples of one pattern
  patternbook test headers-helper/script/NAME       one test
  patternbook test --failed                         what failed the last time
  patternbook test --locked                         in CI: is the ledger up to date?
  patternbook test --shard 1/4                      a quarter of the examples; see `merge`
  patternbook test --format junit=t.xml             for a CI server")]
pub(super) struct Test {
    /// What to run [default: all examples that have tests]
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Run what is proven already too
    #[arg(long)]
    again: bool,
    /// Run what failed the last time
    #[arg(long, conflicts_with = "ids")]
    failed: bool,
    /// Run nothing; fail where the ledger does not prove an example as it is now
    #[arg(long, conflicts_with_all = ["again", "failed"])]
    locked: bool,
    /// Run one part of the examples: `2/5` is the second of five
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// How many tests run at once [default: four for each processor]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Trust the authors of this project from now on: its examples may run here, in the sandbox
    #[arg(long)]
    trust: bool,
    /// Run without the sandbox, on this machine itself, if WORD is the one that it asks for
    ///
    /// What runs is you: it can read and change everything that you can. Tests that need a lab,
    /// hide programs or look at arguments are not run, and are named. Nothing is noted in the
    /// ledger. Refused in CI.
    #[arg(
        long,
        value_name = "WORD",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["locked", "shard"]
    )]
    no_sandbox: Option<String>,
    /// How to write the report, and with `=FILE` where to; may be given several times
    ///
    /// One report goes to standard output: the one that names no file, or else the one for
    /// people. Files are written whole or not at all, into folders that are there.
    #[arg(
        long = "format",
        value_name = "FORMAT[=FILE]",
        value_parser = TargetParser::<Format>(PhantomData)
    )]
    targets: Vec<Target<Format>>,
    /// Write the report to a file, and the one for people to the terminal: `--format FORMAT
    /// --output FILE` is `--format FORMAT=FILE`
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Test {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        // What cannot be written is said before anything runs.
        self.destinations()?;
        let consent = self.no_sandbox.as_deref().map(Consent::of).transpose()?;
        let mut project = project::open(&project::current_folder()?)?;
        let units = plan::plan(&project.catalog);
        let ledger = match self.writes_anew() {
            true => project.ledger().unwrap_or_default(),
            false => project.ledger()?,
        };
        let names = if self.failed { last_failed(&project, &units)? } else { self.ids.clone() };
        if self.failed && names.is_empty() {
            writeln!(io::stderr(), "nothing failed the last time")?;
            return Ok(Outcome::Nothing);
        }
        let mut selection = Selection::of(&names, &units)?;
        if selection.units.is_empty() {
            writeln!(io::stderr(), "nothing was run: no example has `tests` or `contracts`")?;
            return Ok(Outcome::Nothing);
        }
        if let Some(shard) = self.shard {
            selection.keep(shard);
            if selection.units.is_empty() {
                writeln!(io::stderr(), "shard {shard} has no examples")?;
            }
        }
        if self.locked || selection.units.is_empty() {
            return self.check_ledger(&mut project, &units, &selection, &ledger);
        }
        if let Some(consent) = &consent {
            return open::run(self, consent, project, &units, &selection, &ledger);
        }
        trust::require(project.folder.root(), self.trust, trust::Where::Sandbox)?;
        let machine = Machine::new()?;
        let faulty = faulty_units(&project, &units);
        let mut run = Run { project, units, ledger, machine, unchanged: 0, faulty };
        let results = run.execute(self, &selection)?;
        // What was found is shown even where it cannot be written down.
        let noted = run.note(&results, names.is_empty() && self.shard.is_none());
        let remembered = run.remember_failures(&results);
        let units: Vec<UnitResult> = results.into_iter().map(|(_, result)| result).collect();
        let found = units.iter().flat_map(UnitResult::diagnostics).collect();
        let seen = selection.files(&run.units);
        let mut others = selection.others(&run.units);
        others.extend(run.without_news(&units));
        let stale = &[];
        let unchanged = run.unchanged;
        let shown = Shown { units: &units, stale, found, unchanged, seen, others, open: None };
        let outcome = self.finish(&mut run.project, &run.units, &run.ledger, shown)?;
        noted.and(remembered)?;
        Ok(outcome)
    }

    /// Says where each report goes, or why that makes no sense.
    fn destinations(&self) -> anyhow::Result<Destinations<Format>> {
        let mut targets = self.targets.clone();
        if let Some(output) = &self.output {
            match targets.as_mut_slice() {
                [] => targets.push(Target { format: Format::Human, file: Some(output.clone()) }),
                [Target { file: file @ None, .. }] => *file = Some(output.clone()),
                _ => anyhow::bail!(
                    "`--output` goes with one `--format` that names no file; \
                     write each report as `--format FORMAT=FILE`"
                ),
            }
        }
        Destinations::of(&targets)
    }

    /// Tells whether a ledger that cannot be read is made anew: everything is run.
    fn writes_anew(&self) -> bool {
        self.again && self.ids.is_empty()
    }

    /// How many tests run at once.
    fn workers(&self) -> usize {
        self.jobs.map_or_else(machine::usual_jobs, usize::from)
    }

    /// Says which examples the ledger does not prove as they are now.
    fn check_ledger(
        &self,
        project: &mut Project,
        units: &[Unit],
        selection: &Selection,
        ledger: &Ledger,
    ) -> anyhow::Result<Outcome> {
        let selected = selection.units.iter().map(|index| &units[*index]);
        let (proven, unproven): (Vec<&Unit>, Vec<&Unit>) =
            selected.partition(|unit| ledger.entry(unit).is_some());
        let stale: Vec<UnitResult> = unproven.iter().map(|unit| stale(unit)).collect();
        let diagnostic = |unit: &&Unit| {
            let help = format!("run `patternbook test {}`, and commit {}", unit.id, ledger::FILE);
            Diagnostic::new(&LEDGER_STALE, unit.span.clone(), stale_message(unit)).help(help)
        };
        let found = unproven.iter().map(diagnostic).collect();
        let (seen, mut others) = (selection.files(units), selection.others(units));
        others.extend(unproven.iter().map(|unit| unit.span.clone()));
        let (units_run, unchanged) = (&[], proven.len());
        let stale = &stale;
        let shown = Shown { units: units_run, stale, found, unchanged, seen, others, open: None };
        self.finish(project, units, ledger, shown)
    }

    fn finish(
        &self,
        project: &mut Project,
        units: &[Unit],
        ledger: &Ledger,
        shown: Shown<'_>,
    ) -> anyhow::Result<Outcome> {
        // What `check` finds counts too: an example that does not parse proves nothing.
        let marks: Vec<Mark> = units.iter().map(Mark::from).collect();
        project.catalog.proven = ledger.proven(&marks);
        let mut claims = check_claims(&project.catalog);
        claims.retain(|it| !shown.others.contains(&it.span));
        let diagnostics = &mut project.inspection.diagnostics;
        // What was wrong with the ledger ended the run, or it was written anew.
        let is_about_ledger =
            |rule: &Rule| [NOT_PROVEN.id, LEDGER_UNREADABLE.id].contains(&rule.id);
        let is_shown = |rule: &Rule| rule.severity == Severity::Error && !is_about_ledger(rule);
        diagnostics.retain(|it| is_shown(it.rule));
        diagnostics.extend(claims);
        if let Some(files) = &shown.seen {
            diagnostics.retain(|it| files.contains(&it.span.file));
        }
        diagnostics.extend(shown.found);
        project.inspection.sort();
        project.inspection.limit();
        let levels = count_levels(project, units, self.shard);
        let Shown { units, stale, unchanged, open, .. } = shown;
        let report = project.report();
        let verification = Verification { report, units, stale, unchanged, levels, open };
        self.destinations()?
            .write(|format, colour, out| format.write(&verification, colour, out))?;
        match verification.report.count(Severity::Error) {
            0 => Ok(Outcome::Clean),
            _ => Ok(Outcome::Findings),
        }
    }
}

/// What a report shows besides the project.
struct Shown<'a> {
    units: &'a [UnitResult],
    /// What was not run, and the ledger does not prove.
    stale: &'a [UnitResult],
    found: Vec<Diagnostic>,
    unchanged: usize,
    /// The files that a person asked about; all, if `None`.
    seen: Option<BTreeSet<FileId>>,
    /// The places of examples of which what they claim is not the matter of this run: it was not
    /// to prove them, or it says itself why they are not proven.
    others: Vec<Span>,
    /// What was not run, where there was no sandbox.
    open: Option<&'a [NotRun]>,
}

/// A run of `test`.
struct Run {
    project: Project,
    units: Vec<Unit>,
    ledger: Ledger,
    machine: Machine,
    unchanged: usize,
    /// What is not noted in the ledger whatever it does, by id: its definition has errors.
    faulty: BTreeSet<String>,
}

impl Run {
    /// Runs what is selected and not proven yet. Each result comes with the index of its unit.
    fn execute(
        &mut self,
        options: &Test,
        selection: &Selection,
    ) -> anyhow::Result<Vec<(usize, UnitResult)>> {
        let date = machine::today();
        let runs_again = options.again || !options.ids.is_empty() || options.failed;
        let is_current = |index: &usize| {
            !runs_again && self.ledger.is_current(&self.units[*index], &self.machine.tools)
        };
        let chosen = selection.units.iter().copied();
        let (current, stale): (Vec<usize>, Vec<usize>) = chosen.partition(is_current);
        self.unchanged = current.len();
        let units: Vec<Unit> = stale.iter().map(|index| self.units[*index].clone()).collect();
        let jobs = selection.jobs(&units, &stale);
        let workers = options.workers();
        let equipment = &self.project.catalog.equipment;
        let notes = Mutex::new(Notes { ledger: &mut self.ledger, failed: BTreeSet::new() });
        let tell = |done: &Done, is_last: bool| {
            let unit = &units[done.unit];
            let mut notes = notes.lock().expect("no worker panics");
            let result = conclude_run(unit, done);
            let mut is_news = false;
            if !result.faults.is_empty() {
                notes.failed.insert(done.unit);
                is_news = result.is_refuted() && notes.ledger.forget(&unit.id);
            } else if is_last && !notes.failed.contains(&done.unit) {
                let is_noted =
                    selection.is_whole(stale[done.unit]) && !self.faulty.contains(&unit.id);
                if is_noted {
                    notes.ledger.note(unit, level(unit), &self.machine.tools, &date);
                }
                is_news = is_noted;
            }
            if is_news {
                // What is known stays known when the rest is interrupted. Should writing fail,
                // the end of the run does it again, and says so.
                let _ = write_ledger(&self.project.folder, notes.ledger.text());
            }
        };
        let done = self.machine.run(equipment, &units, &jobs, workers, &tell)?;
        let mut results: Vec<_> = stale.iter().copied().zip(conclude(&units, done)).collect();
        for (index, result) in &mut results {
            if !selection.is_whole(*index) {
                result.level = None;
            }
        }
        Ok(results)
    }

    /// Writes the ledger: without what failed, and, when everything was chosen, without what
    /// is no longer there. What holds was noted as it was done.
    fn note(&mut self, results: &[(usize, UnitResult)], is_all: bool) -> anyhow::Result<()> {
        for (_, result) in results.iter().filter(|(_, result)| result.is_refuted()) {
            self.ledger.forget(&result.id);
        }
        if is_all {
            self.ledger.keep_only(&self.units);
        }
        let text = self.ledger.text();
        let on_disk = self.project.folder.read(ledger::FILE, DATA_LIMIT);
        match on_disk {
            Ok(known) if known == text => Ok(()),
            Err(_) if self.ledger == Ledger::default() => Ok(()),
            _ => write_ledger(&self.project.folder, text),
        }
    }

    /// The places of examples of which is known why they are not proven: they failed, or what
    /// defines them has errors.
    fn without_news(&self, results: &[UnitResult]) -> Vec<Span> {
        let failed: BTreeSet<&str> =
            results.iter().filter(|result| result.failed()).map(|it| it.id.as_str()).collect();
        let is_known =
            |unit: &&Unit| failed.contains(unit.id.as_str()) || self.faulty.contains(&unit.id);
        self.units.iter().filter(is_known).map(|unit| unit.span.clone()).collect()
    }

    fn remember_failures(&self, results: &[(usize, UnitResult)]) -> anyhow::Result<()> {
        let failed = results.iter().filter(|(_, result)| result.failed());
        let text: String = failed.map(|(_, result)| format!("{}\n", result.id)).collect();
        Ok(tree::save(&failed_file(&self.project)?, &text)?)
    }
}

/// The units that are defined by a file with an error, by id. What such a run shows is no proof
/// of what the file says once it is mended.
fn faulty_units(project: &Project, units: &[Unit]) -> BTreeSet<String> {
    let is_fault =
        |it: &&Diagnostic| it.rule.severity == Severity::Error && it.rule.id != NOT_PROVEN.id;
    let diagnostics = project.inspection.diagnostics.iter().filter(is_fault);
    let files: BTreeSet<FileId> = diagnostics.map(|found| found.span.file).collect();
    let is_faulty = |unit: &&Unit| {
        let mut defining = project.catalog.files_of(&unit.id).into_iter();
        defining.any(|file| files.contains(&file))
    };
    units.iter().filter(is_faulty).map(|unit| unit.id.clone()).collect()
}

/// What the report says of an example that the ledger does not prove.
fn stale(unit: &Unit) -> UnitResult {
    let fault = fault(&LEDGER_STALE, unit.span.clone(), stale_message(unit));
    UnitResult::not_run(unit, "the ledger proves it", fault)
}

fn stale_message(unit: &Unit) -> String {
    format!("the ledger does not prove `{}` as it is now", unit.id)
}

/// What is noted while tests run.
struct Notes<'a> {
    ledger: &'a mut Ledger,
    /// Indices of units of which something failed.
    failed: BTreeSet<usize>,
}

/// Writes the ledger of a project.
pub(super) fn write_ledger(folder: &Folder, text: String) -> anyhow::Result<()> {
    let path = folder.root().join(ledger::FILE);
    let content = Content::File { bytes: text.into_bytes(), mark: ledger::MARK.to_owned() };
    Ok(tree::write(folder, &[Output { path, content }])?)
}

/// Where the failures of the last run are remembered.
fn failed_file(project: &Project) -> anyhow::Result<PathBuf> {
    let root = project.folder.root().display().to_string();
    let name = blake3::hash(root.as_bytes()).to_hex()[..16].to_owned();
    Ok(machine::cache_folder()?.join("failed").join(name))
}

/// What failed the last time, and is still there.
fn last_failed(project: &Project, units: &[Unit]) -> anyhow::Result<Vec<String>> {
    let text = disk::read(&failed_file(project)?, DATA_LIMIT).unwrap_or_default();
    let is_there = |id: &&str| units.iter().any(|unit| unit.id == *id);
    Ok(text.lines().filter(is_there).map(str::to_owned).collect())
}

/// How many examples of the project have each level; in a part of a sharded run those of the
/// part, so that the parts add up.
fn count_levels(project: &Project, units: &[Unit], shard: Option<Shard>) -> BTreeMap<Level, usize> {
    let mut levels = BTreeMap::new();
    for pattern in project.catalog.patterns.values() {
        for example in &pattern.examples {
            let is_elsewhere = |shard: Shard| {
                let id = format!("{}/{}", pattern.content.id.value, example.entry.id.value);
                // What does not run belongs to the first part.
                let index = units.iter().position(|unit| unit.id == id).unwrap_or(0);
                !shard.holds(index)
            };
            if shard.is_some_and(is_elsewhere) {
                continue;
            }
            *levels.entry(level_of(pattern, example, &project.catalog.proven)).or_default() += 1;
        }
    }
    levels
}
