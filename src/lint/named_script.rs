//! Shell scripts that a configuration names: what they need to be run, and to be set up.

use super::mcp_config::{Home, NOT_RUNNABLE, first_script, server_script};
use super::unit::{CONFIGURATIONS, under};
use super::{Document, file_name};
use crate::diagnostic::{Finding, Fix};
use crate::value::{Node, json};

/// Checks a script that some configuration runs by its own name.
pub(super) fn check(document: &Document<'_>, found: &mut Vec<Finding>) {
    let Some(place) = document.place else { return };
    if !is_run_directly(&Home::of_script(place)) {
        return;
    }
    let name = file_name(place.path);
    let end = document.text.find('\n').unwrap_or(document.text.len());
    let is_executable = place.neighbours.entry(place.path).is_some_and(|entry| entry.is_executable);
    if !is_executable {
        let message = format!("a configuration runs `{name}`, which is not executable");
        let finding = Finding::new(&NOT_RUNNABLE, 0..end, message);
        found.push(
            finding
                .help(format!("run `chmod +x {name}`"))
                .fix(Fix::MakeExecutable { path: name.to_owned() }),
        );
    }
    if !document.text.starts_with("#!") {
        let message = format!("a configuration runs `{name}`, which has no `#!` line");
        let finding = Finding::new(&NOT_RUNNABLE, 0..end, message);
        found.push(finding.help("start it with `#!/usr/bin/env bash`"));
    }
}

fn is_run_directly(home: &Home<'_>) -> bool {
    let texts = CONFIGURATIONS
        .iter()
        .filter_map(|name| home.place.neighbours.text(&under(&home.root, name)));
    texts.filter_map(|text| json::parse(&text)).any(|root| {
        let servers = root.get("mcpServers").unwrap_or(&root);
        servers.entries().iter().any(|server| names(&server.node, home))
    })
}

fn names(server: &Node, home: &Home<'_>) -> bool {
    let helper = server.get("headersHelper").and_then(Node::text).and_then(first_script);
    let named = [helper, server_script(server)].into_iter().flatten();
    let mut direct = named.filter(|named| named.is_direct);
    direct.any(|named| home.path(named.source).as_deref() == Some(home.place.path))
}
