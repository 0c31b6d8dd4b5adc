//! `mdbook`: patterns in somebody's own book, by mdBook's protocol, and in mdBook itself.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr as _;
use std::{env, fs};

use mdbook_driver::MDBook;
use mdbook_preprocessor::PreprocessorContext;
use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use patternbook::markdown;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, assert_file, command, finish, folder, patternbook, repository, write};

/// What a book says of this preprocessor when it does as the chapter about it says.
const SETTINGS: &str = "[preprocessor.patternbook]\nbefore = [\"links\"]\n";

/// A project of two patterns.
const PROJECT: &[(&str, &str)] = &[
    (
        "patternbook.yaml",
        "title: Retry\ndescription: How to try again.\nguides:\n\
         \x20 - {id: guide, title: Guide, summary: All., parts: [{title: Part, patterns: [retry, pause]}]}\n",
    ),
    (
        "patterns/retry.yaml",
        "id: retry\ntitle: Try `again`\nsummary: Not at once, see [how long](pattern:pause#steps).\n\
         steps: [{text: Write it., example: loop}]\nrelated: [pause]\n\
         examples:\n\
         \x20 - {id: loop, title: The loop, language: bash, file-name: retry.sh, code: &x \"\"}\n",
    ),
    (
        "patterns/pause.yaml",
        "id: pause\ntitle: Wait longer\nsummary: Double the pause.\n\
         steps: [{text: Count.}]\n\
         examples:\n\
         \x20 - id: template\n\
         \x20   title: A template\n\
         \x20   language: text\n\
         \x20   code: |\n\
         \x20     {{#include /etc/passwd}} and {{ #title x }}\n\
         \x20     # {{ x }}\n",
    ),
];

/// The project, in a folder with a book: `book.toml` and chapters stand beside it in the input.
fn project() -> TempDir {
    let project = folder(PROJECT);
    let retry = PROJECT[1].1.replace("code: &x \"\"}", "level: parsed, source: retry.sh}");
    write(project.path(), "patterns/retry.yaml", retry.as_bytes());
    write(
        project.path(),
        "patterns/retry/retry.sh",
        b"# Until it works.\nuntil \"$@\"; do sleep 1; done\n",
    );
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.contains("0 errors, 0 warnings"), "{}", run.stdout);
    project
}

/// What mdBook would send of a book with these settings and chapters.
fn input(root: &Path, settings: &str, chapters: &[(&str, &str)]) -> String {
    let config = Config::from_str(settings).unwrap();
    let context = PreprocessorContext::new(root.to_owned(), config, "html".to_owned());
    let chapter = |(path, text): &(&str, &str)| {
        Chapter::new(path, (*text).to_owned(), *path, Vec::new()).into()
    };
    let book = Book::new_with_items(chapters.iter().map(chapter).collect());
    serde_json::to_string(&(context, book)).unwrap()
}

