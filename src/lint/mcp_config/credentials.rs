//! Where a server's configuration puts its credentials.

use std::collections::BTreeMap;

use super::rules;
use super::url::credentials_in_authority;
use crate::diagnostic::Finding;
use crate::lint::secret::{
    find_query_secret, find_url_password, is_literal_secret, names_secret, without_scheme,
};
use crate::lint::token::find_token;
use crate::lint::{narrow, variable};
use crate::value::{Entry, Node};

/// Appends what is wrong with the places of a server's credentials.
pub(super) fn check(code: &str, server: &Node, found: &mut Vec<Finding>) {
    for entry in server.get("headers").into_iter().flat_map(Node::entries) {
        check_value(code, entry, "headers", found);
    }
    for entry in server.get("env").into_iter().flat_map(Node::entries) {
        check_value(code, entry, "env", found);
    }
    if let Some(url) = server.get("url") {
        check_url(code, url, found);
    }
    if let Some(args) = server.get("args") {
        check_args(code, args.items(), found);
    }
    check_custom_headers(server, found);
    if let Some(headers) = server.get("headers") {
        check_header_names(headers, found);
        check_schemes(code, headers, found);
        check_headers(headers, found);
    }
}

/// A header is one line, and its name is one word.
fn check_headers(headers: &Node, found: &mut Vec<Finding>) {
    let is_part = |next: char| next.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(next);
    for entry in headers.entries() {
        let text = entry.node.text().unwrap_or_default();
        if text.contains(|next: char| next.is_control() && next != '\t') {
            let message =
                format!("the value of `{}` holds a line break or a control character", entry.key);
            let finding = Finding::new(&rules::BAD_HEADER, entry.node.range.clone(), message);
            found.push(finding.help("write it in one line, without `\\n`"));
        }
        let is_template = entry.key.contains("${") || entry.key.contains('<');
        if !is_template && (entry.key.is_empty() || !entry.key.chars().all(is_part)) {
            let message = format!("`{}` is no name of a header", entry.key);
            let finding = Finding::new(&rules::BAD_HEADER, entry.key_range.clone(), message);
            found.push(finding.help("use letters, digits and `-`, without a space or a colon"));
        }
    }
}

/// HTTP does not tell `authorization` from `Authorization`.
fn check_header_names(headers: &Node, found: &mut Vec<Finding>) {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for entry in headers.entries() {
        let Some(first) = names.insert(entry.key.to_ascii_lowercase(), &entry.key) else {
            continue;
        };
        // The very same key is no JSON, which the checker reports.
        if first != entry.key {
            let message = format!("`{}` and `{first}` are one header", entry.key);
            let finding = Finding::new(&rules::DUPLICATE_HEADER, entry.key_range.clone(), message);
            found.push(finding.help("remove one of them"));
        }
    }
}

