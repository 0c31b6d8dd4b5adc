//! Every format of `check`, on findings with odd characters, and where reports go.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use patternbook::check::Verdict;
use patternbook::diagnostic::{Diagnostic, Fix, Profile, Rule, Severity};
use patternbook::inspect::{Inspected, Inspection};
use patternbook::report::{Colour, Extent, Format, Report, Root, Style};
use patternbook::source::{SourceFile, Sources, Span};
use serde_json::Value;

use crate::support::{assert_file, repository};

const ODD: &str = "odd \"quotes\", 100%\nanother line ]]> ::error::x <b>&amp; ##[group] \
                   \u{202e}back\u{1b}[31m";

static BROKEN: Rule = Rule {
    id: "broken",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "it is broken",
    explanation: "Nobody can read it. Mend it.",
};

static DOUBTFUL: Rule = Rule {
    id: "doubtful",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "it may be broken",
    explanation: "Somebody may not read it. Look at it.",
};

static REMARK: Rule = Rule {
    id: "a-remark",
    severity: Severity::Note,
    profile: Profile::Any,
    summary: "it is as it is",
    explanation: "Everybody can read it. Leave it.",
};

const TEXT: &str = "# ä\n\n𝕏 {\"a\": }\n{\"a\": }\n\n  {\"a\": }\nthe first\nthe second\nend";

/// What a run found: much in one file with an odd path, nothing in another.
struct Fixture {
    sources: Sources,
    inspection: Inspection,
    root: Root,
}

impl Fixture {
    fn new() -> Self {
        Self::of(TEXT, Root { path: "/home/ada/acme".to_owned(), below: "wiki/".to_owned() })
    }

