//! The committed pages and schemas are what the code says.

use patternbook::cli;
use patternbook::model::choose::CHOOSE_SCHEMA;
use patternbook::model::equipment::{CONTRACT_SCHEMA, LAB_SCHEMA};
use patternbook::model::load::{MANIFEST_SCHEMA, PATTERN_SCHEMA};
use patternbook::publish::reference;
use patternbook::publish::reference::rules::{rules_index, rules_pages};

use crate::support::{assert_file, repository};

#[track_caller]
fn check(path: &str, text: &str) {
    assert_file(&repository().join(path), text);
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).unwrap())
}

#[test]
fn the_schemas_are_those_of_the_types() {
    check("schema/pattern.json", &pretty(&PATTERN_SCHEMA.json()));
    check("schema/manifest.json", &pretty(&MANIFEST_SCHEMA.json()));
    check("schema/choose.json", &pretty(&CHOOSE_SCHEMA.json()));
    check("schema/contract.json", &pretty(&CONTRACT_SCHEMA.json()));
    check("schema/lab.json", &pretty(&LAB_SCHEMA.json()));
}

#[test]
fn the_page_of_formats_is_that_of_the_schemas() {
    let page = reference::format_page(&[
        ("A pattern", PATTERN_SCHEMA.json()),
        ("The manifest", MANIFEST_SCHEMA.json()),
        ("The decision path", CHOOSE_SCHEMA.json()),
        ("A contract", CONTRACT_SCHEMA.json()),
        ("A lab", LAB_SCHEMA.json()),
    ]);
    check("book/src/reference/format.md", &page);
}

#[test]
fn the_pages_of_rules_explain_every_rule_once() {
    let rules = reference::all_rules();
    check("book/src/reference/rules.md", &rules_index(&rules));
    let pages = rules_pages(&rules);
    for (path, text) in &pages {
        check(&format!("book/src/reference/{path}"), text);
    }
    let all: String = pages.into_iter().map(|(_, text)| text).collect();
    for rule in rules {
        assert_eq!(all.matches(&format!("\n## {}\n", rule.id)).count(), 1, "{}", rule.id);
    }
}

#[test]
fn the_page_of_languages_lists_every_checker_and_kind() {
    check("book/src/reference/languages.md", &reference::languages_page());
}

#[test]
fn the_page_of_commands_is_the_help() {
    check("book/src/reference/commands.md", &cli::reference_page());
}

#[test]
fn rules_are_complete() {
    for rule in reference::all_rules() {
        let id = rule.id;
        assert!(
            id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{id}"
        );
        assert!(!rule.summary.ends_with('.'), "{id}: the summary ends with a full stop");
        assert!(rule.explanation.len() > 60, "{id}: the explanation explains nothing");
        assert!(rule.explanation.ends_with('.'), "{id}: the explanation is no sentence");
    }
}
