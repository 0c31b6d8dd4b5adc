//! Reads a project: every fault of every file becomes a diagnostic, and nothing stops early.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::code::block_snippet;
use super::files::{add, describe};
use super::memory::Memory;
use super::rules::UNUSED_EXAMPLE_FILE;
use super::yaml::manifest::Manifest;
use super::yaml::{Dont, PatternFile};
use super::{
    BadExample, Catalog, Example, Pattern, Script, builtin, chapters, choose, equipment, file_stem,
    plugin, references, tabs,
};
use crate::diagnostic::{Diagnostic, Finding};
use crate::error::Error;
use crate::schema::{INVALID_VALUE, Schema};
use crate::source::disk::{DATA_LIMIT, Folder, TEXT_LIMIT, Unreadable};
use crate::source::{FileId, Snippet, SourceFile, Sources, Span};
use crate::value::de::from_node;
use crate::value::{Entry, Node, Text, Value, yaml};

/// A project as it was read.
#[derive(Debug)]
pub struct Loaded {
    /// Every text that was read.
    pub sources: Sources,
    /// What the project says.
    pub catalog: Catalog,
    /// What is wrong with its files, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

/// The name of the manifest.
pub const MANIFEST: &str = "patternbook.yaml";

/// The schema of a pattern.
pub static PATTERN_SCHEMA: Schema = Schema::new(|| schemars::schema_for!(PatternFile).to_value());

/// The schema of a manifest.
pub static MANIFEST_SCHEMA: Schema = Schema::new(|| schemars::schema_for!(Manifest).to_value());

/// Reads the project in `folder`.
pub fn load(folder: &Folder) -> Result<Loaded, Error> {
    load_again(folder, &Memory::default())
}

/// Reads the patterns that the tool brings.
pub fn built_in_patterns(sources: &mut Sources) -> BTreeMap<String, Pattern> {
    let mut patterns = BTreeMap::new();
    let texts: BTreeMap<&str, &str> = builtin::PATTERNS.iter().copied().collect();
    for (path, text) in builtin::PATTERNS.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let file = sources.add(SourceFile::new(format!("built-in/{path}"), *text));
        let read = read_content(path, sources.file(file));
        let Some(content) = read.content else { continue };
        let base = path.strip_suffix(".yaml").unwrap_or(path);
        let mut scripts = Scripts::new();
        for (index, entry) in content.examples.iter().enumerate() {
            let Some(source) = &entry.source else { continue };
            let path = format!("{base}/{}", source.value);
            let Some(text) = texts.get(path.as_str()) else { continue };
            let id = sources.add(SourceFile::new(format!("built-in/{path}"), *text));
            scripts.insert(index, (path, Snippet::whole(text, id)));
        }
        let is_executable = &|path: &str| texts.get(path).is_some_and(|it| it.starts_with("#!"));
        let pattern = assemble(file, topic(path), Arc::new(content), scripts, is_executable);
        patterns.insert(pattern.content.id.value.clone(), pattern);
    }
    patterns
}

