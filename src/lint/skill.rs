//! Skills: `SKILL.md` with its front matter, its size, and the files that it names.

mod body;
mod rules;

use std::sync::LazyLock;

use super::document::Place;
use super::front_matter::{self, FrontMatter};
use super::{Document, Kind, file_name, links, pages, read_schema, tools, unit};
use crate::diagnostic::{Finding, Fix, Rule};
use crate::markdown;
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, UNKNOWN_FIELD, WRONG_TYPE};
use crate::value::{Node, Value, yaml};

/// `SKILL.md`.
pub(super) struct Skill;

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let own = [
        &rules::FRONT_MATTER,
        &rules::NAME,
        &rules::FILE_NAME,
        &rules::FOLDER,
        &rules::DUPLICATE_NAME,
        &rules::LENGTH,
        &rules::DESCRIPTION_WHEN,
        &rules::EXTRA_FIELD,
        &rules::FLOW_VALUE,
        &rules::TOOLS_LIST,
        &rules::METADATA_TEXT,
        &rules::LONG_BODY,
        &rules::MANY_TOKENS,
        &rules::MISSING_FILE,
        &rules::MISSING_MENTION,
        &rules::NOT_RUNNABLE,
        &pages::OUTSIDE_PATH,
        &tools::UNKNOWN_MODEL,
        &tools::SERVER_TOOL,
        &UNKNOWN_FIELD,
        &MISSING_FIELD,
        &WRONG_TYPE,
        &INVALID_VALUE,
        &yaml::YAML_SYNTAX,
        &yaml::YAML_DUPLICATE_KEY,
        &yaml::YAML_PLAIN_DATA,
    ];
    own.into_iter().chain(links::RULES.iter().copied()).collect()
});

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/skill.json"))));

/// The fields of the specification.
static FIELDS: &[&str] =
    &["name", "description", "license", "compatibility", "metadata", "allowed-tools"];

/// The fields that Claude Code has besides.
pub(super) static CLAUDE_CODE_FIELDS: &[&str] = &[
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

/// Words of which a description that says when has one.
static WHEN: &[&str] = &[
    "when",
    "use ",
    "used ",
    "trigger",
    " if ",
    "invoke",
    " asks",
    "before ",
    "during ",
    "while ",
    "proactively",
    "apply ",
];

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
        // Elsewhere `skill.md` may be a page about anything.
        let mut parts = path.rsplit('/').skip(2);
        let name = file_name(path);
        name == unit::SKILL
            || name.eq_ignore_ascii_case(unit::SKILL) && parts.next() == Some("skills")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let code = document.text;
        let start = match front_matter::read(code, &SCHEMA, found) {
            FrontMatter::Found { range, node } => {
                if let Some(node) = node {
                    check_fields(document, &node, found);
                }
                front_matter::body_start(code, &range)
            }
            missing => {
                let message = match missing {
                    FrontMatter::Unclosed => "no line `---` ends the front matter",
                    _ => "the front matter is missing",
                };
                let range = front_matter::first_line(code);
                let finding = Finding::new(&rules::FRONT_MATTER, range, message);
                let help = "start the file with `---`, `name`, `description` and another `---`";
                found.push(finding.help(help));
                0
            }
        };
        body::check_size(code, start, found);
        let Some(place) = &document.place else { return };
        check_file_name(place, code, found);
        let links = markdown::links(code);
        links::check(document, &links, found);
        let root = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        pages::check_outside(place, root, &links, found);
        body::check_files(place, code, start, found);
    }
}

fn check_file_name(place: &Place<'_>, code: &str, found: &mut Vec<Finding>) {
    let name = file_name(place.path);
    if name != unit::SKILL {
        let message = format!("the file is called `{name}`, and many agents do not find it");
        let finding = Finding::new(&rules::FILE_NAME, front_matter::first_line(code), message);
        found.push(finding.help("rename it to `SKILL.md`"));
    }
}

fn check_fields(document: &Document<'_>, node: &Node, found: &mut Vec<Finding>) {
    check_names(node, found);
    check_name(document, node, found);
    check_length(node, "description", 1024, found);
    check_length(node, "compatibility", 500, found);
    check_when(node, found);
    check_types(document.text, node, found);
    tools::check_model(node, found);
    if let Some(place) = &document.place {
        tools::check_servers(document.text, place, node, &["allowed-tools"], found);
        check_license(place, node, found);
    }
}

fn check_names(node: &Node, found: &mut Vec<Finding>) {
    let mut known: Vec<&str> = FIELDS.to_vec();
    known.extend(CLAUDE_CODE_FIELDS);
    for entry in node.entries() {
        if CLAUDE_CODE_FIELDS.contains(&entry.key.as_str()) {
            let message = format!("only Claude Code knows `{}`", entry.key);
            let finding = Finding::new(&rules::EXTRA_FIELD, entry.key_range.clone(), message);
            found.push(finding.help("remove it when the skill is for other agents as well"));
        }
    }
    let help = "put it under `metadata`, as text";
    front_matter::check_names(node, &known, &rules::EXTRA_FIELD, help, found);
}

