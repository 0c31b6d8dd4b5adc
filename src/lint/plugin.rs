//! The manifest of a Claude Code plugin.

use std::ops::Range;
use std::sync::LazyLock;

use super::document::{Place, join};
use super::secret::names_secret;
use super::{Document, Kind, ends_as, hooks, json_rules, mcp_config, read_json, read_schema};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::schema::{INVALID_VALUE, Schema};
use crate::value::{Node, Value};

/// `.claude-plugin/plugin.json`.
pub(super) struct PluginManifest;

pub(super) static NAME: Rule = Rule {
    id: "plugin-name",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a name that is not in kebab-case",
    explanation: "The name of a plugin is the first part of its skills and commands (`name:skill`), and people type \
        it. Use lower-case letters, digits and single hyphens, no hyphen first or last. `displayName` may hold any text.\n\nSource: \
        Claude Code docs, plugins reference.",
};

pub(super) static PATH: Rule = Rule {
    id: "plugin-path",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a path that does not start with `./` or leaves the plugin",
    explanation: "Paths are relative to the plugin's root and start with `./`. A plugin is copied when it is \
        installed, so a path with `..` or an absolute one points to nothing there, and Claude Code refuses it.\
        \n\nSource: Claude Code docs, plugins reference, path behavior rules.",
};

pub(super) static VERSION: Rule = Rule {
    id: "plugin-version",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a version that is not semantic",
    explanation: "Users get an update when this text changes, and other plugins depend on ranges of it. `claude plugin \
        validate` accepts any text, so nobody else notices. Write three numbers, such as `1.2.3`.\n\nSource: semver.org \
        2.0.0; Claude Code docs, plugins reference.",
};

static PLAIN_SECRET: Rule = Rule {
    id: "plugin-plain-secret",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "an option for a secret that is not `sensitive`",
    explanation: "Without `sensitive: true` the value is shown while it is typed, and is kept in the settings file in \
        clear text, which people share and commit. With it the value goes into the keychain of macOS, or elsewhere \
        into a file with mode 0600.\n\nSource: \
        Claude Code docs, plugins reference, user configuration.",
};

static SECRET_DEFAULT: Rule = Rule {
    id: "plugin-secret-default",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "an option for a secret that has a default",
    explanation: "A default is in the manifest, so every user has the same secret, and so has everybody who reads \
        the repository. Leave `default` out and set `required: true`; a secret that was published must be \
        revoked.\n\nSource: CWE-798; Claude Code docs, plugins reference, user configuration.",
};

static MISSING_PATH: Rule = Rule {
    id: "plugin-missing-path",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a path of a manifest that leads to nothing",
    explanation: "Claude Code reports a failure to load, or passes the path over (`mcpServers`): what it was to \
        bring is not there. Paths start at the root of the plugin, not at `.claude-plugin`. Correct the path, or add \
        the file.\n\nSource: Claude Code docs, plugins reference, path behavior rules; `claude plugin validate` 2.1.329.",
};

static ENTRY_FIELD: Rule = Rule {
    id: "plugin-entry-field",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a field of a marketplace's list in the manifest of a plugin",
    explanation: "`category`, `tags`, `source`, `strict` and `relevance` say how a marketplace lists a plugin. In the plugin's own \
        manifest Claude Code does not read them.\n\nSource: Claude Code docs, plugin marketplaces; `claude plugin \
        validate` 2.1.329.",
};

static RESERVED_NAME: Rule = Rule {
    id: "plugin-reserved-name",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a name that passes for one of Anthropic's",
    explanation: "Names that are `claude` or `anthropic`, or start with `claude-`, `anthropic-`, `anthropics-` or \
        `cc-plugin-`, are refused to everybody but Anthropic. Name the plugin for what it does.\n\nSource: `claude \
        plugin validate` 2.1.329.",
};

pub(super) static UNDECLARED_OPTION: Rule = Rule {
    id: "plugin-undeclared-option",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "`${user_config.…}` of an option that is not declared",
    explanation: "An option that `userConfig` does not declare is never asked for, and the text stays as it is. \
        Declare it, or correct the name.\n\nSource: Claude Code docs, plugins reference, user configuration.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules = vec![
        &NAME,
        &RESERVED_NAME,
        &ENTRY_FIELD,
        &PATH,
        &MISSING_PATH,
        &VERSION,
        &PLAIN_SECRET,
        &SECRET_DEFAULT,
        &UNDECLARED_OPTION,
    ];
    let shared = ["unknown-field", "missing-field", "wrong-type", "invalid-value"];
    rules.extend(hooks::hook_rules().into_iter().filter(|rule| !shared.contains(&rule.id)));
    rules.extend(mcp_config::server_rules());
    rules.extend(json_rules());
    rules
});

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(own_schema));

