//! The report of `probe`: cases by properties, and what to do about each property that is
//! broken.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::verification::write_output;
use super::{Colour, count};
use crate::diagnostic::printable;
use crate::model::yaml::contract::{ContractFile, Property, When};
use crate::verify::plan::{Check, Unit};
use crate::verify::result::{RunResult, UnitResult};

/// What a probe found.
#[derive(Debug)]
pub struct Probe<'a> {
    /// The contract, with the values of its parameters.
    pub contract: &'a ContractFile,
    /// The script and its cases.
    pub unit: &'a Unit,
    /// What came of them.
    pub result: &'a UnitResult,
}

/// What is said of a case that tested nothing, because no request came.
pub const NOT_ASKED: &str = "the token endpoint was not asked, so nothing was tested";

/// The home folder of a script that is probed, as it names it.
const HOME: &str = "/work/";

/// How many cases are told for a property that is broken.
const MOST_CASES: usize = 4;

/// How many cases are named in a list.
const MOST_NAMES: usize = 12;

/// Writes the table and the advice.
pub fn write(probe: &Probe<'_>, colour: Colour, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint { colour };
    let properties = &probe.contract.properties;
    let width = names(probe).map(|name| name.chars().count()).max().unwrap_or_default();
    write!(out, "{:width$}", "")?;
    for property in properties {
        write!(out, " {:>3}", property.id.value)?;
    }
    writeln!(out)?;
    for (name, run) in names(probe).zip(runs(probe)) {
        write!(out, "{name:width$}")?;
        for property in properties {
            write!(out, "   {}", paint.cell(cell(probe, run, property)))?;
        }
        writeln!(out)?;
    }
    writeln!(out)?;
    let mut held = 0;
    for property in properties {
        let is_broken = advise(probe, property, &paint, out)?;
        let is_held = |run: &RunResult| matches!(cell(probe, run, property), Cell::Held);
        held += usize::from(!is_broken && runs(probe).any(is_held));
    }
    for run in runs(probe).filter(|run| !is_unasked(run)) {
        for fault in run.faults.iter().filter(|fault| fault.property.is_none()) {
            writeln!(out, "{}: {}", case_name(run), printable(&fault.message))?;
        }
    }
    advise_unasked(probe, out)?;
    let failed = runs(probe).filter(|run| !run.faults.is_empty()).count();
    writeln!(
        out,
        "{}: {} of {} cases hold, {} of {} properties",
        probe.unit.id,
        runs(probe).count() - failed,
        runs(probe).count(),
        held,
        properties.len()
    )
}

/// Says which cases tested nothing, and how the script gets as far as a request.
fn advise_unasked(probe: &Probe<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let unasked: Vec<&RunResult> = runs(probe).filter(|run| is_unasked(run)).collect();
    let Some(first) = unasked.first() else { return Ok(()) };
    let names: Vec<&str> = unasked.iter().map(|run| case_name(run)).collect();
    writeln!(out, "? {NOT_ASKED}\n    in: {}", list(&names))?;
    if let Some(record) = &first.record {
        let said = match record.stderr.lines().last() {
            Some(line) => format!("standard error ends with `{}`", printable(line)),
            None => "standard error is empty".to_owned(),
        };
        writeln!(out, "    {}: {}, and {said}", names[0], record.end)?;
    }
    writeln!(out, "    {}\n", how_to_ask(first))
}

/// How a script gets as far as a request: most often it misses its login, whose path it may name.
fn how_to_ask(run: &RunResult) -> String {
    let said = run.record.as_ref().map_or("", |record| record.stderr.as_str());
    let below_home = said.split_once(HOME).map(|(_, path)| path);
    let is_end = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | ':' | ',' | ';');
    let path =
        below_home.and_then(|path| path.split(is_end).next()).filter(|path| !path.is_empty());
    format!(
        "help: give it its login: `--file '~/{}=TEXT'`, or with `--env` or `--program`; a host that \
         the script does not name gets its name with `--host`",
        printable(path.unwrap_or("PATH"))
    )
}

/// Tells whether a case tested nothing.
fn is_unasked(run: &RunResult) -> bool {
    run.faults.iter().any(|fault| fault.message == NOT_ASKED)
}

