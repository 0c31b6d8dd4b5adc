//! Shows what `test` ran.
//!
//! To add a format: write `report/verification/<name>.rs`, and add one variant and one arm here.

mod human;
mod json;
mod junit;

use std::collections::BTreeMap;
use std::io;

use super::{Colour, Report};
use crate::model::yaml::words::Level;
use crate::verify::result::UnitResult;

pub use self::json::merge;

/// Everything that a report of tests may show.
#[derive(Debug)]
pub struct Verification<'a> {
    /// The diagnostics, with the files that they point into.
    pub report: Report<'a>,
    /// What was run.
    pub units: &'a [UnitResult],
    /// How many examples were proven before and did not change.
    pub unchanged: usize,
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
