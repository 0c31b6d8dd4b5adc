//! The command line: one case for each flag and exit status, and the README's own commands.

use crate::support::{SMALL, folder, patternbook, repository};

#[test]
fn the_console_blocks_of_the_readme_run() {
    trycmd::TestCases::new().case("README.md");
}

#[test]
fn json_has_the_shape_of_the_design_for_every_verdict() {
    let text = "```json\n{}\n```\n\n```json\n{\"a\": }\n```\n\n```json\n{\"a\": 1, // why\n}\n```\n\n\
                ```cobol\nx\n```\n\n```\nx\n```\n";
    let tree = folder(&[("a.md", text)]);
    let run = patternbook(tree.path(), &["check", "--format", "json", "a.md"]);
    assert_eq!(run.status, 1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let summary = serde_json::json!(
        {"files": 1, "snippets": 5, "errors": 1, "warnings": 0, "skipped": 2,
         "suppressed": 0, "baselined": 0});
    assert_eq!(report["summary"], summary);
    assert_eq!(report["version"], 1);
    let verdicts: Vec<&str> = report["snippets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|snippet| snippet["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["valid", "invalid", "tolerated", "skipped", "skipped"]);
    for (index, snippet) in report["snippets"].as_array().unwrap().iter().enumerate() {
        assert_eq!(snippet["path"], "a.md");
        assert_eq!(snippet["reason"].is_string(), index >= 2, "{snippet}");
    }
    assert_eq!(report["snippets"][1]["line"], 6);
    let diagnostic = &report["diagnostics"][0];
    assert_eq!(diagnostic["rule"], "json-syntax");
    assert_eq!(diagnostic["severity"], "error");
    assert_eq!((&diagnostic["line"], &diagnostic["column"]), (&6.into(), &7.into()));
    for key in ["endLine", "endColumn", "message"] {
        assert!(!diagnostic[key].is_null(), "{key}");
    }
}

#[test]
fn no_name_moves_the_cursor_of_who_reads_the_report() {
    let text = "```\u{1b}[31mred\nx\n```\n\n```json\n{\n```\n";
    let tree = folder(&[("a\u{1b}[31m.md", text)]);
    let run = patternbook(tree.path(), &["check", "."]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    assert!(run.stdout.contains("a\\u{1b}[31m.md:6:"), "{}", run.stdout);
}

#[test]
fn strict_tolerates_nothing() {
    let tree = folder(&[("a.md", "```json\n{\"a\": 1, // why\n}\n```\n")]);
    assert_eq!(patternbook(tree.path(), &["check", "a.md"]).status, 0);
    assert_eq!(patternbook(tree.path(), &["check", "--strict", "a.md"]).status, 1);
}

#[test]
fn strict_makes_a_skipped_snippet_an_error() {
    let tree = folder(&[("a.md", "```json\n{}\n```\n\n```cobol\nx\n```\n")]);
    assert_eq!(patternbook(tree.path(), &["check", "a.md"]).status, 0);
    assert_eq!(patternbook(tree.path(), &["check", "--strict", "a.md"]).status, 1);
}

#[test]
fn nothing_checked_is_its_own_exit_status() {
    let tree = folder(&[("a.md", "# Nothing here\n")]);
    assert_eq!(patternbook(tree.path(), &["check", "a.md"]).status, 3);
}

#[test]
fn a_path_that_is_not_there_is_an_error_of_usage() {
    let tree = folder(&[]);
    let run = patternbook(tree.path(), &["check", "nowhere.md"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`nowhere.md` does not exist"), "{}", run.stderr);
}

#[test]
fn outside_a_project_the_message_says_where_to_go() {
    let tree = folder(&[]);
    let run = patternbook(tree.path(), &["check"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no `patternbook.yaml`"), "{}", run.stderr);
    assert!(run.stderr.ends_with("or name a path to check\n"), "{}", run.stderr);
    let run = patternbook(tree.path(), &["test"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.ends_with("go to a project's folder\n"), "{}", run.stderr);
}

#[test]
fn paths_lead_from_where_the_person_stands() {
    let project = folder(SMALL);
    let bad = crate::support::ONE.replace("{\"a\": 1}", "{");
    crate::support::write(project.path(), "patterns/one.yaml", bad.as_bytes());
    let run = patternbook(&project.path().join("patterns"), &["check"]);
    assert!(run.stdout.contains("--> ../patterns/one.yaml:9:"), "{}", run.stdout);
}

#[test]
fn patterns_named_by_path_are_checked_in_their_project() {
    let project = folder(SMALL);
    let two = crate::support::ONE.replace("one", "two").replace("{\"a\": 1}", "{");
    crate::support::write(project.path(), "patterns/two.yaml", two.as_bytes());
    let status = |paths: &[&str]| patternbook(project.path(), &[&["check"], paths].concat()).status;
    assert_eq!(status(&["patterns/one.yaml"]), 0);
    assert_eq!(status(&["patterns/two.yaml"]), 1);
    assert_eq!(status(&["patterns/one.yaml", "patterns/two.yaml"]), 1);
    assert_eq!(status(&["patterns"]), 1);
    assert_eq!(status(&["patterns/one.yaml", "patternbook.yaml"]), 2);
}

#[test]
fn a_path_leads_to_the_same_pattern_however_it_is_written() {
    let project = folder(SMALL);
    let bad = crate::support::ONE.replace("{\"a\": 1}", "{");
    crate::support::write(
        project.path(),
        "patterns/sub/two.yaml",
        bad.replace("one", "two").as_bytes(),
    );
    let below = project.path().join("patterns/sub");
    assert_eq!(patternbook(&below, &["check", "two.yaml"]).status, 1);
    assert_eq!(patternbook(&below, &["check", "../one.yaml"]).status, 0);
    assert_eq!(patternbook(&below, &["check", "../../patterns/sub/two.yaml"]).status, 1);
}

#[test]
fn a_file_named_by_hand_is_never_passed_over_in_silence() {
    let tree = folder(&[("a.md", "```json\n{}\n```\n"), ("x.csv", "1,2\n")]);
    let run = patternbook(tree.path(), &["check", "a.md", "./a.md", "x.csv"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("checked 2 files, 2 snippets"), "{}", run.stdout);
    assert!(run.stdout.contains("neither Markdown nor a document"), "{}", run.stdout);
    let run = patternbook(tree.path(), &["check", "x.csv"]);
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("nothing was checked"), "{}", run.stderr);
}

#[test]
fn a_document_is_held_strictly_where_a_fence_is_not() {
    let json = "{\"mcpServers\": {}, // why\n}\n";
    let tree = folder(&[(".mcp.json", json), ("a.md", "```json\n{\"a\": 1, // why\n}\n```\n")]);
    assert_eq!(patternbook(tree.path(), &["check", "a.md"]).status, 0);
    assert_eq!(patternbook(tree.path(), &["check", "."]).status, 1);
}

#[test]
fn an_id_that_yaml_would_take_for_a_number_is_quoted() {
    let project = folder(SMALL);
    assert_eq!(patternbook(project.path(), &["new", "123"]).status, 0);
    assert_eq!(patternbook(project.path(), &["check"]).status, 0);
    let again = patternbook(project.path(), &["new", "one", "--topic", "more"]);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("patterns/one.yaml"), "{}", again.stderr);
}

#[test]
fn a_new_pattern_checks_clean_once_a_guide_names_it() {
    let project = folder(SMALL);
    assert_eq!(patternbook(project.path(), &["new", "two", "--topic", "more"]).status, 0);
    let run = patternbook(project.path(), &["check"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("warning[unused-pattern]"), "{}", run.stdout);
    let again = patternbook(project.path(), &["new", "two", "--topic", "more"]);
    assert_eq!(again.status, 2, "a pattern that is there must not be overwritten");
    assert_eq!(patternbook(project.path(), &["new", "Bad Id"]).status, 2);
}

#[test]
fn list_show_explain_and_schema_answer() {
    let project = folder(SMALL);
    let run = |arguments: &[&str]| patternbook(project.path(), arguments);
    assert_eq!(run(&["list"]).stdout, "one  One\n");
    assert!(run(&["show", "one"]).stdout.starts_with("# One\n"));
    assert!(run(&["show", "onne"]).stderr.contains("did you mean `one`?"));
    assert!(run(&["explain", "json-syntax"]).stdout.starts_with("json-syntax (error)"));
    for near in ["jsn-syntax", "JSON-SYNTAX"] {
        assert!(run(&["explain", near]).stderr.contains("did you mean `json-syntax`?"), "{near}");
    }
    let schema: serde_json::Value = serde_json::from_str(&run(&["schema"]).stdout).unwrap();
    assert_eq!(schema["title"], "patternbook pattern");
    assert!(run(&["completions", "bash"]).stdout.contains("complete -F _patternbook"));
}

#[test]
fn this_repository_is_clean() {
    let run = patternbook(repository(), &["check"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains(" 0 errors, 0 warnings"), "{}", run.stdout);
}
