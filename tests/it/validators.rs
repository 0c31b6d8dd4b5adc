//! What other validators catch is caught here too.
//!
//! A case of `tests/data/validators/` is a tree, as in the examples of the rules. Above its files
//! stand the rule that must find the fault, and the validators that find it, each with a part of its
//! message. A validator that is installed is asked whether it still does: `claude` (2.1.329) and
//! `agentskills` (0.1.1) on `PATH`; the scripts of plugin-dev in the folder that `PLUGIN_DEV` names.
//! `validate-agent.sh` stops without a message at some faults, by one of its own (`set -e` with a `grep` that
//! finds nothing); the table then has the last line that it says.
#![expect(clippy::print_stderr, reason = "a validator that is not there is named")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use patternbook::markdown;

use crate::support::{patternbook, repository, write};

/// A faulty tree, and who says so.
struct Case {
    name: String,
    rule: String,
    /// Validators, and a part of what each says.
    validators: Vec<(String, String)>,
    text: String,
}

#[test]
fn what_other_validators_catch_is_caught() {
    let mut missed = Vec::new();
    for case in cases() {
        let tree = tempfile::tempdir().unwrap();
        let run = patternbook(&fill(tree.path(), &case), &["check", "--format", "json", "."]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let found: BTreeSet<&str> = report["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap())
            .collect();
        if !found.contains(case.rule.as_str()) {
            missed.push(format!("{}: {} is not in {found:?}", case.name, case.rule));
        }
    }
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn the_validators_agree_with_the_table() {
    let mut wrong = Vec::new();
    let mut absent = BTreeSet::new();
    for case in cases() {
        for (validator, part) in &case.validators {
            let tree = tempfile::tempdir().unwrap();
            let root = fill(tree.path(), &case);
            let Some(said) = ask(validator, &root) else {
                absent.insert(validator.clone());
                continue;
            };
            if !said.contains(part.as_str()) {
                wrong.push(format!("{}: {validator} does not say `{part}`:\n{said}", case.name));
            }
        }
    }
    for validator in absent {
        eprintln!("not asked, since it is not installed: {validator}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Asks a validator about a tree. Nothing, if it is not installed.
fn ask(validator: &str, root: &Path) -> Option<String> {
    let mut command = match validator {
        "claude" => {
            let mut command = Command::new(on_path("claude")?);
            command.args(["plugin", "validate", "--strict"]).arg(root);
            command
        }
        "skills-ref" => {
            let skill = fs::read_dir(root).unwrap().next().unwrap().unwrap().path();
            let mut command = Command::new(on_path("agentskills")?);
            command.arg("validate").arg(skill);
            command
        }
        script => {
            let script = plugin_dev(&format!("{}.sh", script.replace('_', "-")))?;
            let mut command = Command::new("bash");
            command.arg(script).arg(subject(root));
            command
        }
    };
    let home = tempfile::tempdir().unwrap();
    command.env("HOME", home.path()).env("DISABLE_AUTOUPDATER", "1");
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The file of a tree that a script of plugin-dev looks at.
fn subject(root: &Path) -> PathBuf {
    let files = ["agents/bookkeeper.md", "hooks/a.sh", "hooks/hooks.json", ".claude/acme.local.md"];
    let file = files.iter().map(|file| root.join(file)).find(|file| file.exists());
    file.expect("a case has a file for the script")
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn plugin_dev(script: &str) -> Option<PathBuf> {
    let skills = PathBuf::from(env::var_os("PLUGIN_DEV")?).join("skills");
    let folders = ["agent-development", "hook-development", "plugin-settings"];
    let scripts = folders.iter().map(|folder| skills.join(folder).join("scripts").join(script));
    scripts.into_iter().find(|file| file.is_file())
}

fn fill(folder: &Path, case: &Case) -> PathBuf {
    let root = folder.join("acme");
    for fence in markdown::outline(&case.text).fences {
        let path = fence.attribute("file").unwrap();
        write(&root, path, fence.code.as_bytes());
        let is_executable = fence.info.split_whitespace().any(|word| word == "executable");
        let mode = if is_executable { 0o755 } else { 0o644 };
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    root
}

fn cases() -> Vec<Case> {
    let folder = repository().join("tests/data/validators");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| read(&path)).collect()
}

fn read(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    let head = text.lines().take_while(|line| !line.is_empty());
    let mut fields: Vec<(String, String)> = head
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let (_, rule) = fields.remove(0);
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    Case { name, rule, validators: fields, text }
}
