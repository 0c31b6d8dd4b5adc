//! The manifest of a Claude Code plugin.

use std::ops::Range;
use std::sync::LazyLock;

use super::secret::names_secret;
use super::{Document, Kind, json_rules, mcp_config, read_json, read_schema};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::schema::Schema;
use crate::value::{Node, Value};

/// `.claude-plugin/plugin.json`.
pub(super) struct PluginManifest;

pub(super) static NAME: Rule = Rule {
    id: "plugin-name",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a name that is not in kebab-case",
    explanation: "The name of a plugin is the first part of its skills and commands (`name:skill`), and people type \
        it. Use lower-case letters, digits and hyphens, a letter first. `displayName` may hold any text.\n\nSource: \
        Claude Code docs, plugins reference.",
};

pub(super) static PATH: Rule = Rule {
    id: "plugin-path",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a path that does not start with `./` or leaves the plugin",
    explanation: "Paths are relative to the plugin's root and start with `./`. A plugin is copied when it is \
        installed, so a path with `..` or an absolute one points to nothing there, and Claude Code refuses it.\
        \n\nSource: Claude Code docs, plugins reference, path behavior rules.",
};

pub(super) static VERSION: Rule = Rule {
    id: "plugin-version",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a version that is not semantic",
    explanation: "Users get an update when this text changes, and other plugins depend on ranges of it. `claude plugin \
        validate` accepts any text, so nobody else notices. Write three numbers, such as `1.2.3`.\n\nSource: semver.org \
        2.0.0; Claude Code docs, plugins reference.",
};

static PLAIN_SECRET: Rule = Rule {
    id: "plugin-plain-secret",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an option for a secret that is not `sensitive`",
    explanation: "Without `sensitive: true` the value is shown while it is typed, and is kept in the settings file in \
        clear text, which people share and commit. With it the value goes into the keychain of macOS, or elsewhere \
        into a file with mode 0600. A `default` for a secret is a secret that every user has: leave it out.\n\nSource: \
        Claude Code docs, plugins reference, user configuration.",
};

pub(super) static UNDECLARED_OPTION: Rule = Rule {
    id: "plugin-undeclared-option",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`${user_config.…}` of an option that is not declared",
    explanation: "An option that `userConfig` does not declare is never asked for, and the text stays as it is. \
        Declare it, or correct the name.\n\nSource: Claude Code docs, plugins reference, user configuration.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules = vec![&NAME, &PATH, &VERSION, &PLAIN_SECRET, &UNDECLARED_OPTION];
    rules.extend(mcp_config::server_rules());
    rules.extend(json_rules());
    rules
});

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(manifest_schema));

/// Fields that hold a path or a list of them, or else the thing itself.
static PATHS: &[&str] = &[
    "skills",
    "commands",
    "agents",
    "workflows",
    "hooks",
    "mcpServers",
    "outputStyles",
    "lspServers",
];

impl Kind for PluginManifest {
    fn name(&self) -> &'static str {
        "plugin-manifest"
    }

    fn title(&self) -> &'static str {
        "Manifest of a Claude Code plugin (`.claude-plugin/plugin.json`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn recognizes(&self, path: &str) -> bool {
        path == ".claude-plugin/plugin.json" || path.ends_with("/.claude-plugin/plugin.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let code = document.text;
        let Some(root) = read_json(code, found) else { return };
        found.extend(SCHEMA.validate(&root));
        check_manifest(code, &root, found);
        if let Some(servers) = root.get("mcpServers") {
            mcp_config::check_files(document, servers, found);
        }
    }
}

/// The schema of a manifest, most of which an entry of a marketplace may hold too.
pub(super) fn manifest_schema() -> serde_json::Value {
    read_schema(include_str!("schema/plugin-manifest.json"))
}

