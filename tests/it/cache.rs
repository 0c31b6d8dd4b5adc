//! The caches of `check` and `build`: faster, and never another answer.

use std::fs;
use std::path::{Path, PathBuf};

use patternbook::check::Strictness;
use patternbook::inspect::cache::Cache;
use patternbook::inspect::tree::{self, Request};
use patternbook::publish::reference::all_rules;
use tempfile::TempDir;

use crate::support::{
    command, copy_folder, copy_of_this_project, files, finish, folder, repository,
};

#[track_caller]
fn check(folder: &Path, cache: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = command(folder, &[&["check", "--format", "json"], arguments].concat());
    let run = finish(command.env("PATTERNBOOK_CACHE", cache).output().unwrap());
    (run.status, run.stdout)
}

/// Everything that the tests hold, as Markdown, and a mutated copy of it.
fn trees() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    for name in ["check", "lint", "hostile", "probe", "readme"] {
        copy_folder(&repository().join("tests/data").join(name), &tree.path().join(name));
    }
    let mut number = 0_usize;
    for path in markdown(tree.path()) {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        number += 1;
        let at = text.floor_char_boundary(text.len() * (number % 7) / 7);
        let mutant = match number % 3 {
            0 => text[..at].to_owned(),
            1 => format!("{}`{}", &text[..at], &text[at..]),
            _ => text.replacen(['{', '(', '"'], "", 1 + number % 4),
        };
        fs::write(path.with_extension("mutant.md"), mutant).unwrap();
    }
    tree
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(markdown(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn without_a_cache_the_report_is_the_same() {
    let tree = trees();
    for options in [&["."][..], &["--strict", "."], &["--profile", "spec", "check", "lint"]] {
        let cache = tempfile::tempdir().unwrap();
        let none = check(tree.path(), cache.path(), &[&["--no-cache"], options].concat());
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
        assert_eq!(none, check(tree.path(), cache.path(), options), "cold");
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
        assert_eq!(none, check(tree.path(), cache.path(), options), "warm");
    }
}

#[test]
fn without_a_cache_the_site_is_the_same() {
    let copy = copy_of_this_project();
    let cache = tempfile::tempdir().unwrap();
    let build = |arguments: &[&str]| {
        let mut command = command(copy.path(), &[&["build"], arguments].concat());
        let run = finish(command.env("PATTERNBOOK_CACHE", cache.path()).output().unwrap());
        assert_eq!(run.status, 0, "{}", run.stderr);
        files(&copy.path().join("dist/site"))
    };
    let none = build(&["--no-cache"]);
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
    assert!(none == build(&[]), "cold");
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
    assert!(none == build(&[]), "warm");
    let file = fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, [&bytes[..bytes.len() - 1], b"!"].concat()).unwrap();
    assert!(none == build(&[]), "damaged");
    assert_eq!(fs::read(&file).unwrap(), bytes, "it is written anew");
}

#[test]
fn a_cache_that_is_damaged_is_as_good_as_none() {
    let tree = trees();
    let cache = tempfile::tempdir().unwrap();
    let good = check(tree.path(), cache.path(), &["check"]);
    let file = fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&file).unwrap();
    let flipped = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    let mut older = bytes.clone();
    let version = b"patternbook check cache ".len();
    older[version] = b'0';
    for damaged in [
        vec![],
        bytes[..bytes.len() / 2].to_vec(),
        [&bytes[..], b"more"].concat(),
        flipped(3),
        flipped(40),
        flipped(100),
        flipped(bytes.len() - 1),
        older,
    ] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(good, check(tree.path(), cache.path(), &["check"]));
        assert_eq!(fs::read(&file).unwrap(), bytes, "it is written anew");
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(good, check(tree.path(), cache.path(), &["check"]));
}

#[test]
fn runs_at_the_same_time_do_no_harm() {
    let tree = trees();
    let cache = tempfile::tempdir().unwrap();
    let none = check(tree.path(), cache.path(), &["--no-cache", "check"]);
    let runs: Vec<_> = std::thread::scope(|scope| {
        let run = || check(tree.path(), cache.path(), &["check"]);
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(runs.iter().all(|run| *run == none));
}

#[test]
fn a_text_that_is_known_is_not_parsed_again_and_another_is() {
    let tree = folder(&[("a.md", "```json\n{\n```\n"), ("b/a.md", "```json\n{\n```\n")]);
    let run = |bytes: Vec<u8>, build: &str| {
        let strictness = Strictness::Documentation;
        let cache = Cache::open(bytes, build, strictness, &all_rules());
        let request = Request { cache: Some(&cache), ..Request::plain(strictness) };
        let found = tree::inspect_as(&[tree.path().to_owned()], &request).unwrap();
        assert_eq!(found.inspection.diagnostics.len(), 2);
        cache.close(true)
    };
    let first = run(Vec::new(), "one").unwrap();
    assert!(run(first.clone(), "one").is_none(), "nothing was new");
    assert!(run(first.clone(), "two").is_some(), "another build");
    // A file cannot pass for another, whatever it holds.
    let text = String::from_utf8_lossy(&first).into_owned();
    fs::write(tree.path().join("b/a.md"), format!("{text}\n\n```json\n[\n```\n")).unwrap();
    assert!(run(first, "one").is_some());
}
