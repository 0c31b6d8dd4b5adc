//! What tests name: contracts (`contracts/<id>.yaml`) and labs (`labs/<name>/lab.yaml`), of the
//! project or built in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::builtin;
use super::files::{add, describe};
use super::load::{in_file, read_file};
use super::rules::ID_MISMATCH;
use super::yaml::contract::ContractFile;
use super::yaml::lab::LabFile;
use super::{Pattern, file_stem};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::schema::Schema;
use crate::source::disk::{DATA_LIMIT, Folder, TEXT_LIMIT};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::value::Node;
use crate::value::de::from_node;

/// The contracts and labs of a project.
#[derive(Debug, Default)]
pub struct Equipment {
    /// Contracts by id.
    pub contracts: BTreeMap<String, Contract>,
    /// Labs by name.
    pub labs: BTreeMap<String, Lab>,
}

/// A contract.
#[derive(Debug)]
pub struct Contract {
    /// Its file.
    pub file: FileId,
    /// What the file says.
    pub content: ContractFile,
    node: Node,
}

impl Contract {
    /// The contract with `${name}` replaced by the value of each parameter, wherever it stands.
    pub fn with(&self, parameters: &BTreeMap<String, String>) -> ContractFile {
        let mut node = self.node.clone();
        node.each_text(&mut |text| {
            for (name, value) in parameters {
                let written = format!("${{{name}}}");
                if text.contains(&written) {
                    *text = text.replace(&written, value);
                }
            }
        });
        // Only texts changed, and a type that takes a text takes any.
        from_node(&node).unwrap_or_else(|_| self.content.clone())
    }
}

/// A lab.
#[derive(Debug)]
pub struct Lab {
    /// Its file `lab.yaml`.
    pub file: FileId,
    /// What the file says.
    pub content: LabFile,
    /// Every file of its folder, `lab.yaml` too, by its path in the folder.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The schema of a contract.
pub static CONTRACT_SCHEMA: Schema = Schema::new(|| schemars::schema_for!(ContractFile).to_value());

/// The schema of a lab.
pub static LAB_SCHEMA: Schema = Schema::new(|| schemars::schema_for!(LabFile).to_value());

/// Reads the contracts and labs of a project.
pub(super) fn load(
    folder: &Folder,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Equipment, Error> {
    let mut equipment = Equipment::default();
    for path in folder.files("contracts")? {
        if !path.ends_with(".yaml") {
            continue;
        }
        let text = folder.read(&path, DATA_LIMIT);
        let (file, readable) = add(sources, diagnostics, &path, text);
        if readable {
            equipment.add_contract(&path, file, sources, diagnostics);
        }
    }
    for (name, paths) in lab_folders(folder)? {
        let mut files = BTreeMap::new();
        for path in paths {
            let short = path[format!("labs/{name}/").len()..].to_owned();
            match folder.read_bytes(&path, TEXT_LIMIT) {
                Ok(bytes) => drop(files.insert(short, bytes)),
                Err(problem) => {
                    let (file, _) = add(sources, diagnostics, &path, Ok(String::new()));
                    diagnostics.push(describe(&problem, &path, Span::new(file, 0..0)));
                }
            }
        }
        if let Some(bytes) = files.get("lab.yaml") {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let (file, _) = add(sources, diagnostics, &format!("labs/{name}/lab.yaml"), Ok(text));
            equipment.add_lab(&name, file, files, sources, diagnostics);
        }
    }
    Ok(equipment)
}

/// The folders below `labs/`, each with its files. What was installed in place is left out.
fn lab_folders(folder: &Folder) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let mut labs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in folder.files("labs")? {
        if path.contains("/node_modules/") {
            continue;
        }
        // The name becomes part of paths and commands; a folder of any other name is no lab.
        if let Some((name, _)) = path["labs/".len()..].split_once('/')
            && is_name(name)
        {
            labs.entry(name.to_owned()).or_default().push(path);
        }
    }
    Ok(labs)
}

/// Tells whether a folder may be a lab: small letters, digits, hyphens.
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.starts_with('-') && name.chars().all(is_plain)
}

/// The name of a built-in lab, if this file is one's.
fn lab_name(path: &str) -> Option<&str> {
    path.strip_prefix("labs/").and_then(|path| path.strip_suffix("/lab.yaml"))
}

/// Tells whether the tool has a lab of this name.
pub(super) fn is_built_in_lab(name: &str) -> bool {
    builtin::FILES.iter().any(|(path, _)| lab_name(path) == Some(name))
}

