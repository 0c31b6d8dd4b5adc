//! The report for people.

use std::io;

use super::Verification;
use crate::diagnostic::{Severity, printable};
use crate::report::{Colour, count, human};
use crate::verify::attempt::Record;
use crate::verify::open::NotRun;
use crate::verify::result::{RunResult, UnitResult};

/// How many lines of an output are shown.
const MOST_LINES: usize = 40;

pub(super) fn write(
    verification: &Verification<'_>,
    colour: Colour,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let report = &verification.report;
    for diagnostic in &report.inspection.diagnostics {
        writeln!(out, "{}\n", human::render(report, colour, diagnostic))?;
    }
    for unit in verification.units {
        for run in &unit.runs {
            write_record(unit, run, out)?;
        }
    }
    let not_run = verification.open.unwrap_or_default();
    for NotRun { unit, name, reason } in not_run {
        writeln!(out, "not run: {unit}: {}: {reason}", printable(name))?;
    }
    if !not_run.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(verification))
}

/// Shows what a run printed that failed.
fn write_record(unit: &UnitResult, run: &RunResult, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(record) = run.record.as_ref().filter(|_| !run.faults.is_empty()) else {
        return Ok(());
    };
    writeln!(out, "{}: {}", unit.id, printable(&run.name))?;
    write_output(record, out)?;
    writeln!(out)
}

/// Shows what a run printed.
pub(in crate::report) fn write_output(record: &Record, out: &mut dyn io::Write) -> io::Result<()> {
    let Record { step, command, end, stdout, stderr } = record;
    writeln!(out, "  step {step}: {}", printable(command.trim()))?;
    writeln!(out, "  {end}")?;
    for (name, text) in [("stdout", stdout), ("stderr", stderr)] {
        let lines: Vec<&str> = text.lines().collect();
        for line in lines.iter().take(MOST_LINES) {
            writeln!(out, "  {name} | {}", beginning(line))?;
        }
        if lines.len() > MOST_LINES {
            writeln!(out, "  {name} | … {} more lines", lines.len() - MOST_LINES)?;
        }
    }
    Ok(())
}

/// As much of a line as is shown.
fn beginning(line: &str) -> String {
    const MOST: usize = 400;
    printable(line).chars().take(MOST).collect()
}

fn summary(verification: &Verification<'_>) -> String {
    let runs = || verification.units.iter().flat_map(|unit| &unit.runs);
    let passed = runs().filter(|run| run.faults.is_empty()).count();
    let failed = runs().count() - passed;
    let retried = runs().filter(|run| run.tries > 1).count();
    let mut text = format!(
        "tested {}: {} passed, {failed} failed; {}",
        count(verification.units.len(), "example"),
        count(passed, "run"),
        count(verification.report.count(Severity::Error), "error"),
    );
    if verification.unchanged > 0 {
        text.push_str(&format!(
            "\nnot run again, unchanged since the ledger: {}",
            count(verification.unchanged, "example")
        ));
    }
    if let Some(not_run) = verification.open {
        if !not_run.is_empty() {
            text.push_str(&format!(
                "\nnot run, for they need a sandbox: {}",
                count(not_run.len(), "run")
            ));
        }
        text.push_str(
            "\nrun without a sandbox: nothing is noted in the ledger, and no level rises",
        );
    }
    if retried > 0 {
        text.push_str(&format!("\npassed or failed after more than one try: {retried}"));
    }
    let levels = verification.levels.iter().rev();
    let levels: Vec<_> = levels.map(|(level, count)| format!("{} {count}", level.name())).collect();
    if !levels.is_empty() {
        text.push_str(&format!("\nexamples by level: {}", levels.join(", ")));
    }
    text
}
