//! Shows what `test` ran.
//!
//! To add a format: write `report/verification/<name>.rs`, and add one variant and one arm here.

mod human;
mod json;
mod junit;

use std::collections::BTreeMap;
use std::io;

use super::{Colour, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::yaml::words::Level;
use crate::verify::open::NotRun;
use crate::verify::result::UnitResult;

pub(super) use self::human::write_output;
pub use self::json::MergedReport;

/// Everything that a report of tests may show.
#[derive(Debug)]
pub struct Verification<'a> {
    /// The diagnostics, with the files that they point into.
    pub report: Report<'a>,
    /// What was run.
    pub units: &'a [UnitResult],
    /// What was not run because only the ledger was asked, and is not proven by it.
    pub stale: &'a [UnitResult],
    /// How many examples were proven before and did not change.
    pub unchanged: usize,
    /// What was not run, where there was no sandbox; `None` where there was one.
    pub open: Option<&'a [NotRun]>,
    /// How many examples of the project have each level.
    pub levels: BTreeMap<Level, usize>,
}

/// How a report of tests is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: what does not hold, what was printed, and how to run it again.
    #[default]
    Human,
    /// For programs: one JSON object.
    Json,
    /// For CI servers: the XML of `JUnit`.
    Junit,
}

impl Verification<'_> {
    /// The errors that stand in the result of no example, such as those that `check` finds.
    fn errors_of_no_run(&self) -> Vec<&Diagnostic> {
        let results = self.units.iter().chain(self.stale);
        let faults: Vec<_> =
            results.flat_map(|unit| &unit.runs).flat_map(|run| &run.faults).collect();
        let is_of_run = |found: &Diagnostic| {
            faults.iter().any(|fault| fault.rule.id == found.rule.id && fault.span == found.span)
        };
        let diagnostics = self.report.inspection.diagnostics.iter();
        let errors = diagnostics.filter(|found| found.rule.severity == Severity::Error);
        errors.filter(|found| !is_of_run(found)).collect()
    }
}

impl Format {
    /// Writes `verification` in this format.
    pub fn write(
        self,
        verification: &Verification<'_>,
        colour: Colour,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        match self {
            Self::Human => human::write(verification, colour, out),
            Self::Json => json::write(verification, out),
            Self::Junit => junit::write(verification, out),
        }
    }
}