/// Fields that only the entry of a marketplace has.
static ENTRY_FIELDS: &[&str] = &["category", "tags", "source", "strict", "relevance"];

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
        ends_as(path, ".claude-plugin/plugin.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let Some(root) = read_json(document.text, found) else { return };
        found.extend(SCHEMA.validate(&root));
        for entry in ENTRY_FIELDS.iter().filter_map(|field| root.entry(field)) {
            let message = format!("`{}` belongs into the list of a marketplace", entry.key);
            let finding = Finding::new(&ENTRY_FIELD, entry.key_range.clone(), message);
            found.push(finding.help("move it to the plugin's entry in `marketplace.json`"));
        }
        // The manifest is in `.claude-plugin`, and its paths start above that.
        let base = document.place.as_ref().and_then(|place| place.resolve(".."));
        check_manifest(document, &root, base.as_deref(), found);
        if let Some(servers) = root.get("mcpServers") {
            mcp_config::check_files(document, servers, found);
        }
    }
}

/// The schema of `plugin.json`. Of the fields of a marketplace a rule of its own speaks.
fn own_schema() -> serde_json::Value {
    let mut schema = manifest_schema();
    for field in ENTRY_FIELDS {
        let description = "Nothing: it belongs into the list of a marketplace.";
        schema["properties"][field] = serde_json::json!({ "description": description });
    }
    schema
}

/// The schema of a manifest, most of which an entry of a marketplace may hold too.
pub(super) fn manifest_schema() -> serde_json::Value {
    read_schema(include_str!("schema/plugin-manifest.json"))
}

/// Checks what a schema cannot say, here and in an entry of a marketplace. `base` is the folder
/// of the plugin, if it is among the document's neighbours.
pub(super) fn check_manifest(
    document: &Document<'_>,
    root: &Node,
    base: Option<&str>,
    found: &mut Vec<Finding>,
) {
    let code = document.text;
    check_name(root, found);
    check_reserved(root, found);
    check_version(root, found);
    let experimental = root.get("experimental");
    let more = experimental.into_iter().flat_map(|node| [node.get("themes"), node.get("monitors")]);
    for node in PATHS.iter().map(|field| root.get(field)).chain(more).flatten() {
        let paths = std::iter::once(node).chain(node.items());
        for path in paths {
            check_path(path, found);
            if let (Some(place), Some(base)) = (&document.place, base) {
                check_is_there(place, base, path, found);
            }
        }
    }
    if let Some(servers) = root.get("mcpServers")
        && matches!(servers.value, Value::Map(_))
    {
        mcp_config::check_servers(code, servers, found);
    }
    if let Some(events) = root.get("hooks")
        && matches!(events.value, Value::Map(_))
    {
        hooks::check_events(document, events, found);
    }
    check_options(root, found);
    check_references(code, root, found);
}

fn check_is_there(place: &Place<'_>, base: &str, node: &Node, found: &mut Vec<Finding>) {
    let Some(path) = node.text().filter(|path| path.starts_with("./")) else { return };
    let Some(full) = join(base, path) else { return };
    if !full.is_empty() && place.neighbours.entry(&full).is_none() {
        let message = format!("`{path}` leads to nothing");
        let finding = Finding::new(&MISSING_PATH, node.range.clone(), message);
        found.push(finding.help("correct the path, or add what it names"));
    }
}

fn check_reserved(root: &Node, found: &mut Vec<Finding>) {
    let Some(node) = root.get("name") else { return };
    let name = node.text().unwrap_or_default();
    let starts = ["claude-", "anthropic-", "anthropics-", "cc-plugin-"];
    let is_reserved = matches!(name, "claude" | "anthropic" | "anthropics")
        || starts.iter().any(|start| name.starts_with(start));
    if is_reserved {
        let message = format!("`{name}` passes for a plugin of Anthropic's");
        let finding = Finding::new(&RESERVED_NAME, node.range.clone(), message);
        found.push(finding.help("name it for what it does"));
    }
}

/// Checks that `name` is in kebab-case.
pub(super) fn check_name(root: &Node, found: &mut Vec<Finding>) {
    let Some(node) = root.get("name") else { return };
    let Some(name) = node.text() else { return };
    let is_allowed = |next: char| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-';
    let is_kebab = !name.is_empty()
        && !name.starts_with('-')
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
        let is_part = |next: u8| next.is_ascii_alphanumeric() || next == b'_';
        if !option.key.bytes().all(is_part)
            || option.key.starts_with(|next: char| next.is_numeric())
        {
            let message = format!("`{}` is no name of an option", option.key);
            let finding = Finding::new(&INVALID_VALUE, option.key_range.clone(), message);
            found.push(finding.help("use letters, digits and `_`, a letter first"));
        }
        let is_sensitive =
            matches!(option.node.get("sensitive").map(|node| &node.value), Some(Value::Bool(true)));
        let is_text =
            option.node.get("type").and_then(Node::text).is_none_or(|kind| kind == "string");
        if is_text && names_secret(&option.key) && !is_sensitive {
            let message = format!("the option `{}` is kept in clear text", option.key);
            let finding = Finding::new(&PLAIN_SECRET, option.key_range.clone(), message);
            found.push(finding.help("add `\"sensitive\": true`"));
        }
        let default = option.node.get("default");
        let has_default = default.and_then(Node::text).is_some_and(|text| !text.is_empty());
        if let Some(default) = default.filter(|_| has_default)
            && is_text
            && (is_sensitive || names_secret(&option.key))
        {
            let message = format!("every user has this default of `{}`", option.key);
            let finding = Finding::new(&SECRET_DEFAULT, default.range.clone(), message);
            found.push(finding.help("remove `default`, and revoke the secret if it is a real one"));
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
