//! The record of what was proven: committed, so that a page can say it, and so that nothing
//! unchanged is run again.
//!
//! Only successes stand in it. An entry counts as long as its hash is that of the example, its
//! tests and labs; to skip a run, the tools must be the same too.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::Proven;
use crate::model::yaml::words::Level;
use crate::source::line_starts;
use crate::verify::marks::Mark;
use crate::verify::plan::Unit;

/// The ledger's file, in the project's folder.
pub const FILE: &str = "ledger.json";

/// By which a file that this tool wrote is known.
pub const MARK: &str = "written by `patternbook test`";

/// The names and versions of the tools that examples ran with.
pub type Tools = BTreeMap<String, String>;

/// The ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    about: String,
    version: u32,
    /// Sets of tools, by a short name.
    tools: BTreeMap<String, Tools>,
    /// Entries by `PATTERN/EXAMPLE`.
    entries: BTreeMap<String, Entry>,
}

/// What was proven of one example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The hash of the example, its tests and its labs.
    pub hash: String,
    /// How far it is proven.
    pub level: Proof,
    /// How many tests passed.
    pub tests: usize,
    /// How many changes of the code a test noticed.
    pub changes: usize,
    /// The set of tools.
    pub tools: String,
    /// The day, as `2026-11-21`.
    pub date: String,
}

/// The levels that the ledger can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// A type checker holds.
    Checked,
    /// Its tests passed.
    Ran,
    /// And its security lines were proven.
    Proven,
}

/// Why a text is no ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the line that shows it.
    pub range: Range<usize>,
    /// What is wrong there.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// How a side of a merge begins, the other one, and how it ends, as Git writes them.
const CONFLICT: [&str; 3] = ["<<<<<<< ", "=======", ">>>>>>> "];

impl Default for Ledger {
    fn default() -> Self {
        Self {
            about: format!("What was proven, {MARK}. Do not edit; commit it."),
            version: 1,
            tools: BTreeMap::new(),
            entries: BTreeMap::new(),
        }
    }
}

impl Ledger {
    /// Reads a ledger, or says why the text is none.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let broken = |error: serde_json::Error| broken(text, &error);
        let document: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| find_conflict(text).unwrap_or_else(|| broken(error)))?;
        if let Some(version) = document.get("version").filter(|version| **version != 1) {
            return Err(unknown_version(text, version));
        }
        serde_json::from_str(text).map_err(broken)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("plain data can be written");
        text + "\n"
    }

    /// The entry of a unit, if the unit is as it was then.
    pub fn entry(&self, unit: &Unit) -> Option<&Entry> {
        self.entry_of(&unit.id, &unit.hash)
    }

    fn entry_of(&self, id: &str, hash: &str) -> Option<&Entry> {
        self.entries.get(id).filter(|entry| entry.hash == hash)
    }

    /// Tells whether a unit need not be run again with these tools.
    pub fn is_current(&self, unit: &Unit, tools: &Tools) -> bool {
        self.entry(unit).is_some_and(|entry| self.tools.get(&entry.tools) == Some(tools))
    }

    /// Notes that a unit was proven.
    pub fn note(&mut self, unit: &Unit, level: Level, tools: &Tools, date: &str) {
        let text = serde_json::to_string(tools).expect("plain data can be written");
        let name = blake3::hash(text.as_bytes()).to_hex()[..8].to_owned();
        self.tools.insert(name.clone(), tools.clone());
        let known = self.entries.get(&unit.id).map(|entry| entry.date.clone());
        let mut entry = Entry {
            hash: unit.hash.clone(),
            level: Proof::of(level),
            tests: unit.tests.len(),
            changes: unit.changes.len(),
            tools: name,
            date: known.unwrap_or_default(),
        };
        // A proof that is only repeated keeps its day, so that the file stays as it is.
        if self.entries.get(&unit.id) != Some(&entry) {
            entry.date = date.to_owned();
            self.entries.insert(unit.id.clone(), entry);
        }
    }

    /// Forgets a unit that failed; says whether it was known.
    pub fn forget(&mut self, id: &str) -> bool {
        self.entries.remove(id).is_some()
    }

    /// Forgets what is no longer there, and sets of tools that no entry names.
    pub fn keep_only(&mut self, units: &[Unit]) {
        self.entries.retain(|id, _| units.iter().any(|unit| unit.id == *id));
        let entries = &self.entries;
        self.tools.retain(|name, _| entries.values().any(|entry| entry.tools == *name));
    }

    /// Takes over what another ledger proves of these units.
    pub fn merge(&mut self, other: &Self, units: &[Unit]) {
        for unit in units {
            let Some(entry) = other.entry(unit) else { continue };
            self.entries.insert(unit.id.clone(), entry.clone());
            if let Some(tools) = other.tools.get(&entry.tools) {
                self.tools.insert(entry.tools.clone(), tools.clone());
            }
        }
    }

    /// What is proven of each of these examples.
    pub fn proven(&self, marks: &[Mark]) -> BTreeMap<String, Proven> {
        let proven = |mark: &Mark| {
            let entry = self.entry_of(&mark.id, &mark.hash)?;
            let tools = self.tools.get(&entry.tools).cloned().unwrap_or_default();
            let proven = Proven { level: entry.level.level(), date: entry.date.clone(), tools };
            Some((mark.id.clone(), proven))
        };
        marks.iter().filter_map(proven).collect()
    }
}

/// Finds the conflict that a merge of Git left in a text.
fn find_conflict(text: &str) -> Option<Fault> {
    let mut lines = text.lines();
    let at = lines.position(|line| CONFLICT.iter().any(|mark| line.starts_with(mark)))?;
    let help = format!(
        "take one side with `git checkout --ours {FILE}` or `git checkout --theirs {FILE}`, and \
         run `patternbook test`"
    );
    let message = "the ledger has a merge conflict here".to_owned();
    Some(Fault { range: line(text, at), message, help })
}

fn unknown_version(text: &str, version: &serde_json::Value) -> Fault {
    let at = text.lines().position(|line| line.contains("\"version\"")).unwrap_or_default();
    let message = format!("the ledger has version {version}, and this program reads version 1");
    Fault { range: line(text, at), message, help: anew(text) }
}

fn broken(text: &str, error: &serde_json::Error) -> Fault {
    let at = error.line().saturating_sub(1);
    let message = format!("the ledger cannot be read: {error}");
    Fault { range: line(text, at), message, help: anew(text) }
}

/// How a ledger is had again that cannot be mended.
fn anew(text: &str) -> String {
    match text.contains(MARK) {
        true => format!(
            "`patternbook test --again` writes it anew; `git checkout {FILE}` brings back the \
             committed one"
        ),
        // What does not say that it is ours is not written over.
        false => "remove the file, and `patternbook test` writes it anew".to_owned(),
    }
}

/// The bytes of a line, counted from 0; of the last one, if there are fewer.
fn line(text: &str, number: usize) -> Range<usize> {
    let starts = line_starts(text);
    let start = starts.get(number).or(starts.last()).copied().unwrap_or_default();
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    start..start + length
}

impl Proof {
    fn of(level: Level) -> Self {
        match level {
            Level::Proven => Self::Proven,
            Level::Ran => Self::Ran,
            Level::Shown | Level::Parsed | Level::Checked => Self::Checked,
        }
    }

    fn level(self) -> Level {
        match self {
            Self::Checked => Level::Checked,
            Self::Ran => Level::Ran,
            Self::Proven => Level::Proven,
        }
    }
}
