//! The decision path: what is wrong with one, its pages, and `choose` in a terminal.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{Found, ONE, Run, findings, folder, patternbook, write};

/// Two patterns in a guide, to lead to.
const MANIFEST: &str = "title: Small\n\
     description: A small project.\n\
     guides:\n\
     \x20 - id: guide\n\
     \x20   title: Guide\n\
     \x20   summary: All of it.\n\
     \x20   parts: [{title: Part, patterns: [one, two]}]\n";

/// A path of two questions.
const PATH: &str = "questions:\n\
     \x20 - id: start\n\
     \x20   question: What is it?\n\
     \x20   text: See [the first](pattern:one).\n\
     \x20   answers:\n\
     \x20     - {answer: A server, next: server}\n\
     \x20     - {answer: A client, patterns: [one]}\n\
     \x20 - id: server\n\
     \x20   question: Whose?\n\
     \x20   answers:\n\
     \x20     - {answer: Mine, patterns: [two, one], because: It is mine.}\n\
     \x20     - {answer: Yours, patterns: [one]}\n";

fn project(path: &str) -> TempDir {
    let one = ONE.replace("title: One\n", "title: One\nhosts: [server]\ntransports: [http]\n");
    let two = ONE.replace("id: one", "id: two").replace("title: One", "title: Two");
    let two = format!("{two}answer: Do as [one](pattern:one) does.\n");
    let project = folder(&[
        ("patternbook.yaml", MANIFEST),
        ("patterns/one.yaml", &one),
        ("patterns/two.yaml", &two),
    ]);
    write(project.path(), "choose.yaml", path.as_bytes());
    project
}

/// Replaces a part of [`PATH`], and expects `line:column rule: message` for each finding.
#[track_caller]
fn check(part: &str, by: &str, expected: &[&str]) {
    assert!(PATH.contains(part), "{part}");
    let project = project(&PATH.replacen(part, by, 1));
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let mut lines = Vec::new();
    for Found { path, line, column, rule, message, help } in findings(&run) {
        assert_eq!(path, "choose.yaml");
        lines.push(format!("{line}:{column} {rule}: {message} ({help})"));
    }
    assert_eq!(lines, expected);
}

#[test]
fn a_path_without_fault_has_no_finding() {
    check("", "", &[]);
}

#[test]
fn names_that_do_not_exist_are_reported_with_the_nearest() {
    let message = "6:34 unknown-reference: there is no question `sever` (did you mean `server`?)";
    let unreached = "8:9 unreached-question: no answer leads to the question `server` \
                     (name it as the `next` of an answer, or remove it)";
    check("next: server", "next: sever", &[message, unreached]);
    let message = "7:39 unknown-reference: there is no pattern `onne` (did you mean `one`?)";
    check("patterns: [one]", "patterns: [onne]", &[message]);
    let message = "4:15 unknown-reference: there is no pattern `onne` (did you mean `one`?)";
    check("pattern:one", "pattern:onne", &[message]);
}

#[test]
fn a_question_that_nobody_is_asked_is_reported() {
    let message = "8:9 unreached-question: no answer leads to the question `server` \
                   (name it as the `next` of an answer, or remove it)";
    check("next: server", "patterns: [one]", &[message]);
}

#[test]
fn a_circle_is_reported_with_the_way_round() {
    let help = "(let it lead to another question, or to patterns)";
    let circle = "11:30 question-circle: this answer leads in a circle: start → server → start";
    check("patterns: [two, one]", "next: start", &[&format!("{circle} {help}")]);
    let circle = "11:30 question-circle: this answer leads in a circle: server → server";
    check("patterns: [two, one]", "next: server", &[&format!("{circle} {help}")]);
}

#[test]
fn an_answer_leads_to_one_place() {
    let help = "(give it either `next: QUESTION`, or `patterns: [PATTERN]`)";
    let both = "6:18 answer-target: the answer `A server` leads both to a question and to patterns";
    check("next: server", "next: server, patterns: [one]", &[&format!("{both} {help}")]);
    let neither = "7:18 answer-target: the answer `A client` leads nowhere";
    check("A client, patterns: [one]", "A client", &[&format!("{neither} {help}")]);
}

