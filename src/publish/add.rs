//! What `patternbook add` writes into somebody's plugin: worked out in memory, as a whole.
//!
//! `values` asks what an answer may be and puts it in, `json` and `readme` make room in files
//! that are there, `plan` brings it together. Nothing here writes.

mod json;
pub mod plan;
mod readme;
pub mod values;

use crate::model::added::key_of_pointer;
use crate::model::yaml::add::{Add, AddedFile, AskedValue};
use crate::model::yaml::proof::FileKind;
use crate::model::{Example, Pattern};

/// A pattern that can be added.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'a> {
    /// The pattern.
    pub pattern: &'a Pattern,
    add: &'a Add,
}

/// Something in a file that is there keeps us from writing. Nothing is written then.
#[derive(Debug)]
pub struct Conflict {
    /// The file, below the folder of the plugin.
    pub path: String,
    /// Line and column, from 1.
    pub line: usize,
    /// As `line`.
    pub column: usize,
    /// What stands there.
    pub message: String,
    /// What to do. [`Conflict::FILE`] in it stands for the file, from where the person stands.
    pub help: String,
}

impl Conflict {
    /// What stands for the file in a help.
    pub const FILE: &str = "{file}";
}

/// Where in a text something is in the way, and why.
#[derive(Debug)]
struct Clash {
    at: usize,
    message: String,
    /// What to do, where ours cannot take its place.
    help: Option<&'static str>,
}

/// A file that is written, before the values are in it.
struct Part<'a> {
    /// Where it goes, before the values are in that.
    path: &'a str,
    example: &'a Example,
    file: &'a AddedFile,
}

impl Part<'_> {
    /// The code that goes into the file, before the values are in it.
    fn code(&self) -> String {
        let code = &self.example.snippet.text;
        let parsed = serde_json::from_str(code).ok().filter(|_| !self.file.leave_out.is_empty());
        let Some::<serde_json::Value>(mut parsed) = parsed else { return code.clone() };
        for pointer in &self.file.leave_out {
            let Some((parent, key)) = key_of_pointer(&pointer.value) else { continue };
            let parent = parsed.pointer_mut(parent).and_then(|parent| parent.as_object_mut());
            parent.and_then(|parent| parent.shift_remove(&key));
        }
        format!("{parsed:#}\n")
    }
}

impl<'a> Recipe<'a> {
    /// What can be added of a pattern, if it says so.
    pub fn of(pattern: &'a Pattern) -> Option<Self> {
        Some(Self { pattern, add: pattern.content.add.as_ref()? })
    }

    /// What is asked for.
    pub fn values(&self) -> &'a [AskedValue] {
        &self.add.values
    }

    /// The paths of its files, below the folder of the plugin.
    pub fn paths(&self, answers: &values::Answers) -> impl Iterator<Item = String> {
        self.parts().map(|part| answers.fill_path(part.path))
    }

    /// Tells whether it makes the folder a plugin.
    pub fn makes_plugin(&self) -> bool {
        self.parts().any(|part| part.path == plan::MANIFEST)
    }

    fn parts(&self) -> impl Iterator<Item = Part<'a>> + use<'a> {
        let pattern = self.pattern;
        self.add.files.iter().filter_map(move |file| {
            let example = pattern.example(&file.example.value)?;
            let name = example.entry.file_name.as_ref()?;
            let path = file.to.as_ref().unwrap_or(name).as_str();
            Some(Part { path, example, file })
        })
    }

    /// The credential helpers among its files: the path of each, and the arguments with which
    /// `patternbook probe` tries it.
    pub fn probes(&self, answers: &values::Answers) -> Vec<(String, Vec<String>)> {
        let kind = |example: &Example| example.entry.kind.as_ref().map(|kind| kind.value.clone());
        let is_helper =
            |part: &Part<'_>| kind(part.example).as_deref() == Some("credential-helper");
        let probe =
            |part: Part<'a>| (answers.fill_path(part.path), arguments(part.example, answers));
        self.parts().filter(is_helper).map(probe).collect()
    }
}

/// What a helper finds in its tests, as arguments of `patternbook probe`.
fn arguments(example: &Example, answers: &values::Answers) -> Vec<String> {
    let Some(setup) = &example.entry.setup else { return Vec::new() };
    let mut arguments = Vec::new();
    for file in setup.files.iter().filter(|file| file.kind == FileKind::File) {
        let text = file.content.as_ref().map_or("", |content| content.text.trim_end());
        let text = format!("{}={text}", file.path);
        arguments.extend(["--file".to_owned(), answers.fill(&text)]);
    }
    for (name, value) in &setup.environment {
        // What the client sets, `probe` sets too.
        let Some(value) = value.as_ref().filter(|_| !name.starts_with("CLAUDE_")) else { continue };
        arguments.extend(["--env".to_owned(), answers.fill(&format!("{name}={value}"))]);
    }
    arguments
}

/// Tells whether an example is JSON.
fn is_json(example: &Example) -> bool {
    matches!(example.entry.language.as_str(), "json" | "jsonc")
}
