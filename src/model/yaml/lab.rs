//! What a lab's file says: the real servers and programs that tests run against.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::proof::FileEntry;
use crate::schema::LINE;
use crate::value::de::{Block, Located};

/// A lab: a folder `labs/<name>/` with this file, and what it starts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "patternbook lab")]
pub struct LabFile {
    /// What it is.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// Markdown: what it serves, and how to use it in a test.
    pub summary: Option<Block>,
    /// A server to start in the lab's folder. It speaks the protocol of the contributing guide.
    #[serde(default)]
    pub start: Vec<String>,
    /// Names that lead to it.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Other labs that must run before it.
    #[serde(default)]
    pub needs: Vec<Located<String>>,
    /// Programs that tests may call: the name, and the path in the lab's folder.
    #[serde(default)]
    pub tools: BTreeMap<String, String>,
    /// Environment variables of every test that uses it.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files that every test finds that uses it.
    #[serde(default)]
    pub files: Vec<FileEntry>,
    /// The options that it understands, each with its meaning.
    #[serde(default)]
    pub options: BTreeMap<String, Block>,
    /// How much memory one process of a test may use, in MiB, where the usual does not do.
    pub memory: Option<u64>,
}
