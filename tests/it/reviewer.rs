//! The checker as a reviewer: plugins with planted flaws, and their clean twins.
//!
//! `tests/data/reviewer/<name>/flaws.md` lists the flaws of `<name>/flawed`, one a row. A new flaw
//! is a change in that tree and a row. What no program can see is listed too, so that nobody
//! counts it.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{patternbook, repository};

/// The plugins, by the name of their folder.
static PLUGINS: &[&str] = &["one", "two", "three"];

/// A row of `flaws.md`.
struct Flaw {
    id: String,
    path: String,
    /// Nothing when the flaw is of the whole file.
    line: Option<u64>,
    rule: String,
    is_visible: bool,
    is_pending: bool,
}

/// Where a finding is, and of which rule: `path`, `line`, `rule`.
type Place = (String, u64, String);

#[test]
fn every_planted_flaw_is_found_at_its_place() {
    let mut missed = Vec::new();
    for plugin in PLUGINS {
        let found = findings(&format!("{plugin}/flawed"));
        for flaw in flaws(plugin) {
            if flaw.is_visible && !flaw.is_pending && !is_found(&flaw, &found) {
                missed.push(format!("{}: {} at {}:{:?}", flaw.id, flaw.rule, flaw.path, flaw.line));
            }
        }
    }
    assert!(missed.is_empty(), "not found:\n{}", missed.join("\n"));
}

#[test]
fn clean_twins_give_nothing() {
    for plugin in PLUGINS {
        let found = findings(&format!("{plugin}/clean"));
        assert!(found.is_empty(), "{plugin}: {found:#?}");
    }
}

#[test]
fn nothing_is_found_where_nothing_was_planted() {
    let mut extra = Vec::new();
    for plugin in PLUGINS {
        let flaws = flaws(plugin);
        for (path, line, rule) in findings(&format!("{plugin}/flawed")) {
            let is_planted =
                |flaw: &Flaw| flaw.path == path && flaw.line.is_none_or(|planted| planted == line);
            if !flaws.iter().any(is_planted) {
                extra.push(format!("{plugin}: {rule} at {path}:{line}"));
            }
        }
    }
    assert!(extra.is_empty(), "\n{}", extra.join("\n"));
}

#[test]
fn each_plugin_has_many_flaws_with_ids_of_their_own() {
    let mut ids = BTreeSet::new();
    for plugin in PLUGINS {
        let flaws = flaws(plugin);
        assert!(flaws.iter().filter(|flaw| flaw.is_visible).count() >= 25, "{plugin}");
        for flaw in flaws {
            assert!(ids.insert(flaw.id.clone()), "{} stands twice", flaw.id);
        }
    }
}

fn is_found(flaw: &Flaw, found: &BTreeSet<Place>) -> bool {
    found.iter().any(|(path, line, rule)| {
        *path == flaw.path && *rule == flaw.rule && flaw.line.is_none_or(|planted| planted == *line)
    })
}

fn findings(tree: &str) -> BTreeSet<Place> {
    let folder = repository().join("tests/data/reviewer").join(tree);
    let run = patternbook(&folder, &["check", "--format", "json", "."]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let place = |found: &serde_json::Value| {
        (text(&found["path"]), found["line"].as_u64().unwrap(), text(&found["rule"]))
    };
    report["diagnostics"].as_array().unwrap().iter().map(place).collect()
}

fn flaws(plugin: &str) -> Vec<Flaw> {
    let path = repository().join("tests/data/reviewer").join(plugin).join("flaws.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with(&format!("| {plugin}-")));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        Flaw {
            id: cells[0].to_owned(),
            path: cells[1].trim_matches('`').to_owned(),
            line: cells[2].parse().ok(),
            rule: cells[4].trim_matches('`').to_owned(),
            is_visible: cells[5] == "yes",
            is_pending: cells.get(6) == Some(&"yes"),
        }
    })
    .collect()
}
