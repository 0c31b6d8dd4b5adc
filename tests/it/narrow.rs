//! Which files a run of `check` is about.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::support::{command, finish, folder, patternbook, write};

const BAD: &str = "```json\n{\"a\": }\n```\n";

/// The files with findings.
#[track_caller]
fn broken(folder: &Path, arguments: &[&str]) -> BTreeSet<String> {
    let run = patternbook(folder, &[&["check", "--format", "json"], arguments].concat());
    let report: Json = serde_json::from_str(&run.stdout).expect(&run.stderr);
    let found = report["diagnostics"].as_array().unwrap().iter();
    found.map(|found| found["path"].as_str().unwrap().to_owned()).collect()
}

fn set(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

#[test]
fn what_git_ignores_is_left_out() {
    let tree = folder(&[
        (".gitignore", "/out/\n*.tmp.md\n!keep.tmp.md\n"),
        ("out/a.md", BAD),
        ("sub/out/b.md", BAD),
        ("x.tmp.md", BAD),
        ("keep.tmp.md", BAD),
        ("sub/.gitignore", "only-here.md\n"),
        ("sub/only-here.md", BAD),
        ("only-here.md", BAD),
        (".ignore", "vendored\n"),
        ("vendored/c.md", BAD),
    ]);
    let expected = set(&["sub/out/b.md", "keep.tmp.md", "only-here.md"]);
    assert_eq!(broken(tree.path(), &["."]), expected);
    assert_eq!(broken(&tree.path().join("sub"), &["."]), set(&["out/b.md"]), "parents hold");
    assert_eq!(broken(tree.path(), &["x.tmp.md"]), set(&["x.tmp.md"]), "named by hand");
}

#[track_caller]
fn git(folder: &Path, arguments: &[&str]) {
    let name =
        ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgSign=false"];
    let mut command = Command::new("git");
    command.current_dir(folder).args(name).args(arguments).stdout(Stdio::null());
    assert!(command.stderr(Stdio::null()).status().unwrap().success(), "git {arguments:?}");
}

#[test]
fn since_a_revision_only_what_changed_is_checked() {
    let tree = folder(&[("a.md", BAD), ("ü b.md", "text\n"), ("c/c.md", BAD), ("d.md", BAD)]);
    let at = tree.path();
    git(at, &["init", "-q", "-b", "main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "-qm", "one"]);
    git(at, &["checkout", "-qb", "work"]);
    assert_eq!(broken(at, &["--since", "main", "."]), set(&[]));
    assert_eq!(patternbook(at, &["check", "--since", "main", "."]).status, 0);
    write(at, "ü b.md", BAD.as_bytes());
    git(at, &["commit", "-qam", "two"]);
    write(at, "c/c.md", format!("{BAD}more\n").as_bytes());
    write(at, "c/new.md", BAD.as_bytes());
    let expected = set(&["ü b.md", "c/c.md", "c/new.md"]);
    assert_eq!(broken(at, &["--since", "main", "."]), expected);
    assert_eq!(broken(&at.join("c"), &["--since", "main", ".."]).len(), 3);
    let run = patternbook(at, &["check", "--since", "HEAD", "."]);
    let scope = "\nonly what changed since HEAD: 2 of 5 files";
    assert!(run.stdout.contains(scope), "{}", run.stdout);
    // What the other branch did meanwhile is not ours.
    git(at, &["stash", "-qu"]);
    git(at, &["checkout", "-q", "main"]);
    write(at, "d.md", format!("{BAD}more\n").as_bytes());
    git(at, &["commit", "-qam", "three"]);
    git(at, &["checkout", "-q", "work"]);
    assert_eq!(broken(at, &["--since", "main", "."]), set(&["ü b.md"]));
    for revision in ["nowhere", "--output=x", "HEAD:a.md"] {
        let run = patternbook(at, &["check", &format!("--since={revision}"), "."]);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains(revision), "{}", run.stderr);
    }
}

#[test]
fn a_repository_starts_nothing_when_it_is_asked_what_changed() {
    let tree = folder(&[
        ("a.md", "one\n"),
        ("b.md", "one\n"),
        ("c.md", BAD),
        (".gitattributes", "a.md filter=one diff=one\nb.md filter=two.x\n"),
    ]);
    let at = tree.path();
    git(at, &["init", "-q", "-b", "main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "-qm", "one"]);
    let outside = folder(&[]);
    let program = |name: &str| {
        let path = outside.path().join(name);
        write(outside.path(), name, b"#!/bin/sh\ntouch \"$0.ran\"\ncat\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for setting in [
        "filter.one.clean",
        "filter.two.x.process",
        "diff.one.textconv",
        "diff.one.command",
        "diff.external",
        "core.fsmonitor",
        "core.sshCommand",
    ] {
        git(at, &["config", setting, &program(setting)]);
    }
    git(at, &["config", "filter.one.required", "true"]);
    fs::create_dir_all(at.join(".git/hooks")).unwrap();
    fs::copy(program("hook"), at.join(".git/hooks/post-index-change")).unwrap();
    // Of the same size, so that only what they say tells.
    for name in ["a.md", "b.md", "c.md"] {
        write(at, name, BAD.as_bytes());
    }
    fs::write(at.join("a.md"), "two\n").unwrap();
    fs::write(at.join("b.md"), "two\n").unwrap();
    let run = patternbook(at, &["check", "--since", "HEAD", "."]);
    assert!(run.stdout.contains("only what changed since HEAD: 2 of 3 files"), "{run:?}");
    let started: Vec<_> = fs::read_dir(outside.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".ran"))
        .collect();
    assert!(started.is_empty(), "{started:?}");
    assert!(!at.join(".git/hooks/post-index-change.ran").exists());
    git(at, &["config", "filter.a=b.clean", "cat"]);
    let run = patternbook(at, &["check", "--since", "HEAD", "."]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("filter.a=b.clean"), "{}", run.stderr);
}

#[test]
fn outside_of_a_repository_since_cannot_be_told() {
    let tree = folder(&[("a.md", BAD)]);
    let run = patternbook(tree.path(), &["check", "--since", "main", "."]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("cannot tell what was changed since `main`"), "{}", run.stderr);
}

#[test]
fn every_file_is_in_one_shard() {
    let names: Vec<String> = (0..20).map(|number| format!("{number}.md")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), BAD)).collect();
    let tree = folder(&files);
    let shard = |name: &str| broken(tree.path(), &["--shard", name, "."]);
    let parts = [shard("1/3"), shard("2/3"), shard("3/3")];
    assert_eq!(parts.iter().map(BTreeSet::len).sum::<usize>(), 20);
    assert_eq!(parts.iter().flatten().collect::<BTreeSet<_>>().len(), 20);
    assert!(parts.iter().all(|part| !part.is_empty()), "{parts:?}");
    write(tree.path(), "another.md", BAD.as_bytes());
    assert!(shard("1/3").is_superset(&parts[0]));
    assert_eq!(patternbook(tree.path(), &["check", "--shard", "4/3", "."]).status, 2);
}

#[test]
fn files_have_any_name() {
    let tree = folder(&[("a\nb\u{1b}.md", BAD)]);
    for name in [b"x\xff.md", b"x\xfe.md"] {
        fs::write(tree.path().join(OsStr::from_bytes(name)), BAD).unwrap();
    }
    let run = patternbook(tree.path(), &["check", "--format", "json", "."]);
    let report: Json = serde_json::from_str(&run.stdout).expect(&run.stderr);
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 3, "{}", run.stdout);
    for (format, shown) in [
        ("human", "--> a\\nb\\u{1b}.md:2:"),
        ("agent", "\na\\nb\\u{1b}.md:2:"),
        ("github", "::error file=a\\nb\\u{1b}.md,"),
    ] {
        let run = patternbook(tree.path(), &["check", "--format", format, "."]);
        assert!(run.stdout.contains(shown), "{format}: {}", run.stdout);
    }
    let run = patternbook(tree.path(), &["check", "--fix", "."]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    git(tree.path(), &["init", "-q", "-b", "main"]);
    git(tree.path(), &["commit", "-q", "--allow-empty", "-m", "one"]);
    let run = patternbook(tree.path(), &["check", "--since", "HEAD", "."]);
    assert!(run.stdout.contains("since HEAD: 3 of 3 files"), "{}", run.stdout);
}

#[test]
fn a_text_on_standard_input_stands_where_it_is_said_to() {
    let tree = folder(&[("x/SKILL.md", "saved\n")]);
    let check = |path: &str, text: &str| {
        let arguments = ["check", "--stdin-filename", path];
        let mut command = command(tree.path(), &arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        finish(child.wait_with_output().unwrap())
    };
    let run = check("docs/new.md", BAD);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("--> docs/new.md:2:"), "{}", run.stdout);
    let run = check("x/SKILL.md", "---\nname: y y\ndescription: Does x. Use when y.\n---\n\n# X\n");
    assert!(run.stdout.contains("--> x/SKILL.md:2:"), "{}", run.stdout);
    assert_eq!(check("x.csv", "1,2\n").status, 3);
}
