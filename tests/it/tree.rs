//! What a tree of files is taken for: scripts without an ending, scripts that a configuration
//! names, texts that are published with a plugin, and configurations in documents.

use std::path::Path;

use serde_json::Value as Json;

use crate::support::{folder, patternbook};

/// Checks a tree, and compares its findings, each as `rule path:line`.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let folder = folder(files);
    assert_eq!(findings(folder.path()), expected);
}

fn findings(folder: &Path) -> Vec<String> {
    let run = patternbook(folder, &["check", "--format", "json", "."]);
    let report: Json = serde_json::from_str(&run.stdout).unwrap();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let line = |finding: &Json| {
        let [rule, path] = ["rule", "path"].map(|field| finding[field].as_str().unwrap());
        format!("{rule} {path}:{}", finding["line"])
    };
    diagnostics.iter().map(line).collect()
}

const SECRET: &str = "API_KEY = 'k8Jh2Qx7Zp4Wm9Vt1'\n";

#[test]
fn a_helper_is_known_by_the_configuration_that_names_it() {
    let config = r#"{"mcpServers": {"acme": {
        "type": "http", "url": "https://mcp.acme.example/mcp", "headersHelper": "bash ./tools/acme-login" }}}"#;
    let script = "#!/usr/bin/env bash\nset -euo pipefail\nping -c 1 id.acme.example\n";
    check(
        &[(".mcp.json", config), ("tools/acme-login", script)],
        &["helper-ping tools/acme-login:3"],
    );
    check(&[("tools/acme-login", script), ("a.md", "# A\n")], &[]);
}

#[test]
fn a_script_without_ending_is_known_by_its_first_line() {
    let script = "#!/bin/sh\necho \"$API_TOKEN\"\n";
    let binary = "\u{0}\u{1}";
    check(
        &[("bin/show", script), ("bin/tool", binary), ("a.md", "# A\n")],
        &["shell-prints-secret bin/show:2"],
    );
}

#[test]
fn the_texts_of_a_skill_are_scanned_and_no_others() {
    let skill =
        "---\nname: acme\ndescription: Reads invoices. Use when asked for one.\n---\n\nText.\n";
    let files = [
        ("acme/SKILL.md", skill),
        ("acme/scripts/read.py", SECRET),
        ("acme/.env.example", "API_KEY=k8Jh2Qx7Zp4Wm9Vt1\nOTHER_KEY=your-key-here\n"),
        ("other/read.py", SECRET),
    ];
    check(&files, &["literal-secret acme/.env.example:1", "literal-secret acme/scripts/read.py:1"]);
}

#[test]
fn a_configuration_in_a_document_is_one() {
    let page = "# A\n\n```json\n{\"mcpServers\": {\"acme\": {\"type\": \"sse\", \"url\": \"http://mcp.acme.example/sse\",\n\
                \"headers\": {\"Authorization\": \"Bearer YOUR_TOKEN\"}}}}\n```\n\n\
                ```json\n\"mcpServers\": {\"acme\": {\"type\": \"http\", \"url\": \"https://a.example/?api_key=x1\"}}\n```\n";
    let expected =
        ["mcp-cleartext-url a.md:4", "mcp-deprecated-transport a.md:4", "mcp-secret-in-url a.md:9"];
    let folder = folder(&[("a.md", page)]);
    let mut found = findings(folder.path());
    found.sort();
    assert_eq!(found, expected);
}