#[test]
fn names_and_answers_stand_once() {
    let message = "8:9 duplicate-id: the question `start` stands here a second time (rename one)";
    let unknown = "6:34 unknown-reference: there is no question `server` (one of: start)";
    check("- id: server", "- id: start", &[unknown, message]);
    let message = "7:18 duplicate-id: the answer `A server` stands here a second time (rename one)";
    check("A client", "A server", &[message]);
}

#[test]
fn more_questions_than_anybody_reads_are_refused() {
    let question = |n: usize| {
        format!(
            "  - {{id: q{n}, question: Q, answers: [{{answer: A, next: q{}}}, {{answer: B, patterns: [one]}}]}}\n",
            n + 1
        )
    };
    let questions: String = (0..201).map(question).collect();
    let project = project(&format!("questions:\n{questions}"));
    let run = patternbook(project.path(), &["check"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let expected = "error[invalid-value]: a list of 201 is too long\n --> choose.yaml:2:6\n";
    assert!(run.stdout.starts_with(expected), "{}", run.stdout);
}

#[test]
fn one_answer_is_no_choice() {
    let message = "11:10 invalid-value: a list of 1 is too short (it must have at least 2)";
    check("      - {answer: Yours, patterns: [one]}\n", "", &[message]);
}

#[test]
fn a_file_that_cannot_be_walked_is_no_path() {
    let project = project(&PATH.replace("patterns: [two, one]", "next: start"));
    let run = patternbook(project.path(), &["choose"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`patternbook check` shows them"), "{}", run.stderr);
    fs::remove_file(project.path().join("choose.yaml")).unwrap();
    let run = patternbook(project.path(), &["choose"]);
    assert!(run.stderr.contains("has no `choose.yaml`"), "{}", run.stderr);
}

fn choose(arguments: &[&str]) -> Run {
    patternbook(project(PATH).path(), &[&["choose"], arguments].concat())
}

#[test]
fn without_a_terminal_the_whole_path_is_printed() {
    let expected = "What is it?\n\
                    \x20 1  A server\n\
                    \x20    Whose?\n\
                    \x20      1  Mine\n\
                    \x20         → two: Two\n\
                    \x20           with one\n\
                    \x20      2  Yours\n\
                    \x20         → one: One\n\
                    \x20 2  A client\n\
                    \x20    → one: One\n";
    assert_eq!(choose(&[]).stdout, expected);
    assert_eq!(choose(&["--all"]).stdout, expected);
    assert_eq!(choose(&["--all", "1"]).status, 2);
}

#[test]
fn a_question_that_is_met_twice_is_written_out_once() {
    let project = project(&PATH.replace("A client, patterns: [one]", "A client, next: server"));
    let run = patternbook(project.path(), &["choose"]);
    assert!(run.stdout.ends_with("  2  A client\n     Whose? (as above)\n"), "{}", run.stdout);
}

#[test]
fn numbers_lead_to_a_question_or_a_pattern() {
    let run = choose(&["1"]);
    let expected = "Whose?\n\n  1  Mine\n  2  Yours\n\nGo on with: patternbook choose 1 NUMBER\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, expected));
    let run = choose(&["1", "1"]);
    let expected = "Two\nThe only one.\n\nIt is mine.\n\nDo as one does.\n\n\
                    All of it:     patternbook show two\n\
                    Read with it:  one: One\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, expected));
}

#[test]
fn a_wrong_number_is_answered_with_what_there_is() {
    for wrong in ["0", "3", "x", "99999999999999999999"] {
        let run = choose(&["1", wrong]);
        let expected = format!(
            "error: `{wrong}` is none of the answers to “Whose?”:\n  1  Mine\n  2  Yours\n"
        );
        assert_eq!((run.status, run.stderr), (2, expected));
    }
    let run = choose(&["2", "1", "1"]);
    let expected = "error: `2` leads to a pattern already; leave out `1 1`\n";
    assert_eq!((run.status, run.stderr.as_str()), (2, expected));
}

#[test]
fn json_has_the_path_the_question_or_the_patterns() {
    let json = |arguments: &[&str]| -> serde_json::Value {
        let run = choose(&[&["--format", "json"], arguments].concat());
        serde_json::from_str(&run.stdout).unwrap()
    };
    let question = serde_json::json!({"id": "server", "question": "Whose?", "answers": [
        {"answer": "Mine", "because": "It is mine.", "patterns": ["two", "one"]},
        {"answer": "Yours", "patterns": ["one"]},
    ]});
    let all = json(&[]);
    assert_eq!(all["version"], 1);
    assert_eq!(all["questions"][0]["answers"][0]["next"], "server");
    assert_eq!(all["questions"][1], question);
    assert_eq!(json(&["1"]), serde_json::json!({"version": 1, "question": question}));
    let one = serde_json::json!({"id": "one", "title": "One", "summary": "The only one."});
    let two = serde_json::json!({"id": "two", "title": "Two", "summary": "The only one.",
        "answer": "Do as [one](pattern:one) does."});
    let end = serde_json::json!(
        {"version": 1, "because": "It is mine.", "patterns": [two, one]});
    assert_eq!(json(&["1", "1"]), end);
}

/// Types lines into `choose` in a terminal of its own, and gives what stands there then.
fn type_into(project: &TempDir, lines: &str) -> String {
    let program = env!("CARGO_BIN_EXE_patternbook");
    let mut terminal = Command::new("script")
        .args(["-qec", &format!("'{program}' choose"), "/dev/null"])
        .current_dir(project.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = terminal.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

#[test]
fn in_a_terminal_each_question_is_asked_and_can_be_taken_back() {
    let shown = type_into(&project(PATH), "1\n7\nb\n1\n1\n");
    assert_eq!(shown.matches("What is it?").count(), 2, "{shown}");
    assert_eq!(shown.matches("`7` is none of the answers to “Whose?”").count(), 1, "{shown}");
    assert!(shown.ends_with("Read with it:  one: One\n"), "{shown}");
    for end in ["\n", "q\n"] {
        let shown = type_into(&project(PATH), &format!("1\n{end}"));
        assert!(shown.contains("Whose?") && !shown.contains("patternbook show"), "{shown}");
    }
}

#[test]
fn the_pages_work_without_script() {
    let project = project(PATH);
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let page =
        |name: &str| fs::read_to_string(project.path().join("dist/site").join(name)).unwrap();
    let choose = page("choose.html");
    assert!(choose.contains("<a href=\"#question-server\">A server</a>"), "{choose}");
    assert!(choose.contains("<h2 id=\"question-server\">Whose?"), "{choose}");
    assert!(choose.contains("You said: <a href=\"#question-start\">A server</a>"), "{choose}");
    assert!(choose.contains("<a href=\"guide/two.html\">Two</a>: The only one."), "{choose}");
    assert!(choose.contains("Read with it: <a href=\"guide/one.html\">One</a>"), "{choose}");
    assert!(choose.contains("See <a href=\"guide/one.html\">the first</a>."), "{choose}");
    let compare = page("compare.html");
    let row = "<tr><td><a href=\"guide/one.html\">One</a></td><td>The only one.</td>\
               <td>MCP servers; HTTP</td>\
               <td><span class=\"level\" data-level=\"parsed\">1 parsed</span></td></tr>";
    assert!(compare.contains(row), "{compare}");
    let menu = "<p class=\"part\">Find what you need</p>\n<ul>\n\
                <li><a href=\"choose.html\" aria-current=\"page\">Choose a pattern</a></li>\n\
                <li><a href=\"compare.html\">Compare the patterns</a></li></ul>\n\
                <p class=\"part\">Guide</p>";
    assert!(choose.contains(menu), "{choose}");
}

#[test]
fn a_chapter_of_the_same_name_is_refused() {
    let project = project(PATH);
    write(project.path(), "book/src/compare.md", b"# Mine\n");
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.contains("error[book-collision]"), "{}", run.stdout);
}