impl Equipment {
    /// The names of all contracts that an example may keep: the project's, and the built-in.
    pub(super) fn contract_names(&self) -> impl Iterator<Item = &str> + Clone {
        let built_in = builtin::FILES.iter().map(|(path, _)| *path);
        let built_in = built_in.filter(|path| path.starts_with("contracts/")).map(file_stem);
        let is_own = |name: &&str| self.contracts.contains_key(*name);
        let own = self.contracts.keys().map(String::as_str);
        own.chain(built_in.filter(move |name| !is_own(name)))
    }

    /// The names of all labs that a test may use: the project's, and the built-in.
    pub(super) fn lab_names(&self) -> impl Iterator<Item = &str> + Clone {
        let built_in = builtin::FILES.iter().filter_map(|(path, _)| lab_name(path));
        let is_own = |name: &&str| self.labs.contains_key(*name);
        self.labs.keys().map(String::as_str).chain(built_in.filter(move |name| !is_own(name)))
    }

    /// The built-in contracts and labs alone.
    pub fn built_in(sources: &mut Sources) -> Self {
        let mut equipment = Self::default();
        equipment.add_built_in(sources, &mut Vec::new(), |_| true);
        equipment
    }

    /// Adds what patterns name and the project does not have, but the tool has.
    pub(super) fn complete(
        &mut self,
        patterns: &BTreeMap<String, Pattern>,
        sources: &mut Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut named = BTreeSet::new();
        for entry in patterns.values().flat_map(|pattern| &pattern.content.examples) {
            named.extend(entry.contracts.iter().map(|used| used.id.value.clone()));
            let setups = entry.tests.iter().filter_map(|test| test.setup.as_ref());
            for setup in setups.chain(&entry.setup) {
                named.extend(setup.labs.keys().cloned());
            }
        }
        if named.is_empty() {
            return;
        }
        let missing: BTreeSet<String> = named
            .into_iter()
            .filter(|name| !self.contracts.contains_key(name) && !self.labs.contains_key(name))
            .collect();
        self.add_built_in(sources, diagnostics, |name| missing.contains(name));
        // A built-in contract brings its lab.
        let labs: BTreeSet<String> = self.labs_of_contracts();
        let lacking = |name: &str| labs.contains(name);
        let known: BTreeSet<String> = self.labs.keys().cloned().collect();
        self.add_built_in(sources, diagnostics, |name| lacking(name) && !known.contains(name));
    }

    fn labs_of_contracts(&self) -> BTreeSet<String> {
        let cases = self.contracts.values().flat_map(|contract| &contract.content.cases);
        let setups = cases.filter_map(|case| case.setup.as_ref());
        setups.flat_map(|setup| setup.labs.keys().cloned()).collect()
    }

    fn add_built_in(
        &mut self,
        sources: &mut Sources,
        diagnostics: &mut Vec<Diagnostic>,
        is_wanted: impl Fn(&str) -> bool,
    ) {
        for (path, text) in builtin::FILES {
            let shown = format!("built-in/{path}");
            if path.starts_with("contracts/")
                && path.ends_with(".yaml")
                && is_wanted(file_stem(path))
            {
                let file = sources.add(SourceFile::new(shown, *text));
                self.add_contract(path, file, sources, diagnostics);
            } else if let Some(name) = lab_name(path)
                && is_wanted(name)
            {
                let file = sources.add(SourceFile::new(shown, *text));
                let prefix = format!("labs/{name}/");
                let files = builtin::FILES.iter().filter_map(|(path, text)| {
                    Some((path.strip_prefix(&prefix)?.to_owned(), text.as_bytes().to_vec()))
                });
                self.add_lab(name, file, files.collect(), sources, diagnostics);
            }
        }
    }

    fn add_contract(
        &mut self,
        path: &str,
        file: FileId,
        sources: &Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let read = read::<ContractFile>(&CONTRACT_SCHEMA, file, sources, diagnostics);
        let Some((content, node)) = read else { return };
        if content.id.value != file_stem(path) {
            let span = Span::new(file, content.id.range.clone());
            let message = format!("the id is `{}`, the file `{path}`", content.id.value);
            let help = "make both the same";
            diagnostics.push(Diagnostic::new(&ID_MISMATCH, span, message).help(help));
        }
        self.contracts.insert(content.id.value.clone(), Contract { file, content, node });
    }

    fn add_lab(
        &mut self,
        name: &str,
        file: FileId,
        files: BTreeMap<String, Vec<u8>>,
        sources: &Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let content = read::<LabFile>(&LAB_SCHEMA, file, sources, diagnostics);
        if let Some((content, _)) = content {
            self.labs.insert(name.to_owned(), Lab { file, content, files });
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(
    schema: &Schema,
    file: FileId,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(T, Node)> {
    let (read, found) = read_file::<T>(&sources.file(file).text, schema);
    diagnostics.extend(found.into_iter().map(|finding| in_file(finding, file)));
    read
}
