//! What a contract's file says: properties that many examples must have, and the cases
//! that put them to the test.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::proof::{Expectation, Setup, StepEntry};
use crate::schema::{LINE, WORDS};
use crate::value::de::{Block, Located};

/// Properties named once and held against many scripts.
///
/// Wherever a text says `${name}`, the value of that parameter is put in.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "patternbook contract")]
pub struct ContractFile {
    /// The name of the file without `.yaml`.
    #[schemars(regex(pattern = WORDS))]
    pub id: Located<String>,
    /// The heading.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// Markdown: what keeps this contract, and why it exists.
    pub summary: Block,
    /// What differs from script to script.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// What must hold.
    #[schemars(length(min = 1))]
    pub properties: Vec<Property>,
    /// The situations in which it must hold.
    #[schemars(length(min = 1))]
    pub cases: Vec<Case>,
}

/// Something that differs from script to script.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Parameter {
    /// What it is.
    #[schemars(regex(pattern = LINE))]
    pub meaning: String,
    /// Its value where a script names none.
    pub default: Option<String>,
}

/// Something that must hold in every case that it applies to.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Property {
    /// A short name, such as `P1`.
    pub id: Located<String>,
    /// What it says, in one line.
    #[schemars(regex(pattern = LINE))]
    pub text: String,
    /// The id of the pattern that shows how.
    pub pattern: Option<Located<String>>,
    /// In which cases it must hold.
    #[serde(default)]
    pub when: When,
    /// What must hold. Left out for a property that its own cases say.
    pub expect: Option<Expectation>,
}

/// In which cases a property must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// In every one.
    #[default]
    Always,
    /// Where the script is to succeed, or did in a case that allows both.
    Success,
    /// Where the script is to fail, or did in a case that allows both.
    Failure,
}

/// A situation, and how the script must take it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Case {
    /// Its name, such as `http-500`.
    #[schemars(regex(pattern = WORDS))]
    pub name: Located<String>,
    /// What it is, where the name does not say it.
    #[schemars(regex(pattern = LINE))]
    pub text: Option<String>,
    /// How the script must end.
    pub outcome: Outcome,
    /// The property that this case is about.
    pub property: Option<Located<String>>,
    /// What differs from the script's own setup.
    pub setup: Option<Setup>,
    /// What is run. The script if left out.
    pub run: Option<Block>,
    /// How many runs start at once.
    #[schemars(range(min = 2, max = 64))]
    pub at_once: Option<u32>,
    /// What must hold besides the properties.
    pub expect: Option<Expectation>,
    /// What is done next, in the same place.
    #[serde(default)]
    pub then: Vec<CaseStep>,
}

/// One more thing that a case does.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CaseStep {
    /// How the script must end this time.
    pub outcome: Outcome,
    /// What is done.
    pub step: StepEntry,
}

/// How a script must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It delivers.
    Success,
    /// It refuses.
    Failure,
    /// Both are right, as long as it does it properly.
    Either,
}
