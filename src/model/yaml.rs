//! What a pattern's file says; below, what the manifest says. The only place with serde.
//!
//! `patternbook schema` prints the JSON Schema of these types; their doc comments are the
//! descriptions that an editor shows. Schemas refuse unknown fields; reading ignores them,
//! so that one misspelt field does not hide the faults below it.

pub mod add;
pub mod choose;
pub mod contract;
pub mod lab;
pub mod manifest;
pub mod proof;
pub mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use self::add::Add;
use self::proof::{ContractUse, Mutation, Setup, TestEntry};
use self::words::{Host, Level, Status, Transport};
use crate::markdown::languages;
use crate::schema::{LINE, WORDS};
use crate::value::de::{Block, Located};

/// An address in the web.
pub(crate) const ADDRESS: &str = r"^https?://[^\s<>]+$";
/// The name of a language, which stands bare behind a fence.
const LANGUAGE: &str = "^[A-Za-z0-9+#._-]+$";
/// The name of a file, which stands in quotes behind a fence.
const FILE_NAME: &str = r"^[^\x00-\x1f\x7f`]+$";
/// A piece of an address.
const ADDRESS_PART: &str = r"^[^\s<>()]+$";

/// One way to do one thing: when to use it, how, with which proof, and what goes wrong.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields, title = "patternbook pattern")]
pub struct PatternFile {
    /// The name of the file without `.yaml`. Permanent: pages and skills link to it.
    #[schemars(regex(pattern = WORDS))]
    pub id: Located<String>,
    /// The heading of the page, at most 80 characters.
    #[schemars(length(min = 1, max = 80), regex(pattern = LINE))]
    pub title: String,
    /// One sentence: what the reader gets. Shown in lists and search results.
    #[schemars(length(min = 1, max = 240))]
    pub summary: Block,
    /// Ids of the topics that this pattern covers, such as `P20`.
    #[serde(default)]
    pub covers: Vec<Located<String>>,
    /// The programs that this applies to.
    #[serde(default)]
    pub hosts: Vec<Host>,
    /// The MCP transports that this applies to.
    #[serde(default)]
    pub transports: Vec<Transport>,
    /// Whether to use this today.
    #[serde(default)]
    pub status: Status,
    /// For a deprecated pattern: the id of the one to use instead.
    pub replaced_by: Option<Located<String>>,
    /// What this was checked against: a name of the manifest's `versions` or `specs`, and the
    /// version, such as `claude-code: 2.1.329`.
    #[serde(default)]
    #[schemars(extend(
        "propertyNames" = {"pattern": LINE},
        "additionalProperties" = {"type": "string", "pattern": LINE},
    ))]
    pub checked: BTreeMap<String, Located<String>>,
    /// Markdown. The answer, before anything else on the page.
    pub answer: Option<Block>,
    /// Situations in which this is the right choice.
    #[serde(default)]
    pub use_when: Vec<Block>,
    /// Situations in which something else is better.
    #[serde(default)]
    pub avoid_when: Vec<Avoid>,
    /// Who says what to whom, in order; drawn as a sequence diagram.
    pub flow: Option<Flow>,
    /// What to do, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Code. Each example is shown in the step or section that names it, or else on its own.
    #[serde(default)]
    pub examples: Vec<ExampleEntry>,
    /// What `patternbook add` writes into somebody's plugin.
    pub add: Option<Add>,
    /// Prose, each part under a heading of its own.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// Environment variables, files and options that this needs.
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// What to do.
    #[serde(default, rename = "do")]
    pub dos: Vec<Advice>,
    /// What not to do.
    #[serde(default, rename = "do-not")]
    pub donts: Vec<Dont>,
    /// What an attacker could try, and what stops it.
    #[serde(default)]
    pub security: Vec<Block>,
    /// Symptoms as the user sees them, with causes and fixes.
    #[serde(default)]
    pub troubleshooting: Vec<Trouble>,
    /// Ids of patterns to read next.
    #[serde(default)]
    pub related: Vec<Located<String>>,
    /// Where each claim comes from.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// A situation in which something else is better.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Avoid {
    /// Markdown: the situation.
    pub text: Block,
    /// The id of the pattern to use then.
    pub instead: Option<Located<String>>,
}

