//! MCP servers as Claude Code is told of them: `.mcp.json`, and the same inside a plugin.

mod clients;
mod credentials;
mod files;
mod home;
mod rules;
mod url;

use std::sync::LazyLock;

pub(super) use self::clients::{ClientConfig, check_fence};
pub(super) use self::home::{Home, first_script, server_script};
pub(super) use self::rules::NOT_RUNNABLE;
use super::variable::{self, Reference};
use super::{Document, Kind, file_name, json_rules, narrow, read_json, read_schema};
use crate::diagnostic::{Finding, Rule, suggest};
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, UNKNOWN_FIELD, WRONG_TYPE};
use crate::value::{Entry, Node, Value, json};

/// `.mcp.json`.
pub(super) struct McpConfig;

impl Kind for McpConfig {
    fn name(&self) -> &'static str {
        "mcp-config"
    }

    fn title(&self) -> &'static str {
        "MCP configuration of Claude Code (`.mcp.json`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["json", "jsonc"]
    }

    fn recognizes(&self, path: &str) -> bool {
        matches!(file_name(path), ".mcp.json" | "managed-mcp.json")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        &RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        if let Some(root) = read_json(document.text, found) {
            check_document(document, &root, found);
            files::check(document, servers(&root), found);
            files::check_options(document, servers(&root), found);
        }
    }
}

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let own = rules::RULES.iter().copied();
    own.chain([&super::plugin::UNDECLARED_OPTION]).chain(json_rules()).collect()
});

static STDIO: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/mcp-stdio.json"))));
static HTTP: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/mcp-http.json"))));
static WS: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(|| read_schema(include_str!("schema/mcp-ws.json"))));

/// The words of `type`.
static TYPES: &[&str] = &["stdio", "http", "streamable-http", "sse", "ws"];

/// How a server is reached.
#[derive(Clone, Copy)]
enum Transport {
    Stdio,
    Http,
    WebSocket,
}

/// Checks a map of servers, which `mcpServers` is here and in a plugin's manifest.
pub(super) fn check_servers(code: &str, servers: &Node, found: &mut Vec<Finding>) {
    if !matches!(servers.value, Value::Map(_)) {
        let message = "expected a map of servers by name";
        let finding = Finding::new(&WRONG_TYPE, servers.range.clone(), message);
        found.push(finding.help("write `{\"NAME\": {…}}`"));
    }
    for server in servers.entries() {
        check_server(code, server, found);
    }
}

/// Checks the files and the variables that a map of servers names, here and in a manifest.
pub(super) fn check_files(document: &Document<'_>, servers: &Node, found: &mut Vec<Finding>) {
    files::check(document, servers.entries(), found);
}

/// The rules that [`check_servers`] can find broken.
pub(super) fn server_rules() -> &'static [&'static Rule] {
    rules::RULES
}

/// The servers of a configuration, with or without `mcpServers` around them.
fn servers(root: &Node) -> &[Entry] {
    root.get("mcpServers").unwrap_or(root).entries()
}

/// The scripts that the servers of a configuration or a manifest run for their headers, below
/// the plugin or the project.
pub(super) fn helper_scripts(text: &str) -> Vec<String> {
    let Some(root) = json::parse(text) else { return Vec::new() };
    let commands =
        servers(&root).iter().filter_map(|server| server.node.get("headersHelper")?.text());
    commands.filter_map(|command| home::relative(first_script(command)?.source)).collect()
}

fn check_document(document: &Document<'_>, root: &Node, found: &mut Vec<Finding>) {
    let code = document.text;
    if let Some(servers) = root.get("mcpServers") {
        check_servers(code, servers, found);
        let extra = |entry: &&Entry| !matches!(entry.key.as_str(), "mcpServers" | "$schema");
        for entry in root.entries().iter().filter(extra) {
            let message = format!("unknown field `{}`", entry.key);
            let finding = Finding::new(&UNKNOWN_FIELD, entry.key_range.clone(), message);
            found.push(finding.help("servers go into `mcpServers`"));
        }
        return;
    }
    let range = root.entries().first().map_or(root.range.clone(), |entry| entry.key_range.clone());
    let finding = Finding::new(&rules::MISSING_WRAPPER, range.clone(), "`mcpServers` is missing");
    if looks_like_server(root) {
        found.push(finding.help("wrap it: `{\"mcpServers\": {\"<name>\": { … }}}`"));
        let key = "server".to_owned();
        let server = Entry { key, key_range: range, node: root.clone() };
        check_server(code, &server, found);
        return;
    }
    if is_part_of_server(root) {
        found.push(finding.help("show the whole server, inside `mcpServers`"));
        check_variables(code, root, found);
        credentials::check(code, root, found);
        return;
    }
    let near = root
        .entries()
        .iter()
        .find(|entry| entry.key == "servers" || suggest(&entry.key, ["mcpServers"]).is_some());
    if let Some(near) = near {
        found.push(finding.help(format!("did you mean `mcpServers` by `{}`?", near.key)));
        check_servers(code, &near.node, found);
        return;
    }
    // A plugin's own file may be the map itself.
    let is_in_plugin = document.place.is_some_and(|place| Home::find(place).is_plugin);
    if !is_in_plugin {
        found.push(finding.help("put the servers into a map under `mcpServers`"));
    }
    for entry in root.entries() {
        if looks_like_server(&entry.node) || is_part_of_server(&entry.node) {
            check_server(code, entry, found);
        }
    }
}

