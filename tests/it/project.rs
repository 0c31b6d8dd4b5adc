//! A project in which everything is wrong: one run reports every fault, at its place.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use crate::support::{
    Found, ONE, SMALL, assert_file, findings, folder, patternbook, repository, write,
};

#[test]
fn every_fault_is_reported_in_one_run() {
    let project = repository().join("tests/data/project/broken");
    let run = patternbook(&project, &["check"]);
    assert_eq!(run.status, 1);
    assert_file(&project.join("expected.txt"), &run.stdout);
}

#[test]
fn every_fault_comes_with_what_to_do() {
    for name in ["project/broken", "test/faulty", "test/breaks"] {
        let project = repository().join("tests/data").join(name);
        let run = patternbook(&project, &["check", "--format", "json"]);
        for Found { rule, message, help, .. } in findings(&run) {
            assert!(!help.trim().is_empty(), "{rule}: {message}");
        }
    }
}

/// Checks one pattern and expects `line:column rule` for each finding.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", text.as_bytes());
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let place = |Found { line, column, rule, .. }: Found| format!("{line}:{column} {rule}");
    let found: Vec<String> = findings(&run).into_iter().map(place).collect();
    assert_eq!(found, expected, "{}", run.stdout);
}

#[test]
fn an_unclosed_quote_in_a_yaml_block_is_reported_where_it_opens() {
    let code = "language: bash\n    code: |\n      set -eu\n\n      echo 'open\n      true\n";
    let text = ONE.replace("language: json\n    code: |\n      {\"a\": 1}\n", code);
    check(&text, &["11:12 bash-syntax"]);
}

#[test]
fn an_error_in_a_fence_of_a_markdown_example_is_at_its_place() {
    let code = "language: markdown\n    code: |\n      # ä\n\n      - ```json\n        {\"a\": }\n        ```\n";
    let text = ONE.replace("language: json\n    code: |\n      {\"a\": 1}\n", code);
    check(&text, &["12:15 json-syntax"]);
}

#[test]
fn an_error_in_a_fence_of_prose_is_at_its_place() {
    let prose = "answer: |\n  See:\n\n  ```json\n  {\"a\" 1}\n  ```\nexamples:";
    check(&ONE.replace("examples:", prose), &["8:8 json-syntax"]);
}

#[test]
fn a_message_of_a_flow_may_be_quoted_or_not() {
    let flow = |message: &str| {
        format!("{ONE}flow:\n  participants: [a, b c]\n  messages:\n    - {message}\n")
    };
    check(&flow("a -> b c: see this"), &[]);
    check(&flow("\"b c --> a: see: this\""), &[]);
    check(&flow("a -> d: hello"), &["13:7 flow-message"]);
    check(&flow("hello"), &["13:7 flow-message"]);
}

#[test]
fn code_in_a_folded_or_quoted_scalar_is_refused() {
    let text = ONE.replace("code: |\n      {\"a\": 1}\n", "code: '{\"a\": 1}'\n");
    check(&text, &["8:11 code-needs-literal-block"]);
}

