//! The list of plugins that a Claude Code marketplace offers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::json;

use super::{Document, Kind, plugin, read_json, read_schema};
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, WRONG_TYPE};
use crate::value::{Node, Value};

/// `.claude-plugin/marketplace.json`.
pub(super) struct Marketplace;

static DUPLICATE_PLUGIN: Rule = Rule {
    id: "marketplace-duplicate-plugin",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "two plugins of one name",
    explanation: "A plugin is installed by its name (`claude plugin install name@marketplace`), so only one of two \
        can be had. Rename or remove one.\n\nSource: Claude Code docs, plugin marketplaces.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules = vec![&DUPLICATE_PLUGIN];
    rules.extend(plugin::manifest_rules());
    rules
});

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/marketplace.json"))));
static ENTRY: LazyLock<Schema> = LazyLock::new(|| Schema::new(entry_schema));

/// The kinds of source, and the field that each must have. The fields of the kinds after
/// `npm` are not checked: they are too new to be settled.
static SOURCES: &[(&str, &str)] = &[
    ("github", "repo"),
    ("url", "url"),
    ("git-subdir", "path"),
    ("npm", "package"),
    ("archive", ""),
    ("command", ""),
];

impl Kind for Marketplace {
    fn name(&self) -> &'static str {
        "marketplace"
    }

    fn title(&self) -> &'static str {
        "Marketplace of Claude Code plugins (`.claude-plugin/marketplace.json`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn recognizes(&self, path: &str) -> bool {
        path == ".claude-plugin/marketplace.json"
            || path.ends_with("/.claude-plugin/marketplace.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let code = document.text;
        let Some(root) = read_json(code, found) else { return };
        found.extend(SCHEMA.validate(&root));
        plugin::check_name(&root, found);
        plugin::check_version(&root, found);
        let has_root = root.get("metadata").is_some_and(|node| node.get("pluginRoot").is_some());
        let mut names = BTreeSet::new();
        for entry in root.get("plugins").into_iter().flat_map(Node::items) {
            found.extend(ENTRY.validate(entry));
            plugin::check_manifest(code, entry, found);
            if let Some(source) = entry.get("source") {
                check_source(source, has_root, found);
            }
            let Some(name) = entry.get("name") else { continue };
            let Some(text) = name.text() else { continue };
            if !names.insert(text) {
                let message = format!("the plugin `{text}` stands here a second time");
                let finding = Finding::new(&DUPLICATE_PLUGIN, name.range.clone(), message);
                found.push(finding.help("rename or remove one"));
            }
        }
    }
}

/// An entry holds what a manifest may hold, and where the plugin comes from.
fn entry_schema() -> serde_json::Value {
    let mut schema = plugin::manifest_schema();
    let own = [
        ("source", json!({ "type": ["string", "object"], "description": "Where the plugin is." })),
        ("category", json!({ "type": "string", "description": "The group it is listed in." })),
        (
            "tags",
            json!({ "type": "array", "items": { "type": "string" }, "description": "Words to find it by." }),
        ),
        (
            "strict",
            json!({ "type": "boolean", "description": "Whether the plugin needs a manifest of its own." }),
        ),
    ];
    for (name, property) in own {
        schema["properties"][name] = property;
    }
    schema["title"] = json!("A plugin in a marketplace");
    schema["required"] = json!(["name", "source"]);
    schema
}

fn check_source(source: &Node, has_root: bool, found: &mut Vec<Finding>) {
    if !matches!(source.value, Value::Map(_)) {
        // `metadata.pluginRoot` goes before a bare name.
        if !has_root {
            plugin::check_path(source, found);
        }
        return;
    }
    let Some(kind) = source.get("source") else {
        let message = "the field `source` is missing: it names the kind of source";
        let range = source.range.start..source.range.start + 1;
        let help = format!("add `source`, one of: {}", known_sources());
        found.push(Finding::new(&MISSING_FIELD, range, message).help(help));
        return;
    };
    let Some(name) = kind.text() else {
        let message = "expected text, a kind of source";
        let help = format!("one of: {}", known_sources());
        found.push(Finding::new(&WRONG_TYPE, kind.range.clone(), message).help(help));
        return;
    };
    let Some((_, field)) = SOURCES.iter().find(|(known, _)| *known == name) else {
        let message = format!("unknown kind of source `{name}`");
        let finding = Finding::new(&INVALID_VALUE, kind.range.clone(), message);
        found.push(match suggest(name, SOURCES.iter().map(|(known, _)| *known)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("one of: {}", known_sources())),
        });
        return;
    };
    if !field.is_empty() && source.get(field).is_none() {
        let message = format!("a source of kind `{name}` needs the field `{field}`");
        let finding = Finding::new(&MISSING_FIELD, kind.range.clone(), message);
        found.push(finding.help(format!("add `{field}`")));
    }
}

fn known_sources() -> String {
    SOURCES.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ")
}
