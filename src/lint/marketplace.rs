//! The list of plugins that a Claude Code marketplace offers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::json;

use super::document::{Place, join};
use super::{Document, Kind, ends_as, plugin, read_json, read_schema, unit};
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, WRONG_TYPE};
use crate::value::{Node, Value, json as json_data};

/// `.claude-plugin/marketplace.json`.
pub(super) struct Marketplace;

static DUPLICATE_PLUGIN: Rule = Rule {
    id: "marketplace-duplicate-plugin",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "two plugins of one name",
    explanation: "A plugin is installed by its name (`claude plugin install name@marketplace`), so only one of two \
        can be had. Rename or remove one.\n\nSource: Claude Code docs, plugin marketplaces.",
};

static MISSING_SOURCE: Rule = Rule {
    id: "marketplace-missing-source",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "the folder of a plugin is not there",
    explanation: "The source of a plugin is a folder of the marketplace's repository, from its root and not from \
        `.claude-plugin`. Users see the plugin in the list, and its installation fails; `claude plugin validate` does not \
        look. Correct the path.\n\nSource: Claude Code docs, plugin marketplaces, relative paths.",
};

static NAME_MISMATCH: Rule = Rule {
    id: "marketplace-name-mismatch",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a plugin is listed under another name than its own",
    explanation: "People install the plugin by the name in the list, and its skills and commands come under the name of \
        its manifest. Write one name in both.\n\nSource: Claude Code docs, plugin marketplaces, plugin entries.",
};

static VERSION_MISMATCH: Rule = Rule {
    id: "marketplace-version-mismatch",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a plugin is listed with another version than its own",
    explanation: "The version of the manifest counts, and that of the list is passed over, silently: a release that \
        only changes the list reaches nobody. Change both, or leave the version out of the list.\n\nSource: Claude Code \
        docs, plugin marketplaces, version resolution; `claude plugin validate` 2.1.329.",
};

static EMPTY: Rule = Rule {
    id: "marketplace-empty",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a marketplace without plugins",
    explanation: "A list of nothing is valid and of no use: most often the plugins stand under another key.\n\nSource: \
        `claude plugin validate` 2.1.329.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules =
        vec![&DUPLICATE_PLUGIN, &MISSING_SOURCE, &NAME_MISMATCH, &VERSION_MISMATCH, &EMPTY];
    rules.extend(plugin::manifest_rules());
    rules
});

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/marketplace.json"))));
static ENTRY: LazyLock<Schema> = LazyLock::new(|| Schema::new(entry_schema));

/// The kinds of source, and the fields that each must have.
static SOURCES: &[(&str, &[&str])] = &[
    ("github", &["repo"]),
    ("url", &["url"]),
    ("git-subdir", &["url", "path"]),
    ("npm", &["package"]),
    ("archive", &["url"]),
    ("command", &["command"]),
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
        ends_as(path, ".claude-plugin/marketplace.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let Some(root) = read_json(document.text, found) else { return };
        found.extend(SCHEMA.validate(&root));
        plugin::check_name(&root, found);
        plugin::check_version(&root, found);
        let base = root.get("metadata").and_then(|node| node.get("pluginRoot"));
        let base = base.map(|node| node.text().unwrap_or_default());
        if let Some(plugins) = root.get("plugins")
            && matches!(&plugins.value, Value::List(items) if items.is_empty())
        {
            let finding = Finding::new(&EMPTY, plugins.range.clone(), "no plugin is listed");
            found.push(finding.help("list the plugins, or remove the file"));
        }
        let mut names = BTreeSet::new();
        for entry in root.get("plugins").into_iter().flat_map(Node::items) {
            found.extend(ENTRY.validate(entry));
            let folder = folder_of(document.place.as_ref(), entry, base);
            plugin::check_manifest(document, entry, folder.as_deref(), found);
            if let Some(source) = entry.get("source") {
                check_source(source, base.is_some(), found);
            }
            if let Some(place) = &document.place {
                check_folder(place, entry, base, found);
            }
            let Some(name) = entry.get("name") else { continue };
            let Some(text) = name.text() else { continue };
            if !names.insert(text) {
                let message = format!("the plugin `{text}` stands here a second time");
                let finding = Finding::new(&DUPLICATE_PLUGIN, name.range.clone(), message);
                found.push(finding.help("rename or remove one of the two"));
            }
        }
    }
}

