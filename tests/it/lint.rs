//! Every kind against the documents in `tests/data/lint/<kind>/`.
//!
//! A case is a document and a file `<case>.expected` beside it, which holds each finding as
//! `line:column rule-id: message`. With `BLESS=1` the test writes what it found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use patternbook::check::EMPTY_SNIPPET;
use patternbook::diagnostic::Finding;
use patternbook::inspect::examples;
use patternbook::lint::{Document, KINDS, Kind, kind, lint, recognize};
use patternbook::source::SourceFile;

/// One document and what it is.
struct Case {
    kind: &'static dyn Kind,
    path: PathBuf,
    code: String,
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads files and its switch to write them")]
fn every_case_has_its_findings() {
    let mut wrong = Vec::new();
    for case in cases() {
        let found = render(&case.code, &lint(case.kind, &Document::snippet(&case.code)));
        let path = case.path.with_extension("expected");
        if std::env::var("BLESS").is_ok() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}\nwrite them with `BLESS=1`", wrong.join("\n"));
}

#[test]
fn every_rule_of_a_kind_is_flagged_in_a_case_of_it() {
    let mut missing = BTreeSet::new();
    for kind in KINDS {
        missing.extend(kind.rules().iter().map(|rule| (kind.name(), rule.id)));
    }
    for case in cases() {
        for finding in lint(case.kind, &Document::snippet(&case.code)) {
            missing.remove(&(case.kind.name(), finding.rule.id));
        }
    }
    // An entry of a marketplace and a manifest hold servers, whose rules `mcp-config` shows.
    missing.retain(|(kind, rule)| {
        let is_server_rule = rule.starts_with("mcp-") && *kind != "mcp-config";
        let is_manifest_rule = rule.starts_with("plugin-") && *kind == "marketplace";
        let is_hook_rule = rule.starts_with("hook-") && *kind != "hooks";
        let is_depth = *rule == "nesting-too-deep";
        // What needs neighbours is shown by the example of the rule.
        let is_shown = examples::of(rule).is_some();
        !is_server_rule && !is_manifest_rule && !is_hook_rule && !is_depth && !is_shown
    });
    assert!(missing.is_empty(), "no case is flagged by {missing:?}");
}

#[test]
fn every_kind_has_a_case_without_findings() {
    for kind in KINDS {
        let is_clean = |case: &Case| {
            case.kind.name() == kind.name()
                && lint(case.kind, &Document::snippet(&case.code)).is_empty()
        };
        assert!(cases().iter().any(is_clean), "{}", kind.name());
    }
}

#[test]
fn a_finding_is_of_a_rule_that_its_kind_lists() {
    for case in cases() {
        for finding in lint(case.kind, &Document::snippet(&case.code)) {
            let mut rules = case.kind.rules().iter();
            let is_listed =
                finding.rule.id == EMPTY_SNIPPET.id || rules.any(|rule| rule.id == finding.rule.id);
            assert!(is_listed, "{}: {}", case.path.display(), finding.rule.id);
        }
    }
}

#[test]
fn every_finding_says_what_to_do() {
    let mut silent = BTreeSet::new();
    for case in cases() {
        for finding in lint(case.kind, &Document::snippet(&case.code)) {
            if finding.help.is_none_or(|help| help.trim().is_empty()) {
                silent.insert(format!("{}: {}", finding.rule.id, finding.message));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn every_prefix_and_suffix_of_every_case_is_linted_without_a_panic() {
    for case in cases() {
        for (at, _) in case.code.char_indices() {
            for code in [&case.code[..at], &case.code[at..]] {
                for finding in lint(case.kind, &Document::snippet(code)) {
                    let range = finding.range.clone();
                    let is_inside = code.get(range.clone()).is_some();
                    assert!(is_inside, "{} {range:?}: {code}", finding.rule.id);
                }
            }
        }
    }
}

/// It need only end: a rule whose time is not linear hangs here.
#[test]
fn hostile_documents_end() {
    let units = [
        "f() { echo a; }\n",
        "f() { f; }; f | ",
        "T=$(a)\necho \"$T\" > \"$T\"\n",
        "mv $T a; echo $TOKEN > token; ",
        "cat token; ",
        "curl -m $T $T\n",
        "export $(a | xargs)\n",
        "{ a; ",
        "{ a; } > b; ",
        "f() { a; ",
        "case a in b|c) d ;; ",
        "sudo ",
        "$(",
        "\"$(",
        "${a:-",
        "${user_config.",
        "`",
        "<a ",
        "<<a ",
        "a=(",
        "[",
        "{\"a\":",
        "\"",
        "---\n",
        "- ",
        "a: ",
        "a\n",
        "ü",
    ];
    for kind in KINDS {
        for unit in units {
            for size in [2 << 10, 16 << 10, 64 << 10, 256 << 10] {
                lint(*kind, &Document::snippet(&unit.repeat(size / unit.len())));
            }
            let half = 1000;
            lint(*kind, &Document::snippet(&(unit.repeat(half) + &"}; ".repeat(half))));
        }
    }
}

#[test]
fn rules_have_unique_ids_and_teach() {
    let mut ids = BTreeSet::new();
    let mut names = BTreeSet::new();
    for kind in KINDS {
        assert!(names.insert(kind.name()), "{} stands twice", kind.name());
        let mut own = BTreeSet::new();
        for rule in kind.rules() {
            assert!(own.insert(rule.id), "{}: {} stands twice", kind.name(), rule.id);
            ids.insert((rule.id, std::ptr::from_ref(*rule) as usize));
            let is_kebab = rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            assert!(is_kebab && !rule.summary.ends_with('.'), "{}", rule.id);
        }
    }
    let distinct: BTreeSet<&str> = ids.iter().map(|(id, _)| *id).collect();
    assert_eq!(distinct.len(), ids.len(), "two rules have one id");
}

#[test]
fn rules_of_a_kind_name_their_source() {
    for rule in KINDS.iter().flat_map(|kind| kind.rules()) {
        let prefix = rule.id.split('-').next().unwrap();
        let is_own = [
            "mcp",
            "skill",
            "plugin",
            "marketplace",
            "hook",
            "agent",
            "command",
            "link",
            "helper",
            "shell",
        ]
        .contains(&prefix);
        assert!(!is_own || rule.explanation.contains("\n\nSource: "), "{}", rule.id);
    }
}

#[test]
fn paths_are_recognized() {
    let name = |path| recognize(path).map(Kind::name);
    assert_eq!(name("a/.mcp.json"), Some("mcp-config"));
    assert_eq!(name("skills/x/SKILL.md"), Some("skill"));
    assert_eq!(name(".claude-plugin/plugin.json"), Some("plugin-manifest"));
    assert_eq!(name("a\\.claude-plugin\\marketplace.json"), Some("marketplace"));
    assert_eq!(name("scripts/get-headers.sh"), Some("credential-helper"));
    assert_eq!(name("scripts/build.sh"), Some("shell"));
    assert_eq!(name(".vscode/mcp.json"), Some("mcp-client-config"));
    assert_eq!(name("claude_desktop_config.json"), Some("mcp-client-config"));
    assert_eq!(name("hooks/hooks.json"), Some("hooks"));
    assert_eq!(name(".claude/settings.json"), Some("hooks"));
    assert_eq!(name("a/agents/b.md"), Some("agent"));
    assert_eq!(name(".claude/agents/team/b.md"), Some("agent"));
    assert_eq!(name("commands/b.md"), Some("command"));
    assert_eq!(name(".agents/skills/x/SKILL.md"), Some("skill"));
    assert_eq!(name("skills/x/skill.md"), Some("skill"));
    assert_eq!(name("docs/skill.md"), None);
    assert_eq!(name("skills/x/agents/y.md"), None);
    assert_eq!(name("agents/README.md"), None);
    assert_eq!(name("plugin.json"), None);
    assert_eq!(name("README.md"), None);
}

fn render(code: &str, findings: &[Finding]) -> String {
    let file = SourceFile::new("case", code);
    let mut lines = String::new();
    for finding in findings {
        let at = file.position(finding.range.start);
        let id = finding.rule.id;
        lines.push_str(&format!("{}:{} {id}: {}\n", at.line, at.column, finding.message));
    }
    lines
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for dir in sorted(Path::new("tests/data/lint")) {
        let name = dir.file_name().unwrap().to_str().unwrap();
        let kind = kind(name).unwrap_or_else(|| panic!("{name} is no kind"));
        for path in sorted(&dir) {
            if path.extension().is_none_or(|extension| extension != "expected") {
                let code = fs::read_to_string(&path).unwrap();
                cases.push(Case { kind, path, code });
            }
        }
    }
    cases
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