#[test]
fn escaped_text_with_wide_characters_is_reported_as_a_whole() {
    let text = ONE.replace("code: |\n      {\"a\": 1}\n", "code: \"ä\\\"ü{\"\n");
    check(&text, &["8:11 code-needs-literal-block", "8:11 json-syntax"]);
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", text.as_bytes());
    let run = patternbook(project.path(), &["check"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
}

#[test]
fn a_kind_in_another_language_is_no_proof() {
    let text = ONE.replace("language: json", "language: yaml\n    kind: mcp-config");
    check(&text, &["8:11 kind-language"]);
}

#[test]
fn a_file_has_one_name_only() {
    let text = ONE.replace("code: |\n      {\"a\": 1}\n", "source: ./y.json\n");
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", text.as_bytes());
    write(project.path(), "patterns/one/y.json", b"{}");
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.contains("error[path-outside-project]"), "{}", run.stdout);
}

#[test]
fn a_file_with_very_many_faults_keeps_the_first() {
    let fields: String = (0..300).map(|n| format!("troubleshootin{n}: [x]\n")).collect();
    let project = folder(SMALL);
    write(
        project.path(),
        "patterns/one.yaml",
        format!("{ONE}{}", "covers: 1\n".repeat(1_000) + &fields).as_bytes(),
    );
    let run = patternbook(project.path(), &["check", "--format", "agent", "--all"]);
    assert!(run.stdout.contains("too-many-findings (note, 1)"), "{}", run.stdout);
}

#[test]
fn a_dont_must_be_flagged_by_the_rule_that_it_names() {
    let dont =
        "do-not:\n  - text: No.\n    language: json\n    flagged-by: json-syntax\n    code: |\n";
    check(&format!("{ONE}{dont}      {{\"a\": 1,}}\n"), &[]);
    check(&format!("{ONE}{dont}      {{\"a\": 1}}\n"), &["15:7 dont-not-flagged"]);
}

#[test]
fn an_example_cannot_claim_more_than_is_shown() {
    let text = ONE.replace("language: json", "language: json\n    level: checked");
    check(&text, &["5:9 level-not-reached"]);
}

#[test]
fn a_manifest_that_cannot_be_read_is_the_only_fault() {
    let project = folder(SMALL);
    let pattern = ONE.to_owned() + "covers: [P01]\nsources: [{spec: mcp, claim: x}]\n";
    write(project.path(), "patterns/one.yaml", pattern.as_bytes());
    write(project.path(), "patternbook.yaml", b"title: [\n");
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let found: Vec<String> = findings(&run).into_iter().map(|found| found.path).collect();
    assert_eq!(found, ["patternbook.yaml"], "{}", run.stdout);
}

#[test]
fn hand_written_files_of_the_plugin_are_checked_as_what_they_become() {
    let manifest = SMALL[0].1.to_owned()
        + "skills: [{name: invoices, title: Invoices, description: Use for invoices., patterns: [one, two]}]\n"
        + BUNDLE;
    let hooks = "{\"hooks\": {\"PreToolUze\": [{\"hooks\": [{\"type\": \"command\",\n\
                 \"command\": \"\\\"${CLAUDE_PLUGIN_ROOT}/hooks/a.sh\\\"\"}]}]}}\n";
    let command = "---\ndescription: Reads.\n---\n\n\
                   Read [one](../invoices/references/one.md) and [none](../invoices/references/none.md).\n";
    let clerk = "---\nname: clerk\ntools: Reed\nmodel: opuss\nhooks: {}\n---\n\nRead invoices.\n";
    let twin = "---\nname: clerk\ndescription: Reads invoices.\n---\n\nRead.\n";
    let files = [
        ("patternbook.yaml", manifest.as_str()),
        ("plugin/hooks/hooks.json", hooks),
        ("plugin/hooks/a.sh", "#!/bin/sh\necho \"$API_TOKEN\"\n"),
        ("plugin/agents/clerk.md", clerk),
        ("plugin/agents/twin.md", twin),
        ("plugin/commands/read.md", command),
        ("plugin/assets/notes.txt", "Nothing to check.\n"),
    ];
    let two = ("patterns/two.yaml", "id: two\ntitle: Two\nsummary: Second.\n");
    let mut expected = vec![
        "plugin/agents/clerk.md:2 missing-field",
        "plugin/agents/clerk.md:3 unknown-tool",
        "plugin/agents/clerk.md:4 unknown-model",
        "plugin/agents/clerk.md:5 agent-extra-field",
        "plugin/agents/twin.md:2 agent-duplicate-name",
        "plugin/commands/read.md:5 link-missing-file",
        "plugin/hooks/a.sh:2 shell-prints-secret",
        "plugin/hooks/hooks.json:1 hook-unknown-event",
        "plugin/hooks/hooks.json:2 hook-not-runnable",
    ];
    let found = findings_in_plugin(&[&files[..], &[two]].concat());
    assert_eq!(found, expected);
    // What a pattern gives that cannot be read, nobody knows; all else is as it was.
    let broken = (two.0, "id: two\ntitle: \"Two\n");
    let found = findings_in_plugin(&[&files[..], &[broken]].concat());
    expected.retain(|found| !found.ends_with("missing-file"));
    assert_eq!(found, expected);
    let without_bundle = [&SMALL[..1], &files[1..]].concat();
    assert_eq!(findings_in_plugin(&without_bundle), [""; 0]);
}

const BUNDLE: &str =
    "bundle: {name: acme, version: 1.0.0, description: Acme., author: {name: A}, license: MIT}\n";

#[test]
fn a_hook_is_the_same_file_however_its_path_is_written() {
    let hook = |path: &str| {
        format!(
            "{{\"type\": \"command\", \"command\": \"\\\"${{CLAUDE_PLUGIN_ROOT}}/{path}\\\"\"}}"
        )
    };
    let paths = ["./hooks//a.sh", "hooks/../hooks/b.sh"];
    let hooks = paths.map(hook).join(",\n");
    let hooks = format!("{{\"hooks\": {{\"PreToolUse\": [{{\"hooks\": [\n{hooks}]}}]}}}}\n");
    let files = [
        ("patternbook.yaml", SMALL[0].1.to_owned() + BUNDLE),
        ("plugin/hooks/hooks.json", hooks),
        ("plugin/hooks/a.sh", "#!/bin/sh\ntrue\n".to_owned()),
        ("plugin/hooks/b.sh", "true\n".to_owned()),
    ];
    let project = folder(SMALL);
    for (path, text) in &files {
        write(project.path(), path, text.as_bytes());
    }
    for script in ["a.sh", "b.sh"] {
        let path = project.path().join("plugin/hooks").join(script);
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    assert_eq!(found_in_plugin(&project), ["plugin/hooks/hooks.json:3 hook-not-runnable"]);
}

#[test]
fn a_script_of_the_plugin_that_is_no_text_is_reported() {
    let project = folder(SMALL);
    let script = b"#!/bin/sh\n# caf\xe9\necho \"$API_TOKEN\"\n";
    write(project.path(), "patternbook.yaml", (SMALL[0].1.to_owned() + BUNDLE).as_bytes());
    write(project.path(), "plugin/hooks/a.sh", &script[10..]);
    write(project.path(), "plugin/bin/b", script);
    write(project.path(), "plugin/agents/c.md", b"caf\xe9\n");
    write(project.path(), "plugin/assets/d.png", b"\x89PNG");
    let expected = ["agents/c.md:1", "bin/b:2", "hooks/a.sh:1"];
    let expected = expected.map(|place| format!("plugin/{place} not-utf8"));
    let mut found = found_in_plugin(&project);
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_template_at_fault_is_told_and_hides_nothing_else() {
    let project = folder(SMALL);
    let manifest = SMALL[0].1.to_owned()
        + "skills: [{name: one, title: One, description: Use for one., patterns: [one]}]\n"
        + BUNDLE;
    write(project.path(), "patternbook.yaml", manifest.as_bytes());
    write(project.path(), "plugin/agents/clerk.md", b"---\nname: clerk\n---\n\nRead.\n");
    write(project.path(), "patterns/two.yaml", b"id: two\ntitle: Two\nsummary: Second.\n");
    write(project.path(), "templates/skill/SKILL.md", b"# {{ nosuch }}\n");
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let rules: Vec<String> = findings(&run).into_iter().map(|found| found.rule).collect();
    assert_eq!((run.status, rules), (2, vec!["unused-pattern".to_owned()]));
    let place = "cannot use the templates: templates/skill/SKILL.md:1:6: ";
    assert!(run.stderr.contains(place), "{}", run.stderr);
    assert_eq!(patternbook(project.path(), &["check", "patterns/one.yaml"]).status, 0);
}

/// The findings below `plugin/` of these files, each as `path:line rule`.
fn findings_in_plugin(files: &[(&str, &str)]) -> Vec<String> {
    let project = folder(SMALL);
    for (path, text) in files {
        write(project.path(), path, text.as_bytes());
    }
    found_in_plugin(&project)
}

fn found_in_plugin(project: &TempDir) -> Vec<String> {
    let run = patternbook(project.path(), &["check", "--strict", "--format", "json"]);
    let found = findings(&run).into_iter().filter(|found| found.path.starts_with("plugin/"));
    let line = |Found { path, line, rule, .. }: Found| format!("{path}:{line} {rule}");
    found.map(line).collect()
}

#[test]
fn an_id_that_two_patterns_have_is_reported_with_the_other_file() {
    let project = folder(SMALL);
    write(project.path(), "patterns/a/one.yaml", format!("# The other.\n{ONE}").as_bytes());
    let run = patternbook(project.path(), &["check"]);
    let expected = "error[duplicate-id]: `patterns/a/one.yaml` has the id `one` already, in line 2";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
    assert!(run.stdout.contains("patterns/one.yaml:1:5"), "{}", run.stdout);
}
