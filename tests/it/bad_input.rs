//! Input that is broken or hostile: a clear message, no panic, and the last good output stays.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::{ONE, Run, SMALL, files, folder, patternbook, write};

/// Builds a good project, breaks it, builds again, and expects a status and a message.
#[track_caller]
fn check(spoil: impl Fn(&Path), status: i32, message: &str) {
    let project = folder(SMALL);
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    let good = files(&project.path().join("dist"));
    spoil(project.path());
    let run = patternbook(project.path(), &["build"]);
    let Run { stdout, stderr, .. } = &run;
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(run.status, status, "{stdout}{stderr}");
    assert!(stdout.contains(message) || stderr.contains(message), "{stdout}{stderr}");
    assert_eq!(files(&project.path().join("dist")), good, "the last good output was touched");
}

#[track_caller]
fn check_pattern(text: &[u8], message: &str) {
    check(|project| write(project, "patterns/one.yaml", text), 1, message);
}

fn replace(from: &str, to: &str) -> Vec<u8> {
    assert!(ONE.contains(from));
    ONE.replace(from, to).into_bytes()
}

#[test]
fn a_pattern_that_is_not_utf8() {
    let mut text = replace("The only one", "The only onX");
    let at = text.windows(4).position(|window| window == b"onX.").unwrap() + 2;
    text[at] = 0xff;
    check_pattern(&text, "error[not-utf8]");
    check_pattern(&text, "patterns/one.yaml:3:21");
}

#[test]
fn a_pattern_that_is_indented_with_tabs() {
    check_pattern(&replace("  - id: config", "\t- id: config"), "error[yaml-syntax]");
}

#[test]
fn an_alias_bomb() {
    let mut text = String::from("id: one\ntitle: &a0 x\n");
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!("b{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n"));
    }
    check_pattern(text.as_bytes(), "error[yaml-plain-data]");
}

#[test]
fn ten_megabytes_of_nesting() {
    check_pattern("[".repeat(10 << 20).as_bytes(), "error[file-too-large]");
    check_pattern("[".repeat(1 << 20).as_bytes(), "error[yaml-");
    check_pattern("- ".repeat(1 << 19).as_bytes(), "error[yaml-plain-data]");
    check_pattern("{a: ".repeat(1 << 18).as_bytes(), "error[yaml-");
}

#[test]
fn a_file_of_a_gigabyte() {
    let spoil = |project: &Path| {
        File::create(project.join("patterns/huge.yaml")).unwrap().set_len(1 << 30).unwrap();
    };
    check(spoil, 1, "error[file-too-large]");
}

#[test]
fn a_path_out_of_the_project() {
    let source = |path: &str| replace("code: |\n      {\"a\": 1}", &format!("source: {path}"));
    check_pattern(&source("../../../etc/passwd"), "error[path-outside-project]");
    check_pattern(&source("/etc/passwd"), "error[path-outside-project]");
    let through_link = |project: &Path| {
        fs::create_dir_all(project.join("patterns/one")).unwrap();
        symlink("/etc/passwd", project.join("patterns/one/secret.json")).unwrap();
        write(project, "patterns/one.yaml", &source("secret.json"));
    };
    check(through_link, 1, "goes through a symbolic link");
}

