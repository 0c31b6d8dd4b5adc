//! Checkers on the cases of `tests/data/check/<language>/<case>.md`, and their contract.
//!
//! A case holds a fence with the code, and then a `text` fence with the verdict and every
//! finding. A new case needs only the first fence: `BLESS=1 cargo test` writes the second.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use patternbook::check::tolerance::Sample;
use patternbook::check::{
    CHECKERS, Checker, EMPTY_SNIPPET, Strictness, Verdict, check, check_file, checker, tolerances,
};
use patternbook::diagnostic::{Finding, Severity};
use patternbook::publish::reference::all_rules;
use patternbook::source::SourceFile;

struct Case {
    path: PathBuf,
    /// Everything up to the end of the first fence.
    head: String,
    language: String,
    code: String,
    expected: String,
}

#[test]
fn every_case_gives_what_it_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let found = describe(&case.language, &case.code);
        if found == case.expected {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            let text = format!("{}\n````text\n{found}````\n", case.head);
            fs::write(&case.path, text).unwrap();
        } else {
            let path = case.path.display();
            wrong.push(format!("{path}\n--- expected\n{}--- found\n{found}", case.expected));
        }
    }
    assert!(wrong.is_empty(), "\n{}\nrun with BLESS=1 to accept", wrong.join("\n"));
}

#[test]
fn every_checker_has_a_valid_and_an_invalid_case() {
    let mut verdicts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let cases = cases();
    for case in &cases {
        let name = checker(&case.language).expect("a case names a known language").names()[0];
        let verdict = case.expected.lines().next().unwrap_or_default();
        let verdict = verdict.split(':').next().unwrap_or_default();
        verdicts.entry(name).or_default().insert(verdict);
    }
    for checker in CHECKERS {
        let seen = verdicts.get(checker.names()[0]).cloned().unwrap_or_default();
        assert!(seen.contains("valid"), "{} has no valid case", checker.title());
        assert!(seen.contains("invalid"), "{} has no invalid case", checker.title());
    }
}

#[test]
fn every_rule_has_a_case() {
    let all: String = cases().into_iter().map(|case| case.expected).collect();
    let rules = CHECKERS.iter().flat_map(|checker| checker.rules());
    for rule in rules.chain([&&EMPTY_SNIPPET]) {
        assert!(all.contains(rule.id), "no case shows `{}`", rule.id);
    }
}

#[test]
fn every_tolerance_accepts_and_refuses_what_it_says() {
    for tolerance in tolerances() {
        let id = tolerance.id;
        let verdict = |sample: &Sample, strictness| {
            check(sample.language, sample.code, strictness, &mut Vec::new())
        };
        let accepted = verdict(&tolerance.accepts, Strictness::Documentation);
        assert!(
            matches!(&accepted, Verdict::Tolerated(by) if by.contains(&tolerance)),
            "{id}: {accepted:?}"
        );
        assert_eq!(verdict(&tolerance.accepts, Strictness::Strict), Verdict::Invalid, "{id}");
        let refused = verdict(&tolerance.refuses, Strictness::Documentation);
        assert_eq!(refused, Verdict::Invalid, "{id}");
        assert!(!tolerance.summary.ends_with('.') && tolerance.explanation.ends_with('.'), "{id}");
        assert!(all_rules().iter().all(|rule| rule.id != id), "{id} is a rule too");
    }
}

#[test]
fn every_tolerance_of_a_checker_has_a_case() {
    let cases = cases();
    for checker in CHECKERS {
        for tolerance in checker.tolerances() {
            let shows = |case: &&Case| {
                let first = case.expected.lines().next().unwrap_or_default();
                checker.names().contains(&case.language.as_str())
                    && first.starts_with("tolerated: ")
                    && first.split([' ', ',']).any(|id| id == tolerance.id)
            };
            let name = checker.title();
            assert!(cases.iter().any(|case| shows(&case)), "{name}: no case of `{}`", tolerance.id);
        }
    }
}