/// Checks what a schema cannot say, here and in an entry of a marketplace.
pub(super) fn check_manifest(code: &str, root: &Node, found: &mut Vec<Finding>) {
    check_name(root, found);
    check_version(root, found);
    for field in PATHS {
        let Some(node) = root.get(field) else { continue };
        check_path(node, found);
        node.items().iter().for_each(|item| check_path(item, found));
    }
    if let Some(servers) = root.get("mcpServers")
        && matches!(servers.value, Value::Map(_))
    {
        mcp_config::check_servers(code, servers, found);
    }
    check_options(root, found);
    check_references(code, root, found);
}

/// Checks that `name` is in kebab-case.
pub(super) fn check_name(root: &Node, found: &mut Vec<Finding>) {
    let Some(node) = root.get("name") else { return };
    let Some(name) = node.text() else { return };
    let is_allowed = |next: char| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-';
    let is_kebab = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(is_allowed)
        && !name.ends_with('-')
        && !name.contains("--");
    if !is_kebab {
        let message = format!("`{name}` is not in kebab-case");
        let finding = Finding::new(&NAME, node.range.clone(), message);
        found.push(finding.help("use lower-case letters, digits and hyphens, a letter first"));
    }
}

/// Checks one path. What is no text is not its business.
pub(super) fn check_path(node: &Node, found: &mut Vec<Finding>) {
    let Some(path) = node.text() else { return };
    if path.split('/').any(|part| part == "..") {
        let message = format!("`{path}` leaves the folder");
        found.push(Finding::new(&PATH, node.range.clone(), message).help("copy the file in"));
    } else if path != "." && !path.starts_with("./") {
        let finding =
            Finding::new(&PATH, node.range.clone(), format!("`{path}` does not start with `./`"));
        let is_relative = !path.starts_with(['/', '~', '$']) && !path.contains(':');
        found.push(match is_relative {
            true => finding.help(format!("write `./{path}`")),
            false => finding.help("name a file of the plugin, from `./`"),
        });
    }
}

/// Checks that `version` is a semantic version.
pub(super) fn check_version(root: &Node, found: &mut Vec<Finding>) {
    let Some(node) = root.get("version") else { return };
    let Some(version) = node.text() else { return };
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    if core.split('.').count() != 3 || !core.split('.').all(is_number) {
        let finding = Finding::new(
            &VERSION,
            node.range.clone(),
            format!("`{version}` is not a semantic version"),
        );
        found.push(finding.help("write three numbers, such as `1.2.3`"));
    }
}

fn check_options(root: &Node, found: &mut Vec<Finding>) {
    for option in root.get("userConfig").into_iter().flat_map(Node::entries) {
        let is_sensitive =
            matches!(option.node.get("sensitive").map(|node| &node.value), Some(Value::Bool(true)));
        let is_text =
            option.node.get("type").and_then(Node::text).is_none_or(|kind| kind == "string");
        if is_text && names_secret(&option.key) && !is_sensitive {
            let message = format!("the option `{}` is kept in clear text", option.key);
            let finding = Finding::new(&PLAIN_SECRET, option.key_range.clone(), message);
            found.push(finding.help("add `\"sensitive\": true`"));
        }
    }
}

fn check_references(code: &str, root: &Node, found: &mut Vec<Finding>) {
    const START: &str = "${user_config.";
    for (start, _) in code.match_indices(START) {
        let name = &code[start + START.len()..];
        let Some(length) = name.find(['}', '$']) else { return };
        if name[length..].starts_with('$') {
            continue;
        }
        let name = &name[..length];
        let is_declared = root.get("userConfig").is_some_and(|options| options.get(name).is_some());
        if !is_declared && root.range.contains(&start) {
            let range: Range<usize> = start..start + START.len() + length + 1;
            let message = format!("`userConfig` does not declare `{name}`");
            let finding = Finding::new(&UNDECLARED_OPTION, range, message);
            found.push(finding.help("declare it in `userConfig`, or correct the name"));
        }
    }
}

/// The rules that [`check_manifest`] and holding data against a schema can find broken.
pub(super) fn manifest_rules() -> &'static [&'static Rule] {
    &RULES
}