/// Reads the project in `folder`, but for the patterns that `memory` has as they are now.
pub fn load_again(folder: &Folder, memory: &Memory) -> Result<Loaded, Error> {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let (manifest_file, manifest) = load_manifest(folder, &mut sources, &mut diagnostics);
    // Where the manifest cannot be read, everything that is held against it would be an error.
    let has_manifest = manifest.is_some();
    let manifest = manifest.unwrap_or_default();

    let paths = folder.files("patterns")?;
    report_misnamed(&paths, manifest_file, &mut diagnostics);
    let files = add_patterns(folder, &paths, &mut sources, &mut diagnostics);
    let read = |(path, id): &(String, FileId)| read_pattern(folder, &sources, path, *id, memory);
    let read: Vec<ReadPattern> = files.par_iter().map(read).collect();

    let chapters = chapters::load(folder, &mut sources, &mut diagnostics)?;
    // Without a bundle no plugin is made of that folder.
    let plugin = match manifest.bundle {
        Some(_) => plugin::load(folder, &mut sources, &mut diagnostics)?,
        None => Vec::new(),
    };
    let equipment = equipment::load(folder, &mut sources, &mut diagnostics)?;
    let (patterns, proven) = (BTreeMap::new(), BTreeMap::new());
    let mut known = references::Known::of(&files);
    let decisions = choose::load(folder, &known, &mut sources, &mut diagnostics);
    let unread = unread_choices(folder, decisions.is_some());
    let mut catalog = Catalog {
        manifest,
        has_manifest,
        manifest_file,
        patterns,
        unread,
        chapters,
        plugin,
        decisions,
        equipment,
        proven,
    };
    let mut named = BTreeSet::new();
    let is_executable = &|path: &str| folder.is_executable(path);
    let mut parts = Vec::new();
    for pattern in read {
        diagnostics.extend(pattern.diagnostics);
        if !pattern.is_whole {
            catalog.unread.insert(stem_of(pattern.file, &sources));
        }
        named.extend(pattern.files.iter().map(|file| file.path.clone()));
        let scripts = add_scripts(pattern.files, &mut sources, &mut diagnostics);
        let whole = pattern.content.map(|content| (pattern.file, pattern.topic, content, scripts));
        parts.extend(whole);
    }
    let complete = |(file, topic, content, scripts)| {
        let pattern = assemble(file, topic, content, scripts, is_executable);
        let mut found = Vec::new();
        references::check_pattern(&pattern, &sources, &known, &mut found);
        if has_manifest {
            references::check_against_manifest(&pattern, &catalog.manifest, &mut found);
        }
        (pattern, found)
    };
    let patterns: Vec<_> = parts.into_par_iter().map(complete).collect();
    for (pattern, found) in patterns {
        diagnostics.extend(found);
        if known.claim(&pattern, &sources, &mut diagnostics) {
            catalog.patterns.insert(pattern.content.id.value.clone(), pattern);
        } else {
            catalog.unread.insert(stem_of(pattern.file, &sources));
        }
    }
    catalog.equipment.complete(&catalog.patterns, &mut sources, &mut diagnostics);
    if has_manifest {
        references::check_manifest(&catalog, &known, &mut diagnostics);
    }
    references::check_chapters(&catalog.chapters, &sources, &known, &mut diagnostics);
    report_unused_files(&paths, &files, &named, &sources, &mut diagnostics);
    Ok(Loaded { sources, catalog, diagnostics })
}

