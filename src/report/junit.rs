//! The report for CI servers: the XML of `JUnit`, one suite for each file.
//!
//! Only errors are failures, so that a server shows red exactly where the exit status is not 0.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use super::xml::{escape, escape_attribute};
use super::{Report, count};
use crate::diagnostic::{Diagnostic, Severity, printable};
use crate::inspect::Inspected;
use crate::source::FileId;

/// What is known of one file.
#[derive(Default)]
struct Suite<'a> {
    found: Vec<&'a Diagnostic>,
    snippets: usize,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: BTreeMap<FileId, Suite<'_>> = BTreeMap::new();
    for Inspected { file, .. } in &report.inspection.snippets {
        suites.entry(*file).or_default().snippets += 1;
    }
    for found in &report.inspection.diagnostics {
        suites.entry(found.span.file).or_default().found.push(found);
    }
    let tests: usize = suites.values().map(|suite| suite.found.len().max(1)).sum();
    let failures = report.count(Severity::Error);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"patternbook check\" tests=\"{tests}\" failures=\"{failures}\">"
    )?;
    for (file, suite) in &suites {
        let mut text = String::new();
        write_suite(report, *file, suite, &mut text).expect("strings take any text");
        out.write_all(text.as_bytes())?;
    }
    writeln!(out, "</testsuites>")
}

fn write_suite(
    report: &Report<'_>,
    file: FileId,
    suite: &Suite<'_>,
    text: &mut String,
) -> std::fmt::Result {
    let path = escape_attribute(&report.path(file));
    let tests = suite.found.len().max(1);
    let is_error = |found: &&&Diagnostic| found.rule.severity == Severity::Error;
    let failures = suite.found.iter().filter(is_error).count();
    writeln!(text, "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failures}\">")?;
    if suite.found.is_empty() {
        let snippets = count(suite.snippets, "snippet");
        writeln!(text, "    <testcase classname=\"{path}\" name=\"{snippets}\"/>")?;
    }
    for found in &suite.found {
        write_case(report, &path, found, text)?;
    }
    writeln!(text, "  </testsuite>")
}

/// A finding. One that is no error is a test that passed and says something.
fn write_case(
    report: &Report<'_>,
    path: &str,
    found: &Diagnostic,
    text: &mut String,
) -> std::fmt::Result {
    let at = report.sources.file(found.span.file).position(found.span.start);
    let (rule, line, column) = (found.rule.id, at.line, at.column);
    let name = format!("{rule} at {line}:{column}");
    writeln!(text, "    <testcase classname=\"{path}\" name=\"{name}\" file=\"{path}\">")?;
    let message = printable(&found.message);
    let help = found.help.as_deref().unwrap_or_default();
    let body = format!("{}:{line}:{column}: {message}\n{help}", report.path(found.span.file));
    let body = escape(&printable(body.trim_end()));
    match found.rule.severity {
        Severity::Error => {
            let message = escape_attribute(&message);
            writeln!(
                text,
                "      <failure type=\"{rule}\" message=\"{message}\">{body}</failure>"
            )?;
        }
        severity @ (Severity::Warning | Severity::Note) => {
            writeln!(text, "      <system-out>{}: {body}</system-out>", severity.name())?;
        }
    }
    writeln!(text, "    </testcase>")
}
