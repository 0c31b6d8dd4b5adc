//! Hooks of Claude Code: `hooks/hooks.json` of a plugin, its manifest, and settings files.

use std::sync::LazyLock;

use super::document::Place;
use super::program::{named_files, obstacle};
use super::{Document, Kind, ends_as, json_rules, narrow, read_json, read_schema, tools, unit};
use crate::check;
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, WRONG_TYPE};
use crate::value::{Entry, Node, Value};

/// A file that holds hooks.
pub(super) struct Hooks;

static MISSING_WRAPPER: Rule = Rule {
    id: "hook-missing-wrapper",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a file of hooks without `hooks`",
    explanation: "In `hooks/hooks.json` of a plugin the events stand inside `hooks`, beside an optional `description`. \
        Events at the top level are refused (`hooks.json must have hooks`). Only in the manifest, and inside `hooks` of \
        a settings file, is the map of events alone.\n\nSource: Claude Code docs, plugins reference, hooks; seen with \
        Claude Code 2.1.329.",
};

static UNKNOWN_EVENT: Rule = Rule {
    id: "hook-unknown-event",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a hook for an event that does not exist",
    explanation: "Claude Code passes over hooks of an event that it does not know, so the hook never runs, and what it was to \
        prevent happens. Upper and lower case differ: `PreToolUse`, `SessionStart`, `Stop`.\n\nSource: Claude Code docs, \
        hooks reference; seen with Claude Code 2.1.329.",
};

static MATCHER: Rule = Rule {
    id: "hook-matcher",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a matcher that is no regular expression",
    explanation: "A matcher is a regular expression of JavaScript over the name of the tool (or the source of the \
        session). One that does not compile matches nothing, and `claude plugin validate` does not look. For every \
        tool write `\"*\"` or leave the matcher out.\n\nSource: Claude Code docs, hooks reference, matcher patterns.",
};

static MISSING_FILE: Rule = Rule {
    id: "hook-missing-file",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a hook runs a script that is not there",
    explanation: "The shell answers `No such file or directory` at each event, and Claude Code goes on: a hook that was \
        to refuse something refuses nothing. `claude plugin validate` does not look.\n\nSource: Claude Code docs, hooks \
        reference, exit codes (only 2 blocks).",
};

static NOT_RUNNABLE: Rule = Rule {
    id: "hook-not-runnable",
    severity: Severity::Error,
    profile: Profile::ClaudeCode,
    summary: "a hook starts a script that cannot be started",
    explanation: "A script that is started by its name needs the right to be executed, which git keeps (`git update-index \
        --chmod=+x`), and a first line that says which program reads it. Otherwise the shell answers `Permission denied`, \
        and Claude Code goes on. Or name the program: `bash \"${CLAUDE_PLUGIN_ROOT}/hooks/a.sh\"`.\n\nSource: POSIX \
        `execve`; Claude Code docs, hooks reference.",
};

static ABSOLUTE_PATH: Rule = Rule {
    id: "hook-absolute-path",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a hook runs a file that exists on one machine only",
    explanation: "Others do not have your home folder. Write `\"${CLAUDE_PLUGIN_ROOT}/…\"` in a plugin and \
        `\"$CLAUDE_PROJECT_DIR/…\"` in a project.\n\nSource: Claude Code docs, hooks reference, reference scripts by path.",
};

static UNQUOTED_ROOT: Rule = Rule {
    id: "hook-unquoted-root",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a path of the plugin without quotes in a shell command",
    explanation: "The shell cuts a path with a space in two (`/Users/Ada Lovelace/…`), and the hook fails for that user \
        alone. Write `\"${CLAUDE_PLUGIN_ROOT}/hooks/a.sh\"`, or give `args`, which need no shell.\n\nSource: Claude Code \
        docs, hooks reference; `claude plugin validate` 2.1.329.",
};

