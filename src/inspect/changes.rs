//! Asks git which files were changed.

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
    let diff = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv"];
    let diff = [&diff[..], &["--ignore-submodules", "-z", base.trim(), "--"]].concat();
    let changed = ask(&root, &diff)?;
    let new = ask(&root, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let names = changed.split('\0').chain(new.split('\0')).filter(|name| !name.is_empty());
    Ok(names.map(|name| root.join(name)).collect())
}