/// The first names, and how many more there are.
fn list(names: &[&str]) -> String {
    let shown = &names[..names.len().min(MOST_NAMES)];
    let more = names.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Says what broke a property, and where it is shown how to keep it.
fn advise(
    probe: &Probe<'_>,
    property: &Property,
    paint: &Paint,
    out: &mut dyn io::Write,
) -> io::Result<bool> {
    let mut by_message: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for run in runs(probe) {
        for fault in &run.faults {
            if fault.property.as_deref() == Some(property.id.as_str()) {
                by_message.entry(&fault.message).or_default().push(case_name(run));
            }
        }
    }
    if by_message.is_empty() {
        return Ok(false);
    }
    let cases: BTreeSet<&str> = by_message.values().flatten().copied().collect();
    let cases: Vec<&str> = cases.into_iter().collect();
    writeln!(out, "{} {}", paint.cell(Cell::Broken), property_line(property))?;
    writeln!(out, "    in: {}", list(&cases))?;
    for (message, cases) in by_message.iter().take(MOST_CASES) {
        writeln!(out, "    {}: {}", cases[0], printable(message))?;
    }
    advise_pattern(property, out)?;
    writeln!(out)?;
    Ok(true)
}

/// Names the pattern that shows how to keep a property.
fn advise_pattern(property: &Property, out: &mut dyn io::Write) -> io::Result<()> {
    match &property.pattern {
        Some(pattern) => {
            writeln!(out, "    the pattern `{}` shows how to keep it", pattern.value)
        }
        None => Ok(()),
    }
}

/// Writes a few cases: what is broken in each, what the script printed, and how to run it again.
pub fn write_cases(probe: &Probe<'_>, colour: Colour, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint { colour };
    for run in runs(probe) {
        let is_held = run.faults.is_empty();
        let mark = paint.cell(if is_held { Cell::Held } else { Cell::Broken });
        writeln!(out, "{mark} {}", case_name(run))?;
        for property in &probe.contract.properties {
            write_faults(run, property, out)?;
        }
        for fault in run.faults.iter().filter(|fault| fault.property.is_none()) {
            writeln!(out, "  {}", printable(&fault.message))?;
        }
        if is_unasked(run) {
            writeln!(out, "  {}", how_to_ask(run))?;
        }
        if let Some(record) = run.record.as_ref().filter(|_| !is_held) {
            write_output(record, out)?;
        }
        if !is_held {
            writeln!(out, "  run it again: {}\n", printable(&run.again))?;
        }
    }
    let (all, held) =
        (runs(probe).count(), runs(probe).filter(|run| run.faults.is_empty()).count());
    writeln!(out, "{}: {held} of {} hold", probe.unit.id, count(all, "case"))
}

/// Writes what breaks a property in one case.
fn write_faults(run: &RunResult, property: &Property, out: &mut dyn io::Write) -> io::Result<()> {
    let id = Some(property.id.as_str());
    let mut faults = run.faults.iter().filter(|fault| fault.property.as_deref() == id).peekable();
    if faults.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "  {}", property_line(property))?;
    for fault in faults {
        writeln!(out, "    {}", printable(&fault.message))?;
    }
    advise_pattern(property, out)
}

fn property_line(property: &Property) -> String {
    format!("{}: {}", property.id.value, property.text)
}

/// What a cell of the table says.
#[derive(Clone, Copy)]
enum Cell {
    Held,
    Broken,
    /// The case says nothing of this property.
    Apart,
}

fn cell(probe: &Probe<'_>, run: &RunResult, property: &Property) -> Cell {
    let id = Some(property.id.as_str());
    if is_unasked(run) {
        return Cell::Apart;
    }
    if run.faults.iter().any(|fault| fault.property.as_deref() == id) {
        return Cell::Broken;
    }
    let test = probe.unit.tests.iter().find(|test| test.name == run.name);
    let mut checks = test.iter().flat_map(|test| &test.steps).flat_map(|step| &step.checks);
    // In a run that went wrong, what should have held after another end was not looked at.
    let was_judged = |check: &Check| run.faults.is_empty() || check.when == When::Always;
    match checks.any(|check| check.property.as_deref() == id && was_judged(check)) {
        true => Cell::Held,
        false => Cell::Apart,
    }
}

fn runs<'a>(probe: &Probe<'a>) -> impl Iterator<Item = &'a RunResult> {
    probe.result.runs.iter()
}

fn names<'a>(probe: &Probe<'a>) -> impl Iterator<Item = &'a str> {
    runs(probe).map(case_name)
}

/// The name of a case without that of its contract.
fn case_name(run: &RunResult) -> &str {
    run.name.split_once('/').map_or(run.name.as_str(), |(_, case)| case)
}

struct Paint {
    colour: Colour,
}

impl Paint {
    fn cell(&self, cell: Cell) -> &'static str {
        match (cell, self.colour) {
            (Cell::Held, Colour::Ansi) => "\u{1b}[32m✓\u{1b}[0m",
            (Cell::Held, Colour::None) => "✓",
            (Cell::Broken, Colour::Ansi) => "\u{1b}[1;31m✗\u{1b}[0m",
            (Cell::Broken, Colour::None) => "✗",
            (Cell::Apart, _) => "·",
        }
    }
}