#[test]
fn names_are_unique_and_texts_follow_the_style() {
    let mut names = BTreeSet::new();
    for checker in CHECKERS {
        for name in checker.names() {
            assert!(names.insert(name), "`{name}` names two checkers");
            assert_eq!(*name, name.to_ascii_lowercase());
        }
        assert!(checker.promise().ends_with('.'), "{}", checker.promise());
        for rule in checker.rules() {
            assert!(!rule.summary.ends_with('.'), "{}", rule.id);
            assert!(rule.explanation.ends_with('.'), "{}", rule.id);
        }
    }
}

#[test]
fn every_finding_says_what_to_do() {
    let mut silent = BTreeSet::new();
    for case in cases() {
        let mut found = Vec::new();
        check(&case.language, &case.code, Strictness::Strict, &mut found);
        for finding in found {
            if finding.help.is_none_or(|help| help.trim().is_empty()) {
                silent.insert(format!("{}: {}", finding.rule.id, finding.message));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn every_prefix_of_every_case_keeps_the_contract() {
    for case in cases() {
        let checker = checker(&case.language).unwrap();
        for (at, _) in case.code.char_indices() {
            keep_contract(checker, &case.code[..at]);
        }
    }
}

#[test]
fn odd_input_keeps_the_contract() {
    let odd = ["", "\n", "\r\n", " ", "\t", "\u{feff}", "\0", "ü", "…", "\u{2028}", "\\", "a\rb"];
    for checker in CHECKERS {
        for code in odd {
            keep_contract(*checker, code);
        }
    }
}

/// It need only end: a checker whose time is not linear hangs here.
#[test]
fn hostile_input_ends() {
    // Small ones too, since limits let pass what is below them.
    let sizes = [1 << 10, 2 << 10, 16 << 10, 64 << 10, 256 << 10];
    let units = [
        "[",
        "(",
        "((",
        "{",
        "\"",
        "'",
        "- ",
        "$(",
        "`",
        "<",
        "a: ",
        "! ",
        "${a",
        "a=>",
        "if a; then ",
        "```a\n",
        "> ",
        "<<a ",
        "\"a\":",
        "a\n",
        "..",
        "case a in ",
        "{{ ",
        "new ",
        "ü",
        "<a>",
        "a<",
        "(a=",
        "a.",
        "a[",
        "#",
        "\\",
        "$ a\n",
        "[[",
        "&a ",
        "*a ",
        "? ",
        "f(function(){",
        "select a ",
    ];
    std::thread::scope(|scope| {
        for checker in CHECKERS {
            scope.spawn(move || {
                for (unit, size) in units.iter().flat_map(|unit| sizes.map(|size| (unit, size))) {
                    keep_contract(*checker, &unit.repeat(size / unit.len()));
                }
            });
        }
    });
}

/// What brush and this checker are known to judge in another way than bash.
const KNOWN_DIFFERENCES: &[&str] = &["bad-empty", "bad-too-deep"];

#[test]
fn the_shell_itself_agrees_on_every_bash_case() {
    let is_there = Command::new("bash").arg("--version").stdout(Stdio::null()).status();
    assert!(is_there.is_ok(), "this test needs bash: {is_there:?}; install it");
    for case in cases().into_iter().filter(|case| case.language == "bash") {
        let name = case.path.file_stem().unwrap().to_str().unwrap();
        let is_valid = check("bash", &case.code, Strictness::Strict, &mut Vec::new());
        let agrees = (is_valid == Verdict::Valid) == bash_accepts(&case.code);
        let is_known = KNOWN_DIFFERENCES.contains(&name);
        assert_eq!(agrees, !is_known, "{}: {is_valid:?}", case.path.display());
    }
}

/// `bash -n` can print a syntax error and still exit with 0.
fn bash_accepts(code: &str) -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    // Line ends are those of the Markdown file, not of the script.
    fs::write(file.path(), code.replace("\r\n", "\n")).unwrap();
    let output = Command::new("bash").arg("-n").arg(file.path()).output().unwrap();
    output.status.success() && output.stderr.is_empty()
}

#[track_caller]
fn keep_contract(checker: &dyn Checker, code: &str) {
    let mut found = Vec::new();
    checker.check(code, &mut found);
    for finding in &found {
        let listed = checker.rules().iter().any(|rule| std::ptr::eq(*rule, finding.rule));
        assert!(listed, "{}: `{}` is not listed", checker.title(), finding.rule.id);
        let is_inside = code.get(finding.range.clone()).is_some();
        assert!(is_inside, "{}: {:?} in {code:.200?}", finding.rule.id, finding.range);
    }
    if found.iter().any(|finding| finding.rule.severity == Severity::Error) {
        for tolerance in checker.tolerate(code) {
            let id = tolerance.id;
            assert!(checker.tolerances().contains(&tolerance), "{}: `{id}`", checker.title());
        }
    }
}

#[test]
fn a_file_is_not_called_a_block() {
    let all: [(&str, &str); 5] = [
        ("json", "{\"a\": 1} // b"),
        ("json", "{} {}"),
        ("json", ""),
        ("python", "a = )"),
        ("ts", "const a = 1; const a = 2;"),
    ];
    for (language, code) in all {
        let mut found = Vec::new();
        check_file(language, code, &mut found);
        let help = found[0].help.as_deref().unwrap();
        assert!(!help.contains("block") && !help.contains("snippet"), "{language}: {help}");
    }
}

fn describe(language: &str, code: &str) -> String {
    let mut found = Vec::new();
    let verdict = match check(language, code, Strictness::Documentation, &mut found) {
        Verdict::Tolerated(tolerances) => {
            check(language, code, Strictness::Strict, &mut found);
            let ids: Vec<&str> = tolerances.iter().map(|tolerance| tolerance.id).collect();
            format!("tolerated: {}", ids.join(", "))
        }
        verdict => verdict.name().to_owned(),
    };
    let file = SourceFile::new("snippet", code);
    let mut text = verdict + "\n";
    for finding in found {
        describe_finding(&file, &finding, &mut text);
    }
    text
}

fn describe_finding(file: &SourceFile, finding: &Finding, text: &mut String) {
    let position = file.position(finding.range.start);
    let Finding { rule, message, .. } = finding;
    let code = &file.text[finding.range.clone()];
    writeln!(text, "{}:{} {}: {message} {code:?}", position.line, position.column, rule.id)
        .unwrap();
    if let Some(help) = &finding.help {
        writeln!(text, "  help: {help}").unwrap();
    }
}

fn cases() -> Vec<Case> {
    let mut paths = Vec::new();
    for folder in fs::read_dir("tests/data/check").unwrap() {
        let folder = folder.unwrap().path();
        paths.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    paths.sort();
    paths.iter().map(|path| read_case(path)).collect()
}

fn read_case(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    let (head_length, language, code) = fence(&text).expect("a case starts with a fence");
    let expected = fence(&text[head_length..]).map(|(_, _, expected)| expected);
    Case {
        path: path.to_owned(),
        head: text[..head_length].to_owned(),
        language: language.to_owned(),
        code: code.to_owned(),
        expected: expected.unwrap_or_default().to_owned(),
    }
}

/// Finds the first fence of four backticks or more: where it ends, its label, its text.
fn fence(text: &str) -> Option<(usize, &str, &str)> {
    let start = text.find("````")?;
    let line = text[start..].lines().next()?;
    let label = line.trim_start_matches('`');
    let bar = &line[..line.len() - label.len()];
    let code_start = start + line.len() + 1;
    let length = match text[code_start..].starts_with(&format!("{bar}\n")) {
        true => 0,
        false => text[code_start..].find(&format!("\n{bar}\n"))? + 1,
    };
    let end = code_start + length + bar.len() + 1;
    Some((end, label, &text[code_start..code_start + length]))
}
