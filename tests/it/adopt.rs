//! What is left on purpose: comments that suppress, and baselines.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{ONE, SMALL, folder, patternbook, write};

/// A fence that does not parse.
const BAD: &str = "```json\n{\"a\": }\n```\n";

/// Checks a tree, and gives `rule path:line` of each finding, and how many were suppressed.
#[track_caller]
fn findings(folder: &Path, arguments: &[&str]) -> (Vec<String>, u64) {
    let run = patternbook(folder, &[&["check", "--format", "json"], arguments].concat());
    let report: Json = serde_json::from_str(&run.stdout).expect(&run.stderr);
    let describe = |found: &Json| {
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        format!("{} {}:{}", text("rule"), text("path"), found["line"])
    };
    let found = report["diagnostics"].as_array().unwrap().iter().map(describe).collect();
    (found, report["summary"]["suppressed"].as_u64().unwrap())
}

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str], suppressed: u64) {
    let tree = folder(&[(path, text)]);
    let found = findings(tree.path(), &["."]);
    assert_eq!(found, (expected.iter().map(|text| (*text).to_owned()).collect(), suppressed));
}

#[test]
fn a_comment_with_a_reason_suppresses_the_next_block_only() {
    let text = format!("<!-- patternbook-ignore json-syntax: shows a gap -->\n\n{BAD}\n{BAD}");
    check("a.md", &text, &["json-syntax a.md:8"], 1);
    let text = format!("<!-- patternbook-ignore-file json-syntax: all of it -->\n\n{BAD}\n{BAD}");
    check("a.md", &text, &[], 2);
    let tree = folder(&[("a.md", &text)]);
    let run = patternbook(tree.path(), &["check", "a.md"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("\nsuppressed 2: "), "{}", run.stdout);
}

#[test]
fn a_comment_without_a_reason_suppresses_nothing() {
    let text = format!("<!-- patternbook-ignore json-syntax -->\n\n{BAD}");
    check("a.md", &text, &["ignore-without-reason a.md:1", "json-syntax a.md:4"], 0);
}

#[test]
fn a_comment_must_name_rules_that_there_are() {
    let text = format!("<!-- patternbook-ignore jsn-syntax: x -->\n\n{BAD}");
    let tree = folder(&[("a.md", &text)]);
    let run = patternbook(tree.path(), &["check", "a.md"]);
    assert!(run.stdout.contains("error[ignore-unknown-rule]"), "{}", run.stdout);
    assert!(run.stdout.contains("did you mean `json-syntax`?"), "{}", run.stdout);
    for text in
        ["patternbook-ignore all: x", "patternbook-ignore: x", "patternbook-ignore-next a: x"]
    {
        check("a.md", &format!("<!-- {text} -->\n"), &["ignore-unknown-rule a.md:1"], 0);
    }
}

#[test]
fn a_comment_that_is_of_no_use_is_a_finding() {
    let text = format!("<!-- patternbook-ignore bash-syntax, json-syntax: x -->\n\n{BAD}");
    check("a.md", &text, &["ignore-unused a.md:1"], 1);
    let text = "- <!-- patternbook-ignore bash-syntax: x -->\n";
    check("a.md", text, &["ignore-unused a.md:1"], 0);
}

#[test]
fn what_is_wrong_with_comments_cannot_be_suppressed() {
    let text = "<!-- patternbook-ignore-file ignore-unused: x -->\n\n\
                <!-- patternbook-ignore json-syntax: x -->\n\ntext\n";
    check("a.md", text, &["ignore-unknown-rule a.md:1", "ignore-unused a.md:3"], 0);
}

#[test]
fn a_comment_for_strict_runs_is_of_use() {
    let text = "<!-- patternbook-ignore json-syntax: shown with comments -->\n\n\
                ```json\n[1 // x\n, 2,]\n```\n";
    let tree = folder(&[("a.md", text)]);
    let (found, _) = findings(tree.path(), &["."]);
    assert!(found.iter().all(|found| !found.contains("ignore-unused")), "{found:?}");
    assert_eq!(findings(tree.path(), &["--strict", "."]), (vec![], 1));
}

#[test]
fn a_comment_for_strict_runs_names_what_they_find() {
    let text = "<!-- patternbook-ignore bash-syntax, json-syntax: shown with comments -->\n\n\
                ```json\n[1 // x\n, 2,]\n```\n";
    let tree = folder(&[("a.md", text)]);
    let (found, _) = findings(tree.path(), &["."]);
    let unused: Vec<&String> = found.iter().filter(|it| it.contains("ignore-unused")).collect();
    assert_eq!(unused, ["ignore-unused a.md:1"], "{found:?}");
    let run = patternbook(tree.path(), &["check", "."]);
    assert!(run.stdout.contains("`bash-syntax` finds nothing here"), "{}", run.stdout);
}

#[test]
fn as_many_comments_as_are_read_are_not_too_many() {
    let text = |count: usize| {
        let one = format!("<!-- patternbook-ignore json-syntax: x -->\n\n{BAD}\n");
        one.repeat(count)
    };
    check("a.md", &text(1_000), &[], 1_000);
    check("a.md", &text(1_001), &["ignore-unused a.md:6001", "json-syntax a.md:6004"], 1_000);
}

#[test]
fn front_matter_and_scripts_have_comments_too() {
    let skill =
        |name: &str| format!("---\n{name}description: Does x. Use when y.\n---\n\n# X\n\nText.\n");
    let tree = folder(&[("x/SKILL.md", &skill("name: Bad Name\n"))]);
    let (found, _) = findings(tree.path(), &["."]);
    let rule = found[0].split(' ').next().unwrap().to_owned();
    assert!(found.iter().all(|found| found.ends_with("SKILL.md:2")), "{found:?}");
    let rules: Vec<&str> = found.iter().map(|found| found.split(' ').next().unwrap()).collect();
    let named = format!("# patternbook-ignore {}: made so\nname: Bad Name\n", rules.join(", "));
    check("x/SKILL.md", &skill(&named), &[], rules.len() as u64);
    assert!(rule.starts_with("skill-"), "{rule}");
}

#[test]
fn a_pattern_of_a_project_has_comments_too() {
    let project = folder(SMALL);
    let bad = ONE.replace("{\"a\": 1}", "{").replace(
        "    code: |",
        "    # patternbook-ignore json-syntax: shows an early end\n    code: |",
    );
    write(project.path(), "patterns/one.yaml", bad.as_bytes());
    let run = patternbook(project.path(), &["check"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("suppressed 1"), "{}", run.stdout);
    let unused = ONE.replace("    code: |", "    # patternbook-ignore json-syntax: x\n    code: |");
    write(project.path(), "patterns/one.yaml", unused.as_bytes());
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.contains("warning[ignore-unused]"), "{}", run.stdout);
}

#[track_caller]
fn check_ends(path: &str, text: &str) {
    let tree = folder(&[(path, text)]);
    let (found, _) = findings(tree.path(), &["."]);
    assert!(found.len() <= 1_002, "{}", found.len());
}

#[test]
fn a_file_of_nothing_but_comments_ends() {
    let comment = "<!-- patternbook-ignore json-syntax: x -->\n";
    check_ends("a.md", &(format!("{BAD}\n") + &comment.repeat(100_000)));
    check_ends("a.md", &format!("{comment}\n").repeat(50_000));
    let comments = "# patternbook-ignore shell-prints-secret: x\n".repeat(900);
    let blank = "\n".repeat(1_000_000);
    let nested = "a:\n# patternbook-ignore yaml-syntax: x\n".repeat(900);
    let tree = folder(&[
        ("a.sh", &format!("#!/bin/sh\n{comments}{blank}")),
        (".github/a.yaml", &format!("{nested}{blank}")),
        ("SKILL.md", &format!("---\n{nested}{blank}---\n")),
    ]);
    findings(tree.path(), &["."]);
}

const BASELINE: [&str; 2] = ["--baseline", "known.json"];

#[track_caller]
fn baseline(folder: &Path, more: &[&str]) -> (i32, String) {
    let run = patternbook(folder, &[&["check", "."], &BASELINE[..], more].concat());
    (run.status, run.stdout + &run.stderr)
}

#[test]
fn a_baseline_holds_what_is_there_and_nothing_new() {
    let tree = folder(&[("docs/a.md", BAD)]);
    assert_eq!(baseline(tree.path(), &[]).0, 2, "it is not there yet");
    let (status, text) = baseline(tree.path(), &["--write-baseline"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("wrote 1 finding to `known.json`"), "{text}");
    assert!(text.contains("\nleft 1: in the baseline"), "{text}");
    // Lines above it move it, and other names of the folder do not matter.
    write(tree.path(), "docs/a.md", format!("# Title\n\ntext\n\n{BAD}").as_bytes());
    assert_eq!(baseline(tree.path(), &[]).0, 0);
    let below = tree.path().join("docs");
    let run = patternbook(&below, &["check", "--baseline", "../known.json", "a.md"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let absolute = tree.path().to_str().unwrap();
    let run = patternbook(&below, &["check", "--baseline", "../known.json", absolute]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    // The same mistake once more is one more.
    write(tree.path(), "docs/a.md", format!("{BAD}\n{BAD}").as_bytes());
    let (status, text) = baseline(tree.path(), &[]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("a.md:6:"), "{text}");
    let (status, _) = baseline(tree.path(), &["--write-baseline"]);
    assert_eq!(status, 1, "it adds nothing");
    let (status, text) = baseline(tree.path(), &["--write-baseline", "--grow"]);
    assert_eq!(status, 0, "{text}");
    let written = fs::read_to_string(tree.path().join("known.json")).unwrap();
    assert!(written.contains("\"count\": 2}"), "{written}");
}

#[test]
fn what_is_mended_must_leave_the_baseline() {
    let tree = folder(&[("a.md", BAD), ("b.md", BAD), ("c.md", "```json\n1\n```\n")]);
    baseline(tree.path(), &["--write-baseline"]);
    write(tree.path(), "a.md", b"```json\n{}\n```\n");
    fs::remove_file(tree.path().join("b.md")).unwrap();
    let (status, text) = baseline(tree.path(), &[]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("known.json:4:5"), "{text}");
    assert!(text.contains("`json-syntax` is mended in `a.md`"), "{text}");
    assert!(text.contains("`b.md` is gone, and its `json-syntax` with it"), "{text}");
    // A run that looks at other files cannot know.
    let run = patternbook(tree.path(), &["check", "--baseline", "known.json", "c.md"]);
    assert!(!run.stdout.contains("`a.md`"), "{}", run.stdout);
    let (status, text) = baseline(tree.path(), &["--write-baseline"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("took 2 out of `known.json`: 0 findings left"), "{text}");
}

#[test]
fn a_baseline_holds_for_a_project_too() {
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", ONE.replace("{\"a\": 1}", "{").as_bytes());
    let run =
        |more: &[&str]| patternbook(project.path(), &[&["check"], &BASELINE[..], more].concat());
    assert_eq!(run(&["--write-baseline"]).status, 0);
    assert_eq!(run(&[]).status, 0);
    write(project.path(), "patterns/one.yaml", ONE.as_bytes());
    let found = run(&[]);
    assert_eq!(found.status, 1);
    assert!(found.stdout.contains("error[baseline-outdated]"), "{}", found.stdout);
}

#[test]
fn a_baseline_holds_more_findings_than_a_report_shows() {
    let fences = |count: usize| {
        let fence = |number| format!("  ```json\n  {{\"{number}\": }}\n  ```\n\n");
        format!("{ONE}answer: |\n{}", (0..count).map(fence).collect::<String>())
    };
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", fences(1_100).as_bytes());
    let run =
        |more: &[&str]| patternbook(project.path(), &[&["check"], &BASELINE[..], more].concat());
    let first = run(&["--write-baseline"]);
    assert_eq!(first.status, 0, "{}", first.stdout);
    assert!(first.stdout.contains("\nleft 1100: in the baseline"), "{}", first.stdout);
    write(project.path(), "patterns/one.yaml", fences(1_101).as_bytes());
    let new = run(&["--format", "json"]);
    assert_eq!(new.stdout.matches("\"rule\":").count(), 1, "{}", new.stdout);
    let whole = patternbook(project.path(), &["check", "--format", "json"]);
    assert!(whole.stdout.contains("101 more findings in this file are left out"));
}

#[test]
fn a_file_that_is_no_baseline_is_neither_used_nor_replaced() {
    for text in [
        "",
        "{}",
        "{\"patternbookBaseline\": 2}",
        "{\"patternbookBaseline\": 1, \"findings\": [1]}",
    ] {
        let tree = folder(&[("a.md", BAD), ("known.json", text)]);
        assert_eq!(baseline(tree.path(), &["--write-baseline"]).0, 2);
        assert_eq!(fs::read_to_string(tree.path().join("known.json")).unwrap(), text);
    }
}
