//! Skills: the front matter and the size of a `SKILL.md`, by the Agent Skills specification.

use std::ops::Range;
use std::sync::LazyLock;

use super::{Document, Kind, file_name, read_schema};
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::schema::{MISSING_FIELD, Schema, UNKNOWN_FIELD, WRONG_TYPE};
use crate::value::{Node, Value, yaml};

/// `SKILL.md`.
pub(super) struct Skill;

static FRONT_MATTER: Rule = Rule {
    id: "skill-front-matter",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a skill without front matter",
    explanation: "An agent reads the front matter of every skill at its start, and nothing else: without `name` and \
        `description` it never learns when to load the skill. The file must start with a line `---`, then YAML, then \
        another `---`.\n\nSource: Agent Skills specification, SKILL.md format.",
};

static NAME: Rule = Rule {
    id: "skill-name",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a skill's name that agents refuse",
    explanation: "A name has 1 to 64 lower-case letters, digits and hyphens. A hyphen may not be first or last, nor \
        follow another. The folder of the skill has the same name.\n\nSource: Agent Skills specification, `name`.",
};

static LENGTH: Rule = Rule {
    id: "skill-length",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a field of a skill that is empty or too long",
    explanation: "`description` has 1 to 1024 characters: what the skill does, and when to use it. `compatibility` has \
        1 to 500. The front matter of every skill is in every conversation, so each word has a price; details belong \
        into the body.\n\nSource: Agent Skills specification, `description` and `compatibility`.",
};

static EXTRA_FIELD: Rule = Rule {
    id: "skill-extra-field",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "a field that only Claude Code knows",
    explanation: "The specification has six fields: `name`, `description`, `license`, `compatibility`, `metadata` and \
        `allowed-tools`. Claude Code reads more, but an upload to claude.ai or the API refuses a skill that has them, \
        and other agents ignore them. Remove the field, or put it under `metadata` when it only informs.\n\nSource: \
        Agent Skills specification; its validator `agentskills validate`.",
};

static LONG_BODY: Rule = Rule {
    id: "skill-long-body",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a skill's body of 500 lines or more",
    explanation: "The whole body is loaded when the skill is used, and stays. Keep it under 500 lines (5000 tokens) \
        and move details to files under `references/`, which the agent reads when it needs them.\n\nSource: Agent \
        Skills specification, progressive disclosure.",
};

static RULES: &[&Rule] = &[
    &FRONT_MATTER,
    &NAME,
    &LENGTH,
    &EXTRA_FIELD,
    &LONG_BODY,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
    &WRONG_TYPE,
    &yaml::YAML_SYNTAX,
    &yaml::YAML_DUPLICATE_KEY,
    &yaml::YAML_PLAIN_DATA,
];

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/skill.json"))));

/// The fields of the specification.
static FIELDS: &[&str] =
    &["name", "description", "license", "compatibility", "metadata", "allowed-tools"];

/// The fields that Claude Code has besides.
static CLAUDE_CODE_FIELDS: &[&str] = &[
    "when_to_use",
    "argument-hint",
    "arguments",
    "disable-model-invocation",
    "user-invocable",
    "model",
    "effort",
    "context",
    "agent",
    "hooks",
    "paths",
    "shell",
    "version",
];

/// How many lines of body are too many.
const MAX_BODY_LINES: usize = 500;

impl Kind for Skill {
    fn name(&self) -> &'static str {
        "skill"
    }

    fn title(&self) -> &'static str {
        "Agent skill (`SKILL.md`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["markdown", "md"]
    }

    fn recognizes(&self, path: &str) -> bool {
        file_name(path) == "SKILL.md"
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let code = document.text;
        let Some(range) = front_matter(code) else {
            let end = code.find('\n').unwrap_or(code.len());
            let finding = Finding::new(&FRONT_MATTER, 0..end, "the front matter is missing");
            let help = "start the file with `---`, `name`, `description` and another `---`";
            found.push(finding.help(help));
            check_body(code, 0, found);
            return;
        };
        check_fields(&code[range.clone()], range.start, found);
        let fence = code[range.end..].find('\n').map_or(code.len(), |end| range.end + end + 1);
        check_body(code, fence, found);
    }
}

