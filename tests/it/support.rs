//! What several tests need: the program, a copy of a project, an expected file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;
use tempfile::TempDir;

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The root of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program in a folder.
#[track_caller]
pub(crate) fn patternbook(folder: &Path, arguments: &[&str]) -> Run {
    finish(command(folder, arguments).output().unwrap())
}

/// The program, in a folder; its cache is not that of the user.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patternbook"));
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check-cache");
    command.current_dir(folder).args(arguments).env("PATTERNBOOK_CACHE", cache);
    command
}

pub(crate) fn finish(output: Output) -> Run {
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A finding of a report in JSON; what it does not say is empty.
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) rule: String,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// The findings of a run with `--format json`.
#[track_caller]
pub(crate) fn findings(run: &Run) -> Vec<Found> {
    let report: Json = serde_json::from_str(&run.stdout).expect(&run.stderr);
    let read = |found: &Json| {
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        Found {
            path: text("path"),
            line: found["line"].as_u64().unwrap(),
            column: found["column"].as_u64().unwrap(),
            rule: text("rule"),
            message: text("message"),
            help: text("help"),
        }
    };
    report["diagnostics"].as_array().unwrap().iter().map(read).collect()
}

/// Makes a folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

/// Writes a file below a folder.
pub(crate) fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The smallest project that builds: one manifest, one pattern.
pub(crate) const SMALL: &[(&str, &str)] = &[
    (
        "patternbook.yaml",
        "title: Small\n\
         description: A small project.\n\
         guides:\n\
         \x20 - id: guide\n\
         \x20   title: Guide\n\
         \x20   summary: All of it.\n\
         \x20   parts: [{title: Part, patterns: [one]}]\n",
    ),
    ("patterns/one.yaml", ONE),
];

/// A pattern that is clean.
pub(crate) const ONE: &str = "id: one\n\
     title: One\n\
     summary: The only one.\n\
     examples:\n\
     \x20 - id: config\n\
     \x20   title: Config\n\
     \x20   language: json\n\
     \x20   code: |\n\
     \x20     {\"a\": 1}\n";

/// Copies what a build of this repository reads into a new folder.
pub(crate) fn copy_of_this_project() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in ["patternbook.yaml", "choose.yaml", "README.md", "ledger.json"] {
        fs::copy(repository().join(name), copy.path().join(name)).unwrap();
    }
    for name in ["patterns", "contracts", "labs", "book", "templates", "plugin"] {
        copy_folder(&repository().join(name), &copy.path().join(name));
    }
    copy
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder, by its path in it.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
            }
        }
    }
    files
}

/// Compares a text with a committed file, or writes the file when `BLESS` is set.
#[track_caller]
pub(crate) fn assert_file(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected != text {
        let diff = similar::TextDiff::from_lines(&expected, text);
        let diff = diff.unified_diff().header("committed", "now").to_string();
        panic!("{} is out of date; `BLESS=1 cargo test` writes it\n{diff}", path.display());
    }
}
