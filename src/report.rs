//! Shows an inspection to a person or a program.
//!
//! To add a format: write `report/<name>.rs`, and add one variant and one arm here.

pub mod choose;
mod human;
mod json;
pub mod probe;
pub mod verification;

use std::io;

use crate::diagnostic::Severity;
use crate::inspect::Inspection;
use crate::source::Sources;

/// Everything that a report may show.
#[derive(Debug)]
pub struct Report<'a> {
    /// The files that spans point into.
    pub sources: &'a Sources,
    /// What stands before each path, such as `../` when the reader stands in a subfolder.
    pub base: &'a str,
    /// What was found, sorted.
    pub inspection: &'a Inspection,
    /// How many patterns were read, if this is about a project.
    pub patterns: Option<usize>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the line, a caret, and what to do.
    #[default]
    Human,
    /// For programs: one JSON object.
    Json,
}

/// What a report may use of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Escape sequences for colours.
    Ansi,
    /// Plain text.
    None,
}

impl Format {
    /// Writes `report` in this format.
    pub fn write(
        self,
        report: &Report<'_>,
        colour: Colour,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        match self {
            Self::Human => human::write(report, colour, out),
            Self::Json => json::write(report, out),
        }
    }
}

impl Report<'_> {
    /// How many diagnostics have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let is_so = |severity_of: &Severity| *severity_of == severity;
        self.inspection.diagnostics.iter().map(|found| found.rule.severity).filter(is_so).count()
    }
}

/// Writes a number and a noun: `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
