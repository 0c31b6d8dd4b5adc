//! The guide of this repository: what it must hold.

use std::collections::BTreeSet;

use patternbook::markdown;
use patternbook::model::load;
use patternbook::model::yaml::words::Level;
use patternbook::source::disk::Folder;

use crate::support::{copy_of_this_project, patternbook, repository, write};

#[test]
fn every_topic_of_connecting_a_client_is_covered() {
    let loaded = load::load(&Folder::open(repository()).unwrap()).unwrap();
    let patterns = loaded.catalog.patterns.values();
    let covered: BTreeSet<&str> =
        patterns.flat_map(|pattern| &pattern.content.covers).map(|topic| topic.as_str()).collect();
    let missing: Vec<String> =
        (1..=43).map(|n| format!("P{n:02}")).filter(|id| !covered.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "no pattern covers {missing:?}");
}

#[test]
fn every_claim_has_a_source_and_every_script_claims_to_have_run() {
    let loaded = load::load(&Folder::open(repository()).unwrap()).unwrap();
    for (id, pattern) in &loaded.catalog.patterns {
        assert!(!pattern.content.sources.is_empty(), "{id} names no source");
        assert!(pattern.content.answer.is_some(), "{id} does not begin with the answer");
        for example in &pattern.examples {
            let name = example.entry.id.as_str();
            if example.script.is_some() {
                assert!(example.entry.level >= Some(Level::Ran), "{id}: {name}");
            }
        }
    }
}

#[test]
fn the_whole_patterns_that_the_docs_show_check_clean() {
    let copy = copy_of_this_project();
    for page in ["README.md", "book/src/contributing/adding-a-pattern.md"] {
        let text = std::fs::read_to_string(repository().join(page)).unwrap();
        let fences = markdown::outline(&text).fences;
        let is_pattern =
            |fence: &&markdown::Fence| fence.code.starts_with("# yaml-language-server");
        let pattern = fences.iter().find(is_pattern).unwrap();
        let id = pattern.code.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
        let path = format!("patterns/tokens/{id}.yaml");
        write(copy.path(), &path, pattern.code.as_bytes());
        let run = patternbook(copy.path(), &["check", &path]);
        assert_eq!(run.status, 0, "{page}: {}", run.stdout);
    }
}
