//! Where the reports of `check` go: to standard output and to files.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Run, folder, patternbook};

fn tree() -> TempDir {
    folder(&[("a.md", "```json\n{\n```\n")])
}

#[track_caller]
fn refuse(arguments: &[&str], message: &str) {
    let tree = tree();
    let run = patternbook(tree.path(), &[&["check", "a.md"], arguments].concat());
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert_eq!(fs::read_dir(tree.path()).unwrap().count(), 1, "something was written");
    assert_eq!(run.stdout, "");
}

#[test]
fn several_reports_go_to_files_and_one_to_standard_output() {
    let tree = tree();
    fs::create_dir(tree.path().join("out")).unwrap();
    let arguments =
        ["--format", "json=out/a=b ü.json", "--format=github", "--format=sarif=s.sarif"];
    let run = patternbook(tree.path(), &[&["check", "a.md"], &arguments[..]].concat());
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.starts_with("::error file=a.md,"), "{}", run.stdout);
    let read = |name: &str| fs::read_to_string(tree.path().join(name)).unwrap();
    assert!(read("out/a=b ü.json").starts_with("{\n  \"version\": 1,"));
    assert!(read("s.sarif").contains("\"2.1.0\""));
}

#[test]
fn people_are_told_where_only_files_are_named() {
    let tree = tree();
    let run = patternbook(tree.path(), &["check", "--format", "junit=r.xml", "a.md"]);
    assert!(run.stdout.starts_with("error[json-syntax]"), "{}", run.stdout);
    let human = patternbook(tree.path(), &["check", "a.md"]);
    patternbook(tree.path(), &["check", "--format=human=r.txt", "--format=json", "a.md"]);
    assert_eq!(fs::read_to_string(tree.path().join("r.txt")).unwrap(), human.stdout);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_checked() {
    refuse(&["--format=json", "--format=sarif"], "give one of them a file: `--format sarif=FILE`");
    refuse(&["--format=json", "--format=json"], "would both go to standard output");
    refuse(&["--format=json=x", "--format=sarif=./x"], "give each a file of its own");
    refuse(&["--format=json="], "names no file");
    refuse(&["--format=sarf"], "unknown format `sarf`: did you mean `sarif`? There are human, ");
    refuse(&["--format=sarif=."], "cannot write");
    refuse(&["--format=json=nope/sub/x.json"], "there is no folder `nope/sub`");
    refuse(
        &["--baseline=b.json", "--write-baseline", "--format=json=./b.json"],
        "`./b.json` is the baseline",
    );
}

#[test]
fn no_report_replaces_what_was_checked_or_what_is_no_file() {
    let refused = "`./a.md` is one of the files that are checked";
    refuse(&["--format=json=./a.md"], refused);
    refuse(&["--format=json=./a.md", "--baseline=b.json", "--write-baseline"], refused);
    let mendable = "```json\n{\"a\": 1,}\n```\n";
    let before = folder(&[("a.md", mendable)]);
    let run = patternbook(before.path(), &["check", "--fix", "--format=json=./a.md", "a.md"]);
    assert!(run.stderr.contains(refused), "{}", run.stderr);
    assert_eq!(fs::read_to_string(before.path().join("a.md")).unwrap(), mendable);
    let tree = tree();
    symlink("nowhere", tree.path().join("link")).unwrap();
    let run = patternbook(tree.path(), &["check", "--format=json=link", "a.md"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("is a symbolic link"), "{}", run.stderr);
    let run = patternbook(tree.path(), &["check", "--format=json=/dev/null", "a.md"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no regular file"), "{}", run.stderr);
}

#[test]
fn a_report_has_the_mode_of_the_one_that_it_replaces() {
    let tree = tree();
    let path = tree.path().join("r.json");
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let write = |mask: &str| {
        let script = format!("umask {mask}; exec \"$0\" check --format=json=r.json a.md");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_patternbook")]);
        assert_eq!(shell.current_dir(tree.path()).output().unwrap().status.code(), Some(1));
    };
    write("027");
    assert_eq!(mode(), 0o640);
    write("002");
    assert_eq!(mode(), 0o640);
    fs::remove_file(&path).unwrap();
    write("002");
    assert_eq!(mode(), 0o664);
}

#[test]
fn no_report_replaces_a_file_that_was_checked_by_another_name() {
    let tree = tree();
    symlink(".", tree.path().join("here")).unwrap();
    let run = patternbook(tree.path(), &["check", "here/a.md", "--format=json=a.md"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("`a.md` is one of the files that are checked"), "{}", run.stderr);
}

#[test]
fn all_reports_are_written_or_none() {
    let tree = tree();
    fs::create_dir(tree.path().join("folder")).unwrap();
    fs::write(tree.path().join("r.json"), "the last one").unwrap();
    let arguments = ["check", "--format=json=r.json", "--format=sarif=folder", "a.md"];
    assert_eq!(patternbook(tree.path(), &arguments).status, 2);
    assert_eq!(fs::read_to_string(tree.path().join("r.json")).unwrap(), "the last one");
    assert_eq!(fs::read_dir(tree.path()).unwrap().count(), 3, "something was left");
}

#[test]
fn code_scanning_gets_paths_from_the_root_of_the_repository() {
    let tree = folder(&[(".git/HEAD", ""), ("wiki ü/a.md", "```json\n{\n```\n")]);
    let uri = |below: &str, path: &str| {
        let Run { stdout, .. } =
            patternbook(&tree.path().join(below), &["check", "--format=sarif", path]);
        let log: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        location["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    let full = fs::canonicalize(tree.path()).unwrap().join("wiki ü/a.md");
    assert_eq!(uri(".", "wiki ü/a.md"), "wiki%20%C3%BC/a.md");
    assert_eq!(uri("wiki ü", "a.md"), "wiki%20%C3%BC/a.md");
    assert_eq!(uri("wiki ü", full.to_str().unwrap()), "wiki%20%C3%BC/a.md");
    let run = patternbook(&tree.path().join("wiki ü"), &["check", "--format=github", "a.md"]);
    assert!(run.stdout.contains("file=wiki ü/a.md,"), "{}", run.stdout);
}

#[test]
fn a_hook_may_hand_over_nothing_that_can_be_checked() {
    let tree = folder(&[("a.md", "# Prose\n")]);
    assert_eq!(patternbook(tree.path(), &["check", "a.md"]).status, 3);
    assert_eq!(patternbook(tree.path(), &["check", "--allow-nothing", "a.md"]).status, 0);
}

#[test]
fn output_of_test_goes_with_one_format() {
    let project = folder(crate::support::SMALL);
    let arguments = ["test", "--output=x", "--format=json", "--format=junit=y"];
    let run = patternbook(project.path(), &arguments);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`--format FORMAT=FILE`"), "{}", run.stderr);
}
