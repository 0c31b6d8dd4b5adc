//! Tells whether examples are still what was proven, without the whole plan of what to run.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::code::Code;
use super::plan::{Planner, Unit};
use crate::model::{Catalog, Pattern};
use crate::source::Sources;

/// An example and what its result hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// `PATTERN/EXAMPLE`.
    pub id: String,
    /// The hash of the code, its tests and the labs: [`Unit::hash`].
    pub hash: String,
}

impl From<&Unit> for Mark {
    fn from(unit: &Unit) -> Self {
        Self { id: unit.id.clone(), hash: unit.hash.clone() }
    }
}

/// The marks of patterns that were planned before, by the id of the pattern: with a hash of all
/// that was planned from.
#[derive(Debug, Default)]
pub struct Memory {
    patterns: Mutex<HashMap<String, (blake3::Hash, Vec<Mark>)>>,
}

/// The marks of all examples of a project that have a test.
pub fn marks(catalog: &Catalog, sources: &Sources, memory: &Memory) -> Vec<Mark> {
    let planner = Planner::new(&catalog.equipment);
    let equipment = equipment_hash(catalog, sources, &planner);
    let marks = |pattern: &&Pattern| {
        let id = &pattern.content.id.value;
        let hash = pattern_hash(pattern, sources, &equipment);
        memory.recall(id, hash).unwrap_or_else(|| {
            let marks: Vec<Mark> = planner.plan(pattern).iter().map(Mark::from).collect();
            memory.keep(id, hash, &marks);
            marks
        })
    };
    let patterns: Vec<&Pattern> = catalog.patterns.values().collect();
    patterns.par_iter().flat_map_iter(marks).collect()
}

impl Memory {
    fn recall(&self, id: &str, hash: blake3::Hash) -> Option<Vec<Mark>> {
        let patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        patterns.get(id).filter(|(known, _)| *known == hash).map(|(_, marks)| marks.clone())
    }

    fn keep(&self, id: &str, hash: blake3::Hash, marks: &[Mark]) {
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        patterns.insert(id.to_owned(), (hash, marks.to_vec()));
    }
}

/// A hash of the contracts and labs.
fn equipment_hash(catalog: &Catalog, sources: &Sources, planner: &Planner<'_>) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (id, contract) in &catalog.equipment.contracts {
        add(&mut hasher, id);
        add(&mut hasher, &sources.file(contract.file).text);
    }
    for (name, hash) in planner.lab_hashes() {
        add(&mut hasher, name);
        add(&mut hasher, hash);
    }
    hasher.finalize()
}

/// A hash of a pattern's file and the files of its examples.
fn pattern_hash(pattern: &Pattern, sources: &Sources, equipment: &blake3::Hash) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(equipment.as_bytes());
    add(&mut hasher, &sources.file(pattern.file).text);
    for example in &pattern.examples {
        let code = Code::of(example);
        add(&mut hasher, &example.entry.id.value);
        add(&mut hasher, &code.text);
        hasher.update(&[u8::from(code.is_executable)]);
    }
    hasher.finalize()
}

/// Adds a text so that it cannot run into the next one.
fn add(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&text.len().to_le_bytes()).update(text.as_bytes());
}
