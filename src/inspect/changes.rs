//! Asks git which files were changed. Nothing that the repository names is started: its own
//! configuration may be that of a stranger.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::sandbox::host;

/// Settings of a repository that would let git start other programs, and are not wanted here.
const CALM: [&str; 8] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "diff.external=",
    "-c",
    "core.quotePath=false",
];

/// Gives the files that differ from what they were where `revision` and the present branched
/// off: committed since, or not committed, or new. Absolute paths.
///
/// `folder` is in the repository, and `git` the program.
pub fn since(git: &Path, folder: &Path, revision: &str) -> Result<BTreeSet<PathBuf>, Error> {
    let fail = |message: String| Error::Git { revision: revision.to_owned(), message };
    let ask = |folder: &Path, arguments: &[&str]| -> Result<String, Error> {
        let arguments: Vec<&str> = CALM.iter().chain(arguments).copied().collect();
        host::ask(folder, git, &arguments)?.map_err(fail)
    };
    let root = ask(folder, &["rev-parse", "--show-toplevel"])?;
    let root = PathBuf::from(root.trim_end_matches('\n'));
    // What a person names may look like an option, or like a path.
    let name = format!("{revision}^{{commit}}");
    let verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", &name];
    let commit = ask(&root, &verify).map_err(|_| {
        fail("there is no such commit; in CI, fetch the history: `fetch-depth: 0`".to_owned())
    })?;
    let base = ask(&root, &["merge-base", commit.trim(), "HEAD"]).map_err(|_| {
        fail(
            "it has no common commit with HEAD; in CI, fetch the history: `fetch-depth: 0`"
                .to_owned(),
        )
    })?;
    let without_filters = without_filters(&ask(&root, &FILTERS).or_else(none_found)?, &fail)?;
    let without_filters: Vec<&str> = without_filters.iter().map(String::as_str).collect();
    let diff = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"];
    let rest = ["--ignore-submodules", "-z", base.trim(), "--"];
    let diff = [&without_filters[..], &diff[..], &rest[..]].concat();
    let changed = ask(&root, &diff)?;
    let new = ask(&root, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let names = changed.split('\0').chain(new.split('\0')).filter(|name| !name.is_empty());
    Ok(names.map(|name| root.join(name)).collect())
}

/// Asks for the settings of programs that files go through on their way into the repository.
const FILTERS: [&str; 5] =
    ["config", "--null", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$"];

/// git has no words for it when there is no such setting.
fn none_found(error: Error) -> Result<String, Error> {
    match error {
        Error::Git { message, .. } if message.is_empty() => Ok(String::new()),
        error => Err(error),
    }
}

/// The options that switch filters off, from the names of their settings. A file that only its
/// filter makes equal then counts as changed.
fn without_filters(names: &str, fail: &dyn Fn(String) -> Error) -> Result<Vec<String>, Error> {
    let mut options = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        if name.contains('=') {
            return Err(fail(format!(
                "the filter `{name}` cannot be switched off; take the `=` out of its name in the \
                 configuration of git"
            )));
        }
        let value = if name.ends_with(".required") { "false" } else { "" };
        options.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    Ok(options)
}
