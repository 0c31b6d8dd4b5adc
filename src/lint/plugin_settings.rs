//! What a user sets for a plugin in a project: `.claude/<plugin>.local.md`.

use std::sync::LazyLock;

use super::front_matter::{self, FrontMatter};
use super::{Document, Kind, ends_as, file_name, read_schema};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::schema::{Schema, WRONG_TYPE};
use crate::value::{Node, Value, yaml};

/// `.claude/<plugin>.local.md`.
pub(super) struct PluginSettings;

static FRONT_MATTER: Rule = Rule {
    id: "settings-front-matter",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "settings of a plugin without fields",
    explanation: "The hooks and commands of a plugin read its settings from the front matter of this file, mostly with \
        `sed`, from the first line `---` to the second. Without both lines, or with nothing between them, they read nothing, \
        and go on with what they take for the default.\n\nSource: plugin-dev of Claude Code, the skill plugin-settings.",
};

static RULES: &[&Rule] = &[
    &FRONT_MATTER,
    &WRONG_TYPE,
    &yaml::YAML_SYNTAX,
    &yaml::YAML_DUPLICATE_KEY,
    &yaml::YAML_PLAIN_DATA,
];

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(r#"{ "type": ["object", "null"] }"#)));

impl Kind for PluginSettings {
    fn name(&self) -> &'static str {
        "plugin-settings"
    }

    fn title(&self) -> &'static str {
        "Settings of a plugin in a project (`.claude/<plugin>.local.md`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["markdown", "md"]
    }

    fn recognizes(&self, path: &str) -> bool {
        let name = file_name(path);
        // `CLAUDE.local.md` is what the user tells Claude.
        name.ends_with(".local.md")
            && name != "CLAUDE.local.md"
            && ends_as(&path[..path.len() - name.len()], ".claude/")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let message = match front_matter::read(document.text, &SCHEMA, found) {
            FrontMatter::Found { node: Some(node), .. } if is_empty(&node) => {
                "nothing is between the two lines `---`"
            }
            FrontMatter::Found { .. } => return,
            FrontMatter::Unclosed => "no line `---` ends the front matter",
            FrontMatter::Missing => "the front matter is missing",
        };
        let finding = Finding::new(&FRONT_MATTER, front_matter::first_line(document.text), message);
        found.push(
            finding.help("write the settings between two lines `---`, such as `enabled: true`"),
        );
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(node.value, Value::Null)
}