/// Who says what to whom.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Flow {
    /// Those who take part, from left to right.
    #[schemars(length(min = 2, max = 7), inner(regex(pattern = LINE)))]
    pub participants: Vec<String>,
    /// Each `from -> to: text`, or `from --> to: text` for an answer.
    #[schemars(length(min = 1))]
    pub messages: Vec<Located<Message>>,
}

/// A message of a flow. YAML reads it as text when it is quoted, and else as a map with one
/// key; both are meant the same.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Message {
    /// `"from -> to: text"`.
    Text(String),
    /// `from -> to: text`.
    Pair(BTreeMap<String, String>),
}

impl Message {
    /// The message as one text.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Pair(pairs) => {
                let pairs = pairs.iter().map(|(route, text)| format!("{route}: {text}"));
                pairs.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Step {
    /// Markdown: what to do, beginning with a verb.
    pub text: Block,
    /// The id of the example to show below the text.
    pub example: Option<Located<String>>,
    /// Or the ids of examples that do the same, such as one in TypeScript and one in Python. A
    /// reader chooses one of them by its tab.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub tabs: Vec<Located<String>>,
}

/// Code that the page shows and the tool checks.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct ExampleEntry {
    /// A name, unique in the pattern.
    #[schemars(regex(pattern = WORDS))]
    pub id: Located<String>,
    /// One line above the code.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// The words on its tab, where it stands in one, such as `macOS`. The same words everywhere
    /// stay chosen over the whole site. If left out: the name of its language.
    #[schemars(regex(pattern = LINE))]
    pub tab: Option<Located<String>>,
    /// Markdown between the title and the code.
    pub text: Option<Block>,
    /// The language, such as `json` or `bash`; `text` for none.
    #[schemars(regex(pattern = LANGUAGE))]
    pub language: Located<String>,
    /// The name that the file would have, such as `.mcp.json`.
    #[schemars(regex(pattern = FILE_NAME))]
    pub file_name: Option<Located<String>>,
    /// What the code is for, such as `mcp-config`: more rules apply then.
    pub kind: Option<Located<String>>,
    /// How far it must be proven. It is an error when the tool can show less.
    pub level: Option<Level>,
    /// The code, as a literal block (`|`).
    pub code: Option<Block>,
    /// Or a file in the folder `<id>/` beside the pattern.
    pub source: Option<Located<String>>,
    /// What its tests find when they start.
    pub setup: Option<Setup>,
    /// Contracts that it keeps.
    #[serde(default)]
    pub contracts: Vec<ContractUse>,
    /// What is run, and what must come of it.
    #[serde(default)]
    pub tests: Vec<TestEntry>,
    /// Changes that a test must notice: the lines that security hangs on.
    #[serde(default)]
    pub mutations: Vec<Mutation>,
}

/// Prose under a heading of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Section {
    /// The heading.
    #[schemars(regex(pattern = LINE))]
    pub title: String,
    /// Markdown.
    pub text: Block,
    /// The id of the example to show below the text.
    pub example: Option<Located<String>>,
    /// Or the ids of examples that do the same, such as one in TypeScript and one in Python. A
    /// reader chooses one of them by its tab.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub tabs: Vec<Located<String>>,
}

/// An environment variable, a file or an option.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Setting {
    /// Its name, such as `ACME_TOKEN_URL`.
    #[schemars(regex(pattern = LINE))]
    pub name: String,
    /// Markdown: what it means.
    pub meaning: Block,
    /// Whether its value must stay secret.
    pub secret: bool,
    /// Markdown: where its value comes from.
    pub from: Option<Block>,
    /// Whether nothing works without it. True if left out.
    #[serde(default = "yes")]
    pub required: bool,
}

/// Something to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Advice {
    /// Markdown: what to do, beginning with a verb.
    pub text: Block,
    /// Markdown: why.
    pub because: Option<Block>,
}

/// Something not to do, with code that a rule flags or an attack succeeds against.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Dont {
    /// Markdown: what not to do.
    pub text: Block,
    /// Markdown: what happens then.
    pub because: Option<Block>,
    /// The bad code, as a literal block (`|`).
    pub code: Option<Block>,
    /// Its language.
    #[schemars(regex(pattern = LANGUAGE))]
    pub language: Option<Located<String>>,
    /// What the code would be for, such as `mcp-config`.
    pub kind: Option<Located<String>>,
    /// The rule that must flag the code. `explain` lists them.
    pub flagged_by: Option<Located<String>>,
    /// The attack that succeeds against the code: a test `EXAMPLE/TEST` of this pattern, which
    /// the example withstands and the code here does not.
    pub attack: Option<Located<String>>,
}