fn looks_like_server(node: &Node) -> bool {
    node.get("command").is_some() || node.get("url").is_some()
}

/// Documentation often shows the `headers` of a server and nothing else.
fn is_part_of_server(node: &Node) -> bool {
    ["headers", "headersHelper", "env", "args"].iter().any(|name| node.get(name).is_some())
}

fn check_server(code: &str, server: &Entry, found: &mut Vec<Finding>) {
    let node = &server.node;
    check_variables(code, node, found);
    credentials::check(code, node, found);
    let Some(transport) = transport(server, found) else {
        if let Some(url) = node.get("url") {
            url::check(code, url, found);
        }
        return;
    };
    let schema = match transport {
        Transport::Stdio => &STDIO,
        Transport::Http => &HTTP,
        Transport::WebSocket => &WS,
    };
    let mut faults = schema.validate(node);
    if let Some(finding) = find_both(node, transport) {
        faults.retain(|fault| fault.range != finding.range);
        found.push(finding);
    }
    found.extend(faults.into_iter().map(soften_annotation));
    match transport {
        Transport::Stdio => check_process(code, node, found),
        Transport::Http | Transport::WebSocket => check_remote(code, node, found),
    }
}

/// Fields that only tell people something.
static ANNOTATIONS: &[&str] =
    &["name", "title", "description", "comment", "comments", "note", "notes", "category", "tags"];

/// A field that Claude Code ignores and nobody expects anything of is no error.
fn soften_annotation(fault: Finding) -> Finding {
    let name = fault.message.split('`').nth(1).unwrap_or_default();
    let is_annotation = ANNOTATIONS.contains(&name) || name.starts_with(['_', '/', '#']);
    if fault.rule.id != UNKNOWN_FIELD.id || !is_annotation {
        return fault;
    }
    let message = format!("Claude Code ignores `{name}`");
    let finding = Finding::new(&rules::ANNOTATION, fault.range, message);
    finding.help("say it in the README")
}

/// Says which of `command` and `url` is one too many, if a server has both.
fn find_both(node: &Node, transport: Transport) -> Option<Finding> {
    let (command, url) = (node.entry("command")?, node.entry("url")?);
    let (extra, help) = match transport {
        Transport::Stdio => {
            (url, "remove `url`; or, for a remote server, `command`, and add `\"type\": \"http\"`")
        }
        Transport::Http | Transport::WebSocket => {
            (command, "remove `command`; or, for a local process, `url` and `type`")
        }
    };
    let message = "the server has both `command` and `url`";
    Some(Finding::new(&rules::COMMAND_AND_URL, extra.key_range.clone(), message).help(help))
}

/// Fields that only a server over HTTP has.
static HTTP_FIELDS: &[&str] = &["headersHelper", "headers", "oauth"];

/// Decides how a server is reached, from `type` or else from what it has.
fn transport(server: &Entry, found: &mut Vec<Finding>) -> Option<Transport> {
    let node = &server.node;
    let Some(kind) = node.get("type") else {
        if node.get("command").is_some() {
            return Some(Transport::Stdio);
        }
        if let Some(url) = node.entry("url") {
            let message = "a server with a `url` needs a `type`";
            let finding = Finding::new(&rules::URL_WITHOUT_TYPE, url.key_range.clone(), message);
            found.push(finding.help("add `\"type\": \"http\"`"));
            return Some(Transport::Http);
        }
        let message = format!("the server `{}` has neither `command` nor `url`", server.key);
        let finding = Finding::new(&MISSING_FIELD, server.key_range.clone(), message);
        found.push(finding.help("add `command` for a process, or `type` and `url` for a server"));
        return None;
    };
    match kind.text() {
        Some("stdio") => Some(Transport::Stdio),
        Some("http" | "streamable-http") => Some(Transport::Http),
        Some("ws") => Some(Transport::WebSocket),
        Some("sse") => {
            let message = "the transport `sse` is deprecated";
            let finding = Finding::new(&rules::DEPRECATED_TRANSPORT, kind.range.clone(), message);
            found.push(finding.help("use `http` and the server's Streamable HTTP endpoint"));
            Some(Transport::Http)
        }
        Some(unknown) => {
            let message = format!("unknown transport `{unknown}`");
            let finding = Finding::new(&INVALID_VALUE, kind.range.clone(), message);
            found.push(match suggest(unknown, TYPES.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of: {}", TYPES.join(", "))),
            });
            None
        }
        None => {
            let message = "expected text, the name of a transport";
            let finding = Finding::new(&WRONG_TYPE, kind.range.clone(), message);
            found.push(finding.help(format!("one of: {}", TYPES.join(", "))));
            None
        }
    }
}

