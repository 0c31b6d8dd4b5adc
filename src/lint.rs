//! What a document is for, beyond its language: schemas and rules of each kind.
//!
//! To add a kind: write `lint/<name>.rs`, add it to the `mod` list and to [`KINDS`] below,
//! and put cases into `tests/data/lint/<name>/`.

mod agent;
mod arguments;
mod command;
mod credential_helper;
pub mod document;
mod documented;
pub mod front_matter;
mod helper_cache;
mod hooks;
pub mod leak;
mod links;
mod marketplace;
mod mcp_config;
mod named_script;
pub mod pages;
pub mod patterns;
mod plugin;
mod plugin_settings;
mod program;
mod script;
mod secret;
mod shell;
pub mod skill;
mod token;
mod tools;
pub mod unit;
mod variable;

use std::ops::Range;

pub use document::{Document, Neighbours, Place};

use crate::check;
use crate::diagnostic::{Finding, Rule};
use crate::value::{Node, json};

/// A kind of document, with a schema and rules of its own.
pub trait Kind: Sync {
    /// The name that an example gives, such as `mcp-config`.
    fn name(&self) -> &'static str;

    /// What such a document is, for the table of kinds.
    fn title(&self) -> &'static str;

    /// The languages that such a document is written in, as `check` names them.
    fn languages(&self) -> &'static [&'static str];

    /// Tells whether a file of this path is such a document.
    fn recognizes(&self, path: &str) -> bool;

    /// Every rule that such a document can break.
    fn rules(&self) -> &'static [&'static Rule];

    /// Appends the problems of a document to `found`, in no certain order.
    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>);
}

/// Every kind, in the order in which the book lists them. The first that recognizes a path
/// has it.
pub static KINDS: &[&dyn Kind] = &[
    &mcp_config::McpConfig,
    &mcp_config::ClientConfig,
    &skill::Skill,
    &plugin::PluginManifest,
    &marketplace::Marketplace,
    &hooks::Hooks,
    &agent::Agent,
    &command::Command,
    &plugin_settings::PluginSettings,
    &credential_helper::CredentialHelper,
    &shell::Shell,
];

/// Finds a kind by its name.
pub fn kind(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// Finds the kind of a file by its path.
pub fn recognize(path: &str) -> Option<&'static dyn Kind> {
    let path = path.replace('\\', "/");
    KINDS.iter().copied().find(|kind| kind.recognizes(&path))
}

/// The scripts that print headers for the servers of a configuration or a manifest, as paths
/// below its plugin or project.
pub fn helper_scripts(text: &str) -> Vec<String> {
    mcp_config::helper_scripts(text)
}

/// Appends what is wrong with a fence of documentation that plainly is a configuration.
pub fn check_fence(language: &str, code: &str, found: &mut Vec<Finding>) {
    mcp_config::check_fence(language, code, found);
}

/// Appends what is wrong with commands that the documents of a plugin or a skill tell a reader,
/// or an agent, to run.
pub fn check_commands(language: &str, code: &str, found: &mut Vec<Finding>) {
    let name = check::checker(language).map(|checker| checker.names()[0]);
    if matches!(name, Some("bash" | "console")) || language.eq_ignore_ascii_case("zsh") {
        shell::check_commands(code, found);
    }
}

/// Finds every problem of a document, in the order of the text.
///
/// ```
/// use patternbook::lint::{self, Document};
///
/// let kind = lint::kind("mcp-config").expect("there is such a kind");
/// let text = r#"{"mcpServers": {"acme": {"type": "http", "url": "http://acme.example/mcp"}}}"#;
/// let found = lint::lint(kind, &Document::snippet(text));
/// assert!(found.iter().any(|finding| text[finding.range.clone()].contains("http://")));
/// ```
pub fn lint(kind: &dyn Kind, document: &Document<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(finding) = check::empty_finding(document.text) {
        return vec![finding];
    }
    kind.lint(document, &mut found);
    let key = |finding: &Finding| (finding.range.start, finding.range.end, finding.rule.id);
    found.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
    found.dedup_by(|a, b| key(a) == key(b) && a.message == b.message);
    found
}

/// Reads JSON, or says as the checker does why it cannot be read. The same finding in the
/// same words is one in a report.
fn read_json(code: &str, found: &mut Vec<Finding>) -> Option<Node> {
    let root = json::parse(code);
    if root.is_none() {
        json_checker().check(code, found);
    }
    root
}

/// The rules that [`read_json`] can find broken.
fn json_rules() -> impl Iterator<Item = &'static Rule> {
    // A tolerant reader takes a key that stands twice.
    json_checker().rules().iter().copied().filter(|rule| rule.id != "json-duplicate-key")
}

fn json_checker() -> &'static dyn check::Checker {
    check::checker("json").expect("JSON is a language that we check")
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Tells whether a path ends with these names, each of them whole.
fn ends_as(path: &str, names: &str) -> bool {
    path.strip_suffix(names).is_some_and(|above| above.is_empty() || above.ends_with('/'))
}

/// The place of `part` inside a text value, or of the whole value when an escape hides it.
fn narrow(code: &str, node: &Node, part: &str) -> Range<usize> {
    match code[node.range.clone()].find(part) {
        Some(offset) if !part.is_empty() => {
            let start = node.range.start + offset;
            start..start + part.len()
        }
        _ => node.range.clone(),
    }
}

/// Reads a schema that is part of this program.
fn read_schema(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("our own schemas are JSON")
}