/// A symptom, with causes and fixes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Trouble {
    /// The words that the user sees.
    #[schemars(regex(pattern = LINE))]
    pub symptom: String,
    /// What it can be, the likeliest first.
    #[schemars(length(min = 1))]
    pub causes: Vec<Cause>,
}

/// A cause and its fix.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Cause {
    /// Markdown: what is wrong.
    pub cause: Block,
    /// Markdown: what to do.
    pub fix: Block,
}

/// Where a claim comes from: exactly one of `rfc`, `spec`, `url` and `observed`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Source {
    /// The number of an RFC.
    #[schemars(range(min = 1, max = 99_999))]
    pub rfc: Option<Located<u32>>,
    /// The name of a specification in the manifest's `specs`.
    pub spec: Option<Located<String>>,
    /// The page of the specification, as it stands in its address.
    #[schemars(regex(pattern = ADDRESS_PART))]
    pub page: Option<String>,
    /// The clause, such as `3.1`.
    #[schemars(regex(pattern = ADDRESS_PART))]
    pub section: Option<String>,
    /// An address.
    #[schemars(regex(pattern = ADDRESS))]
    pub url: Option<Located<String>>,
    /// What was run to see it, with its version.
    #[schemars(regex(pattern = LINE))]
    pub observed: Option<String>,
    /// Markdown: what it says, in our words.
    pub claim: Block,
}

/// What a step or a section shows below its text.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// One example.
    pub example: Option<&'a Located<String>>,
    /// Or several to choose from.
    pub tabs: &'a [Located<String>],
}

impl<'a> Shown<'a> {
    /// The ids of all of them.
    pub fn ids(self) -> impl Iterator<Item = &'a Located<String>> {
        self.example.into_iter().chain(self.tabs)
    }
}

impl Step {
    /// What it shows.
    pub fn shown(&self) -> Shown<'_> {
        Shown { example: self.example.as_ref(), tabs: &self.tabs }
    }
}

impl Section {
    /// What it shows.
    pub fn shown(&self) -> Shown<'_> {
        Shown { example: self.example.as_ref(), tabs: &self.tabs }
    }
}

impl ExampleEntry {
    /// The words on its tab.
    pub fn tab_name(&self) -> &str {
        let language = self.language.as_str();
        self.tab
            .as_ref()
            .map_or_else(|| languages::name_of(language).unwrap_or("Text"), Located::as_str)
    }
}

impl PatternFile {
    /// What each step shows, and then each section.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        self.steps.iter().map(Step::shown).chain(self.sections.iter().map(Section::shown))
    }

    /// Every piece of Markdown in the file, in no particular order.
    pub fn prose(&self) -> Vec<&Block> {
        let mut blocks: Vec<&Block> = vec![&self.summary];
        blocks.extend(self.answer.iter().chain(&self.use_when).chain(&self.security));
        blocks.extend(self.avoid_when.iter().map(|avoid| &avoid.text));
        blocks.extend(self.steps.iter().map(|step| &step.text));
        blocks.extend(self.examples.iter().filter_map(|example| example.text.as_ref()));
        blocks.extend(self.sections.iter().map(|section| &section.text));
        blocks.extend(self.add.iter().filter_map(|add| Some(&add.readme.as_ref()?.text)));
        for setting in &self.settings {
            blocks.push(&setting.meaning);
            blocks.extend(&setting.from);
        }
        for advice in &self.dos {
            blocks.push(&advice.text);
            blocks.extend(&advice.because);
        }
        for dont in &self.donts {
            blocks.push(&dont.text);
            blocks.extend(&dont.because);
        }
        for cause in self.troubleshooting.iter().flat_map(|trouble| &trouble.causes) {
            blocks.extend([&cause.cause, &cause.fix]);
        }
        blocks.extend(self.sources.iter().map(|source| &source.claim));
        blocks
    }
}

fn yes() -> bool {
    true
}