/// The folder of a plugin that is part of the same repository, if it is there.
fn folder_of(place: Option<&Place<'_>>, entry: &Node, base: Option<&str>) -> Option<String> {
    let place = place?;
    let source = entry.get("source")?.text()?;
    let is_bare = !source.starts_with('.');
    let source = if is_bare { join(base?, source)? } else { source.to_owned() };
    // The list is in `.claude-plugin`, and its paths start above that.
    let root = place.resolve("..")?;
    let folder = join(&root, &source)?;
    place.neighbours.entry(&folder).filter(|entry| entry.is_folder).map(|_| folder)
}

/// Holds an entry against the plugin that it lists.
fn check_folder(place: &Place<'_>, entry: &Node, base: Option<&str>, found: &mut Vec<Finding>) {
    let Some(source) = entry.get("source") else { return };
    let Some(path) = source.text().filter(|path| !path.split('/').any(|part| part == "..")) else {
        return;
    };
    let Some(folder) = folder_of(Some(place), entry, base) else {
        if path.starts_with("./") || base.is_some() {
            let message = format!("there is no folder `{path}`");
            let finding = Finding::new(&MISSING_SOURCE, source.range.clone(), message);
            found
                .push(finding.help("correct the path, which starts at the root of the repository"));
        }
        return;
    };
    let manifest = unit::under(&folder, unit::MANIFEST);
    let manifest = place.neighbours.text(&manifest).and_then(|text| json_data::parse(&text));
    let Some(manifest) = manifest else { return };
    for (field, rule) in [("name", &NAME_MISMATCH), ("version", &VERSION_MISMATCH)] {
        let (Some(listed), Some(own)) = (entry.get(field), manifest.get(field)) else { continue };
        let (Some(text), Some(own)) = (listed.text(), own.text()) else { continue };
        if text != own {
            let message = format!("the plugin itself says `{own}`");
            let finding = Finding::new(rule, listed.range.clone(), message);
            found.push(finding.help(format!("write `{own}`, or change the manifest")));
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
        ("relevance", json!({ "type": "object", "description": "When to suggest the plugin." })),
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
    let Some((_, fields)) = SOURCES.iter().find(|(known, _)| *known == name) else {
        let message = format!("unknown kind of source `{name}`");
        let finding = Finding::new(&INVALID_VALUE, kind.range.clone(), message);
        found.push(match suggest(name, SOURCES.iter().map(|(known, _)| *known)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("one of: {}", known_sources())),
        });
        return;
    };
    for field in fields.iter().filter(|field| source.get(field).is_none()) {
        let message = format!("a source of kind `{name}` needs the field `{field}`");
        let finding = Finding::new(&MISSING_FIELD, kind.range.clone(), message);
        found.push(finding.help(format!("add `{field}`")));
    }
    check_revision(name, source, found);
}

/// Checks the fields of a source that have a form of their own.
fn check_revision(kind: &str, source: &Node, found: &mut Vec<Finding>) {
    if let Some(sha) = source.get("sha")
        && let Some(text) = sha.text()
    {
        let is_digit = |next: u8| matches!(next, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 40 || !text.bytes().all(is_digit) {
            let message = format!("`{text}` is no whole commit");
            let finding = Finding::new(&INVALID_VALUE, sha.range.clone(), message);
            found.push(finding.help("write all 40 digits, in lower case (`git rev-parse HEAD`)"));
        }
    }
    if kind == "github"
        && let Some(repo) = source.get("repo")
        && let Some(text) = repo.text()
        && (text.contains(':') || text.split('/').count() != 2)
    {
        let message = format!("`{text}` is not `owner/name`");
        let finding = Finding::new(&INVALID_VALUE, repo.range.clone(), message);
        found.push(finding.help("write `owner/name`, or a source of kind `url`"));
    }
}

fn known_sources() -> String {
    SOURCES.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ")
}
