//! Which examples and tests a person names.

use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::suggest;
use crate::source::{FileId, Span};
use crate::verify::plan::Unit;
use crate::verify::schedule::{self, Job};

/// A part of many: `2/5` is the second of five.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shard {
    number: usize,
    of: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(number, of)| {
            Some(Self { number: number.parse().ok()?, of: of.parse().ok()? })
        });
        let is_part = |shard: &Self| (1..=shard.of).contains(&shard.number);
        parts.filter(is_part).ok_or_else(|| "write it as `2/5`, the second of five".to_owned())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Tells whether the unit with this index belongs to the part.
    pub(super) fn holds(self, index: usize) -> bool {
        index % self.of == self.number - 1
    }

    /// Tells whether the file with this path belongs to the part: in every run the same,
    /// whatever other files there are.
    pub(super) fn holds_file(self, path: &str) -> bool {
        let hash = blake3::hash(path.as_bytes());
        let first = hash.as_bytes().first_chunk().expect("a hash has 32 bytes");
        u64::from_le_bytes(*first) % self.of as u64 == self.number as u64 - 1
    }
}

/// One thing that a person named: `PATTERN`, `PATTERN/EXAMPLE`, `PATTERN/EXAMPLE/TEST`.
#[derive(Debug, Clone)]
struct Name<'a> {
    unit: &'a str,
    test: Option<&'a str>,
}

/// The units and jobs that are named; all, if nothing is.
pub(super) struct Selection {
    /// Indices of units.
    pub(super) units: Vec<usize>,
    /// Tests of a unit, when only some are named: then the unit is not run as a whole.
    tests: Vec<(usize, String)>,
    is_all: bool,
}

impl Selection {
    /// Finds what the names mean, or says which one means nothing.
    pub(super) fn of(names: &[String], units: &[Unit]) -> anyhow::Result<Self> {
        if names.is_empty() {
            let units = (0..units.len()).collect();
            return Ok(Self { units, tests: Vec::new(), is_all: true });
        }
        let mut selection = Self { units: Vec::new(), tests: Vec::new(), is_all: false };
        let mut whole = Vec::new();
        for text in names {
            let name = parse(text);
            let is_meant = |unit: &Unit| {
                let pattern = unit.id.split('/').next().unwrap_or_default();
                unit.id == name.unit || pattern == name.unit
            };
            let meant: Vec<usize> = (0..units.len()).filter(|it| is_meant(&units[*it])).collect();
            anyhow::ensure!(!meant.is_empty(), unknown(&name, units));
            for index in meant {
                if let Some(test) = name.test {
                    let tests: Vec<&str> =
                        units[index].tests.iter().map(|test| test.name.as_str()).collect();
                    if !tests.contains(&test) {
                        let near = suggest(test, tests.iter().copied());
                        let near =
                            near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                        anyhow::bail!("`{}` has no test `{test}`{near}", units[index].id);
                    }
                    selection.tests.push((index, test.to_owned()));
                } else {
                    whole.push(index);
                }
                selection.units.push(index);
            }
        }
        selection.tests.retain(|(index, _)| !whole.contains(index));
        selection.units.sort_unstable();
        selection.units.dedup();
        Ok(selection)
    }

    /// Leaves out what does not belong to a part of a sharded run.
    pub(super) fn keep(&mut self, shard: Shard) {
        self.units.retain(|index| shard.holds(*index));
    }

    /// The places of the units that are not to be proven now.
    pub(super) fn others(&self, units: &[Unit]) -> Vec<Span> {
        let is_chosen = |index: &usize| self.units.contains(index) && self.is_whole(*index);
        let others = (0..units.len()).filter(|index| !is_chosen(index));
        others.map(|index| units[index].span.clone()).collect()
    }

    /// The patterns' files that are named; `None` when all are.
    pub(super) fn files(&self, units: &[Unit]) -> Option<BTreeSet<FileId>> {
        let files = self.units.iter().map(|index| units[*index].span.file);
        (!self.is_all).then(|| files.collect())
    }

    /// Tells whether a unit is to be run as a whole.
    pub(super) fn is_whole(&self, index: usize) -> bool {
        !self.tests.iter().any(|(unit, _)| *unit == index)
    }

    /// The jobs of these units, less the tests that are not named.
    pub(super) fn jobs(&self, units: &[Unit], indices: &[usize]) -> Vec<Job> {
        let is_named = |index: usize, name: &str| {
            self.is_whole(index)
                || self.tests.iter().any(|(unit, test)| *unit == index && test == name)
        };
        let mut jobs = schedule::jobs(units);
        jobs.retain(|job| match job {
            Job::Types => true,
            Job::Test(unit, test) => is_named(indices[*unit], &units[*unit].tests[*test].name),
            Job::Kill(unit, _) | Job::Live(unit, _) => self.is_whole(indices[*unit]),
        });
        jobs
    }
}

fn parse(text: &str) -> Name<'_> {
    let mut slashes = text.match_indices('/').map(|(at, _)| at);
    match (slashes.next(), slashes.next()) {
        (Some(_), Some(second)) => Name { unit: &text[..second], test: Some(&text[second + 1..]) },
        _ => Name { unit: text, test: None },
    }
}

fn unknown(name: &Name<'_>, units: &[Unit]) -> anyhow::Error {
    let patterns = units.iter().map(|unit| unit.id.split('/').next().unwrap_or_default());
    let ids = units.iter().map(|unit| unit.id.as_str()).chain(patterns);
    let near =
        suggest(name.unit, ids).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    anyhow::anyhow!("no example with tests is named `{}`{near}", name.unit)
}
