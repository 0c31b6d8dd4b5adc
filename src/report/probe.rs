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

/// How many cases are told for a property that is broken.
const MOST_CASES: usize = 4;

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
    let mut broken = 0;
    for property in properties {
        broken += usize::from(advise(probe, property, &paint, out)?);
    }
    for run in runs(probe) {
        for fault in run.faults.iter().filter(|fault| fault.property.is_none()) {
            writeln!(out, "{}: {}", case_name(run), printable(&fault.message))?;
        }
    }
    let failed = runs(probe).filter(|run| !run.faults.is_empty()).count();
    writeln!(
        out,
        "{}: {} of {} cases hold, {} of {} properties",
        probe.unit.id,
        runs(probe).count() - failed,
        runs(probe).count(),
        properties.len() - broken,
        properties.len()
    )
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
    writeln!(out, "{} {}", paint.cell(Cell::Broken), property_line(property))?;
    let shown: Vec<&str> = cases.iter().take(12).copied().collect();
    let more = cases.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    writeln!(out, "    in: {}{more}", shown.join(", "))?;
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
