//! Shows an inspection to a person or a program.
//!
//! To add a format: write `report/<name>.rs`, and add one variant and one arm here.

mod agent;
pub mod choose;
mod fingerprint;
mod github;
mod human;
mod json;
mod junit;
pub mod probe;
mod root;
mod sarif;
pub mod verification;
mod xml;

use std::io;

pub use self::root::Root;
pub use crate::diagnostic::count;
use crate::diagnostic::{Diagnostic, Severity};
use crate::inspect::Inspection;
use crate::source::{FileId, Sources};

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
    /// Where the reader stands, for the services that name files from a repository's root.
    pub root: &'a Root,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the line, a caret, and what to do
    #[default]
    Human,
    /// For programs: one JSON object
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: a workflow command for each finding
    Github,
    /// For CI servers: the XML of `JUnit`
    Junit,
    /// For coding agents: one line for each finding
    Agent,
}

/// What a report may use of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Escape sequences for colours.
    Ansi,
    /// Plain text.
    None,
}

/// How much a report for readers shows. Those for programs show everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What can be read, and how much there is besides.
    Readable,
    /// Every finding.
    All,
}

/// How a report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether it is coloured.
    pub colour: Colour,
    /// How much of it is shown.
    pub extent: Extent,
}

impl Format {
    /// Writes `report` in this format.
    pub fn write(
        self,
        report: &Report<'_>,
        style: Style,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        match self {
            Self::Human => human::write(report, style, out),
            Self::Json => json::write(report, out),
            Self::Sarif => sarif::write(report, out),
            Self::Github => github::write(report, out),
            Self::Junit => junit::write(report, out),
            Self::Agent => agent::write(report, style.extent, out),
        }
    }
}

impl Report<'_> {
    /// How many diagnostics have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        let is_so = |severity_of: &Severity| *severity_of == severity;
        self.inspection.diagnostics.iter().map(|found| found.rule.severity).filter(is_so).count()
    }

    /// The path of a file from where the reader stands.
    pub fn path(&self, file: FileId) -> String {
        format!("{}{}", self.base, self.sources.file(file).path)
    }

    /// The diagnostics, the graver ones first: some readers look at the first ones only.
    fn gravest_first(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.inspection.diagnostics.iter().collect();
        sorted.sort_by_key(|found| std::cmp::Reverse(found.rule.severity));
        sorted
    }
}