fn check_schemes(code: &str, headers: &Node, found: &mut Vec<Finding>) {
    for entry in headers.entries() {
        let text = entry.node.text().unwrap_or_default();
        let mut words = text.split_whitespace();
        let (Some(first), Some(second), Some(_)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let is_scheme = |word: &str| {
            ["bearer", "basic", "dpop"].iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
        };
        if is_scheme(first) && is_scheme(second) {
            let range = narrow(code, &entry.node, first);
            let message = format!("the scheme stands twice: `{first} {second}`");
            let finding = Finding::new(&rules::DOUBLE_SCHEME, range, message);
            found.push(finding.help(format!("write `{second}` once")));
        }
    }
}

fn check_value(code: &str, entry: &Entry, place: &str, found: &mut Vec<Finding>) {
    let text = entry.node.text().unwrap_or_default();
    let is_written_out = names_secret(&entry.key) && has_literal_secret(text);
    let known = find_token(text).or_else(|| find_url_password(text));
    let range = match known {
        Some(known) => narrow(code, &entry.node, &text[known]),
        None if is_written_out => entry.node.range.clone(),
        None => return,
    };
    let message = format!("`{}` in `{place}` holds a literal credential", entry.key);
    let finding = Finding::new(&rules::LITERAL_SECRET, range, message);
    found.push(finding.help(format!("write `${{{}}}`", variable_name(&entry.key))));
}

/// Tells whether a text is a credential, be it the default of a variable.
fn has_literal_secret(text: &str) -> bool {
    let variables = variable::variables(text);
    if variables.is_empty() {
        return !text.contains("${") && is_literal_secret(text);
    }
    let mut defaults = variables.iter().filter_map(|variable| variable.default);
    defaults.any(is_literal_secret)
}

/// A good name for the variable that takes a literal's place.
fn variable_name(key: &str) -> String {
    if key.eq_ignore_ascii_case("authorization") {
        return "API_TOKEN".to_owned();
    }
    let name = key.to_ascii_uppercase().replace(['-', '.'], "_");
    name.trim_start_matches("X_").to_owned()
}

fn check_url(code: &str, url: &Node, found: &mut Vec<Finding>) {
    let text = url.text().unwrap_or_default();
    let secret = find_query_secret(text).or_else(|| find_url_password(text));
    let secret = secret.map(|secret| &text[secret]).or_else(|| credentials_in_authority(text));
    let Some(secret) = secret else {
        if let Some(known) = find_token(text) {
            let range = narrow(code, url, &text[known]);
            let message = "the URL holds a literal credential";
            let finding = Finding::new(&rules::LITERAL_SECRET, range, message);
            found.push(finding.help("revoke it, and send it in the `Authorization` header"));
        }
        return;
    };
    let range = narrow(code, url, secret);
    let finding = Finding::new(&rules::SECRET_IN_URL, range, "the URL holds a credential");
    found.push(finding.help("send it in the `Authorization` header"));
}

fn check_args(code: &str, args: &[Node], found: &mut Vec<Finding>) {
    let mut before = "";
    for arg in args {
        let text = arg.text().unwrap_or_default();
        if let Some(secret) = find_argument_secret(before, text) {
            let range = narrow(code, arg, secret);
            let message = "a credential in `args` is visible to every user of the machine";
            let finding = Finding::new(&rules::SECRET_IN_ARGS, range, message);
            found.push(finding.help("give it in `env`"));
        }
        before = text;
    }
}

/// Finds the secret in an argument, which `before` may name: `--token ${X}`.
fn find_argument_secret<'a>(before: &str, text: &'a str) -> Option<&'a str> {
    let variables = variable::variables(text);
    if let Some(variable) = variables.iter().find(|variable| names_secret(variable.name)) {
        return Some(variable.source);
    }
    if let Some(known) = find_token(text).or_else(|| find_url_password(text)) {
        return Some(&text[known]);
    }
    let is_option = |name: &str| name.starts_with("--") && names_secret(name);
    let value = match split_pair(text) {
        Some((name, value)) if names_secret(name) => value,
        _ if is_option(before) && !text.starts_with('-') => text,
        _ => return None,
    };
    let is_secret = !variables.is_empty() || has_literal_secret(value);
    (is_secret && !without_scheme(value).is_empty()).then_some(value)
}

/// Cuts `--name=value`, `NAME=value` and `Name: value`.
fn split_pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(['=', ':'])?;
    let is_name = |next: char| next.is_ascii_alphanumeric() || "_-".contains(next);
    name.chars().all(is_name).then_some((name, value.trim()))
}

/// Finds a credential that only a header of its own carries.
pub(super) fn check_custom_headers(server: &Node, found: &mut Vec<Finding>) {
    let Some(headers) = server.get("headers") else { return };
    let is_authorization = |entry: &Entry| entry.key.eq_ignore_ascii_case("authorization");
    // A helper may add the header, and what it adds is not known here.
    let is_safe =
        server.get("headersHelper").is_some() || headers.entries().iter().any(is_authorization);
    let is_http = server.get("type").and_then(Node::text) != Some("ws");
    if is_safe || !is_http || server.get("command").is_some() {
        return;
    }
    for entry in headers.entries().iter().filter(|entry| is_credential(entry)) {
        let message = format!("`{}` is also sent to OAuth discovery URLs after a 401", entry.key);
        let range = entry.key_range.clone();
        let finding = Finding::new(&rules::SECRET_IN_CUSTOM_HEADER, range, message);
        found.push(finding.help("send the credential in `Authorization`, or use OAuth"));
    }
}

fn is_credential(entry: &Entry) -> bool {
    let text = entry.node.text().unwrap_or_default();
    let variables = variable::variables(text);
    names_secret(&entry.key) || variables.iter().any(|variable| names_secret(variable.name))
}
