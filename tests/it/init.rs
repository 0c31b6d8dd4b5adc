//! `init`: a new project checks, tests and builds as it is, and so does what comes of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use patternbook::markdown;
use patternbook::publish::tree;
use regex::Regex;
use serde_json::json;

use crate::place::{Place, finish};
use crate::support::{SMALL, copy_folder, files, folder, patternbook, repository, write};

/// The folders that a build writes.
const PUBLISHED: [&str; 3] = [".claude-plugin", "skills", "dist"];

#[test]
fn a_new_project_checks_tests_and_builds_as_it_is() {
    let place = Place::empty();
    let run = place.run(&["init"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("wrote patterns/save-output.yaml\n"), "{}", run.stdout);
    let (_, next) = run.stdout.split_once("next:\n").unwrap();
    let commands = next.lines().map(|line| line.trim().split("    ").next().unwrap().trim());
    assert!(commands.eq(["patternbook check", "patternbook test", "patternbook build"]), "{next}");

    let run = place.run(&["check", "--strict"]);
    let clean = "checked 1 pattern, 4 snippets in 1 language: 0 errors, 0 warnings\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, clean), "{}", run.stderr);
    let report = place.test(&[], 0);
    assert_eq!(report["summary"]["levels"], json!({"checked": 1, "proven": 1}));
    let run = place.run(&["build"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert_eq!(place.run(&["build", "--check"]).status, 0);

    // With what was proven and built, and all of it as a tree of strangers, too.
    for arguments in
        [&["check", "--strict"][..], &["check", "--strict", ".claude-plugin", "skills"]]
    {
        let run = place.run(arguments);
        assert_eq!(run.status, 0, "{}", run.stdout);
        assert!(run.stdout.contains("0 errors, 0 warnings"), "{}", run.stdout);
    }
    let script = "skills/project/scripts/save-output/save-output.sh";
    assert_eq!(place.read(script), place.read("patterns/save-output/save-output.sh"));
    let site = place.read("dist/site/guide/save-output.html").unwrap();
    assert!(site.contains("data-level=\"proven\""), "{site}");
    speaks_of_nothing_else(&place.project());
}

/// Nothing that this repository is about is in a project about something else.
#[track_caller]
fn speaks_of_nothing_else(project: &Path) {
    let subject = Regex::new(r"(?i)\bmcp|oauth|authenti|authoriz|credential|bearer|\btokens?\b");
    let subject = subject.unwrap();
    for (path, bytes) in files(project) {
        let text = String::from_utf8_lossy(&bytes);
        let is_text = path.extension().is_none_or(|ending| ending != "gz" && ending != "png");
        let found = subject.find(&text).filter(|_| is_text);
        assert!(found.is_none(), "{}: {found:?}", path.display());
    }
}

#[test]
fn the_names_of_a_project_come_from_its_title() {
    let parent = folder(&[]);
    for (name, title, expected) in [
        ("retry-patterns", None, ("Retry patterns", "retry-patterns")),
        (
            "a",
            Some("Try \"again\": <b> & Claude #2"),
            ("Try \"again\": <b> & Claude #2", "try-again-b-2"),
        ),
        ("b", Some("再試行"), ("再試行", "b")),
        ("再", None, ("Patterns", "patterns")),
        ("deep/er", None, ("Er", "er")),
        ("Foo Bar's!", None, ("Foo bar s", "foo-bar-s")),
    ] {
        let title = title.map(|title| format!("--title={title}"));
        let run = patternbook(
            parent.path(),
            &[vec!["init", name], title.iter().map(String::as_str).collect()].concat(),
        );
        assert_eq!(run.status, 0, "{}", run.stderr);
        let shown = if name.contains(' ') { "'Foo Bar'\\''s!'" } else { name };
        let next = format!("next:\n  cd {shown}\n  patternbook check");
        assert!(run.stdout.contains(&next), "{}", run.stdout);
        let project = parent.path().join(name);
        let run = patternbook(&project, &["check", "--strict"]);
        assert!(run.stdout.ends_with("0 errors, 0 warnings\n"), "{}", run.stdout);
        assert_eq!(patternbook(&project, &["build"]).status, 0);
        let plugin = fs::read(project.join("skills/.claude-plugin/plugin.json")).unwrap();
        let plugin: serde_json::Value = serde_json::from_slice(&plugin).unwrap();
        assert_eq!(plugin["name"], expected.1);
        assert_eq!(plugin["author"]["name"], format!("The authors of {}", expected.0));
        assert!(project.join("skills").join(expected.1).join("SKILL.md").is_file());
        let run = patternbook(&project, &["check", ".claude-plugin", "skills", "README.md"]);
        assert!(run.stdout.contains("0 errors, 0 warnings"), "{}", run.stdout);
    }
    for title in ["", " ", "a\nb", "a\u{202e}b"] {
        let run = patternbook(parent.path(), &["init", "x", "--title", title]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("on one line"), "{}", run.stderr);
        assert!(!parent.path().join("x").exists());
    }
}

#[test]
fn nothing_is_written_where_something_is_in_the_way() {
    let taken =
        folder(&[("README.md", "mine\n"), ("LICENSE", "mine too\n"), ("patterns/a.yaml", "")]);
    std::os::unix::fs::symlink("nowhere", taken.path().join("skills")).unwrap();
    let before = fs::read_dir(taken.path()).unwrap().count();
    let run = patternbook(taken.path(), &["init"]);
    assert_eq!(run.status, 2);
    let expected = "error: in the way in `.`: `patterns`, `skills`; nothing was written. \
                    Move them away, or name a folder of its own: patternbook init DIR\n";
    assert_eq!(run.stderr, expected);
    assert_eq!(fs::read_dir(taken.path()).unwrap().count(), before);
    // A project is never begun twice.
    let project = folder(SMALL);
    let run = patternbook(project.path(), &["init", "."]);
    assert!(run.stderr.contains("`patternbook.yaml`, `patterns`"), "{}", run.stderr);
    let run = patternbook(project.path(), &["init", "patternbook.yaml"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot write"), "{}", run.stderr);
}

#[test]
fn what_else_is_there_stays() {
    let mine = [
        ("LICENSE", "mine\n"),
        ("README.md", "# Mine\n"),
        (".gitignore", "dist/\n"),
        ("dist/a", ""),
    ];
    let there = folder(&mine);
    let run = patternbook(there.path(), &["init"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("kept README.md as it is\nkept .gitignore as it is\nnext:\n"));
    assert!(!run.stdout.contains("wrote README.md"), "{}", run.stdout);
    for (path, text) in mine {
        assert_eq!(fs::read_to_string(there.path().join(path)).unwrap(), text);
    }
    assert_eq!(patternbook(there.path(), &["check", "--strict"]).status, 0);
    assert_eq!(patternbook(there.path(), &["build"]).status, 0);
    let leftovers = files(there.path()).into_keys();
    let leftovers: Vec<_> = leftovers.filter(|path| path.starts_with(".patternbook")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

#[test]
fn new_begins_a_second_pattern_that_checks() {
    let project = folder(&[]);
    assert_eq!(patternbook(project.path(), &["init"]).status, 0);
    let run = patternbook(project.path(), &["new", "lock-file"]);
    assert_eq!(run.status, 0);
    let next = "next: name `lock-file` in `patternbook.yaml`: in a part of a guide, and in a skill";
    assert!(run.stdout.contains(next), "{}", run.stdout);
    let text = fs::read_to_string(project.path().join("patterns/lock-file.yaml")).unwrap();
    // There is no schema for an editor to find.
    assert!(text.starts_with("id: \"lock-file\"\n"), "{text}");
    let manifest = project.path().join("patternbook.yaml");
    let named =
        fs::read_to_string(&manifest).unwrap().replace("[save-output]", "[save-output, lock-file]");
    fs::write(manifest, named).unwrap();
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.ends_with("0 errors, 0 warnings\n"), "{}", run.stdout);
}

#[test]
fn a_project_about_something_else_becomes_a_site_and_a_bundle() {
    let place = Place::empty();
    assert_eq!(place.run(&["init", "--title", "Retry patterns"]).status, 0);
    fs::remove_dir_all(place.project().join("patterns")).unwrap();
    copy_folder(&repository().join("tests/data/init/retry"), &place.project());
    let manifest = place.read("patternbook.yaml").unwrap();
    place.write("patternbook.yaml", &manifest.replace("[save-output]", "[retry]"));

    let run = place.run(&["check", "--strict"]);
    assert!(run.stdout.ends_with("0 errors, 0 warnings\n"), "{}", run.stdout);
    let report = place.test(&[], 0);
    assert_eq!(report["summary"]["levels"], json!({"proven": 2}));
    // Two sets of three tests, three changes, and the don't; a change that must show that the
    // code still works is run once more.
    let units = report["units"].as_array().unwrap();
    let ids: Vec<&str> = units.iter().map(|unit| unit["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["retry/in-bash", "retry/in-python"]);

    let run = place.run(&["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let built: Vec<_> = PUBLISHED.iter().map(|name| place.project().join(name)).collect();
    assert!(built.iter().all(|path| path.is_dir()));
    let page = place.read("dist/site/guide/retry.html").unwrap();
    assert_eq!(page.matches("data-level=\"proven\">proven").count(), 2, "{page}");
    for name in ["retry.sh", "retry.py"] {
        let shipped = place.read(&format!("skills/retry-patterns/scripts/retry/{name}"));
        assert_eq!(shipped, place.read(&format!("patterns/retry/{name}")));
    }
    let run = place.run(&["check", "--strict", ".claude-plugin", "skills"]);
    assert!(run.stdout.contains("0 errors, 0 warnings"), "{}", run.stdout);
    speaks_of_nothing_else(&place.project());
}

/// Follows the chapter: writes its files, types its commands, and compares what they print. A
/// line that ends in `…` may go on, and others may follow it.
#[test]
fn the_chapter_that_teaches_it_is_true() {
    let chapter = fs::read_to_string(repository().join("book/src/own/index.md")).unwrap();
    let place = Place::empty();
    let mut folder = place.project();
    let mut commands = 0;
    for fence in markdown::outline(&chapter).fences {
        if let Some(path) = fence.attribute("file") {
            write(&folder, path, fence.code.as_bytes());
        }
        if !fence.info.starts_with("console") {
            continue;
        }
        for part in fence.code.split_inclusive("$ ").map(|part| part.trim_end_matches("$ ")) {
            let (command, expected) = part.split_once('\n').unwrap_or((part, ""));
            if let Some(below) = command.strip_prefix("cd ") {
                folder.push(below);
            } else if !command.is_empty() {
                commands += 1;
                let printed = typed(&place, &folder, command);
                assert!(is_as_shown(&printed, expected), "{command}: {printed}\nnot {expected}");
            }
        }
    }
    assert!(commands > 10, "{commands}");
    // Where it ends, all is well again.
    assert_eq!(place.run_in(&folder, &["check", "--strict"]).status, 0);
    assert_eq!(place.run_in(&folder, &["test", "--locked"]).status, 0);
    assert_eq!(place.run_in(&folder, &["build", "--check"]).status, 0);
}

/// What a command line prints, in a shell that finds the program.
fn typed(place: &Place, folder: &Path, line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_patternbook"));
    let mut path = vec![program.parent().unwrap().to_owned()];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap()).collect::<Vec<PathBuf>>());
    let like = place.command(folder, &[]);
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", line]);
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let run = finish({
        command.env("PATH", env::join_paths(path).unwrap());
        command
    });
    format!("{}{}", run.stdout, run.stderr)
}

/// Tells whether a text is what is shown of it.
fn is_as_shown(printed: &str, shown: &str) -> bool {
    let mut lines = printed.lines();
    let mut may_skip = false;
    for line in shown.lines() {
        let fits = |printed: &&str| match line.strip_suffix('…') {
            Some(start) => printed.starts_with(start),
            None => *printed == line,
        };
        let is_there = match may_skip {
            true => lines.any(|printed| fits(&printed)),
            false => lines.next().is_some_and(|printed| fits(&printed)),
        };
        if !is_there {
            return false;
        }
        may_skip = line.ends_with('…');
    }
    may_skip || lines.next().is_none()
}

#[test]
fn what_comes_into_the_way_meanwhile_stays_and_nothing_is_beside_it() {
    let there = folder(&[("b", "mine\n")]);
    let files = ["a/x", "b", "c"].map(|path| (path.to_owned(), b"new".to_vec()));
    let begun = tree::begin(there.path(), files.into(), BTreeSet::new(), "c");
    assert!(begun.unwrap_err().to_string().contains("/b`"));
    let left: Vec<_> =
        fs::read_dir(there.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, ["b"]);
    assert_eq!(fs::read_to_string(there.path().join("b")).unwrap(), "mine\n");
}
