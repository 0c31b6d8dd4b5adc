//! The guide of this repository: what it must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;

use patternbook::diagnostic::Diagnostic;
use patternbook::inspect::project::level_of;
use patternbook::markdown;
use patternbook::model::choose::Target;
use patternbook::model::load;
use patternbook::model::yaml::words::Level;
use patternbook::source::disk::Folder;
use serde_json::Value;

use crate::support::{copy_of_this_project, patternbook, repository, write};

#[test]
fn every_topic_is_promised_and_none_is_missing() {
    let loaded = load::load(&Folder::open(repository()).unwrap()).unwrap();
    let groups = &loaded.catalog.manifest.topics;
    let promised: BTreeSet<&str> =
        groups.iter().flat_map(|group| group.topics.keys()).map(String::as_str).collect();
    let numbered = |letter: char, range: RangeInclusive<u32>, width: usize| {
        range.map(move |number| format!("{letter}{number:0width$}"))
    };
    let expected = numbered('P', 1..=43, 2)
        .chain(numbered('G', 0..=34, 2))
        .chain(numbered('K', 0..=24, 2))
        .chain(numbered('D', 1..=30, 1));
    let missing: Vec<String> = expected.filter(|id| !promised.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "not promised: {missing:?}");
    let is_open = |diagnostic: &&Diagnostic| diagnostic.rule.id == "topic-not-covered";
    let open: Vec<_> = loaded.diagnostics.iter().filter(is_open).map(|it| &it.message).collect();
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn the_versions_are_those_of_the_labs() {
    let loaded = load::load(&Folder::open(repository()).unwrap()).unwrap();
    let packages = [
        ("claude-code", "claude-code", "@anthropic-ai/claude-code-linux-x64"),
        ("typescript-sdk", "typescript", "@modelcontextprotocol/server"),
        ("typescript-sdk", "mcp-server", "@modelcontextprotocol/server"),
        ("typescript-sdk-v1", "typescript", "@modelcontextprotocol/sdk"),
        ("typescript-sdk-express", "typescript", "@modelcontextprotocol/express"),
        ("express", "typescript", "express"),
        ("jose", "typescript", "jose"),
        ("openid-client", "typescript", "openid-client"),
        ("oidc-provider", "authorization-server", "oidc-provider"),
    ];
    for (name, lab, package) in packages {
        let path = repository().join(format!("labs/{lab}/package-lock.json"));
        let lock: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let locked = &lock["packages"][format!("node_modules/{package}")]["version"];
        assert_eq!(locked.as_str(), loaded.catalog.manifest.version_of(name), "{name} in {lab}");
    }
    let requirements =
        fs::read_to_string(repository().join("labs/python/requirements.txt")).unwrap();
    let version = loaded.catalog.manifest.version_of("python-sdk").unwrap();
    assert!(requirements.contains(&format!("mcp=={version} ")), "{version}");
}

#[test]
fn every_claim_has_a_source_and_every_script_claims_to_have_run() {
    let loaded = load::load(&Folder::open(repository()).unwrap()).unwrap();
    for (id, pattern) in &loaded.catalog.patterns {
        assert!(!pattern.content.sources.is_empty(), "{id} names no source");
        assert!(pattern.content.answer.is_some(), "{id} does not begin with the answer");
        for example in &pattern.examples {
            let name = example.entry.id.as_str();
            let level = level_of(pattern, example, &BTreeMap::new());
            let is_only_shown = level == Level::Shown && example.entry.level.is_none();
            assert!(
                !is_only_shown || example.entry.text.is_some(),
                "{id}: {name}: why only shown?"
            );
            // It makes a sandbox, which cannot be done inside of one.
            let makes_a_sandbox = id == "local-server-risks" && name == "sandbox";
            if example.script.is_some() && !makes_a_sandbox {
                assert!(example.entry.level >= Some(Level::Ran), "{id}: {name}");
            }
        }
    }
}

#[test]
fn each_typical_task_needs_one_skill_and_two_references() {
    let page = fs::read_to_string(repository().join("book/src/bundle.md")).unwrap();
    let (_, tasks) = page.split_once("| task | skill | references |\n|---|---|---|\n").unwrap();
    let rows: Vec<&str> = tasks.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 10);
    for row in rows {
        let names: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let (skill, references) = names.split_first().unwrap();
        assert!(!references.is_empty() && references.len() <= 2, "{row}");
        let folder = repository().join("skills").join(skill);
        let text = fs::read_to_string(folder.join("SKILL.md")).unwrap();
        let mut size = text.len();
        for reference in references {
            let link = format!("references/{reference}.md");
            assert!(text.contains(&link), "{row}: {skill} does not lead to {reference}");
            size += fs::read_to_string(folder.join(link)).unwrap().len();
        }
        // About four characters are a token.
        assert!(size / 4 < 12_000, "{row}: {size} characters");
    }
}

#[test]
fn a_few_answers_lead_to_every_pattern() {
    let loaded = load::load(&Folder::open(repository()).unwrap()).unwrap();
    let path = loaded.catalog.decisions.unwrap();
    let answers = path.questions().iter().flat_map(|question| &question.answers);
    let mut led_to = BTreeSet::new();
    for answer in answers {
        if let Target::Patterns(ids) = &answer.target {
            led_to.extend(ids);
        }
    }
    let patterns: BTreeSet<&String> = loaded.catalog.patterns.keys().collect();
    let missing: Vec<_> = patterns.difference(&led_to).collect();
    assert!(missing.is_empty(), "no answer in `choose.yaml` leads to {missing:?}");
    assert!(path.longest() <= 4, "whoever is tired answers at most four questions");
}

#[test]
fn the_whole_patterns_that_the_docs_show_check_clean() {
    let copy = copy_of_this_project();
    for page in ["README.md", "book/src/contributing/adding-a-pattern.md"] {
        let text = fs::read_to_string(repository().join(page)).unwrap();
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
