//! The GitHub Action and the pre-commit hook: their files, and the scripts in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use patternbook::check::{Strictness, Verdict, check};
use patternbook::lint;
use patternbook::value::{Node, yaml};
use regex::Regex;
use tempfile::TempDir;

use crate::support::{Run, folder, repository};

fn read(name: &str) -> Node {
    let text = fs::read_to_string(repository().join(name)).unwrap();
    let mut found = Vec::new();
    assert_eq!(check("yaml", &text, Strictness::Strict, &mut found), Verdict::Valid, "{found:?}");
    yaml::parse(&text).0.unwrap()
}

fn text<'a>(node: &'a Node, pointer: &str) -> &'a str {
    node.at(pointer).text().unwrap_or_else(|| panic!("no text at {pointer}"))
}

/// A step of the action, by its name.
fn step<'a>(action: &'a Node, name: &str) -> &'a Node {
    let mut steps = action.at("/runs/steps").items().iter();
    steps.find(|step| text(step, "/name") == name).unwrap()
}

/// A repository in which the action runs, and the folder of the runner.
struct Runner {
    tree: TempDir,
    own: TempDir,
}

impl Runner {
    fn new(files: &[(&str, &str)]) -> Self {
        Self { tree: folder(files), own: folder(&[("output", "")]) }
    }