fn load_manifest(
    folder: &Folder,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (FileId, Option<Manifest>) {
    let text = folder.read(MANIFEST, DATA_LIMIT);
    let (file, is_readable) = add(sources, diagnostics, MANIFEST, text);
    if !is_readable {
        return (file, None);
    }
    let (manifest, found) = read_file::<Manifest>(&sources.file(file).text, &MANIFEST_SCHEMA);
    diagnostics.extend(found.into_iter().map(|finding| in_file(finding, file)));
    (file, manifest.map(|(manifest, _)| manifest))
}

/// What the catalog notes where the questions of a project cannot be read.
fn unread_choices(folder: &Folder, are_read: bool) -> BTreeSet<String> {
    let is_lost = !are_read && folder.has(choose::FILE);
    BTreeSet::from_iter(is_lost.then(|| file_stem(choose::FILE).to_owned()))
}

fn stem_of(file: FileId, sources: &Sources) -> String {
    file_stem(&sources.file(file).path).to_owned()
}

/// Places a finding of a whole file.
pub(super) fn in_file(finding: Finding, file: FileId) -> Diagnostic {
    let Finding { rule, range, message, help, fix } = finding;
    let fix = fix.and_then(|fix| fix.place(|range| Some(Span::new(file, range))));
    Diagnostic { rule, span: Span::new(file, range), message, help, fix }
}

/// Says that a file keeps to its schema, and cannot be read all the same.
fn unreadable_value(node: &Node, error: &impl ToString) -> Finding {
    let finding = Finding::new(&INVALID_VALUE, node.range.clone(), error.to_string());
    finding.help("write a value that the message allows")
}

/// Reads a YAML file into a type, with its tree and every fault of it.
pub(super) fn read_file<T: for<'de> Deserialize<'de>>(
    text: &str,
    schema: &Schema,
) -> (Option<(T, Node)>, Vec<Finding>) {
    let (node, mut found) = yaml::parse(text);
    let Some(node) = node else { return (None, found) };
    found.extend(schema.validate(&node));
    match from_node(&node) {
        Ok(content) => (Some((content, node)), found),
        Err(error) => {
            if found.is_empty() {
                found.push(unreadable_value(&node, &error));
            }
            (None, found)
        }
    }
}

fn add_patterns(
    folder: &Folder,
    paths: &[String],
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, FileId)> {
    let is_pattern = |path: &&String| path.ends_with(".yaml") && !is_beside_pattern(path, paths);
    let read = paths.par_iter().filter(is_pattern);
    let texts: Vec<_> = read.map(|path| (path, folder.read(path, DATA_LIMIT))).collect();
    let mut files = Vec::new();
    for (path, text) in texts {
        let (file, _) = add(sources, diagnostics, path, text);
        files.push((path.clone(), file));
    }
    files
}

/// Tells whether a file stands in the folder of a pattern's examples.
fn is_beside_pattern(path: &str, paths: &[String]) -> bool {
    let folders = Path::new(path).ancestors().skip(1);
    let mut patterns = folders.map(|folder| format!("{}.yaml", folder.display()));
    patterns.any(|pattern| paths.binary_search(&pattern).is_ok())
}

/// What reading one pattern's file gave.
struct ReadPattern {
    file: FileId,
    topic: String,
    content: Option<Arc<PatternFile>>,
    /// Whether `content` is all that the file says.
    is_whole: bool,
    files: Vec<ReadFile>,
    diagnostics: Vec<Diagnostic>,
}

/// A file that an example names.
struct ReadFile {
    example: usize,
    path: String,
    named_at: Span,
    text: Result<String, Unreadable>,
}

fn read_pattern(
    folder: &Folder,
    sources: &Sources,
    path: &str,
    file: FileId,
    memory: &Memory,
) -> ReadPattern {
    let source = sources.file(file);
    let (content, is_whole, found) = match memory.pattern(path, &source.text) {
        Some(content) => (Some(content), true, Vec::new()),
        None => {
            let ReadContent { content, is_whole, found } = read_content(path, source);
            let content = content.map(Arc::new);
            if let (Some(content), true) = (&content, found.is_empty()) {
                memory.keep(path, &source.text, content);
            }
            (content, is_whole, found)
        }
    };
    let files = content.iter().flat_map(|content| example_files(folder, path, file, content));
    ReadPattern {
        file,
        topic: topic(path),
        files: files.collect(),
        content,
        is_whole,
        diagnostics: found.into_iter().map(|finding| in_file(finding, file)).collect(),
    }
}

/// What the text of a pattern's file gave.
struct ReadContent {
    content: Option<PatternFile>,
    /// Whether `content` is all that the file says.
    is_whole: bool,
    found: Vec<Finding>,
}

fn read_content(path: &str, source: &SourceFile) -> ReadContent {
    // What could not be read has been reported; its text is empty or has broken characters.
    let (node, mut found) = match source.is_readable {
        true => yaml::parse(&source.text),
        false => (None, Vec::new()),
    };
    let Some(node) = node else { return ReadContent { content: None, is_whole: false, found } };
    found.extend(PATTERN_SCHEMA.validate(&node));
    tabs::explain_lists(&node, &mut found);
    match from_node::<PatternFile>(&node) {
        Ok(content) => {
            tabs::check_unplaced(&content, &mut found);
            ReadContent { content: Some(content), is_whole: true, found }
        }
        Err(error) => {
            if found.is_empty() {
                found.push(unreadable_value(&node, &error));
            }
            ReadContent { content: salvage(&node, path), is_whole: false, found }
        }
    }
}

/// Reads what can be read of a pattern that breaks the schema, so that its examples are
/// checked in the same run.
fn salvage(node: &Node, path: &str) -> Option<PatternFile> {
    let text = |text: &str| Node {
        value: Value::Text(Text { text: text.to_owned(), lines: None }),
        range: 0..0,
    };
    let entry =
        |key: &str| Entry { key: key.to_owned(), key_range: 0..0, node: text(file_stem(path)) };
    let entries = ["id", "title", "summary"].map(entry).into();
    let minimal = Node { value: Value::Map(entries), range: 0..0 };
    let mut content: PatternFile = from_node(&minimal).ok()?;
    content.id.range = node.get("id").map_or(0..0, |id| id.range.clone());
    content.examples = salvage_list(node, "examples");
    content.donts = salvage_list(node, "do-not");
    content.sections = salvage_list(node, "sections");
    Some(content)
}

fn salvage_list<T: for<'de> Deserialize<'de>>(node: &Node, key: &str) -> Vec<T> {
    let items = node.get(key).map_or(&[][..], Node::items);
    items.iter().filter_map(|item| from_node(item).ok()).collect()
}

fn example_files(
    folder: &Folder,
    path: &str,
    file: FileId,
    content: &PatternFile,
) -> Vec<ReadFile> {
    let base = path.strip_suffix(".yaml").unwrap_or(path);
    let mut files = Vec::new();
    for (example, entry) in content.examples.iter().enumerate() {
        if let Some(source) = &entry.source {
            // An absolute path would be swallowed by the folder before it.
            let path = match source.value.starts_with('/') {
                true => source.value.clone(),
                false => format!("{base}/{}", source.value),
            };
            let named_at = Span::new(file, source.range.clone());
            let text = folder.read(&path, TEXT_LIMIT);
            files.push(ReadFile { example, path, named_at, text });
        }
    }
    files
}

/// The file of an example, by the index of the example.
type Scripts = BTreeMap<usize, (String, Snippet)>;

fn add_scripts(
    files: Vec<ReadFile>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Scripts {
    let mut scripts = Scripts::new();
    for file in files {
        match file.text {
            Ok(text) => {
                let id = sources.add(SourceFile::new(file.path.clone(), text.clone()));
                scripts.insert(file.example, (file.path, Snippet::whole(&text, id)));
            }
            Err(problem @ Unreadable::NotUtf8(..)) => {
                add(sources, diagnostics, &file.path, Err(problem));
            }
            Err(problem) => diagnostics.push(describe(&problem, &file.path, file.named_at)),
        }
    }
    scripts
}

fn assemble(
    file: FileId,
    topic: String,
    content: Arc<PatternFile>,
    mut scripts: Scripts,
    is_executable: &dyn Fn(&str) -> bool,
) -> Pattern {
    let mut examples = Vec::new();
    for (index, entry) in content.examples.iter().enumerate() {
        let (snippet, script) = match (&entry.code, scripts.remove(&index)) {
            (_, Some((path, snippet))) => {
                let is_executable = is_executable(&path);
                let name = entry.source.as_ref().map_or_else(String::new, |it| it.value.clone());
                (snippet, Some(Script { name, is_executable }))
            }
            (Some(code), None) => (block_snippet(code, file), None),
            (None, None) => continue,
        };
        examples.push(Example { entry: entry.clone(), snippet, script });
    }
    let bad = |(index, entry): (usize, &Dont)| {
        let snippet = block_snippet(entry.code.as_ref()?, file);
        Some(BadExample { index, entry: entry.clone(), snippet })
    };
    let bad_examples = content.donts.iter().enumerate().filter_map(bad).collect();
    Pattern { file, topic, content, examples, bad_examples }
}

/// Finds files below `patterns/` that are no pattern because of their name.
fn report_misnamed(paths: &[String], manifest: FileId, diagnostics: &mut Vec<Diagnostic>) {
    for path in paths.iter().filter(|path| path.ends_with(".yml")) {
        if !is_beside_pattern(path, paths) {
            let message = format!("`{path}` is not read as a pattern");
            let help = "rename it: patterns end in `.yaml`";
            let span = Span::new(manifest, 0..0);
            diagnostics.push(Diagnostic::new(&UNUSED_EXAMPLE_FILE, span, message).help(help));
        }
    }
}

fn report_unused_files(
    paths: &[String],
    patterns: &[(String, FileId)],
    named: &BTreeSet<String>,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let base = |(path, file): &(String, FileId)| {
        (path.strip_suffix(".yaml").unwrap_or(path).to_owned(), *file)
    };
    let owners: BTreeMap<String, FileId> = patterns.iter().map(base).collect();
    for path in paths {
        let folders = Path::new(path).ancestors().skip(1);
        let mut names = folders.filter_map(Path::to_str);
        let Some(file) = names.find_map(|name| owners.get(name)) else { continue };
        if !named.contains(path) && !sources.file(*file).text.is_empty() {
            let message = format!("no example shows `{path}`");
            let span = Span::new(*file, 0..0);
            let help = "name it as the `source` of an example, or remove it";
            diagnostics.push(Diagnostic::new(&UNUSED_EXAMPLE_FILE, span, message).help(help));
        }
    }
}

/// The folder below `patterns/` that a pattern stands in.
fn topic(path: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.strip_prefix("patterns").unwrap_or(folder).trim_start_matches('/').to_owned()
}