fn check_variables(code: &str, node: &Node, found: &mut Vec<Finding>) {
    let runs_shell = is_shell(node);
    let args = node.get("args").filter(|_| !runs_shell);
    let lists = [node.get("env"), node.get("headers")];
    let values = lists.into_iter().flatten().flat_map(Node::entries).map(|entry| &entry.node);
    let single = [node.get("command"), node.get("url")].into_iter().flatten();
    for value in values.chain(single).chain(args.into_iter().flat_map(Node::items)) {
        let text = value.text().unwrap_or_default();
        for reference in variable::references(text) {
            if let Reference::Malformed(source) = reference {
                let range = narrow(code, value, source);
                let message = "this is not expanded: it is no `${VAR}` or `${VAR:-default}`";
                let finding = Finding::new(&rules::MALFORMED_VARIABLE, range, message);
                found.push(finding.help("write `${NAME}`, with letters, digits and `_`"));
            }
        }
    }
    let values = lists.into_iter().flatten().flat_map(Node::entries).map(|entry| &entry.node);
    for value in values.chain(node.get("url")) {
        if let Some(name) = value.text().and_then(variable::find_unbraced) {
            let range = narrow(code, value, name);
            let message = format!("`{name}` is not expanded");
            let finding = Finding::new(&rules::MALFORMED_VARIABLE, range, message);
            found.push(finding.help(format!("write `${{{}}}`", &name[1..])));
        }
    }
}

/// A command line for a shell may use `${x%y}`, which the shell expands.
fn is_shell(node: &Node) -> bool {
    let command = node.get("command").and_then(Node::text).unwrap_or_default();
    matches!(file_name(command), "sh" | "bash" | "zsh" | "dash")
}

fn check_process(code: &str, node: &Node, found: &mut Vec<Finding>) {
    for name in HTTP_FIELDS {
        if let Some(entry) = node.entry(name) {
            let message = format!("`{name}` does nothing on a stdio server");
            let finding = Finding::new(&rules::HELPER_ON_STDIO, entry.key_range.clone(), message);
            found.push(finding.help("give the process its credential in `env`"));
        }
    }
    if let Some(command) = node.get("command") {
        let text = command.text().unwrap_or_default();
        let is_common = ["/bin/", "/usr/", "/path/"].iter().any(|start| text.starts_with(start));
        if (text.starts_with('/') && !is_common) || is_personal(text) {
            absolute_path(code, command, text, found);
        }
    }
    for arg in node.get("args").into_iter().flat_map(Node::items) {
        let text = arg.text().unwrap_or_default();
        let path = text.split_once('=').map_or(text, |(_, value)| value);
        if is_personal(path) {
            absolute_path(code, arg, path, found);
        }
    }
}

fn is_personal(path: &str) -> bool {
    let starts = ["/home/", "/Users/", "~/", "C:\\", "C:/"];
    starts.iter().any(|start| path.starts_with(start))
}

fn absolute_path(code: &str, node: &Node, path: &str, found: &mut Vec<Finding>) {
    let range = narrow(code, node, path);
    let finding =
        Finding::new(&rules::ABSOLUTE_PATH, range, format!("`{path}` is on one machine only"));
    found.push(finding.help("write `${CLAUDE_PLUGIN_ROOT}/…`, or a program that is on `PATH`"));
}

fn check_remote(code: &str, node: &Node, found: &mut Vec<Finding>) {
    if let Some(url) = node.get("url") {
        url::check(code, url, found);
    }
    let metadata = node.get("oauth").and_then(|oauth| oauth.get("authServerMetadataUrl"));
    if let Some(metadata) = metadata
        && metadata
            .text()
            .is_some_and(|text| !text.starts_with("https://") && !text.starts_with("${"))
    {
        let message = "the authorization server's metadata must be fetched over `https://`";
        let finding = Finding::new(&rules::CLEARTEXT_URL, metadata.range.clone(), message);
        found.push(finding.help("write `https://`"));
    }
    let Some(helper) = node.get("headersHelper") else { return };
    let text = helper.text().unwrap_or_default();
    if text.contains("${user_config.") {
        let range = narrow(code, helper, "${user_config.");
        let message = "an option of the user is refused inside `headersHelper`";
        let finding = Finding::new(&rules::USER_CONFIG_IN_HELPER, range, message);
        found.push(finding.help("use the option in `headers`, or let the helper read a file"));
    }
    if ["/home/", "/Users/"].iter().any(|start| text.starts_with(start)) {
        let path = text.split(' ').next().unwrap_or_default();
        absolute_path(code, helper, path, found);
    }
}
