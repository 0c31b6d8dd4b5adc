//! Commands of Claude Code: `commands/*.md` of a plugin, and `.claude/commands/`.

use std::sync::LazyLock;

use super::front_matter::{self, FrontMatter};
use super::skill::CLAUDE_CODE_FIELDS;
use super::{Document, Kind, links, read_schema, tools, unit};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::markdown;
use crate::schema::{INVALID_VALUE, Schema, UNKNOWN_FIELD, WRONG_TYPE};
use crate::value::{Node, yaml};

/// A file that describes a command.
pub(super) struct Command;

static FRONT_MATTER: Rule = Rule {
    id: "command-front-matter",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a command without a description in front matter",
    explanation: "`/help` and the menu of commands show the description, and Claude decides by it whether to run the \
        command itself. Without one they show the first line of the text. Front matter that no line `---` ends is part \
        of the text that Claude is told.\n\nSource: Claude Code docs, slash commands; `claude plugin validate`.",
};

static EXTRA_FIELD: Rule = Rule {
    id: "command-extra-field",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a field that commands do not have",
    explanation: "Claude Code reads the fields that it knows and drops the others, silently.\n\nSource: Claude Code \
        docs, slash commands, frontmatter.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let own = [
        &FRONT_MATTER,
        &EXTRA_FIELD,
        &tools::UNKNOWN_MODEL,
        &tools::UNKNOWN_TOOL,
        &tools::SERVER_TOOL,
        &UNKNOWN_FIELD,
        &WRONG_TYPE,
        &INVALID_VALUE,
        &front_matter::COLON,
        &yaml::YAML_SYNTAX,
        &yaml::YAML_DUPLICATE_KEY,
        &yaml::YAML_PLAIN_DATA,
    ];
    own.into_iter().chain(links::RULES.iter().copied()).collect()
});

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/command.json"))));

/// The fields that skills have as well, besides those that only Claude Code knows.
static FIELDS: &[&str] = &["name", "description", "allowed-tools", "metadata", "license"];

impl Kind for Command {
    fn name(&self) -> &'static str {
        "command"
    }

    fn title(&self) -> &'static str {
        "Command of Claude Code (`commands/*.md`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["markdown", "md"]
    }

    fn recognizes(&self, path: &str) -> bool {
        unit::may_be_component(path, "commands")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        if !unit::is_component(document.place.as_ref(), "commands") {
            return;
        }
        let code = document.text;
        let missing = |message: &str, help: &str| {
            Finding::new(&FRONT_MATTER, front_matter::first_line(code), message).help(help)
        };
        let finding = match front_matter::read(code, &SCHEMA, found) {
            FrontMatter::Found { node: Some(node), .. } => {
                check_fields(document, &node, found);
                let has_description = node.get("description").is_some();
                (!has_description).then(|| {
                    missing(
                        "the command has no description",
                        "add `description` to the front matter",
                    )
                })
            }
            FrontMatter::Found { node: None, .. } => None,
            FrontMatter::Missing => Some(missing(
                "the front matter is missing",
                "start the file with `---`, `description` and another `---`",
            )),
            FrontMatter::Unclosed => Some(missing(
                "no line `---` ends the front matter",
                "write `---` after the last field",
            )),
        };
        found.extend(finding);
        front_matter::forgive_colons(found);
        links::check(document, &markdown::links(code), found);
    }
}

fn check_fields(document: &Document<'_>, node: &Node, found: &mut Vec<Finding>) {
    let mut known: Vec<&str> = FIELDS.to_vec();
    known.extend(CLAUDE_CODE_FIELDS);
    let help = "remove it: Claude Code does not read it";
    front_matter::check_names(node, &known, &EXTRA_FIELD, help, found);
    tools::check_model(node, found);
    tools::check_tools(document.text, node, &["allowed-tools"], found);
    if let Some(place) = &document.place {
        tools::check_servers(document.text, place, node, &["allowed-tools"], found);
    }
}
