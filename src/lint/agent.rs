//! Agents of Claude Code: `agents/*.md` of a plugin, and `.claude/agents/`.

use std::sync::LazyLock;

use super::document::Place;
use super::front_matter::{self, FrontMatter};
use super::{Document, Kind, file_name, links, read_schema, tools, unit};
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::markdown;
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, UNKNOWN_FIELD, WRONG_TYPE};
use crate::value::{Node, yaml};

/// A file that describes an agent.
pub(super) struct Agent;

static FRONT_MATTER: Rule = Rule {
    id: "agent-front-matter",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "an agent without front matter",
    explanation: "Claude decides by `description` whether to hand work to an agent, and without front matter there \
        is none. The file must start with a line `---`, then YAML, then another `---`; then comes what the agent is \
        told.\n\nSource: Claude Code docs, sub-agents; `claude plugin validate`.",
};

static NAME: Rule = Rule {
    id: "agent-name",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "an agent without a name in kebab-case",
    explanation: "People and other agents call an agent by its name (`plugin:name`). Use lower-case letters, digits \
        and hyphens, 50 at most; a name with spaces cannot be typed after `@`.\n\nSource: Claude Code docs, sub-agents, \
        frontmatter fields.",
};

static EXTRA_FIELD: Rule = Rule {
    id: "agent-extra-field",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a field that agents do not have, or not in a plugin",
    explanation: "Claude Code reads the fields that it knows and drops the others, silently. `hooks`, `mcpServers` and \
        `permissionMode` work for agents of a user or a project, and not for those of a plugin: a plugin may not give \
        itself rights. Put hooks and servers into the plugin itself.\n\nSource: Claude Code docs, sub-agents; plugins reference, agents.",
};

static EMPTY_PROMPT: Rule = Rule {
    id: "agent-empty-prompt",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "an agent that is told nothing",
    explanation: "The text below the front matter is all that an agent knows besides its task: who it is, how it \
        works, what it answers. It does not see the conversation.\n\nSource: Claude Code docs, sub-agents.",
};

static COLOR: Rule = Rule {
    id: "agent-color",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a colour that Claude Code does not have",
    explanation: "The colour marks the agent in the terminal: red, blue, green, yellow, purple, orange, pink or cyan. \
        Another is dropped.\n\nSource: Claude Code docs, sub-agents, frontmatter fields.",
};

static DUPLICATE_NAME: Rule = Rule {
    id: "agent-duplicate-name",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "two agents of one name",
    explanation: "Of two agents with one name, Claude Code loads one, and says nothing of the other. Give each a name of \
        its own; that of its file is a good one.\n\nSource: Claude Code docs, sub-agents.",
};

static UNKNOWN_SKILL: Rule = Rule {
    id: "agent-unknown-skill",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "an agent loads a skill whose name is probably misspelt",
    explanation: "`skills` names skills whose text an agent has from its start. A name that no skill has is passed \
        over.\n\nSource: Claude Code docs, sub-agents, preload skills.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let own = [
        &FRONT_MATTER,
        &NAME,
        &EXTRA_FIELD,
        &EMPTY_PROMPT,
        &COLOR,
        &DUPLICATE_NAME,
        &UNKNOWN_SKILL,
        &tools::UNKNOWN_MODEL,
        &tools::UNKNOWN_TOOL,
        &tools::SERVER_TOOL,
        &UNKNOWN_FIELD,
        &MISSING_FIELD,
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
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/agent.json"))));

static FIELDS: &[&str] = &[
    "name",
    "description",
    "tools",
    "disallowedTools",
    "model",
    "color",
    "skills",
    "permissionMode",
    "maxTurns",
    "background",
    "memory",
    "isolation",
    "effort",
    "hooks",
    "mcpServers",
    "initialPrompt",
];

/// Fields that do nothing in the agent of a plugin.
static IGNORED_IN_PLUGINS: &[&str] = &["hooks", "mcpServers", "permissionMode"];

static COLORS: &[&str] =
    &["red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan", "magenta"];

impl Kind for Agent {
    fn name(&self) -> &'static str {
        "agent"
    }

    fn title(&self) -> &'static str {
        "Agent of Claude Code (`agents/*.md`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["markdown", "md"]
    }

    fn recognizes(&self, path: &str) -> bool {
        unit::may_be_component(path, "agents")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        if !unit::is_component(document.place.as_ref(), "agents") {
            return;
        }
        let code = document.text;
        match front_matter::read(code, &SCHEMA, found) {
            FrontMatter::Found { range, node } => {
                if let Some(node) = node {
                    check_fields(document, &node, found);
                }
                let body = &code[front_matter::body_start(code, &range)..];
                if body.trim().is_empty() {
                    let range = front_matter::first_line(code);
                    let finding =
                        Finding::new(&EMPTY_PROMPT, range, "nothing follows the front matter");
                    found.push(
                        finding.help("say who the agent is, how it works and what it answers"),
                    );
                }
            }
            missing => {
                let message = match missing {
                    FrontMatter::Unclosed => "no line `---` ends the front matter",
                    _ => "the front matter is missing",
                };
                let range = front_matter::first_line(code);
                let help = "start the file with `---`, `name`, `description` and another `---`";
                found.push(Finding::new(&FRONT_MATTER, range, message).help(help));
            }
        }
        front_matter::forgive_colons(found);
        links::check(document, &markdown::links(code), found);
    }
}