static LONG_TIMEOUT: Rule = Rule {
    id: "hook-long-timeout",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a hook that may run for more than ten minutes",
    explanation: "`timeout` counts seconds, not milliseconds: `5000` is over an hour, in which Claude waits for a hook \
        that hangs. Ten minutes are the default for commands, and a few seconds are enough for most.\n\nSource: Claude Code docs, \
        hooks reference, `timeout`.",
};

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules = vec![&MISSING_WRAPPER];
    rules.extend(hook_rules());
    rules.extend(json_rules());
    rules
});

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/hook.json"))));

/// Every event of Claude Code 2.1.329.
static EVENTS: &[&str] = &[
    "ConfigChange",
    "CwdChanged",
    "DirectoryAdded",
    "Elicitation",
    "ElicitationResult",
    "FileChanged",
    "InstructionsLoaded",
    "MessageDisplay",
    "Notification",
    "PermissionDenied",
    "PermissionRequest",
    "PostCompact",
    "PostModelSwitch",
    "PostToolBatch",
    "PostToolUse",
    "PostToolUseFailure",
    "PreCompact",
    "PreModelSwitch",
    "PreToolUse",
    "SessionEnd",
    "SessionStart",
    "Setup",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "TaskCompleted",
    "TaskCreated",
    "TeammateIdle",
    "UserPromptExpansion",
    "UserPromptSubmit",
    "WorktreeCreate",
    "WorktreeRemove",
];

/// The kinds of hook, and the fields that each must have.
static TYPES: &[(&str, &[&str])] = &[
    ("command", &["command"]),
    ("prompt", &["prompt"]),
    ("agent", &["prompt"]),
    ("http", &["url"]),
    ("mcp_tool", &["server", "tool"]),
];

/// More seconds than these are a mistake.
const MAX_SECONDS: f64 = 600.0;

/// The variable that holds the folder of a plugin.
const ROOT: &str = "CLAUDE_PLUGIN_ROOT";

/// The variable that holds the folder of a project.
const PROJECT: &str = "CLAUDE_PROJECT_DIR";

impl Kind for Hooks {
    fn name(&self) -> &'static str {
        "hooks"
    }

    fn title(&self) -> &'static str {
        "Hooks of Claude Code (`hooks/hooks.json`, `.claude/settings.json`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn recognizes(&self, path: &str) -> bool {
        let is = |name: &str| ends_as(path, name);
        is("hooks/hooks.json") || is(".claude/settings.json") || is(".claude/settings.local.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let Some(root) = read_json(document.text, found) else { return };
        if let Some(events) = root.get("hooks") {
            check_events(document, events, found);
            return;
        }
        let first = root.entries().iter().find(|entry| EVENTS.contains(&entry.key.as_str()));
        if let Some(first) = first {
            let message = "the events are not inside `hooks`";
            let finding = Finding::new(&MISSING_WRAPPER, first.key_range.clone(), message);
            found.push(finding.help("wrap them: `{\"hooks\": { … }}`"));
            check_events(document, &root, found);
        } else if is_plugins(document) && root.get("modules").is_none() {
            let range = root.range.start..root.range.start + 1;
            let finding = Finding::new(&MISSING_WRAPPER, range, "`hooks` is missing");
            found.push(finding.help("put the events into a map under `hooks`"));
        }
    }
}

/// A settings file need not have hooks.
fn is_plugins(document: &Document<'_>) -> bool {
    document.place.as_ref().is_none_or(|place| place.path.ends_with("hooks.json"))
}

/// The rules that [`check_events`] can find broken.
pub(super) fn hook_rules() -> [&'static Rule; 11] {
    [
        &UNKNOWN_EVENT,
        &MATCHER,
        &MISSING_FILE,
        &NOT_RUNNABLE,
        &ABSOLUTE_PATH,
        &UNQUOTED_ROOT,
        &LONG_TIMEOUT,
        &tools::SERVER_TOOL,
        &MISSING_FIELD,
        &WRONG_TYPE,
        &INVALID_VALUE,
    ]
}

