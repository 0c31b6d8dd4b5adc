//! The report for CI servers: the XML of `JUnit`, one suite for each example, and one for the
//! errors that need no run.

use std::fmt::Write as _;
use std::io;

use super::Verification;
use crate::report::xml::escape;
use crate::verify::open::NotRun;
use crate::verify::result::{RunResult, UnitResult};

pub(super) fn write(verification: &Verification<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for unit in verification.units.iter().chain(verification.stale) {
        suite(unit, &mut text).expect("strings take any text");
    }
    suite_not_run(verification.open.unwrap_or_default(), &mut text).expect("strings take any text");
    static_suite(verification, &mut text).expect("strings take any text");
    text.push_str("</testsuites>\n");
    out.write_all(text.as_bytes())
}

fn suite(unit: &UnitResult, text: &mut String) -> std::fmt::Result {
    let failures = unit.runs.iter().filter(|run| !run.faults.is_empty()).count();
    let id = escape(&unit.id);
    let runs = unit.runs.len();
    writeln!(text, "  <testsuite name=\"{id}\" tests=\"{runs}\" failures=\"{failures}\">")?;
    for run in &unit.runs {
        case(&id, run, text)?;
    }
    writeln!(text, "  </testsuite>")
}

fn case(suite: &str, run: &RunResult, text: &mut String) -> std::fmt::Result {
    let name = escape(&run.name);
    let time = run.took.as_secs_f64();
    write!(text, "    <testcase classname=\"{suite}\" name=\"{name}\" time=\"{time:.3}\"")?;
    let Some(first) = run.faults.first() else {
        return writeln!(text, "/>");
    };
    writeln!(text, ">")?;
    write!(
        text,
        "      <failure type=\"{}\" message=\"{}\">",
        first.rule.id,
        escape(&first.message)
    )?;
    for fault in &run.faults {
        writeln!(text, "{}", escape(&fault.text()))?;
    }
    writeln!(text, "run it again: {}</failure>", escape(&run.again))?;
    if let Some(record) = &run.record {
        writeln!(text, "      <system-out>{}</system-out>", escape(&record.stdout))?;
        writeln!(text, "      <system-err>{}</system-err>", escape(&record.stderr))?;
    }
    writeln!(text, "    </testcase>")
}

/// A case for each thing that was not run.
fn suite_not_run(not_run: &[NotRun], text: &mut String) -> std::fmt::Result {
    if not_run.is_empty() {
        return Ok(());
    }
    let count = not_run.len();
    writeln!(
        text,
        "  <testsuite name=\"not run\" tests=\"{count}\" failures=\"0\" skipped=\"{count}\">"
    )?;
    for NotRun { unit, name, reason } in not_run {
        let (unit, name, reason) = (escape(unit), escape(name), escape(reason));
        writeln!(text, "    <testcase classname=\"{unit}\" name=\"{name}\" time=\"0.000\">")?;
        writeln!(text, "      <skipped message=\"{reason}\"/>")?;
        writeln!(text, "    </testcase>")?;
    }
    writeln!(text, "  </testsuite>")
}

/// A case for each error that no run shows: a CI server must not show green where the exit status
/// is not 0.
fn static_suite(verification: &Verification<'_>, text: &mut String) -> std::fmt::Result {
    let errors = verification.errors_of_no_run();
    if errors.is_empty() {
        return Ok(());
    }
    let count = errors.len();
    writeln!(text, "  <testsuite name=\"check\" tests=\"{count}\" failures=\"{count}\">")?;
    for error in errors {
        let file = verification.report.sources.file(error.span.file);
        let path = escape(&format!("{}{}", verification.report.base, file.path));
        let (rule, at) = (error.rule.id, file.position(error.span.start));
        let name = format!("{rule} at {}:{}", at.line, at.column);
        writeln!(text, "    <testcase classname=\"{path}\" name=\"{name}\" time=\"0.000\">")?;
        let message = escape(&error.message);
        let help = escape(error.help.as_deref().unwrap_or_default());
        writeln!(
            text,
            "      <failure type=\"{rule}\" message=\"{message}\">{message}\n{help}</failure>"
        )?;
        writeln!(text, "    </testcase>")?;
    }
    writeln!(text, "  </testsuite>")
}