fn check_fields(document: &Document<'_>, node: &Node, found: &mut Vec<Finding>) {
    let help = "remove it: Claude Code does not read it";
    front_matter::check_names(node, FIELDS, &EXTRA_FIELD, help, found);
    check_name(node, found);
    check_color(node, found);
    tools::check_model(node, found);
    tools::check_tools(document.text, node, &["tools", "disallowedTools"], found);
    let Some(place) = &document.place else { return };
    check_twin(place, node, found);
    let tool_fields = ["tools", "disallowedTools"];
    tools::check_servers(document.text, place, node, &tool_fields, found);
    check_skills(document.text, place, node, found);
    if unit::plugin(place).is_none() || place.path.contains(".claude/agents/") {
        return;
    }
    for entry in IGNORED_IN_PLUGINS.iter().filter_map(|field| node.entry(field)) {
        let message = format!("`{}` does nothing in the agent of a plugin", entry.key);
        let finding = Finding::new(&EXTRA_FIELD, entry.key_range.clone(), message);
        found.push(finding.help("remove it; hooks and servers belong to the plugin itself"));
    }
}

fn check_name(node: &Node, found: &mut Vec<Finding>) {
    let Some(entry) = node.get("name") else {
        let range = node.range.start..node.range.start;
        let finding = Finding::new(&NAME, range, "the agent has no name but that of its file");
        found.push(finding.help("add `name`"));
        return;
    };
    let Some(name) = entry.text() else { return };
    let is_allowed = |next: char| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-';
    let is_good = !name.is_empty()
        && name.chars().count() <= 50
        && name.chars().all(is_allowed)
        && !name.starts_with('-')
        && !name.ends_with('-');
    if !is_good {
        let message = format!("`{name}` is not in kebab-case, or has more than 50 characters");
        let finding = Finding::new(&NAME, entry.range.clone(), message);
        found.push(finding.help("use lower-case letters, digits and hyphens"));
    }
}

fn check_color(node: &Node, found: &mut Vec<Finding>) {
    let Some(entry) = node.get("color") else { return };
    let Some(color) = entry.text() else { return };
    if !COLORS.contains(&color) {
        let finding =
            Finding::new(&COLOR, entry.range.clone(), format!("unknown colour `{color}`"));
        found.push(finding.help("use red, blue, green, yellow, purple, orange, pink or cyan"));
    }
}

/// Only a name that is not that of the file can be another file's.
fn check_twin(place: &Place<'_>, node: &Node, found: &mut Vec<Finding>) {
    let Some(entry) = node.get("name") else { return };
    let Some(name) = entry.text() else { return };
    if file_name(place.path) == format!("{name}.md") {
        return;
    }
    let twin = place.resolve(&format!("{name}.md"));
    let twin = twin.and_then(|twin| place.neighbours.text(&twin));
    if twin.is_some_and(|twin| front_matter::field(&twin, "name").as_deref() == Some(name)) {
        let message = format!("`{name}.md` has this name too");
        let finding = Finding::new(&DUPLICATE_NAME, entry.range.clone(), message);
        found.push(finding.help("give each agent a name of its own"));
    }
}

fn check_skills(code: &str, place: &Place<'_>, node: &Node, found: &mut Vec<Finding>) {
    let Some(field) = node.get("skills") else { return };
    let Some(plugin) = unit::plugin(place) else { return };
    let folder = unit::under(&plugin.root, "skills");
    let files = place.neighbours.files(&folder);
    let names: Vec<&str> = files
        .iter()
        .filter_map(|file| unit::below(file, &folder)?.strip_suffix("/SKILL.md"))
        .collect();
    for (word, range) in front_matter::words(code, field) {
        let name = word.rsplit(':').next().unwrap_or_default();
        if names.contains(&name) {
            continue;
        }
        if let Some(near) = suggest(name, names.iter().copied()) {
            let finding =
                Finding::new(&UNKNOWN_SKILL, range, format!("no skill is called `{name}`"));
            found.push(finding.help(format!("did you mean `{near}`?")));
        }
    }
}