/// Checks a map of events.
pub(super) fn check_events(document: &Document<'_>, events: &Node, found: &mut Vec<Finding>) {
    if !matches!(events.value, Value::Map(_)) {
        let finding = Finding::new(&WRONG_TYPE, events.range.clone(), "expected a map of events");
        found.push(finding.help("write `{\"PreToolUse\": [ … ]}`"));
    }
    for event in events.entries() {
        if !EVENTS.contains(&event.key.as_str()) {
            let message = format!("there is no event `{}`", event.key);
            let finding = Finding::new(&UNKNOWN_EVENT, event.key_range.clone(), message);
            found.push(match suggest(&event.key, EVENTS.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("use an event of the hooks reference"),
            });
        }
        if !matches!(event.node.value, Value::List(_)) {
            let message = "expected a list of matchers with their hooks";
            let finding = Finding::new(&WRONG_TYPE, event.node.range.clone(), message);
            found.push(finding.help("write `[{\"hooks\": [ … ]}]`"));
        }
        for group in event.node.items() {
            check_group(document, event, group, found);
        }
    }
}

fn check_group(document: &Document<'_>, event: &Entry, group: &Node, found: &mut Vec<Finding>) {
    if let Some(matcher) = group.get("matcher") {
        check_matcher(document, matcher, found);
    }
    let Some(hooks) = group.get("hooks") else {
        let range = group.range.start..group.range.start + 1;
        let message = format!("an entry of `{}` has no `hooks`", event.key);
        let finding = Finding::new(&MISSING_FIELD, range, message);
        found.push(
            finding.help("write `{\"matcher\": \"…\", \"hooks\": [{\"type\": \"command\", … }]}`"),
        );
        return;
    };
    if !matches!(hooks.value, Value::List(_)) {
        let finding = Finding::new(&WRONG_TYPE, hooks.range.clone(), "expected a list of hooks");
        found.push(finding.help("put `[` and `]` around it"));
    }
    for hook in hooks.items() {
        check_hook(document, hook, found);
    }
}

fn check_matcher(document: &Document<'_>, matcher: &Node, found: &mut Vec<Finding>) {
    let Some(text) = matcher.text() else {
        let finding = Finding::new(&WRONG_TYPE, matcher.range.clone(), "expected text, a pattern");
        found.push(finding.help("write the names of tools with `|` between them"));
        return;
    };
    if text != "*" && !compiles(text) {
        let message = format!("`{text}` does not compile");
        let finding = Finding::new(&MATCHER, matcher.range.clone(), message);
        found.push(finding.help("close every bracket; write `.*` where `*` is meant"));
    }
    if let Some(place) = &document.place {
        for part in text.split('|') {
            tools::check_server_tool(place, part, &matcher.range, found);
        }
    }
}

/// Tells whether JavaScript takes a text for a regular expression.
fn compiles(pattern: &str) -> bool {
    if pattern.is_empty() || pattern.contains(['\n', '\r']) {
        return true;
    }
    let pattern = pattern.replace("\\/", "/").replace('/', "\\/");
    let mut found = Vec::new();
    let checker = check::checker("javascript").expect("JavaScript is a language that we check");
    checker.check(&format!("/(?:{pattern})/;\n"), &mut found);
    found.is_empty()
}