/// Finds the YAML between the `---` lines at the start of a Markdown text, or nothing when
/// there is no such block or it is not closed.
///
/// The range starts after the first line and ends before the last one.
pub fn front_matter(text: &str) -> Option<Range<usize>> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut start = None;
    for line in text[at..].split_inclusive('\n') {
        let is_fence = line.trim_end() == "---";
        match start {
            None if !is_fence => return None,
            None => start = Some(at + line.len()),
            Some(start) if is_fence => return Some(start..at),
            Some(_) => {}
        }
        at += line.len();
    }
    None
}

fn check_fields(text: &str, offset: usize, found: &mut Vec<Finding>) {
    let (node, mut new) = yaml::parse(text);
    if let Some(node) = node {
        new.extend(SCHEMA.validate(&node));
        check_names(&node, &mut new);
        check_name(&node, &mut new);
        check_length(&node, "description", 1024, &mut new);
        check_length(&node, "compatibility", 500, &mut new);
    }
    for mut finding in new {
        finding.range = finding.range.start + offset..finding.range.end + offset;
        found.push(finding);
    }
}

fn check_names(node: &Node, found: &mut Vec<Finding>) {
    for entry in node.entries().iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        let range = entry.key_range.clone();
        let key = &entry.key;
        if CLAUDE_CODE_FIELDS.contains(&key.as_str()) {
            let message = format!("only Claude Code knows `{key}`; an upload elsewhere is refused");
            let finding = Finding::new(&EXTRA_FIELD, range, message);
            found.push(finding.help("remove it, or put it under `metadata` when it only informs"));
            continue;
        }
        let finding = Finding::new(&UNKNOWN_FIELD, range, format!("unknown field `{key}`"));
        let known = FIELDS.iter().chain(CLAUDE_CODE_FIELDS);
        found.push(match suggest(key, known.copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("put it under `metadata`, as text"),
        });
    }
}

fn check_name(node: &Node, found: &mut Vec<Finding>) {
    let Some(entry) = node.get("name") else { return };
    let Some(name) = entry.text() else { return };
    let is_allowed = |next: char| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-';
    let fault = if name.is_empty() {
        "it is empty"
    } else if name.chars().count() > 64 {
        "it has more than 64 characters"
    } else if !name.chars().all(is_allowed) {
        "it has more than lower-case letters, digits and hyphens"
    } else if name.starts_with('-') || name.ends_with('-') {
        "a hyphen is first or last"
    } else if name.contains("--") {
        "a hyphen follows another"
    } else {
        return;
    };
    let message = format!("the name is refused: {fault}");
    let finding = Finding::new(&NAME, entry.range.clone(), message);
    found.push(
        finding.help("use 1 to 64 lower-case letters and digits, in words joined by hyphens"),
    );
}

fn check_length(node: &Node, field: &str, max: usize, found: &mut Vec<Finding>) {
    let Some(value) = node.get(field) else { return };
    let Value::Text(text) = &value.value else { return };
    let length = text.text.trim().chars().count();
    if length == 0 {
        let finding = Finding::new(&LENGTH, value.range.clone(), format!("`{field}` is empty"));
        found.push(finding.help(match field {
            "description" => "say what the skill does, and when to use it",
            _ => "fill it in, or remove it",
        }));
    } else if length > max {
        let message = format!("`{field}` has {length} characters, {max} are allowed");
        let finding = Finding::new(&LENGTH, value.range.clone(), message);
        found.push(finding.help("shorten it: details belong into the body"));
    }
}

fn check_body(code: &str, start: usize, found: &mut Vec<Finding>) {
    let lines = code[start..].lines().count();
    if lines >= MAX_BODY_LINES {
        let blank = code[start..].find(|next: char| !next.is_whitespace()).unwrap_or_default();
        let start = start + blank;
        let end = code[start..].find('\n').map_or(code.len(), |end| start + end);
        let finding = Finding::new(&LONG_BODY, start..end, format!("the body has {lines} lines"));
        found.push(finding.help("move details to files under `references/`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(front_matter(text).map(|range| &text[range]), expected);
    }

    #[test]
    fn front_matter_stands_between_two_lines_of_dashes() {
        check("---\na: 1\n---\n# x\n", Some("a: 1\n"));
        check("\u{feff}---\r\na: 1\r\n---", Some("a: 1\r\n"));
        check("---\n---\n", Some(""));
    }

    #[test]
    fn front_matter_that_is_not_first_or_not_closed_is_none() {
        check("# x\n---\na: 1\n---\n", None);
        check("---\na: 1\n", None);
        check("", None);
    }
}