    /// Runs a step of the action as the runner does, with these variables.
    fn run(&self, name: &str, variables: &[(&str, &str)]) -> Run {
        let action = read("action.yml");
        let step = step(&action, name);
        let script = self.own.path().join("script.sh");
        fs::write(&script, text(step, "/run")).unwrap();
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(script);
        command.current_dir(self.tree.path()).env("RUNNER_TEMP", self.own.path());
        command.env("GITHUB_OUTPUT", self.own.path().join("output"));
        command.env("GITHUB_ACTION_PATH", repository().join("schema"));
        for entry in step.get("env").into_iter().flat_map(Node::entries) {
            command.env(&entry.key, "");
        }
        let output = command.envs(variables.iter().copied()).output().unwrap();
        Run {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn outputs(&self) -> String {
        fs::read_to_string(self.own.path().join("output")).unwrap()
    }
}

const PROGRAM: (&str, &str) = ("PROGRAM", env!("CARGO_BIN_EXE_patternbook"));

#[test]
fn the_action_annotates_and_writes_a_file_for_code_scanning() {
    let bad = "```json\n::error::x ##[error]x\n```\n";
    let runner = Runner::new(&[("a b/ü.md", bad), ("c.md", "```json\n{}\n```\n")]);
    let paths = ("PATHS", "a b\nc.md\n");
    let run = runner.run("Check", &[PROGRAM, paths, ("SARIF_FILE", "out/r.sarif")]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(runner.outputs(), "sarif-file=out/r.sarif\nexit-status=1\n");
    assert!(run.stdout.starts_with("::error file=a b/ü.md,line=2,"), "{}", run.stdout);
    let (_, rest) = run.stdout.split_once("::stop-commands::").unwrap();
    let (token, rest) = rest.split_once('\n').unwrap();
    let (report, _) = rest.split_once(&format!("\n::{token}::\n")).unwrap();
    assert!(report.contains("2 | ::error::x ##[error]x"), "{report}");
    let sarif = fs::read_to_string(runner.tree.path().join("out/r.sarif")).unwrap();
    assert!(sarif.contains("\"a%20b/%C3%BC.md\""), "{sarif}");
}

#[test]
fn the_action_is_green_where_there_is_no_error() {
    let runner = Runner::new(&[("c.md", "```json\n{}\n```\n")]);
    let more = [("PATHS", "."), ("PROFILE", "spec"), ("STRICT", "true")];
    let run = runner.run("Check", &[&[PROGRAM], &more[..]].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(runner.outputs(), "exit-status=0\n");
    let run = runner.run("Check", &[PROGRAM, ("PATHS", "nowhere")]);
    assert_eq!(run.status, 2);
    assert_eq!(runner.run("Check", &[PROGRAM, ("PATHS", "."), ("STRICT", "yes")]).status, 2);
}

#[test]
fn the_action_hands_over_every_input_as_one_argument() {
    let runner = Runner::new(&[("show", "#!/bin/sh\nprintf '<%s>' \"$@\"\n")]);
    Command::new("chmod").args(["+x", "show"]).current_dir(runner.tree.path()).status().unwrap();
    let variables = [
        ("PROGRAM", "./show"),
        ("PATHS", "-x\n$(touch evil) `touch evil`"),
        ("BASELINE", "b; touch evil"),
        ("SINCE", "origin/main"),
    ];
    let run = runner.run("Check", &variables);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let expected = "<--baseline=b; touch evil><--since=origin/main><--><-x><$(touch evil) \
                    `touch evil`>";
    assert!(run.stdout.ends_with(expected), "{}", run.stdout);
    assert!(!runner.tree.path().join("evil").exists());
}

#[test]
fn the_action_takes_the_program_that_is_there_or_names_the_one_to_build() {
    let runner = Runner::new(&[]);
    assert_eq!(runner.run("Find the program", &[("BINARY", "/x/patternbook")]).status, 0);
    assert_eq!(runner.outputs(), "path=/x/patternbook\n");
    let runner = Runner::new(&[]);
    let run = runner.run("Find the program", &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let outputs = runner.outputs();
    assert!(
        Regex::new("^sources=[0-9a-f]{40}\npath=.*/bin/patternbook\n$").unwrap().is_match(&outputs)
    );
}

#[test]
fn no_input_of_the_action_is_part_of_a_script() {
    let action = read("action.yml");
    for step in action.at("/runs/steps").items() {
        let script = step.get("run").and_then(Node::text).unwrap_or_default();
        assert!(!script.contains("${{"), "{script}");
        let mut found = Vec::new();
        if !script.is_empty() {
            check("bash", script, Strictness::Strict, &mut found);
        }
        assert!(found.is_empty(), "{found:?}");
    }
    let page = fs::read_to_string(repository().join("book/src/checker/ci.md")).unwrap();
    for input in action.get("inputs").unwrap().entries() {
        assert!(page.contains(&format!("`{}`", input.key)), "{} is described nowhere", input.key);
    }
}

#[test]
fn the_hook_gets_every_document_that_is_known() {
    let hooks = read(".pre-commit-hooks.yaml");
    let hook = &hooks.items()[0];
    assert_eq!(text(hook, "/language"), "rust");
    let files = Regex::new(text(hook, "/files")).unwrap();
    let documents = [
        "README.md",
        "docs/a.markdown",
        "SKILL.md",
        ".mcp.json",
        "x/managed-mcp.json",
        ".claude-plugin/plugin.json",
        "x/.claude-plugin/marketplace.json",
        "scripts/get-headers.sh",
        "x.bash",
        ".vscode/mcp.json",
        "claude_desktop_config.json",
        "hooks/hooks.json",
        "agents/a.md",
        "commands/a.md",
        ".claude/a.local.md",
    ];
    let kinds: BTreeSet<&str> =
        documents.iter().filter_map(|path| lint::recognize(path)).map(|kind| kind.name()).collect();
    assert_eq!(kinds, lint::KINDS.iter().map(|kind| kind.name()).collect());
    for path in documents {
        assert!(files.is_match(path), "{path}");
        let is_markdown = Path::new(path).extension().is_some_and(|it| it != "json");
        assert!(is_markdown || lint::recognize(path).is_some(), "{path}");
    }
    for path in ["package.json", "src/md.rs", "x/claude-plugin/plugin.json", "plugin.json"] {
        assert!(!files.is_match(path), "{path}");
        assert!(lint::recognize(path).is_none(), "{path}");
    }
}

#[test]
fn the_hook_runs_what_the_program_takes() {
    let hooks = read(".pre-commit-hooks.yaml");
    let entry: Vec<&str> = text(&hooks.items()[0], "/entry").split(' ').collect();
    assert_eq!(entry[0], "patternbook");
    let tree = folder(&[("a.md", "# Prose\n"), ("b ü.md", "```json\n{\n```\n")]);
    let run = |path| crate::support::patternbook(tree.path(), &[&entry[1..], &[path]].concat());
    assert_eq!(run("a.md").status, 0);
    assert_eq!(run("b ü.md").status, 1);
}