/// Runs the preprocessor as mdBook does.
#[track_caller]
fn send(root: &Path, input: &str) -> Run {
    let mut command = command(root, &["mdbook"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who stops early does not read to the end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    finish(child.wait_with_output().unwrap())
}

/// The chapters of the book that comes back, and what was said.
#[track_caller]
fn weave(root: &Path, settings: &str, chapters: &[(&str, &str)]) -> (Vec<String>, String) {
    let run = send(root, &input(root, settings, chapters));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let book: Book = serde_json::from_str(&run.stdout).unwrap();
    (book.chapters().map(|chapter| chapter.content.clone()).collect(), run.stderr)
}

/// What is said of a book that fails. Nothing may be written then.
#[track_caller]
fn fail(root: &Path, settings: &str, chapters: &[(&str, &str)], status: i32) -> String {
    let run = send(root, &input(root, settings, chapters));
    assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{}", run.stderr);
    run.stderr
}

#[test]
fn every_renderer_is_supported() {
    let project = project();
    let run = patternbook(project.path(), &["mdbook", "supports", "html"]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_pattern_and_an_example_stand_in_their_chapters() {
    let project = project();
    let chapters = [
        ("intro.md", "# Intro\n\n## Try\n\n{{#pattern retry}}\n\nAfter.\n"),
        (
            "deep/er.md",
            "# Deeper\n\n1. Copy:\n\n   {{#example retry/loop}}\n\n- {{#pattern pause}}\n",
        ),
    ];
    let (woven, said) = weave(project.path(), SETTINGS, &chapters);
    assert_eq!(said, "");
    let expected = repository().join("tests/data/mdbook");
    assert_file(&expected.join("intro.md"), &woven[0]);
    assert_file(&expected.join("deeper.md"), &woven[1]);
}

#[test]
fn what_comes_back_differs_in_nothing_else() {
    let project = project();
    let mut sent: Value = serde_json::from_str(&input(
        project.path(),
        SETTINGS,
        &[("a.md", "{{#example retry/loop}}")],
    ))
    .unwrap();
    let items = sent[1]["items"].as_array_mut().unwrap();
    items[0]["Chapter"]["number"] = json!([1, 2]);
    items.push(json!("Separator"));
    items.push(json!({"PartTitle": "Part"}));
    let run = send(project.path(), &sent.to_string());
    let mut book: Value = serde_json::from_str(&run.stdout).unwrap();
    let text = book["items"][0]["Chapter"]["content"].take();
    assert!(text.as_str().unwrap().starts_with("File: `retry.sh`\n\n```bash"), "{text}");
    sent[1]["items"][0]["Chapter"]["content"].take();
    assert_eq!(book, sent[1]);
}

#[test]
fn a_backslash_leaves_a_directive_as_it_is() {
    let project = project();
    let text =
        "\\{{#pattern retry}} `\\{{#example a/b}}` \\{{#include x}} {{#include y}} {{pattern}}\n";
    let (woven, said) = weave(project.path(), SETTINGS, &[("a.md", text)]);
    let expected =
        "{{#pattern retry}} `{{#example a/b}}` \\{{#include x}} {{#include y}} {{pattern}}\n";
    assert_eq!((woven[0].as_str(), said.as_str()), (expected, ""));
}

#[test]
fn what_is_put_in_says_nothing_to_what_comes_after() {
    let project = project();
    let chapter = [("a.md", "{{#example pause/template}}\n")];
    let code = "{{#include /etc/passwd}} and {{ #title x }}\n# {{ x }}\n";
    let guarded = code.replace("{{#include", "\\{{#include");
    let (woven, _) = weave(project.path(), SETTINGS, &chapter);
    assert!(woven[0].starts_with(&format!("```text\n{guarded}```\n")), "{}", woven[0]);
    let (woven, said) = weave(project.path(), "[preprocessor.patternbook]\n", &chapter);
    assert!(woven[0].starts_with(&format!("```text\n{code}```\n")), "{}", woven[0]);
    assert!(said.starts_with("warning: mdBook's `links` comes first"), "{said}");
    let alone = "[build]\nuse-default-preprocessors = false\n[preprocessor.patternbook]\n";
    let (woven, said) = weave(project.path(), alone, &chapter);
    assert!(woven[0].starts_with(&format!("```text\n{code}```\n")), "{}", woven[0]);
    assert_eq!(said, "");
}

#[test]
fn an_unknown_name_fails_at_its_place_with_the_nearest() {
    let project = project();
    let text = "# A\n\nä {{#pattern  retri}} {{#example retry/lop}}\n\n[x](pattern:paus)\n\n\
                {{#example retry}} {{#example puase/x}} {{#pattern}}\n";
    let said = fail(project.path(), SETTINGS, &[("b.md", "fine"), ("deep/a.md", text)], 1);
    for expected in [
        "there is no pattern `retri`\n --> src/deep/a.md:3:15",
        "did you mean `retry`?",
        "there is no example `lop`\n --> src/deep/a.md:3:34",
        "did you mean `loop`?",
        "there is no pattern `paus`\n --> src/deep/a.md:5:1",
        "`retry` is not the name of an example\n --> src/deep/a.md:7:12",
        "write PATTERN/EXAMPLE",
        "there is no pattern `puase`\n --> src/deep/a.md:7:31",
        "no pattern is named here\n --> src/deep/a.md:7:51",
        "6 errors, 0 warnings",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
}

#[test]
fn a_directive_that_is_not_alone_on_its_line_fails_at_its_place() {
    let project = project();
    let check = |text: &str, place: &str, help: &str| {
        let said = fail(project.path(), SETTINGS, &[("a.md", &format!("# A\n\n{text}\n"))], 1);
        let place = place.replace('@', "\n --> src/a.md:");
        let start =
            format!("error[book-directive]: `{{{{#example retry/loop}}}}` stands {place}\n");
        assert!(said.starts_with(&start), "{said}");
        assert!(said.contains(help) && said.contains(": 1 error,"), "{said}");
    };
    let alone = "put it on a line of its own; or write a backslash before its braces";
    check("Copy {{#example retry/loop}}", "within a line@3:6", alone);
    check("{{#example retry/loop}}.", "within a line@3:1", alone);
    check("- a\n\n  `{{#example retry/loop}}`", "within a line@5:4", alone);
    check("| a |\n|---|\n| {{#example retry/loop}} |", "within a line@5:3", alone);
    check("> {{#example retry/loop}}", "within a line@3:3", alone);
    let outside = "put it outside of it: it brings its own; or write a backslash";
    check("```bash\n{{#example retry/loop}}\n```", "in a block of code@4:1", outside);
    check("1. a\n\n       {{#example retry/loop}}", "in a block of code@5:8", outside);
}

#[test]
fn links_lead_to_the_chapter_that_holds_a_pattern_or_to_the_site() {
    let project = project();
    let linked = "[a](pattern:retry) [b](pattern:pause) [c](pattern:pause#steps)";
    let pause = "{{#pattern pause}}\n";
    let deep = [("deep/x y.md", linked), ("README.md", pause), ("other.md", "{{#pattern pause}}")];
    let (woven, _) = weave(project.path(), SETTINGS, &deep);
    // The first chapter that holds it; and what is nowhere is text.
    assert_eq!(woven[0], "a [b](../index.md#pattern-pause) [c](../index.md#steps)");
    let plain = format!("[build]\nuse-default-preprocessors = false\n{SETTINGS}");
    let (woven, _) = weave(project.path(), &plain, &deep);
    assert_eq!(woven[0], "a [b](../README.md#pattern-pause) [c](../README.md#steps)");

    let both = "{{#pattern retry}}\n\n{{#pattern pause}}\n\n";
    let (woven, _) = weave(project.path(), SETTINGS, &[("x y.md", &format!("{both}{linked}"))]);
    let expected = "[a](#pattern-retry) [b](#pattern-pause) [c](#pattern-pause)";
    assert!(woven[0].ends_with(expected), "{}", woven[0]);
    assert!(woven[0].contains("see [how long](#pattern-pause)."), "{}", woven[0]);

    let config = "[output.patternbook]\nsite-url = \"https://retry.example\"\n";
    write(project.path(), "book/book.toml", config.as_bytes());
    let (woven, _) = weave(project.path(), SETTINGS, &[("a.md", linked)]);
    let page = |id: &str| format!("https://retry.example/guide/{id}.html");
    let expected = format!("[a]({0}) [b]({1}) [c]({1}#steps)", page("retry"), page("pause"));
    assert_eq!(woven[0], expected);
}

#[test]
fn the_code_of_the_book_is_checked() {
    let project = project();
    let bad = [("a.md", "# A\n\n```json\n{\"a\": }\n```\n\n{{#pattern retry}}\n")];
    let said = fail(project.path(), SETTINGS, &bad, 1);
    assert!(said.contains("error[json-syntax]"), "{said}");
    assert!(said.contains(" --> src/a.md:4:7"), "{said}");
    let (_, said) = weave(project.path(), &format!("{SETTINGS}check = false\n"), &bad);
    assert_eq!(said, "");
    // A warning is said, and the book is built.
    let doubtful = [("a.md", "```dotenv\nA=1\nA=2\n```\n")];
    let (woven, said) = weave(project.path(), SETTINGS, &doubtful);
    assert_eq!(woven[0], doubtful[0].1);
    assert!(said.contains("0 errors, 1 warning"), "{said}");
    let excused = [(
        "a.md",
        "<!-- patternbook-ignore json-syntax: shows a mistake -->\n```json\n{\"a\": }\n```\n",
    )];
    let (_, said) = weave(project.path(), SETTINGS, &excused);
    assert_eq!(said, "");
    // What `links` has yet to fill is not checked, and what is put in was.
    let open = [("a.md", "```json\n{{#include a.json}}\n```\n\n{{#example pause/template}}\n")];
    let (_, said) = weave(project.path(), SETTINGS, &open);
    assert_eq!(said, "");
    let deep = "1. - ```json\n     [\n     {{#include a.json}}\n     1,\n     1,\n     1,\n     1,\n     }\n     ```\n";
    let (_, said) = weave(project.path(), SETTINGS, &[("a.md", deep)]);
    assert_eq!(said, "");
}

#[test]
fn the_project_is_named_or_found_and_not_needed_for_a_check() {
    let project = project();
    let chapter = [("a.md", "{{#example retry/loop}}\n")];
    let book = project.path().join("docs/book");
    fs::create_dir_all(&book).unwrap();
    let (woven, _) = weave(&book, SETTINGS, &chapter);
    assert!(woven[0].contains("# Until it works."));
    let elsewhere = folder(&[("x.md", "")]);
    let named = format!("{SETTINGS}project = {:?}\n", project.path());
    let (woven, _) = weave(elsewhere.path(), &named, &chapter);
    assert!(woven[0].contains("# Until it works."));
    let (woven, said) = weave(elsewhere.path(), SETTINGS, &[("a.md", "text\n")]);
    assert_eq!((woven[0].as_str(), said.as_str()), ("text\n", ""));

    let said = fail(elsewhere.path(), SETTINGS, &chapter, 2);
    assert!(
        said.contains("write `project = \"PATH\"` into `[preprocessor.patternbook]`"),
        "{said}"
    );
    let said = fail(project.path(), &format!("{SETTINGS}project = \"patterns\"\n"), &chapter, 2);
    assert!(said.contains("`patterns` has no `patternbook.yaml`"), "{said}");
    let said = fail(project.path(), &format!("{SETTINGS}proyect = \".\"\n"), &chapter, 2);
    assert!(said.contains("did you mean `project`?"), "{said}");
    // What mdBook reads there is no business of ours.
    let (_, said) =
        weave(project.path(), &format!("{SETTINGS}command = \"x\"\noptional = true\n"), &chapter);
    assert_eq!(said, "");
}

#[test]
fn a_project_with_errors_builds_no_book() {
    let project = project();
    write(project.path(), "README.md", b"```json\n{\n```\n");
    let (_, said) = weave(project.path(), SETTINGS, &[("a.md", "{{#pattern pause}}")]);
    assert_eq!(said, "", "the project's chapters are not used");
    let manifest = fs::read_to_string(project.path().join("patternbook.yaml")).unwrap();
    let bundle =
        "bundle: {name: acme, version: 1.0.0, description: A., author: {name: A}, license: MIT}\n";
    write(project.path(), "patternbook.yaml", (manifest + bundle).as_bytes());
    write(project.path(), "plugin/agents/clerk.md", b"No front matter.\n");
    assert_eq!(patternbook(project.path(), &["check"]).status, 1);
    let (_, said) = weave(project.path(), SETTINGS, &[("a.md", "{{#pattern pause}}")]);
    assert_eq!(said, "", "nor is its plugin");
    let note = "  - {id: note, title: A note, language: markdown, source: note.md}\n";
    let retry = fs::read_to_string(project.path().join("patterns/retry.yaml")).unwrap();
    write(project.path(), "patterns/retry.yaml", (retry.clone() + note).as_bytes());
    write(project.path(), "patterns/retry/note.md", b"```json\n{\n```\n");
    let said = fail(project.path(), SETTINGS, &[("a.md", "{{#pattern pause}}")], 1);
    assert!(said.contains(" --> ") && said.contains("patterns/retry/note.md:2:"), "{said}");
    write(project.path(), "patterns/retry.yaml", retry.as_bytes());
    write(project.path(), "patterns/retry/retry.sh", b"if true; then\n");
    let said = fail(project.path(), SETTINGS, &[("a.md", "{{#pattern pause}}")], 1);
    assert!(
        said.contains("error[bash-syntax]") && said.contains("patterns/retry/retry.sh:1:"),
        "{said}"
    );
    assert!(said.contains("the book was not built, because of the errors above in its patterns"));
}

#[test]
fn what_is_not_mdbooks_is_refused_with_what_to_do() {
    let project = project();
    for input in ["", "{}", "[{}, {\"sections\": []}]"] {
        let run = send(project.path(), input);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("this is for mdBook 0.5"), "{}", run.stderr);
    }
    let mut sent: Value = serde_json::from_str(&input(project.path(), SETTINGS, &[])).unwrap();
    sent[0]["mdbook_version"] = json!("0.6.1");
    let run = send(project.path(), &sent.to_string());
    assert!(run.stderr.contains("was started by 0.6.1"), "{}", run.stderr);
    assert_eq!(run.status, 0);
}

/// Builds a real book with mdBook: in process, and with the program that `MDBOOK` names.
#[test]
fn mdbook_itself_builds_such_a_book() {
    let project = project();
    let root = project.path().join("docs");
    let program = env!("CARGO_BIN_EXE_patternbook");
    let config = format!("{SETTINGS}command = '{program} mdbook'\n");
    write(&root, "book.toml", config.as_bytes());
    write(&root, "src/SUMMARY.md", b"# Summary\n\n[A](README.md)\n\n- [B](b/c.md)\n");
    write(
        &root,
        "src/README.md",
        b"# A\n\n[try](pattern:retry) \\{{#pattern retry}}\n\n```json\n{{#include x.json}}\n```\n",
    );
    write(&root, "src/x.json", b"{\"included\": 1}\n");
    write(&root, "src/b/c.md", b"# C\n\n{{#pattern retry}}\n\n{{#example pause/template}}\n");
    let check = |by: &str| {
        let page = |name: &str| fs::read_to_string(root.join("book").join(name)).unwrap();
        let (first, second) = (page("index.html"), page("b/c.html"));
        for expected in [
            "<a href=\"b/c.html#pattern-retry\">try</a> {{#pattern retry}}",
            "{&quot;included&quot;: 1}",
        ] {
            let is_there =
                first.contains(expected) || first.contains(&expected.replace("&quot;", "\""));
            assert!(is_there, "{by}: {expected}\n{first}");
        }
        for expected in [
            "<h2 id=\"pattern-retry\">",
            "<h3 id=\"steps\">",
            "class=\"level\" data-level=\"parsed\"",
            "until",
            "{{#include /etc/passwd}} and {{ #title x }}",
        ] {
            assert!(second.contains(expected), "{by}: {expected}\n{second}");
        }
        fs::remove_dir_all(root.join("book")).unwrap();
    };
    MDBook::load(&root).unwrap().build().unwrap();
    check("the driver");
    if let Some(mdbook) = env::var_os("MDBOOK") {
        let built = Command::new(mdbook).arg("build").current_dir(&root).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        check("the program");
    }
    write(&root, "src/b/c.md", b"{{#pattern retr}}\n");
    assert!(MDBook::load(&root).unwrap().build().is_err());
    assert!(!root.join("book/index.html").exists());
}

#[test]
fn what_is_put_in_is_markdown_without_a_second_title() {
    let project = project();
    let (woven, _) = weave(project.path(), SETTINGS, &[("a.md", "# A\n\n{{#pattern pause}}\n")]);
    let titles: Vec<&str> = woven[0].lines().filter(|line| line.starts_with("# ")).collect();
    // The second stands in a fence.
    assert_eq!(titles, ["# A", "# {{ x }}"]);
    assert_eq!(markdown::outline(&woven[0]).fences.len(), 1);
}

/// Does what the chapter about it says: with its files, mdBook builds a book, and a slip is told
/// as it shows.
#[test]
fn the_chapter_about_it_is_true() {
    let chapter = fs::read_to_string(repository().join("book/src/checker/mdbook.md")).unwrap();
    let place = folder(&[("docs/src/SUMMARY.md", "# Summary\n\n- [Reports](reports.md)\n")]);
    assert_eq!(patternbook(place.path(), &["init", "shell-patterns"]).status, 0);
    let root = place.path().join("docs");
    let fences = markdown::outline(&chapter).fences;
    for fence in &fences {
        let Some(path) = fence.attribute("file") else { continue };
        let program = concat!("'", env!("CARGO_BIN_EXE_patternbook"), " mdbook'");
        write(&root, path, fence.code.replace("\"patternbook mdbook\"", program).as_bytes());
    }
    MDBook::load(&root).unwrap().build().unwrap();
    let page = fs::read_to_string(root.join("book/reports.html")).unwrap();
    assert_eq!(
        page.matches("mv -- &quot;$new&quot;").count() + page.matches("mv -- \"$new\"").count(),
        2
    );
    assert!(page.contains("<h3 id=\"pattern-save-output\">"), "{page}");

    let settings = fs::read_to_string(root.join("book.toml")).unwrap();
    let text = fs::read_to_string(root.join("src/reports.md")).unwrap();
    let wrong = text.replace("save-output/script", "save-output/scirpt");
    let said = fail(&root, &settings, &[("reports.md", &wrong)], 1);
    let shown = fences.iter().find(|fence| fence.language == "text").unwrap();
    assert!(said.starts_with(&shown.code), "{said}");
}
