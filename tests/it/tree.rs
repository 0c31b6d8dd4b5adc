//! What a tree of files is taken for: scripts without an ending, scripts that a configuration
//! names, texts that are published with a plugin, and configurations in documents.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::support::{self, Found, Run, command, finish, folder, patternbook, write};

/// Checks a tree, and compares its findings, each as `rule path:line`.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let folder = folder(files);
    assert_eq!(findings(folder.path()), expected);
}

fn findings(folder: &Path) -> Vec<String> {
    lines(&patternbook(folder, &["check", "--format", "json", "."]))
}

/// Each finding of a report as `rule path:line`.
fn lines(run: &Run) -> Vec<String> {
    let line = |Found { path, line, rule, .. }: Found| format!("{rule} {path}:{line}");
    support::findings(run).into_iter().map(line).collect()
}

/// Checks a text on standard input as if it stood in a file.
fn findings_of_text(folder: &Path, path: &str, text: &str) -> Vec<String> {
    let mut command = command(folder, &["check", "--format", "json", "--stdin-filename", path]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    lines(&finish(child.wait_with_output().unwrap()))
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
fn a_script_that_is_named_by_hand_is_known_by_its_first_line_wherever_it_is() {
    let script = "#!/bin/sh\necho \"$API_TOKEN\"\n";
    let tree = folder(&[("docs/deploy", script), ("docs/notes", "echo \"$API_TOKEN\"\n")]);
    let docs = tree.path().join("docs");
    let named = patternbook(&docs, &["check", "--format", "json", "deploy", "notes"]);
    assert_eq!(lines(&named), ["shell-prints-secret deploy:2"]);
    assert_eq!(findings_of_text(&docs, "deploy", script), ["shell-prints-secret deploy:2"]);
    assert_eq!(findings(tree.path()), [""; 0]);
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

#[test]
fn commands_are_known_by_every_name_of_their_language() {
    let skill = "---\nname: acme\ndescription: Reads invoices. Use when asked for one.\n---\n\n";
    for language in ["bash", "Shell", "ZSH"] {
        let text = format!("{skill}```{language}\necho \"$API_TOKEN\"\n```\n");
        check(&[("acme/SKILL.md", &text)], &["shell-prints-secret acme/SKILL.md:7"]);
    }
    let session = format!("{skill}```shell-session\n$ echo \"$API_TOKEN\"\n```\n");
    check(&[("acme/SKILL.md", &session)], &["shell-prints-secret acme/SKILL.md:7"]);
}

/// A plugin in which the findings of most files depend on what is around them.
pub(crate) const PLUGIN: &[(&str, &str)] = &[
    (
        ".claude-plugin/plugin.json",
        "{\"name\": \"acme\", \"version\": \"1.0.0\", \"description\": \"Acme.\"}\n",
    ),
    (
        ".mcp.json",
        "{\"mcpServers\": {\"acme\": {\"type\": \"http\", \"url\": \"https://mcp.acme.example/mcp\", \
         \"headersHelper\": \"bash ./tools/acme-login\"}}}\n",
    ),
    ("tools/acme-login", "#!/usr/bin/env bash\nset -euo pipefail\nping -c 1 id.acme.example\n"),
    ("tools/read.py", SECRET),
    ("docs/use.md", "# Use\n\n[gone](gone.md)\n\n```bash\ncurl -k https://acme.example/\n```\n"),
    (
        "skills/acme/SKILL.md",
        "---\nname: other\ndescription: Reads invoices. Use when asked for one.\n---\n\nText.\n",
    ),
];

#[test]
fn a_document_is_known_by_the_folders_above_wherever_one_stands() {
    let files = [
        ("acme/.claude-plugin/plugin.json", "{\"name\": \"Acme\"}\n"),
        ("acme/hooks/hooks.json", "{\"hooks\": {\"PreToolUze\": []}}\n"),
        ("acme/agents/clerk.md", "---\nname: clerk\n---\n\nRead invoices.\n"),
        ("acme/skills/list-unpaid/skill.md", "---\nname: list-unpaid\n---\n\nRead.\n"),
    ];
    let tree = folder(&files);
    for (path, text) in files {
        let by_path = patternbook(tree.path(), &["check", "--format", "json", path]);
        let expected = lines(&by_path).len();
        assert!(expected > 0, "{path}");
        for (at, _) in path.match_indices('/') {
            let (folder, rest) = (tree.path().join(&path[..at]), &path[at + 1..]);
            let named = lines(&patternbook(&folder, &["check", "--format", "json", rest]));
            assert_eq!(named.len(), expected, "{rest} by its name: {named:?}");
            let of_text = findings_of_text(&folder, rest, text);
            assert_eq!(of_text, named, "{rest} on standard input");
            let of_tree = findings(&folder).into_iter();
            let of_tree = of_tree.filter(|line| line.contains(&format!(" {rest}:")));
            assert_eq!(of_tree.collect::<Vec<_>>(), named, "{rest} in its tree");
        }
    }
}

#[test]
fn a_file_of_a_plugin_is_checked_alike_however_it_is_named() {
    let outer = folder(&[]);
    let plugin = outer.path().join("plugin");
    for (path, text) in PLUGIN {
        write(&plugin, path, text.as_bytes());
    }
    let of_tree = findings(&plugin);
    let mut files = 0;
    for (path, text) in PLUGIN {
        let is_of_file = |line: &&String| line.contains(&format!(" {path}:"));
        let expected: Vec<String> = of_tree.iter().filter(is_of_file).cloned().collect();
        files += usize::from(!expected.is_empty());
        let named = patternbook(&plugin, &["check", "--format", "json", path]);
        assert_eq!(lines(&named), expected, "{path} by its name");
        assert_eq!(findings_of_text(&plugin, path, text), expected, "{path} on standard input");
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let inside = findings_of_text(&plugin.join(folder), name, text);
        assert_eq!(inside.len(), expected.len(), "{path} from its own folder: {inside:?}");
        let outside = findings_of_text(outer.path(), &format!("plugin/{path}"), text);
        assert_eq!(outside.len(), expected.len(), "{path} from outside: {outside:?}");
    }
    assert!(files >= 4, "{of_tree:?}");
}
