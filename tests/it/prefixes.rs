//! Every file of `tests/data` and of the examples of rules, cut short anywhere: what is left is
//! checked without a panic, and what is found stands inside the text.

use std::fs;
use std::path::{Path, PathBuf};

use patternbook::check::{self, Strictness};
use patternbook::diagnostic::Diagnostic;
use patternbook::inspect::examples::{self, Example, ExampleFile};
use patternbook::inspect::tree::{self, Progress};
use patternbook::lint::{self, Document};
use patternbook::markdown;
use patternbook::model::choose::CHOOSE_SCHEMA;
use patternbook::model::equipment::{CONTRACT_SCHEMA, LAB_SCHEMA};
use patternbook::model::load::{self, MANIFEST_SCHEMA, PATTERN_SCHEMA};
use patternbook::schema::Schema;
use patternbook::source::Sources;
use patternbook::source::disk::Folder;
use patternbook::value::yaml;
use rayon::prelude::*;

use crate::support::{copy_folder, files, repository, write};

/// In how many places a file is cut besides the ends of its lines, and at how many of these.
const MOST_CUTS: usize = 24;

/// In how many places a file of a project is cut, where the whole project is read for each.
const MOST_PROJECTS: usize = 8;

/// In how many places each file of a tree is cut, where the whole tree is read for each.
const MOST_TREES: usize = 3;

#[test]
fn every_prefix_of_every_fixture_is_checked_without_a_panic() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 300, "only {} fixtures", fixtures.len());
    fixtures.par_iter().for_each(|path| {
        let Ok(text) = fs::read_to_string(path) else { return };
        for at in cuts(&text, MOST_CUTS, true) {
            check_text(path, &text[..at]);
        }
    });
}

#[test]
fn every_project_with_a_file_cut_short_is_read_without_a_panic() {
    let projects = ["hostile", "project/broken", "test/faulty", "test/holds"];
    projects.par_iter().for_each(|name| {
        let project = tempfile::tempdir().unwrap();
        copy_folder(&repository().join("tests/data/test/common"), project.path());
        copy_folder(&repository().join("tests/data").join(name), project.path());
        let is_read = |path: &PathBuf| path.extension().is_some_and(|ending| ending != "txt");
        for path in files(project.path()).into_keys().filter(is_read) {
            let path = project.path().join(path);
            let Ok(text) = fs::read_to_string(&path) else { continue };
            for at in cuts(&text, MOST_PROJECTS, false) {
                fs::write(&path, &text[..at]).unwrap();
                let folder = Folder::open(project.path()).unwrap();
                let loaded = load::load(&folder).unwrap();
                assert_inside(&loaded.sources, &loaded.diagnostics);
            }
            fs::write(&path, &text).unwrap();
        }
    });
}

#[test]
fn every_tree_with_a_file_cut_short_is_inspected_without_a_panic() {
    let names = ["SKILL.md", ".mcp.json", ".claude-plugin/plugin.json", "get-headers.sh"];
    let is_one = |text: &String| names.iter().any(|name| text.contains(&format!("{name}\"")));
    let fixtures = fixtures().into_iter();
    let pages = fixtures.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let texts = pages.filter_map(|path| fs::read_to_string(path).ok()).filter(is_one);
    let mut trees = Vec::new();
    for text in texts {
        let Example { bad, good, both } = examples::read(&text);
        trees.extend([bad, good].map(|part| (part, both.clone())));
    }
    assert!(trees.len() > 80, "only {} trees", trees.len());
    trees.par_iter().for_each(|(part, both)| check_tree(&[&part[..], both].concat()));
}

/// Writes a tree, and cuts each of its files in turn.
fn check_tree(files: &[ExampleFile]) {
    let tree = tempfile::tempdir().unwrap();
    for file in files {
        write(tree.path(), &file.path, file.text.as_bytes());
    }
    for file in files {
        for at in cuts(&file.text, MOST_TREES, false) {
            write(tree.path(), &file.path, &file.text.as_bytes()[..at]);
            let paths = [tree.path().to_owned()];
            let (sources, inspection) =
                tree::inspect(&paths, Strictness::Documentation, &Progress::default()).unwrap();
            assert_inside(&sources, &inspection.diagnostics);
        }
        write(tree.path(), &file.path, file.text.as_bytes());
    }
}

/// Checks a text as what its path says that it is.
fn check_text(path: &Path, text: &str) {
    let name = path.to_str().unwrap();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let mut found = Vec::new();
    for strictness in [Strictness::Documentation, Strictness::Strict] {
        check::check(ending, text, strictness, &mut found);
    }
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let kind = folder.and_then(lint::kind).or_else(|| lint::recognize(name));
    if let Some(kind) = kind {
        found.extend(lint::lint(kind, &Document::snippet(text)));
    }
    if matches!(ending, "yaml" | "yml") {
        let (node, new) = yaml::parse(text);
        found.extend(new);
        found.extend(node.iter().flat_map(|node| schema(name).validate(node)));
    }
    for finding in found {
        let is_inside = text.get(finding.range.clone()).is_some();
        assert!(is_inside, "{name}, {} bytes: {finding:?}", text.len());
    }
    if ending == "md" {
        for fence in markdown::outline(text).fences {
            check_fence(name, &fence);
        }
    }
}

fn check_fence(name: &str, fence: &markdown::Fence) {
    let mut found = Vec::new();
    check::check(&fence.language, &fence.code, Strictness::Documentation, &mut found);
    for finding in found {
        let is_inside = fence.code.get(finding.range.clone()).is_some();
        assert!(is_inside, "{name}, in the fence {:?}: {finding:?}", fence.code);
    }
}

/// The schema of a file of a project.
fn schema(path: &str) -> &'static Schema {
    let name = path.rsplit('/').next().unwrap();
    match name {
        "patternbook.yaml" => &MANIFEST_SCHEMA,
        "choose.yaml" => &CHOOSE_SCHEMA,
        "lab.yaml" => &LAB_SCHEMA,
        _ if path.contains("/contracts/") => &CONTRACT_SCHEMA,
        _ => &PATTERN_SCHEMA,
    }
}

#[track_caller]
fn assert_inside(sources: &Sources, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        let file = sources.file(diagnostic.span.file);
        let is_inside = file.text.get(diagnostic.span.start..diagnostic.span.end).is_some();
        assert!(is_inside, "{}, {} bytes: {diagnostic:?}", file.path, file.text.len());
    }
}

/// Where to cut a text: at nothing, in so many places as far apart, at its end; and before and
/// behind the ends of as many lines, if so wanted.
fn cuts(text: &str, most: usize, cuts_lines: bool) -> Vec<usize> {
    let step = text.len() / most + 1;
    let mut places: Vec<usize> = (0..=text.len()).step_by(step).collect();
    if cuts_lines {
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let some = ends.iter().step_by(ends.len() / most + 1);
        places.extend(some.flat_map(|at| [*at, at + 1]));
    }
    places.push(text.len());
    let mut places: Vec<usize> =
        places.into_iter().map(|at| text.floor_char_boundary(at)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn fixtures() -> Vec<PathBuf> {
    let below = |folder: &str| {
        let folder = repository().join(folder);
        files(&folder).into_keys().map(move |path| folder.join(path))
    };
    below("tests/data").chain(below("src/inspect/examples")).collect()
}
