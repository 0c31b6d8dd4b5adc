//! What `patternbook add` writes into somebody's plugin: files, and a section of its README.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema::{LINE, WORDS};
use crate::value::de::{Block, Located};

/// What `patternbook add` writes into the folder of a plugin or a project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Add {
    /// The files, each an example of this pattern.
    #[schemars(length(min = 1))]
    pub files: Vec<AddedFile>,
    /// What is asked for, in this order.
    #[serde(default)]
    pub values: Vec<AskedValue>,
    /// The section of README.md.
    pub readme: Option<ReadmeSection>,
}

/// A file that is written: it goes to the example's `file-name`, or to `to`.
///
/// Into a JSON file that is there the example's keys are put, and what it has stays as it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct AddedFile {
    /// The id of the example.
    pub example: Located<String>,
    /// Where the file goes instead, with the answers put in, so that two services have two files:
    /// `scripts/get-headers-acme.sh`. Where a file or the section names the example's `file-name`, it
    /// names this.
    #[schemars(regex(pattern = LINE))]
    pub to: Option<Located<String>>,
    /// Of a JSON file: the keys that only a new file gets, such as `name` of a plugin's manifest.
    #[serde(default)]
    pub new_only: Vec<Located<String>>,
    /// Of a JSON file: what of the example nobody gets, as JSON Pointers, such as
    /// `/userConfig/workspace`.
    #[serde(default)]
    pub leave_out: Vec<Located<String>>,
}

/// A value that the user gives.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct AskedValue {
    /// Its name, for `--set NAME=VALUE`.
    #[schemars(regex(pattern = WORDS))]
    pub name: Located<String>,
    /// The text that it takes the place of, wherever it stands in the files and the section: such as
    /// `https://api.example.com/mcp`.
    #[schemars(regex(pattern = LINE))]
    pub text: Located<String>,
    /// Whether the text is also replaced in capitals (`ACME_TOKEN`, where `-` becomes `_`) and with a
    /// capital first letter (`Acme`).
    #[serde(default)]
    pub each_case: bool,
    /// What the user is asked.
    #[schemars(regex(pattern = LINE))]
    pub question: String,
    /// What holds when the user says nothing. If left out, the user must answer.
    #[schemars(regex(pattern = LINE))]
    pub default: Option<Located<String>>,
    /// The regular expression that the whole answer must match.
    #[schemars(regex(pattern = LINE))]
    pub matches: Located<String>,
    /// What an answer must be, in words: said when it does not match.
    #[schemars(regex(pattern = LINE))]
    pub must: String,
}

/// A section of README.md, below a heading of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ReadmeSection {
    /// The heading.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// Markdown: what the plugin's users must know and do.
    pub text: Block,
    /// Ids of examples whose code stands below the text, each under its title.
    #[serde(default)]
    pub examples: Vec<Located<String>>,
    /// Names of this pattern's `settings` that stand below, as a table.
    #[serde(default)]
    pub settings: Vec<Located<String>>,
}