fn check_hook(document: &Document<'_>, hook: &Node, found: &mut Vec<Finding>) {
    found.extend(SCHEMA.validate(hook));
    let start = hook.range.start..hook.range.start + 1;
    match hook.get("type").map(|kind| (kind, kind.text())) {
        None => {
            let finding = Finding::new(&MISSING_FIELD, start, "the field `type` is missing");
            found.push(finding.help("add `\"type\": \"command\"`"));
        }
        Some((kind, Some(name))) => match TYPES.iter().find(|(known, _)| *known == name) {
            Some((_, fields)) => {
                for field in fields.iter().filter(|field| hook.get(field).is_none()) {
                    let message = format!("a hook of type `{name}` needs the field `{field}`");
                    let finding = Finding::new(&MISSING_FIELD, start.clone(), message);
                    found.push(finding.help(format!("add `{field}`")));
                }
            }
            None => {
                let message = format!("unknown type of hook `{name}`");
                let finding = Finding::new(&INVALID_VALUE, kind.range.clone(), message);
                found.push(finding.help("one of: command, prompt, agent, http, mcp_tool"));
            }
        },
        Some((_, None)) => {}
    }
    if let Some(timeout) = hook.get("timeout")
        && let Value::Number(seconds) = &timeout.value
        && seconds.as_f64().is_some_and(|seconds| seconds > MAX_SECONDS)
    {
        let message = format!("{seconds} seconds are more than ten minutes");
        let finding = Finding::new(&LONG_TIMEOUT, timeout.range.clone(), message);
        found.push(finding.help("write seconds, not milliseconds"));
    }
    if let Some(command) = hook.get("command") {
        check_command(document, hook, command, found);
    }
}

fn check_command(document: &Document<'_>, hook: &Node, node: &Node, found: &mut Vec<Finding>) {
    let code = document.text;
    let command = node.text().unwrap_or_default();
    // With `args` there is no shell that could cut a path.
    let has_shell = hook.get("args").is_none();
    for file in named_files(command, ROOT) {
        if has_shell && !file.is_quoted {
            let range = narrow(code, node, &format!("${{{ROOT}}}"));
            let message = format!("a space in the path of `{}` cuts it in two", file.path);
            let finding = Finding::new(&UNQUOTED_ROOT, range, message);
            found.push(finding.help(format!("write `\\\"${{{ROOT}}}/{}\\\"`", file.path)));
        }
        let Some(place) = &document.place else { continue };
        let Some(plugin) = unit::plugin(place) else { continue };
        let path = unit::under(&plugin.root, file.path);
        check_file(code, place, node, file.path, &path, file.is_started, found);
    }
    for file in named_files(command, PROJECT) {
        let Some(place) = document.place.filter(|place| place.path.contains(".claude/")) else {
            continue;
        };
        let project = place.path.split(".claude/").next().unwrap_or_default();
        let path = unit::under(project.trim_end_matches('/'), file.path);
        check_file(code, &place, node, file.path, &path, file.is_started, found);
    }
    for word in command.split([' ', '"', '\'', '=']) {
        if ["/home/", "/Users/", "C:\\", "C:/"].iter().any(|start| word.starts_with(start)) {
            let range = narrow(code, node, word);
            let message = format!("`{word}` is on one machine only");
            let finding = Finding::new(&ABSOLUTE_PATH, range, message);
            found.push(finding.help(format!("write `\\\"${{{ROOT}}}/…\\\"`")));
        }
    }
}

fn check_file(
    code: &str,
    place: &Place<'_>,
    node: &Node,
    shown: &str,
    path: &str,
    is_started: bool,
    found: &mut Vec<Finding>,
) {
    let range = narrow(code, node, shown);
    if place.neighbours.entry(path).is_none() {
        let finding = Finding::new(&MISSING_FILE, range, format!("there is no `{shown}`"));
        found.push(finding.help("correct the path, or add the script"));
    } else if let Some(obstacle) = is_started.then(|| obstacle(place, path)).flatten() {
        found.push(obstacle.finding(&NOT_RUNNABLE, range, shown, place, path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_regular_expressions_of_javascript() {
        for matcher in ["", "Bash", "Edit|Write", "mcp__.*__write.*", "^(?!Bash$).*", "a/b", "[/]"]
        {
            assert!(compiles(matcher), "{matcher}");
        }
        for matcher in ["(", "*Edit", "[a", "Bash|(mcp__x"] {
            assert!(!compiles(matcher), "{matcher}");
        }
    }
}
