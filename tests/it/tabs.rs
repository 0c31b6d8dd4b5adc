//! Tabs: several examples that a step or a section shows to choose from.

use std::fs;

use tempfile::TempDir;

use crate::support::{SMALL, folder, patternbook, write};

/// A pattern with a set of two tabs in a step, and of two in a section.
const PATTERN: &str = "id: one
title: One
summary: One.
steps:
  - text: Sign in.
    tabs: [ts, py]
sections:
  - title: By hand
    text: Type it.
    tabs: [mac, linux]
examples:
  - id: ts
    title: In TypeScript
    text: Text of ts.
    language: typescript
    code: |
      signIn();
  - id: py
    title: In Python
    language: python
    code: |
      sign_in()
  - id: mac
    tab: macOS <14>
    title: On macOS
    language: bash
    code: |
      acme --keychain
  - id: linux
    tab: Linux
    title: On Linux
    language: bash
    code: |
      acme --keyring
  - id: alone
    title: Alone
    language: bash
    code: |
      acme --version
";

const SKILL: &str = "skills: [{name: s, title: S, description: D, patterns: [one]}]
bundle: {name: b, version: 1.0.0, description: D, author: {name: A}, license: MIT}
";

fn project(pattern: &str) -> TempDir {
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", pattern.as_bytes());
    write(project.path(), "patternbook.yaml", format!("{}{SKILL}", SMALL[0].1).as_bytes());
    project
}

/// Replaces a part of [`PATTERN`], and expects `line:column rule: message (help)` for each finding.
#[track_caller]
fn check(part: &str, by: &str, expected: &[&str]) {
    assert!(PATTERN.contains(part), "{part}");
    let project = project(&PATTERN.replacen(part, by, 1));
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut found = Vec::new();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        let text = |key: &str| diagnostic[key].as_str().unwrap_or_default();
        let (line, column) = (&diagnostic["line"], &diagnostic["column"]);
        let (rule, message, help) = (text("rule"), text("message"), text("help"));
        found.push(format!("{line}:{column} {rule}: {message} ({help})"));
    }
    assert_eq!(found, expected);
}

#[test]
fn tabs_without_fault_have_no_finding() {
    check("", "", &[]);
}

#[test]
fn an_example_that_does_not_exist_is_reported_with_the_nearest() {
    let message = "10:17 unknown-reference: there is no example `linus` (did you mean `linux`?)";
    check("[mac, linux]", "[mac, linus]", &[message]);
}

#[test]
fn one_example_or_tabs_but_not_both() {
    let message = "6:14 example-tabs: this shows an example and tabs as well (name `alone` under `tabs` too, \
                   or leave one of the two out)";
    check("tabs: [ts, py]", "example: alone\n    tabs: [ts, py]", &[message]);
}

#[test]
fn one_tab_is_no_choice() {
    let message = "10:12 example-tabs: one tab alone leaves nothing to choose (write `example: mac`, \
                   or name another example)";
    let linux = "30:10 example-tabs: the example `linux` has a `tab`, and stands in no tabs (name it under \
                 `tabs` of a step or a section, or take `tab` out)";
    check("[mac, linux]", "[mac]", &[message, linux]);
    check(
        "[mac, linux]",
        "[]",
        &[
            "10:11 invalid-value: a list of 0 is too short (it must have at least 1)",
            &linux.replace("30:10", "24:10").replace("linux", "mac"),
            linux,
        ],
    );
}

#[test]
fn a_list_in_the_place_of_one_example_is_led_to_tabs() {
    let message = |help: &str| {
        format!(
            "6:14 wrong-type: one example stands here, and a list of them in tabs (write `{help}`)"
        )
    };
    check("tabs: [ts, py]", "example: [ts, py]", &[&message("tabs: [ts, py]")]);
    check("tabs: [ts, py]", "example: [ts]", &[&message("example: ts")]);
}

#[test]
fn a_name_of_a_tab_that_is_not_there_is_reported() {
    let message = "36:10 example-tabs: the example `alone` has a `tab`, and stands in no tabs (name it under \
                   `tabs` of a step or a section, or take `tab` out)";
    check("- id: alone\n", "- id: alone\n    tab: Any\n", &[message]);
}

#[test]
fn two_tabs_of_one_name_are_reported_at_the_second() {
    let message = "10:17 example-tabs: the tabs of `mac` and `linux` have the same name, `Linux` \
                   (give one of the examples another name with `tab: NAME`)";
    check("macOS <14>", "Linux", &[message]);
    let message = "6:16 example-tabs: the tabs of `ts` and `py` have the same name, `TypeScript` \
                   (give one of the examples another name with `tab: NAME`)";
    check("language: python", "language: ts", &[message]);
}

#[test]
fn an_example_has_one_tab() {
    let message = "10:17 example-tabs: the example `py` has a tab already \
                   (leave one of the two out: the link to a tab leads to one place)";
    let linux = "30:10 example-tabs: the example `linux` has a `tab`, and stands in no tabs (name it under \
                 `tabs` of a step or a section, or take `tab` out)";
    check("[mac, linux]", "[mac, py]", &[message, linux]);
}

#[test]
fn each_tab_is_shown_with_all_that_it_has_wherever_the_pattern_goes() {
    let project = project(PATTERN);
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let read = |path: &str| fs::read_to_string(project.path().join(path)).unwrap();

    let page = read("dist/site/guide/one.html");
    let [steps, hand] = ["id=\"steps\"", "id=\"by-hand\""].map(|id| page.find(id).unwrap());
    let [ts, py, mac, linux] = ["ts", "py", "mac", "linux"].map(|id| {
        let start = format!("<section class=\"tab\" id=\"example.{id}\" data-tab=\"");
        assert_eq!(page.matches(&start).count(), 1, "{id}");
        page.find(&start).unwrap()
    });
    assert!(steps < ts && ts < py && py < hand);
    assert!(hand < mac && mac < linux);
    for shown in [
        "<p><strong>TypeScript</strong></p>\n<p>Text of ts.</p>",
        "<strong>macOS &lt;14&gt;</strong>",
    ] {
        assert!(page.contains(shown), "no {shown} in\n{page}");
    }
    assert_eq!(page.matches("class=\"proof\"").count(), 5);
    assert_eq!(page.matches("<h3 ").count(), 1, "only `alone` is shown on its own");

    let index = read("dist/site/search-index.json");
    assert!(index.contains(r#"["example.py","Steps: Python","sign_in()"#), "{index}");
    assert!(index.contains(r#"["example.mac","By hand: macOS <14>","acme --keychain"#), "{index}");

    let twin = read("dist/site/guide/one.md");
    assert!(
        twin.contains(
            "<a id=\"example.py\"></a>\n\n   **Python**\n\n   ```python\n   sign_in()\n   ```\n"
        ),
        "{twin}"
    );
    let skill = read("skills/s/references/one.md");
    let of_skill = "   <a id=\"example.ts\"></a>**TypeScript**\n\n   Text of ts.\n\n   ```typescript\n   signIn();\n   ```\n";
    assert!(skill.contains(of_skill), "{skill}");
    assert!(
        skill.contains(
            "<a id=\"example.mac\"></a>**macOS \\<14>**\n\n```bash\nacme --keychain\n```\n"
        ),
        "{skill}"
    );
    assert_eq!(skill.matches("acme --version").count(), 1);
}
