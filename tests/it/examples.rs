//! The example of every rule: it is broken in the bad tree, and nothing is wrong in the good one.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use patternbook::inspect::examples::{self, ExampleFile};
use patternbook::lint::patterns;
use patternbook::publish::reference::all_rules;
use serde_json::Value as Json;

#[test]
fn every_example_shows_its_rule() {
    let mut wrong = Vec::new();
    for rule in examples::rules() {
        let example = examples::of(rule).unwrap();
        let bad = findings(&example.bad);
        if !bad.iter().any(|finding| finding.starts_with(&format!("{rule} "))) {
            wrong.push(format!("{rule}: the bad tree has only {bad:#?}"));
        }
        let good = findings(&example.good);
        if example.good.is_empty() || !good.is_empty() {
            wrong.push(format!("{rule}: the good tree has {good:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_is_of_a_rule() {
    let known: BTreeSet<&str> = all_rules().iter().map(|rule| rule.id).collect();
    let strange: Vec<&str> = examples::rules().filter(|rule| !known.contains(rule)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn a_rule_leads_to_a_pattern_that_exists() {
    let known: BTreeSet<&str> = all_rules().iter().map(|rule| rule.id).collect();
    let topics = fs::read_dir("patterns").unwrap().map(|topic| topic.unwrap().path());
    let topics: Vec<_> = topics.filter(|topic| topic.is_dir()).collect();
    let mut wrong = Vec::new();
    for (rule, pattern) in patterns::all() {
        let file = format!("{pattern}.yaml");
        if !known.contains(rule) || !topics.iter().any(|topic| topic.join(&file).is_file()) {
            wrong.push(format!("{rule}: {pattern}"));
        }
        assert_eq!(patterns::pattern_of(rule), Some(*pattern), "the table is not sorted");
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_rule_about_authentication_has_an_example_and_a_pattern() {
    let examples: BTreeSet<&str> = examples::rules().collect();
    let prefixes = ["mcp-", "helper-", "shell-", "literal-secret"];
    let is_ours = |rule: &&str| prefixes.iter().any(|prefix| rule.starts_with(prefix));
    let rules = all_rules();
    let missing: Vec<&str> = rules.iter().map(|rule| rule.id).filter(is_ours).collect();
    let is_bare = |rule: &&str| !examples.contains(rule) || patterns::pattern_of(rule).is_none();
    let missing: Vec<&str> = missing.into_iter().filter(is_bare).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Checks a tree, and gives each finding as `rule path:line message`.
fn findings(files: &[ExampleFile]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    // The folder has a name that a document can say.
    let root = folder.path().join("acme");
    fs::create_dir(&root).unwrap();
    for file in files {
        write(&root, file);
    }
    let program = Path::new(env!("CARGO_BIN_EXE_patternbook"));
    let output = Command::new(program)
        .args(["check", "--format", "json", "."])
        .current_dir(&root)
        .output()
        .unwrap();
    let report: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let text = |finding: &Json, field: &str| finding[field].as_str().unwrap().to_owned();
    diagnostics
        .iter()
        .map(|finding| {
            let [rule, path, message] =
                ["rule", "path", "message"].map(|field| text(finding, field));
            format!("{rule} {path}:{} {message}", finding["line"])
        })
        .collect()
}

fn write(root: &Path, file: &ExampleFile) {
    let path = root.join(&file.path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, &file.text).unwrap();
    let mode = if file.is_executable { 0o755 } else { 0o644 };
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}
