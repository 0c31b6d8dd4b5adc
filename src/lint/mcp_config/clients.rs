//! MCP servers as other clients are told of them, and as documentation shows them: only what is
//! wrong with credentials everywhere. Their other fields are theirs.

use std::borrow::Cow;

use super::{credentials, rules, url};
use crate::diagnostic::{Finding, Rule};
use crate::lint::secret::is_random;
use crate::lint::token::tokens;
use crate::lint::{Document, Kind, file_name};
use crate::value::{Entry, Node, json};

/// `mcp.json`, `claude_desktop_config.json`, `.cursor/mcp.json`, `.vscode/mcp.json`.
pub(in crate::lint) struct ClientConfig;

/// The maps of servers, by the names that clients give them.
static MAPS: &[&str] = &["mcpServers", "servers", "context_servers"];

impl Kind for ClientConfig {
    fn name(&self) -> &'static str {
        "mcp-client-config"
    }

    fn title(&self) -> &'static str {
        "MCP configuration of Claude Desktop, Cursor or VS Code (`claude_desktop_config.json`, `mcp.json`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["jsonc", "json"]
    }

    fn recognizes(&self, path: &str) -> bool {
        matches!(file_name(path), "mcp.json" | "claude_desktop_config.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::CLIENT_RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        // What is no JSON with comments was said by the checker of the language.
        let Some(root) = json::parse(document.text) else { return };
        let is_desktop = document
            .place
            .is_some_and(|place| file_name(place.path) == "claude_desktop_config.json");
        for server in servers(&root) {
            check_server(document.text, server, found);
            if is_desktop && let Some(url) = server.node.entry("url") {
                let message = "Claude Desktop does not connect to a remote server of this file";
                let finding =
                    Finding::new(&rules::REMOTE_IN_DESKTOP, url.key_range.clone(), message);
                found.push(finding.help("add it as a connector in the settings"));
            }
        }
        found.retain(|finding| rules::CLIENT_RULES.iter().any(|rule| rule.id == finding.rule.id));
    }
}

/// Checks a fence of documentation that plainly is a configuration. What stands for a secret
/// there is none.
pub(in crate::lint) fn check_fence(language: &str, code: &str, found: &mut Vec<Finding>) {
    let is_json = matches!(language, "json" | "jsonc" | "json5" | "");
    if !is_json || !(code.contains("\"mcpServers\"") || code.contains("\"url\"")) {
        return;
    }
    let Some((root, text)) = read_fragment(code) else { return };
    let shift = text.len() - code.len();
    let Some(servers) = shown_servers(&root) else { return };
    let mut own = Vec::new();
    for server in servers {
        check_server(&text, server, &mut own);
        credentials::check_custom_headers(&server.node, &mut own);
    }
    own.retain(|finding| is_documentation_fault(&text, finding));
    found.extend(own.into_iter().map(|mut finding| {
        finding.range = finding.range.start - shift..finding.range.end - shift;
        finding
    }));
}

/// Reads JSON, around which the braces may have been left out. With them comes the text that
/// was read, which is one byte longer then.
fn read_fragment(code: &str) -> Option<(Node, Cow<'_, str>)> {
    if let Some(root) = json::parse(code).filter(|root| !root.entries().is_empty()) {
        return Some((root, Cow::Borrowed(code)));
    }
    // The closing brace is left out here too, so that places need only one byte of correction.
    let text = format!("{{{code}");
    let root = json::parse(&format!("{text}}}"))?;
    Some((root, Cow::Owned(text)))
}

/// The servers of an example, if it plainly is a configuration: `mcpServers` is there, or every
/// entry says how its server is reached.
fn shown_servers(root: &Node) -> Option<&[Entry]> {
    if let Some(servers) = root.get("mcpServers") {
        return Some(servers.entries());
    }
    let is_server = |entry: &Entry| {
        let kind = entry.node.get("type").and_then(Node::text).unwrap_or_default();
        matches!(kind, "http" | "sse" | "streamable-http" | "ws") && entry.node.get("url").is_some()
    };
    let entries = root.entries();
    (!entries.is_empty() && entries.iter().all(is_server)).then_some(entries)
}

/// Tells whether a reader who copies the example has this fault too.
fn is_documentation_fault(text: &str, finding: &Finding) -> bool {
    let place = text.get(finding.range.clone()).unwrap_or_default();
    match finding.rule.id {
        "mcp-literal-secret" => !tokens(place).is_empty() || is_random(place),
        "mcp-cleartext-url" | "mcp-deprecated-transport" | "mcp-secret-in-custom-header" => true,
        "mcp-secret-in-url" => !place.contains('<'),
        _ => false,
    }
}

fn servers(root: &Node) -> impl Iterator<Item = &Entry> {
    let nested =
        root.get("mcp").into_iter().flat_map(|mcp| MAPS.iter().filter_map(|map| mcp.get(map)));
    let maps = MAPS.iter().filter_map(|map| root.get(map)).chain(nested);
    let is_server =
        |entry: &&Entry| entry.node.get("command").is_some() || entry.node.get("url").is_some();
    maps.flat_map(Node::entries).filter(is_server)
}

fn check_server(code: &str, server: &Entry, found: &mut Vec<Finding>) {
    credentials::check(code, &server.node, found);
    found.retain(|finding| finding.rule.id != rules::SECRET_IN_CUSTOM_HEADER.id);
    if let Some(address) = server.node.get("url") {
        url::check(code, address, found);
    }
    if let Some(kind) = server.node.get("type").filter(|kind| kind.text() == Some("sse")) {
        let message = "the transport `sse` is deprecated";
        let finding = Finding::new(&rules::DEPRECATED_TRANSPORT, kind.range.clone(), message);
        found.push(finding.help("use `http` and the server's Streamable HTTP endpoint"));
    }
}
