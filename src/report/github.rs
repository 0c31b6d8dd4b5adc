//! The report for GitHub Actions: a workflow command for each finding, which the runner turns
//! into an annotation of the changed lines.
//!
//! GitHub shows ten of each severity for a step, so the graver ones come first.

use std::io;

use super::{Report, human};
use crate::diagnostic::{Diagnostic, Severity, printable, printable_name};

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for found in report.gravest_first() {
        writeln!(out, "{}", command(report, found))?;
    }
    writeln!(out, "{}", human::counts(report))
}

fn command(report: &Report<'_>, found: &Diagnostic) -> String {
    let name = match found.rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let path = report.path(found.span.file);
    let path = report.root.relative(&path).unwrap_or(path);
    let file = report.sources.file(found.span.file);
    let (start, end) = (file.position(found.span.start), file.position(found.span.end));
    let mut place = format!(
        "file={},line={},endLine={}",
        property(&printable_name(&path)),
        start.line,
        end.line
    );
    // GitHub takes columns only where an annotation stands on one line.
    if start.line == end.line {
        place.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    }
    let message = match &found.help {
        Some(help) => format!("{}\n{help}", found.message),
        None => found.message.clone(),
    };
    let (title, message) = (property(found.rule.id), data(&printable(&message)));
    format!("::{name} {place},title={title}::{message}")
}

/// Text as the message of a command takes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as the value of a property takes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
