//! The project in memory: the manifest, and every pattern with its code.

pub(crate) mod added;
pub mod builtin;
mod bundle;
pub mod chapters;
pub mod choose;
pub mod code;
pub mod equipment;
pub mod expectations;
pub mod files;
pub mod flow;
pub mod load;
pub mod memory;
mod place;
pub mod plugin;
pub mod references;
pub mod rules;
mod tabs;
pub mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::source::{FileId, Snippet};

/// What a project says, as far as it could be read.
#[derive(Debug)]
pub struct Catalog {
    /// The manifest; an empty one, if it could not be read.
    pub manifest: yaml::manifest::Manifest,
    /// Whether the manifest could be read.
    pub has_manifest: bool,
    /// The manifest's file.
    pub manifest_file: FileId,
    /// Every pattern that could be read, by id.
    pub patterns: BTreeMap<String, Pattern>,
    /// The patterns of which not all could be read, by the names of their files, and `choose`, if
    /// that is such a file: nobody knows what else they say.
    pub unread: BTreeSet<String>,
    /// The hand-written files.
    pub chapters: chapters::Chapters,
    /// The hand-written files of the plugin.
    pub plugin: Vec<plugin::PluginFile>,
    /// The questions that lead to a pattern, if the project asks any.
    pub decisions: Option<choose::DecisionPath>,
    /// Contracts and labs, which tests name.
    pub equipment: equipment::Equipment,
    /// What the ledger proves of examples, by `PATTERN/EXAMPLE`.
    pub proven: BTreeMap<String, Proven>,
}

impl Catalog {
    /// Finds an example by `PATTERN/EXAMPLE`.
    pub fn example(&self, id: &str) -> Option<&Example> {
        let (pattern, example) = id.split_once('/')?;
        self.patterns.get(pattern)?.example(example)
    }

    /// The ids of all examples, as `PATTERN/EXAMPLE`.
    pub fn example_ids(&self) -> Vec<String> {
        let ids = self.patterns.iter().flat_map(|(pattern, it)| {
            it.examples.iter().map(move |example| format!("{pattern}/{}", example.entry.id.value))
        });
        ids.collect()
    }
}

/// What the ledger proves of an example.
#[derive(Debug, Clone)]
pub struct Proven {
    /// How far.
    pub level: yaml::words::Level,
    /// The day, as `2026-11-21`.
    pub date: String,
    /// The names and versions of the programs that it ran with.
    pub tools: BTreeMap<String, String>,
}

/// One pattern.
#[derive(Debug)]
pub struct Pattern {
    /// Its file.
    pub file: FileId,
    /// The folder below `patterns/` that it stands in, such as `headers`; empty for none.
    pub topic: String,
    /// What the file says.
    pub content: Arc<yaml::PatternFile>,
    /// Its examples whose code could be had, in the order of the file.
    pub examples: Vec<Example>,
    /// The bad code of its don'ts, in the order of the file.
    pub bad_examples: Vec<BadExample>,
}

/// An example of a pattern.
#[derive(Debug)]
pub struct Example {
    /// Which entry of the file's `examples` it is.
    pub entry: yaml::ExampleEntry,
    /// The code.
    pub snippet: Snippet,
    /// For code in a file of its own: that file.
    pub script: Option<Script>,
}

/// The file that an example's code stands in.
#[derive(Debug)]
pub struct Script {
    /// Its path in the folder of the pattern.
    pub name: String,
    /// Whether it may be executed.
    pub is_executable: bool,
}

/// Code that shows what not to do.
#[derive(Debug)]
pub struct BadExample {
    /// Which entry of the file's `do-not` it is.
    pub index: usize,
    /// The entry.
    pub entry: yaml::Dont,
    /// The code.
    pub snippet: Snippet,
}

impl Catalog {
    /// The files that define an example (`PATTERN/EXAMPLE`), with its tests, contracts and labs.
    pub fn files_of(&self, id: &str) -> Vec<FileId> {
        let Some((pattern, id)) = id.split_once('/') else { return Vec::new() };
        let Some(pattern) = self.patterns.get(pattern) else { return Vec::new() };
        let Some(example) = pattern.example(id) else { return Vec::new() };
        let entry = &example.entry;
        let mut files = vec![pattern.file, example.snippet.file];
        let tests = entry.tests.iter().filter_map(|test| test.setup.as_ref());
        let setups: Vec<&yaml::proof::Setup> = tests.chain(&entry.setup).collect();
        let beside = setups.iter().flat_map(|setup| &setup.beside);
        let beside = beside.filter_map(|name| pattern.example(&name.value));
        files.extend(beside.map(|example| example.snippet.file));
        let labs = setups.iter().flat_map(|setup| setup.labs.keys());
        files.extend(labs.filter_map(|name| Some(self.equipment.labs.get(name)?.file)));
        let contracts = entry.contracts.iter();
        let contracts = contracts.filter_map(|used| self.equipment.contracts.get(&used.id.value));
        files.extend(contracts.map(|contract| contract.file));
        files
    }
}

impl Pattern {
    /// Finds an example by its id.
    pub fn example(&self, id: &str) -> Option<&Example> {
        self.examples.iter().find(|example| example.entry.id.value == id)
    }
}

/// The name of a pattern's file without its folder and ending.
fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}
