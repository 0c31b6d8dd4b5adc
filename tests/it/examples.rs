//! The example of every rule: it is broken in the bad tree, and nothing is wrong in the good one.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use patternbook::inspect::examples::{self, ExampleFile};
use patternbook::lint::patterns;
use patternbook::publish::reference::all_rules;
use patternbook::verify::rules::RULES as RULES_OF_RUNS;
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::place::Place;

/// The rules that no small tree of text can show, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("baseline-outdated", "it takes a run with `--baseline`"),
    ("book-directive", "it takes a book that mdBook builds"),
    ("file-too-large", "it takes a file of 2 MiB"),
    ("ledger-stale", "a good ledger holds digests, which change with every version of a tool"),
    ("nesting-too-deep", "it takes hundreds of brackets"),
    ("not-utf8", "this file itself is UTF-8"),
    ("skill-long-body", "it takes 500 lines"),
    ("skill-many-tokens", "it takes 20,000 characters"),
    ("too-many-findings", "it takes 200 findings"),
];

/// The rules that only `check --strict` finds broken in Markdown.
const STRICT: &[&str] = &["http-line-folding", "skipped-snippet"];

#[test]
fn every_rule_has_an_example_or_a_reason_why_not() {
    let shown: BTreeSet<&str> = examples::rules().collect();
    let rules = all_rules();
    let without: BTreeSet<&str> =
        rules.iter().map(|rule| rule.id).filter(|rule| !shown.contains(rule)).collect();
    let stated: BTreeSet<&str> = WITHOUT.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(without, stated);
}

#[test]
fn every_example_shows_its_rule() {
    let rules: Vec<&str> = examples::rules().filter(|rule| !needs_run(rule)).collect();
    check(&rules, |rule, files| {
        let strict: &[&str] = if STRICT.contains(&rule) { &["--strict"] } else { &[] };
        findings(&report(files, &[&["check", "--format", "json", "."], strict].concat()))
    });
}

#[test]
fn every_example_that_is_run_shows_its_rule() {
    let rules: Vec<&str> = examples::rules().filter(|rule| needs_run(rule)).collect();
    check(&rules, |_, files| findings(&report(files, &["test", "--trust", "--format", "json"])));
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

/// What stands behind a finding that does not say what to do.
const SILENT: &str = ", and what to do is not said";

/// Tells whether a rule is about what comes of a run.
fn needs_run(rule: &str) -> bool {
    RULES_OF_RUNS.iter().any(|known| known.id == rule) && !rule.starts_with("ledger-")
}

/// Holds examples against what `find` finds in their trees: lines that begin with a rule.
fn check(rules: &[&'static str], find: impl Fn(&str, &[&ExampleFile]) -> Vec<String> + Sync) {
    let wrong: Vec<String> = rules
        .par_iter()
        .flat_map_iter(|rule| {
            let example = examples::of(rule).unwrap();
            let find = |files: &[ExampleFile]| {
                find(rule, &files.iter().chain(&example.both).collect::<Vec<_>>())
            };
            let bad = find(&example.bad);
            let is_found = bad.iter().any(|finding| finding.starts_with(&format!("{rule} ")));
            let is_silent = bad.iter().any(|finding| finding.ends_with(SILENT));
            let bad =
                (!is_found || is_silent).then(|| format!("{rule}: the bad tree has {bad:#?}"));
            let good = find(&example.good);
            let is_clean = good.is_empty() && !example.good.is_empty();
            let good = (!is_clean).then(|| format!("{rule}: the good tree has {good:#?}"));
            bad.into_iter().chain(good)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Writes a tree, and gives the report of a command in it.
fn report(files: &[&ExampleFile], arguments: &[&str]) -> Json {
    let place = Place::empty();
    // The folder has a name that a document can say.
    let root = place.project().join("acme");
    fs::create_dir(&root).unwrap();
    for file in files {
        write(&root, file);
    }
    let run = place.run_in(&root, arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
}

/// Each finding as `rule path:line message`. What to do must stand at each.
fn findings(report: &Json) -> Vec<String> {
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let text = |finding: &Json, field: &str| finding[field].as_str().unwrap_or("").to_owned();
    diagnostics
        .iter()
        .map(|finding| {
            let [rule, path, message, help] =
                ["rule", "path", "message", "help"].map(|field| text(finding, field));
            let silence = if help.trim().is_empty() { SILENT } else { "" };
            format!("{rule} {path}:{} {message}{silence}", finding["line"])
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