#[test]
fn a_loop_of_symbolic_links_is_not_followed() {
    let project = folder(SMALL);
    symlink(project.path(), project.path().join("patterns/again")).unwrap();
    symlink("around", project.path().join("patterns/around")).unwrap();
    let run = patternbook(project.path(), &["check"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let run = patternbook(project.path(), &["check", "patterns"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let tree = folder(&[("a/b.md", "```json\n{}\n```\n")]);
    symlink(tree.path(), tree.path().join("a/again")).unwrap();
    let run = patternbook(tree.path(), &["check", "."]);
    assert!(run.stdout.starts_with("checked 1 file, 1 snippet"), "{}", run.stdout);
}

#[test]
fn two_files_with_one_id() {
    let spoil = |project: &Path| write(project, "patterns/b/one.yaml", ONE.as_bytes());
    check(spoil, 1, "error[duplicate-id]");
}

#[test]
fn an_empty_project() {
    let spoil = |project: &Path| fs::remove_file(project.join("patterns/one.yaml")).unwrap();
    check(spoil, 1, "error[empty-project]");
}

#[test]
fn a_manifest_that_names_a_missing_pattern() {
    let spoil = |project: &Path| {
        let manifest = fs::read_to_string(project.join("patternbook.yaml")).unwrap();
        write(project, "patternbook.yaml", manifest.replace("[one]", "[one, onee]").as_bytes());
    };
    check(spoil, 1, "did you mean `one`?");
}

#[test]
fn a_manifest_that_is_empty_or_broken() {
    let spoil = |project: &Path| write(project, "patternbook.yaml", b"");
    check(spoil, 1, "error[wrong-type]");
    let spoil = |project: &Path| write(project, "patternbook.yaml", b"title: [\n");
    check(spoil, 1, "error[yaml-syntax]");
}

#[test]
fn a_template_with_an_undefined_variable() {
    let spoil = |project: &Path| {
        write(project, "templates/book/pattern.md", b"# {{ title }}\n\n{{ tilte }}\n");
    };
    check(spoil, 2, "book/pattern.md");
    check(spoil, 2, "tilte");
}

#[test]
fn an_output_that_leads_out_of_the_project() {
    let elsewhere = tempfile::tempdir().unwrap();
    let spoil = |project: &Path| {
        let manifest = fs::read_to_string(project.join("patternbook.yaml")).unwrap();
        let skills = "skills: [{name: s, title: S, description: D, patterns: [one]}]\n";
        write(project, "patternbook.yaml", (manifest + skills).as_bytes());
        symlink(elsewhere.path(), project.join("skills")).unwrap();
    };
    check(spoil, 2, "is a symbolic link");
    assert!(files(elsewhere.path()).is_empty());
}

#[test]
fn a_pattern_with_windows_line_ends_and_a_byte_order_mark() {
    let text = format!("\u{feff}{}", ONE.replace('\n', "\r\n"));
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", text.as_bytes());
    let run = patternbook(project.path(), &["check"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    write(project.path(), "patterns/one.yaml", text.replace("1}", "}").as_bytes());
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.contains("patterns/one.yaml:9:13"), "{}", run.stdout);
}

#[test]
fn a_picture_that_is_too_large() {
    let spoil = |project: &Path| {
        fs::create_dir_all(project.join("book/src")).unwrap();
        File::create(project.join("book/src/huge.png")).unwrap().set_len(1 << 30).unwrap();
    };
    check(spoil, 1, "error[file-too-large]");
}

#[test]
fn a_book_that_wants_a_program_to_run() {
    let spoil = |project: &Path| {
        write(project, "book/book.toml", b"[preprocessor.x]\ncommand = \"touch /tmp/pwned\"\n");
    };
    check(spoil, 1, "error[book-command]");
    let spoil = |project: &Path| {
        write(project, "book/book.toml", b"[output.x]\ncommand = \"touch /tmp/pwned\"\n");
    };
    check(spoil, 1, "error[book-command]");
}

#[test]
fn a_book_toml_of_odd_shapes_never_panics() {
    for text in
        ["output = 5\n", "book = 1\n", "[output.pdf]\n", "preprocessor = []\n", "build = \"\"\n"]
    {
        let project = folder(SMALL);
        write(project.path(), "book/book.toml", text.as_bytes());
        for arguments in [&["build"][..], &["build", "--for", "mdbook"]] {
            let run = patternbook(project.path(), arguments);
            assert!([0, 1].contains(&run.status), "{text}: {}{}", run.stdout, run.stderr);
            let written = project.path().join("dist/mdbook/book.toml");
            let names_pdf = fs::read_to_string(written).is_ok_and(|text| text.contains("pdf"));
            assert!(!names_pdf, "mdBook would start `mdbook-pdf`");
        }
    }
}

#[test]
fn a_chapter_that_includes_a_file() {
    let spoil = |project: &Path| {
        write(project, "book/src/SUMMARY.md", b"- [A](a.md)\n");
        write(project, "book/src/a.md", b"# A\n\n{{#include /etc/passwd}}\n");
    };
    check(spoil, 1, "error[book-include]");
}

#[test]
fn a_summary_that_names_a_missing_chapter() {
    let spoil = |project: &Path| write(project, "book/src/SUMMARY.md", b"- [A](a.md)\n");
    check(spoil, 1, "error[book-summary]");
}
