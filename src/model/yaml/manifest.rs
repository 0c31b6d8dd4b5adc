//! What the manifest says, `patternbook.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::ADDRESS;
use crate::schema::{LINE, WORDS};
use crate::value::de::{Block, Located};

/// The manifest: what this project publishes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields, title = "patternbook manifest")]
pub struct Manifest {
    /// The title of the book.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// One sentence about the project.
    pub description: String,
    /// The address of the repository; pages link to their source there.
    #[schemars(regex(pattern = ADDRESS))]
    pub repository: Option<String>,
    /// Specifications that sources may name.
    #[serde(default)]
    pub specs: BTreeMap<String, Spec>,
    /// The titles of RFCs that sources name, by number in quotes.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = {"type": "string", "pattern": LINE}))]
    pub rfcs: BTreeMap<String, String>,
    /// Programs and packages that patterns are checked against, at their present versions. Change
    /// one, and `patternbook outdated` names the patterns to look at again.
    #[serde(default)]
    pub versions: BTreeMap<String, Version>,
    /// The topics that the guides promise to cover, in groups. Patterns name them in `covers`.
    #[serde(default)]
    pub topics: Vec<TopicGroup>,
    /// The guides: each is a part of the book.
    #[serde(default)]
    pub guides: Vec<Guide>,
    /// The skills of the bundle.
    #[serde(default)]
    pub skills: Vec<Skill>,
    /// The plugin that carries the skills.
    pub bundle: Option<Bundle>,
}

impl Manifest {
    /// The present version of a program, package or specification.
    pub fn version_of(&self, name: &str) -> Option<&str> {
        let version = self.versions.get(name).map(|version| version.version.as_str());
        version.or_else(|| self.specs.get(name).map(|spec| spec.revision.as_str()))
    }
}

/// A specification, at the revision that the patterns were checked against.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Spec {
    /// Its name for people.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// The revision or date.
    #[schemars(regex(pattern = LINE))]
    pub revision: String,
    /// The address that a page's name is appended to.
    #[schemars(regex(pattern = ADDRESS))]
    pub url: String,
    /// What stands behind the page's name in the address, such as `.md`.
    #[serde(default)]
    pub suffix: String,
}

/// A program or a package, at the version that patterns should be checked against.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Version {
    /// Its name for people.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// The version, in quotes where it would be a number.
    #[schemars(regex(pattern = LINE))]
    pub version: String,
}

/// Topics that belong together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TopicGroup {
    /// What they are about.
    #[schemars(regex(pattern = LINE))]
    pub title: Located<String>,
    /// Each topic: its id, such as `P20`, and what it is.
    #[schemars(extend("additionalProperties" = {"type": "string", "pattern": LINE}))]
    pub topics: BTreeMap<String, String>,
}

/// A guide: a selection of patterns in an order to read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Guide {
    /// Its name in addresses.
    #[schemars(regex(pattern = WORDS))]
    pub id: Located<String>,
    /// Its heading.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// Markdown: whom it helps with what.
    pub summary: Block,
    /// Topics that the guide itself covers, and no single pattern.
    #[serde(default)]
    pub covers: Vec<Located<String>>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a guide.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Part {
    /// Its heading.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// The ids of its patterns.
    pub patterns: Vec<Located<String>>,
}

/// A skill: a SKILL.md with a reference for each pattern.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Skill {
    /// Its name: lowercase letters, digits and hyphens.
    #[schemars(regex(pattern = WORDS), length(max = 64))]
    pub name: Located<String>,
    /// The heading of its SKILL.md.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// What it does and when to use it, at most 1,024 characters.
    #[schemars(length(min = 1, max = 1024))]
    pub description: String,
    /// Markdown: what an agent needs before anything else.
    pub intro: Option<Block>,
    /// Ids of patterns, each a file of the skill's `references/`.
    pub patterns: Vec<Located<String>>,
}

/// The plugin.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Bundle {
    /// The plugin's name.
    #[schemars(regex(pattern = WORDS))]
    pub name: String,
    /// The plugin's version, such as `1.2.0`.
    #[schemars(regex(pattern = LINE))]
    pub version: String,
    /// One sentence.
    pub description: String,
    /// Who publishes it.
    pub author: Author,
    /// The licence, as an SPDX expression.
    #[schemars(regex(pattern = LINE))]
    pub license: String,
    /// Words to find it by.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Markdown: what its README says after the description.
    pub readme: Option<Block>,
    /// What it asks the user for, as `userConfig` in the manifest of a plugin.
    #[serde(default)]
    pub user_config: BTreeMap<String, serde_json::Value>,
    /// Examples that are files of the plugin, as `PATTERN/EXAMPLE`, by their path in it, such as
    /// `hooks/check.sh`. Hand-written files stand in the project's folder
    /// `plugin/`, and are checked as what they become.
    #[serde(default)]
    pub examples: BTreeMap<String, Located<String>>,
}

/// Who publishes the bundle.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Author {
    /// A name.
    #[schemars(regex(pattern = LINE))]
    pub name: String,
    /// An address of a site.
    #[schemars(regex(pattern = ADDRESS))]
    pub url: Option<String>,
}
