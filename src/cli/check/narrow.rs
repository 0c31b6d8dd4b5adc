//! Which files a run is about, if not all: those that changed, a part of them, or one text.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::machine::variable;
use crate::cli::project;
use crate::cli::selection::Shard;
use crate::inspect::changes;
use crate::sandbox::host;
use crate::source::disk::{self, TEXT_LIMIT};

/// What narrows a run.
#[derive(Debug, clap::Args)]
pub(super) struct Narrow {
    /// Check only the files that changed since REV: on this branch, not committed yet, or new
    ///
    /// What changed on the branch of REV meanwhile does not count. Nothing changed is no failure.
    #[arg(long, value_name = "REV", help_heading = "Which files")]
    since: Option<String>,
    /// Check one part of the files: `2/5` is the second of five. A file is always in the same
    #[arg(long, value_name = "I/N", help_heading = "Which files")]
    shard: Option<Shard>,
    /// Check the text on standard input as if it stood in the file PATH, as editors do
    #[arg(
        long,
        value_name = "PATH",
        help_heading = "Which files",
        conflicts_with_all = ["paths", "since", "shard", "fix", "diff", "write_baseline"]
    )]
    stdin_filename: Option<PathBuf>,
}

/// The files that a run is about.
pub(super) struct Narrowed {
    since: Option<(String, BTreeSet<PathBuf>)>,
    shard: Option<Shard>,
}

impl Narrow {
    /// The text to check, and where it shall stand.
    pub(super) fn text(&self) -> anyhow::Result<Option<(PathBuf, String)>> {
        let Some(path) = &self.stdin_filename else { return Ok(None) };
        let text = disk::read_stream(io::stdin().lock(), TEXT_LIMIT)
            .map_err(|problem| anyhow::anyhow!("cannot read standard input: {problem}"))?;
        Ok(Some((path.clone(), text)))
    }

    /// Asks which files changed.
    pub(super) fn narrowed(&self) -> anyhow::Result<Narrowed> {
        let changed = |revision: &String| -> anyhow::Result<_> {
            let path = variable("PATH").unwrap_or_default();
            let git =
                host::find("git", &path).context("`--since` needs git, which is not there")?;
            let files = changes::since(&git, &project::current_folder()?, revision)?;
            Ok((revision.clone(), files))
        };
        let since = self.since.as_ref().map(changed).transpose()?;
        Ok(Narrowed { since, shard: self.shard })
    }
}

impl Narrowed {
    /// Tells whether some files may be left out.
    pub(super) fn is_part(&self) -> bool {
        self.since.is_some() || self.shard.is_some()
    }

    /// Tells whether a run is about a file. `name` is what every machine calls it.
    pub(super) fn holds(&self, name: &str, path: &Path) -> bool {
        if let Some(shard) = self.shard
            && !shard.holds_file(name)
        {
            return false;
        }
        let Some((_, changed)) = &self.since else { return true };
        // git's answer is read as UTF-8, whatever the names are.
        let is_changed = |place: PathBuf| changed.contains(Path::new(&*place.to_string_lossy()));
        disk::place_of(path).is_some_and(is_changed)
    }

    /// Says what was looked at, if it was not everything.
    pub(super) fn describe(&self, files: usize, passed_over: usize) -> Option<String> {
        let mut parts = Vec::new();
        if let Some((revision, _)) = &self.since {
            parts.push(format!("what changed since {revision}"));
        }
        if let Some(shard) = self.shard {
            parts.push(format!("shard {shard}"));
        }
        let all = files + passed_over;
        (!parts.is_empty()).then(|| format!("{}: {files} of {all} files", parts.join(", ")))
    }
}
