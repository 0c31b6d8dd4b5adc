//! MCP servers as Claude Code is told of them: `.mcp.json`, and the same inside a plugin.

mod credentials;
mod rules;

use std::sync::LazyLock;

use super::variable::{self, Reference};
use super::{Document, Kind, file_name, json_rules, narrow, read_json, read_schema};
use crate::diagnostic::{Finding, Rule, suggest};
use crate::schema::{INVALID_VALUE, MISSING_FIELD, Schema, UNKNOWN_FIELD, WRONG_TYPE};
use crate::value::{Entry, Node, Value};

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
        let code = document.text;
        if let Some(root) = read_json(code, found) {
            check_document(code, &root, found);
        }
    }
}

static RULES: LazyLock<Vec<&'static Rule>> =
    LazyLock::new(|| rules::RULES.iter().copied().chain(json_rules()).collect());

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

/// The rules that [`check_servers`] can find broken.
pub(super) fn server_rules() -> &'static [&'static Rule] {
    rules::RULES
}

fn check_document(code: &str, root: &Node, found: &mut Vec<Finding>) {
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
    found.push(finding.help("put the servers into a map under `mcpServers`"));
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
    let Some(transport) = transport(server, found) else { return };
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
    found.append(&mut faults);
    match transport {
        Transport::Stdio => check_process(code, node, found),
        Transport::Http | Transport::WebSocket => check_remote(code, node, found),
    }
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
        check_url(code, url, found);
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

fn check_url(code: &str, url: &Node, found: &mut Vec<Finding>) {
    let text = url.text().unwrap_or_default();
    let Some((scheme, rest)) = text.split_once("://") else {
        // A variable may hold the scheme, and a placeholder the whole URL.
        if !text.is_empty() && !text.starts_with(['$', '<']) {
            let message = "the URL has no scheme";
            let finding = Finding::new(&rules::URL_WITHOUT_SCHEME, url.range.clone(), message);
            found.push(finding.help("start it with `https://`"));
        }
        return;
    };
    let authority = authority(rest);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some(variable) = variable::variables(host).first() {
        let range = narrow(code, url, variable.source);
        let message = format!("`{}` decides which host gets the credential", variable.source);
        let finding = Finding::new(&rules::VARIABLE_IN_HOST, range, message);
        found.push(finding.help("put it into the path, or take the tenant from the token"));
        return;
    }
    if matches!(scheme, "http" | "ws") && !is_loopback(authority) {
        let range = narrow(code, url, &format!("{scheme}://"));
        let message = format!("`{scheme}://` sends the credential in clear text");
        found.push(
            Finding::new(&rules::CLEARTEXT_URL, range, message)
                .help(format!("write `{scheme}s://`")),
        );
    }
}

/// The user and the password before the host of a URL, if there is one or a variable may be.
fn credentials_in_authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let (user, _) = authority(rest).rsplit_once('@')?;
    let has_password = user.split_once(':').is_some_and(|(_, password)| !password.is_empty());
    (has_password || user.contains("${")).then_some(user)
}

/// The host of a URL with what stands around it. A `/` inside `${…}` does not end it.
fn authority(rest: &str) -> &str {
    let mut is_in_braces = false;
    for (at, character) in rest.char_indices() {
        match character {
            '{' => is_in_braces = true,
            '}' => is_in_braces = false,
            '/' | '?' | '#' if !is_in_braces => return &rest[..at],
            _ => {}
        }
    }
    rest
}

fn is_loopback(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with("[::1]") {
        return true;
    }
    let host = host.split(':').next().unwrap_or_default();
    let is_ipv4 =
        host.starts_with("127.") && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    host == "localhost" || host.ends_with(".localhost") || is_ipv4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_loopback_hosts_are_loopback() {
        for host in ["localhost", "localhost:3000", "127.0.0.1:1", "[::1]:80", "app.localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["localhost.evil.com", "notlocalhost", "127.0.0.1.evil.com", "localhost@evil.com", ""]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