    /// Finds the same in a text that may have more lines before those of [`TEXT`].
    fn of(text: &str, root: Root) -> Self {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("docs ü/a,b: 100%.md", text));
        let clean = sources.add(SourceFile::new("clean.md", "# Clean\n"));
        let start = text.find(TEXT).unwrap();
        let at = |from: usize, part: &str| {
            let from = start + from + TEXT[from..].find(part).unwrap();
            Span::new(file, from..from + part.len())
        };
        let end = Span::new(file, text.len()..text.len());
        let fix = Fix::Replace { at: end.clone(), with: ".".to_owned() };
        let third = TEXT.find("}\n{").unwrap() + 2;
        let last = TEXT.rfind("{").unwrap();
        let diagnostics = vec![
            Diagnostic::new(&REMARK, at(0, "# ä"), "a title"),
            Diagnostic::new(&BROKEN, at(0, "𝕏"), ODD).help("write `x`,\nnot `𝕏`"),
            Diagnostic::new(&BROKEN, at(third, "}"), "no value on line 4"),
            Diagnostic::new(&BROKEN, at(last, "}"), "no value on line 6"),
            Diagnostic::new(&DOUBTFUL, at(0, "first\nthe second"), "two lines").help("write one"),
            Diagnostic::new(&DOUBTFUL, end, "no full stop").help("write `end.`").fix(fix),
        ];
        let snippet = |file, verdict| Inspected {
            file,
            offset: 0,
            language: "json".to_owned(),
            verdict,
            naming: None,
        };
        let snippets = vec![snippet(file, Verdict::Invalid), snippet(clean, Verdict::Valid)];
        let inspection = Inspection { snippets, diagnostics, ..Inspection::default() };
        Self { sources, inspection, root }
    }

    /// Makes `number` findings of each of these rules, in each of `files` files.
    fn many(files: usize, number: usize) -> Self {
        let mut sources = Sources::default();
        let mut diagnostics = Vec::new();
        for index in 0..files {
            let file = sources.add(SourceFile::new(format!("{index}.md"), "x\n".repeat(number)));
            for line in 0..number {
                for rule in [&DOUBTFUL, &BROKEN] {
                    let span = Span::new(file, 2 * line..2 * line + 1);
                    diagnostics.push(Diagnostic::new(rule, span, "an x").help("write y"));
                }
            }
        }
        let inspection = Inspection { diagnostics, ..Inspection::default() };
        Self { sources, inspection, root: Root::default() }
    }

    fn report(&self) -> Report<'_> {
        let Self { sources, inspection, root } = self;
        Report { sources, base: "", inspection, patterns: None, root }
    }

    fn write(&self, format: Format, extent: Extent) -> String {
        let mut out = Vec::new();
        let style = Style { colour: Colour::None, extent };
        format.write(&self.report(), style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn json(&self, format: Format) -> Value {
        serde_json::from_str(&self.write(format, Extent::Readable)).unwrap()
    }

    /// The fingerprint of each result, by its line.
    fn fingerprints(&self) -> Vec<String> {
        let log = self.json(Format::Sarif);
        let results = log["runs"][0]["results"].as_array().unwrap().iter();
        let fingerprint = |result: &Value| {
            result["partialFingerprints"]["patternbook/v1"].as_str().unwrap().to_owned()
        };
        results.map(fingerprint).collect()
    }
}

#[track_caller]
fn check(format: Format, name: &str) {
    let text = Fixture::new().write(format, Extent::Readable);
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_file(&repository().join("tests/data/reports").join(name), &text);
}

#[test]
fn every_format_shows_odd_findings() {
    check(Format::Human, "odd.human.txt");
    check(Format::Json, "odd.json");
    check(Format::Sarif, "odd.sarif");
    check(Format::Github, "odd.github.txt");
    check(Format::Junit, "odd.xml");
    check(Format::Agent, "odd.agent.txt");
}

#[test]
fn nothing_moves_the_cursor_or_turns_the_text_where_people_read() {
    for format in [Format::Human, Format::Github, Format::Junit, Format::Agent, Format::Sarif] {
        let text = Fixture::new().write(format, Extent::All);
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{format:?}: {text}");
        assert!(!text.contains("\\u001b"), "{format:?}: {text}");
    }
}

#[test]
fn sarif_is_valid() {
    let schema = repository().join("tests/data/reports/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let broken = serde_json::json!({"version": "2.1.0", "runs": [{"tool": {}}]});
    assert!(!validator.is_valid(&broken), "the schema holds nothing");
    for fixture in [Fixture::new(), Fixture::many(0, 0), Fixture::many(2, 13_000)] {
        let log = fixture.json(Format::Sarif);
        let faults: Vec<String> =
            validator.iter_errors(&log).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn sarif_leaves_out_what_is_refused_and_says_so() {
    let log = Fixture::many(2, 13_000).json(Format::Sarif);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    // The errors are the graver half.
    assert_eq!(results[24_999]["level"], "error");
    let notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with("27000 results left out"));
}

#[test]
fn sarif_describes_a_rule_in_as_many_sentences_as_are_shown() {
    static LONG: LazyLock<Rule> = LazyLock::new(|| {
        let explanation = "Something is wrong hëre. ".repeat(100).trim_end().to_owned().leak();
        Rule { explanation, ..REMARK }
    });
    let mut fixture = Fixture::new();
    fixture.inspection.diagnostics[0].rule = &LONG;
    let log = fixture.json(Format::Sarif);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    let full = rule["fullDescription"]["text"].as_str().unwrap();
    assert!(full.len() > 1_000 && full.len() <= 1_024 && full.ends_with(" hëre."), "{full}");
    assert_eq!(rule["help"]["text"], LONG.explanation);
}

#[test]
fn every_result_of_sarif_leads_to_its_rule() {
    let log = Fixture::new().json(Format::Sarif);
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

#[test]
fn fingerprints_are_of_the_finding_and_not_of_its_line_or_the_machine() {
    let before = Fixture::new().fingerprints();
    let different: BTreeSet<&String> = before.iter().collect();
    assert_eq!(different.len(), before.len(), "two findings are one: {before:?}");
    let root = |path: &str, below: &str| Root { path: path.to_owned(), below: below.to_owned() };
    let moved = Fixture::of(&format!("# New\n\nlines\n{TEXT}"), root("/home/ada/acme", "wiki/"));
    assert_eq!(moved.fingerprints(), before);
    assert_eq!(Fixture::of(TEXT, root("/builds/7", "wiki/")).fingerprints(), before);
    assert_ne!(Fixture::of(TEXT, root("/builds/7", "")).fingerprints(), before);
    let mut mended = Fixture::new();
    mended.inspection.diagnostics.remove(1);
    let after = mended.fingerprints();
    assert!(after.iter().all(|fingerprint| before.contains(fingerprint)));
}

/// Reads a workflow command as the runner does
/// (<https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>).
fn read_command(line: &str) -> (String, Vec<(String, String)>, String) {
    let unescape = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap();
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').unwrap();
        (key.to_owned(), unescape(value))
    });
    (name.to_owned(), properties.collect(), unescape(message))
}

#[test]
fn github_reads_back_what_was_found() {
    let text = Fixture::new().write(Format::Github, Extent::Readable);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7, "a finding is one line: {text}");
    let (name, properties, message) = read_command(lines[0]);
    assert_eq!(name, "error");
    assert!(message.starts_with("odd \"quotes\", 100%\nanother line ]]> ::error::x"), "{message}");
    assert!(message.ends_with("\nwrite `x`,\nnot `𝕏`"), "{message}");
    let expected = [
        ("file", "wiki/docs ü/a,b: 100%.md"),
        ("line", "3"),
        ("endLine", "3"),
        ("col", "1"),
        ("endColumn", "2"),
        ("title", "broken"),
    ];
    assert_eq!(properties, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let names: Vec<String> = lines[..6].iter().map(|line| read_command(line).0).collect();
    assert_eq!(names, ["error", "error", "error", "warning", "warning", "notice"]);
    let (_, two_lines, _) = read_command(lines[3]);
    assert!(two_lines.iter().all(|(key, _)| !key.contains("ol")), "GitHub takes no columns there");
}

#[test]
fn junit_is_xml_and_fails_where_the_exit_status_does() {
    const READ: &str = "import json, sys, xml.etree.ElementTree as tree\n\
        root = tree.parse(sys.stdin).getroot()\n\
        print(json.dumps([root.attrib, [[s.attrib, [[c.get('name'), [f.get('message') for f in \
        c.iter('failure')]] for c in s]] for s in root]]))\n";
    let text = Fixture::new().write(Format::Junit, Extent::Readable);
    let mut python = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let read: Value = serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!((&read[0]["tests"], &read[0]["failures"]), (&"7".into(), &"3".into()));
    assert_eq!(read[1][0][0]["name"], "docs ü/a,b: 100%.md");
    assert_eq!(read[1][1][0]["failures"], "0");
    let message = read[1][0][1][1][1][0].as_str().unwrap();
    assert!(message.starts_with("odd \"quotes\", 100%\nanother line ]]> ::error::x <b>&amp; ##"));
}

#[test]
fn an_agent_gets_one_line_for_each_finding_and_the_gravest_of_many() {
    let text = Fixture::many(3, 50).write(Format::Agent, Extent::Readable);
    let of_rule = |rule: &str| text.lines().filter(|it| it.contains(&format!(" {rule} "))).count();
    assert_eq!((of_rule("broken"), of_rule("doubtful")), (100, 0), "{text}");
    assert!(text.contains("… 200 more findings not shown, none graver"), "{text}");
    let all = Fixture::many(3, 50).write(Format::Agent, Extent::All);
    assert_eq!(all.lines().count(), 1 + 300 + 3);
}

#[test]
fn many_findings_stay_readable() {
    let shown = |fixture: &Fixture, extent| {
        let text = fixture.write(Format::Human, extent);
        text.lines().filter(|line| line.contains("]: an x")).count()
    };
    let few = Fixture::many(1, 25);
    assert_eq!(shown(&few, Extent::Readable), 50, "50 findings are few");
    let many = Fixture::many(2, 100);
    assert_eq!(shown(&many, Extent::Readable), 2 * 2 * 3);
    assert_eq!(shown(&many, Extent::All), 400);
    let flood = Fixture::many(4, 100);
    assert_eq!(shown(&flood, Extent::Readable), 4 * 2);
    let text = many.write(Format::Human, Extent::Readable);
    assert_file(&repository().join("tests/data/reports/many.human.txt"), &text);
    assert_eq!(many.json(Format::Json)["diagnostics"].as_array().unwrap().len(), 400);
}