fn check_name(document: &Document<'_>, node: &Node, found: &mut Vec<Finding>) {
    let Some(entry) = node.get("name") else { return };
    let Some(name) = entry.text() else { return };
    if let Some(fault) = fault_of(name) {
        let message = format!("the name is refused: {fault}");
        let help = "use lower-case letters, digits and single hyphens, 64 at most";
        found.push(Finding::new(&rules::NAME, entry.range.clone(), message).help(help));
    }
    let Some(place) = &document.place else { return };
    // The folder of a clone has any name.
    let is_clone = !place.path.contains('/') && place.neighbours.entry(".git").is_some();
    if name == place.folder || place.folder.is_empty() || is_clone {
        return;
    }
    let message = format!("the folder is called `{}`, the skill `{name}`", place.folder);
    let help = format!("write `name: {}`, or rename the folder", place.folder);
    let finding = Finding::new(&rules::FOLDER, entry.range.clone(), message).help(help);
    // A folder of another form is the one to rename.
    let is_text = place.folder.starts_with(|first: char| first.is_ascii_lowercase())
        && !matches!(place.folder, "null" | "true" | "false" | "yes" | "no" | "on" | "off");
    let is_good = is_text && fault_of(place.folder).is_none();
    let fix = Fix::Replace { at: entry.range.clone(), with: place.folder.to_owned() };
    found.push(if is_good { finding.fix(fix) } else { finding });
    let twin = place.resolve(&format!("../{name}/SKILL.md"));
    if twin.is_some_and(|twin| place.neighbours.entry(&twin).is_some()) {
        let message = format!("the skill in `../{name}` has this name");
        let help = format!("write `name: {}`", place.folder);
        found.push(Finding::new(&rules::DUPLICATE_NAME, entry.range.clone(), message).help(help));
    }
}

fn fault_of(name: &str) -> Option<&'static str> {
    let is_allowed = |next: char| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-';
    if name.is_empty() {
        Some("it is empty")
    } else if name.chars().count() > 64 {
        Some("it has more than 64 characters")
    } else if !name.chars().all(is_allowed) {
        Some("it has more than lower-case letters, digits and hyphens")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("a hyphen is first or last")
    } else if name.contains("--") {
        Some("a hyphen follows another")
    } else {
        None
    }
}

fn check_length(node: &Node, field: &str, max: usize, found: &mut Vec<Finding>) {
    let Some(value) = node.get(field) else { return };
    let Value::Text(text) = &value.value else { return };
    let length = text.text.trim().chars().count();
    if length == 0 {
        let finding =
            Finding::new(&rules::LENGTH, value.range.clone(), format!("`{field}` is empty"));
        found.push(finding.help("say it in words, or remove the field if it is optional"));
    } else if length > max {
        let message = format!("`{field}` has {length} characters, {max} are allowed");
        let finding = Finding::new(&rules::LENGTH, value.range.clone(), message);
        found.push(finding.help("move details into the body"));
    }
}

fn check_when(node: &Node, found: &mut Vec<Finding>) {
    let Some(value) = node.get("description") else { return };
    let description = value.text().unwrap_or_default().to_lowercase();
    // The words are English ones.
    let is_english =
        description.chars().filter(char::is_ascii).count() * 10 > description.chars().count() * 9;
    let says_when = WHEN.iter().any(|word| description.contains(word));
    let is_manual = node.get("disable-model-invocation").is_some();
    if !is_manual
        && !description.trim().is_empty()
        && is_english
        && !says_when
        && node.get("when_to_use").is_none()
    {
        let message = "the description says what the skill does, and not when to use it";
        let finding = Finding::new(&rules::DESCRIPTION_WHEN, value.range.clone(), message);
        found.push(finding.help("add \"Use when the user …\", with words that users say"));
    }
}

fn check_types(code: &str, node: &Node, found: &mut Vec<Finding>) {
    for entry in node.entries() {
        let range = entry.node.range.clone();
        let is_flow = matches!(entry.node.value, Value::List(_) | Value::Map(_))
            && code[range.clone()].starts_with(['[', '{']);
        if is_flow {
            let message = format!("strict YAML has no brackets, as in `{}`", entry.key);
            let finding = Finding::new(&rules::FLOW_VALUE, range.clone(), message);
            found.push(finding.help("write one item a line, or quote the text"));
        }
        if entry.key == "allowed-tools" && matches!(entry.node.value, Value::List(_)) {
            let finding = Finding::new(&rules::TOOLS_LIST, range, "the tools are a list");
            found.push(finding.help("write one text, with spaces between the tools"));
        }
    }
    for entry in node.get("metadata").into_iter().flat_map(Node::entries) {
        if entry.node.text().is_none() {
            let message = format!("`{}` is no text", entry.key);
            let finding = Finding::new(&rules::METADATA_TEXT, entry.node.range.clone(), message);
            found.push(finding.help("put quotes around the value"));
        }
    }
}

/// `Complete terms in LICENSE.txt` needs that file, in the skill or above it.
fn check_license(place: &Place<'_>, node: &Node, found: &mut Vec<Finding>) {
    let Some(license) = node.get("license") else { return };
    let text = license.text().unwrap_or_default();
    for word in text.split_whitespace().map(|word| word.trim_end_matches('.')) {
        let is_file =
            word.starts_with("LICEN") && (word.ends_with(".txt") || word.ends_with(".md"));
        let candidates = [place.resolve(word), Some(word.to_owned())];
        let is_there = |path: &String| place.neighbours.entry(path).is_some();
        if is_file && !candidates.iter().flatten().any(is_there) {
            let message = format!("there is no `{word}`");
            let finding = Finding::new(&rules::MISSING_FILE, license.range.clone(), message);
            found.push(finding.help("add the file, or name the license by its SPDX identifier"));
        }
    }
}
