//! Models and tools, as skills, agents, commands and hooks name them.

use std::ops::Range;

use super::document::Place;
use super::{front_matter, unit};
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::value::Node;

pub(super) static UNKNOWN_MODEL: Rule = Rule {
    id: "unknown-model",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a model that Claude Code does not know",
    explanation: "`model` is one of `haiku`, `sonnet`, `opus`, `fable` and `inherit`, or the whole name of a model, such as \
        `claude-sonnet-5`. `claude plugin validate` accepts any text, and the fault shows when the agent is to start. \
        Leave the field out to use the model of the conversation.\n\nSource: Claude Code docs, sub-agents and model \
        configuration.",
};

pub(super) static UNKNOWN_TOOL: Rule = Rule {
    id: "unknown-tool",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a tool that is probably misspelt",
    explanation: "A name that no tool has gives nothing and takes nothing away, silently: the agent lacks the tool, or \
        asks for leave each time. Names are `Read`, `Bash(git:*)` or `mcp__server__tool`, and upper and lower case \
        differ.\n\nSource: Claude Code docs, tools reference.",
};

pub(super) static SERVER_TOOL: Rule = Rule {
    id: "plugin-server-tool",
    severity: Severity::Warning,
    profile: Profile::ClaudeCode,
    summary: "a tool of the plugin's own server by a name that it does not have",
    explanation: "Claude Code calls the tools of a server that comes with a plugin \
        `mcp__plugin_<plugin>_<server>__<tool>`. The short `mcp__<server>__<tool>` is that of a server that users \
        configure themselves, so a matcher with it never fires, and a permission with it never holds.\n\nSource: Claude \
        Code docs, plugins reference, MCP servers; hooks reference, match MCP tools.",
};

/// Models by their short names.
static MODELS: &[&str] =
    &["haiku", "sonnet", "opus", "fable", "inherit", "default", "best", "opusplan"];

/// Tools that an agent may have.
static TOOLS: &[&str] = &[
    "Agent",
    "AskUserQuestion",
    "Bash",
    "Edit",
    "ExitPlanMode",
    "Glob",
    "Grep",
    "LSP",
    "LS",
    "Monitor",
    "MultiEdit",
    "NotebookEdit",
    "NotebookRead",
    "PowerShell",
    "Read",
    "Skill",
    "Task",
    "TodoRead",
    "TodoWrite",
    "ToolSearch",
    "WebFetch",
    "WebSearch",
    "Write",
];

/// Appends that `model` names no model, if it does not.
pub(super) fn check_model(node: &Node, found: &mut Vec<Finding>) {
    let Some(entry) = node.get("model") else { return };
    let Some(model) = entry.text() else { return };
    let short = model.split('[').next().unwrap_or_default();
    // Other providers have names of their own, with dots, colons and slashes.
    let is_full = short.contains("claude") || short.contains(['.', ':', '/', '$', '{']);
    if MODELS.contains(&short) || is_full || model.is_empty() {
        return;
    }
    let finding =
        Finding::new(&UNKNOWN_MODEL, entry.range.clone(), format!("unknown model `{model}`"));
    found.push(match suggest(&short.to_lowercase(), MODELS.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("use `haiku`, `sonnet`, `opus` or `inherit`"),
    });
}

/// Appends which tools of a field are misspelt.
pub(super) fn check_tools(code: &str, node: &Node, fields: &[&str], found: &mut Vec<Finding>) {
    for (word, range) in fields
        .iter()
        .filter_map(|field| node.get(field))
        .flat_map(|node| front_matter::words(code, node))
    {
        let name = word.split('(').next().unwrap_or_default();
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if TOOLS.contains(&name) || !is_name || !(3..=40).contains(&name.len()) {
            continue;
        }
        if let Some(near) = TOOLS.iter().find(|tool| is_near(name, tool)) {
            let at = range.start..range.start + name.len();
            let finding = Finding::new(&UNKNOWN_TOOL, at, format!("unknown tool `{name}`"));
            found.push(finding.help(format!("did you mean `{near}`?")));
        }
    }
}

fn is_near(name: &str, tool: &str) -> bool {
    let name = name.to_lowercase();
    let tool = tool.to_lowercase();
    name == tool || (tool.len() > 3 && strsim::damerau_levenshtein(&name, &tool) == 1)
}

/// Appends which tools of a field are those of the plugin's own server, by the name that they
/// do not have.
pub(super) fn check_servers(
    code: &str,
    place: &Place<'_>,
    node: &Node,
    fields: &[&str],
    found: &mut Vec<Finding>,
) {
    for value in fields.iter().filter_map(|field| node.get(field)) {
        for (word, range) in front_matter::words(code, value) {
            check_server_tool(place, word, &range, found);
        }
    }
}

/// Appends that a text names a tool of the plugin's own server as one that the user configures.
pub(super) fn check_server_tool(
    place: &Place<'_>,
    text: &str,
    range: &Range<usize>,
    found: &mut Vec<Finding>,
) {
    if !text.contains("mcp__") || text.contains("mcp__plugin_") {
        return;
    }
    let Some(plugin) = unit::plugin(place) else { return };
    let name = plugin.manifest.as_ref().and_then(|manifest| manifest.get("name"));
    let Some(name) = name.and_then(Node::text) else { return };
    for server in unit::servers(place, &plugin) {
        let short = format!("mcp__{server}");
        let Some(at) = text.find(&short) else { continue };
        let after = &text[at + short.len()..];
        if !after.is_empty() && !after.starts_with("__") {
            continue;
        }
        let message = format!("`{short}` is no server of this plugin");
        let finding = Finding::new(&SERVER_TOOL, range.clone(), message);
        found.push(finding.help(format!("write `mcp__plugin_{name}_{server}`")));
        return;
    }
}
