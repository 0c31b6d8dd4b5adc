//! A machine of its own for tests that run examples: a home, a state and a cache in a temporary
//! folder, so that nothing is trusted, cached or remembered from elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, copy_folder, repository};

/// A machine with one project.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// A machine with an empty project folder.
    pub(crate) fn empty() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.project()).unwrap();
        place
    }

    /// A machine with a copy of a project of `tests/data/test`, and its contracts and labs.
    pub(crate) fn with(project: &str) -> Self {
        let place = Self::empty();
        let data = repository().join("tests/data/test");
        copy_folder(&data.join("common"), &place.project());
        copy_folder(&data.join(project), &place.project());
        place
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Runs the program in the project's folder.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_in(&self.project(), arguments)
    }

    /// Starts the program in the project's folder, without its outputs.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(&self.project(), arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub(crate) fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let home = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_patternbook"));
        command.current_dir(folder).args(arguments).stdin(Stdio::null());
        command.env("HOME", home.join("home"));
        command.env("XDG_STATE_HOME", home.join("state"));
        command.env("XDG_CACHE_HOME", home.join("cache"));
        command
    }

    /// Runs the program in another folder.
    #[track_caller]
    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Run {
        finish(self.command(folder, arguments))
    }

    /// Runs `test` with these arguments, expects this exit status, and returns the report
    /// without what differs from run to run.
    #[track_caller]
    pub(crate) fn test(&self, arguments: &[&str], status: i32) -> Value {
        let usual = ["test", "--trust", "--format", "json"];
        let run = self.run(&[&usual, arguments].concat());
        assert_eq!(run.status, status, "{}{}", run.stdout, run.stderr);
        timeless(serde_json::from_str(&run.stdout).unwrap())
    }

    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.project().join(path)).ok()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.project().join(path), text).unwrap();
    }

    /// Replaces text that stands in a file once.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}");
        self.write(path, &text.replace(from, to));
    }
}

/// Waits for what a command gives.
#[track_caller]
pub(crate) fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A report without times.
pub(crate) fn timeless(mut report: Value) -> Value {
    for unit in report["units"].as_array_mut().unwrap() {
        for run in unit["runs"].as_array_mut().unwrap() {
            run.as_object_mut().unwrap().remove("seconds").unwrap();
            if let Some(output) = run.get_mut("output") {
                let end = output["end"].as_str().unwrap().split(" after ").next().unwrap();
                output["end"] = end.into();
            }
        }
    }
    report
}

/// Every run of a report: what it is of, its name, and its faults.
pub(crate) fn runs(report: &Value) -> Vec<(String, String, Vec<String>)> {
    let mut all = Vec::new();
    for unit in report["units"].as_array().unwrap() {
        for run in unit["runs"].as_array().unwrap() {
            let faults = run["faults"].as_array().unwrap().iter().map(fault).collect();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            all.push((text(&unit["id"]), text(&run["name"]), faults));
        }
    }
    all
}

/// A fault in one line: `rule: PROPERTY: message`.
fn fault(fault: &Value) -> String {
    let property = fault["property"].as_str().map_or(String::new(), |id| format!("{id}: "));
    let message = fault["message"].as_str().unwrap().replace('\n', "\\n").replace('\u{1b}', "\\e");
    let message = match message.split_once(" s, and may take ") {
        Some((_, limit)) => format!("it took longer, and may take {limit}"),
        None => message,
    };
    format!("{}: {property}{message}", fault["rule"].as_str().unwrap())
}
