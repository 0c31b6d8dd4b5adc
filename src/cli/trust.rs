//! Whether the examples of a project may be run here.
//!
//! They run in a sandbox if nobody wants it otherwise, but they run, and the packages of their labs are fetched. A project
//! that somebody else wrote does so only after a person said yes, once.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::machine;
use crate::publish::tree;
use crate::source::disk::{self, DATA_LIMIT};

/// Where the examples are about to run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Where {
    Sandbox,
    /// With nothing between them and what the user has.
    Machine,
}

/// Refuses to go on unless the project at `root` is trusted. `is_given` is consent by flag.
pub(super) fn require(root: &Path, is_given: bool, place: Where) -> anyhow::Result<()> {
    let list = list()?;
    let text = disk::read(&list, DATA_LIMIT).unwrap_or_default();
    let line = root.display().to_string();
    if text.lines().any(|known| known == line) {
        return Ok(());
    }
    if !is_given && !ask(root, place)? {
        anyhow::bail!(
            "the examples of `{}` are not trusted on this machine, so none was run. Read them; \
             then say `patternbook test --trust`, once",
            root.display()
        );
    }
    // In CI there may be no place to remember it, and none is needed.
    let _ = tree::save(&list, &format!("{text}{line}\n"));
    Ok(())
}

fn list() -> anyhow::Result<PathBuf> {
    Ok(machine::state_folder()?.join("trusted"))
}

/// Asks on a terminal; elsewhere the answer is no.
fn ask(root: &Path, place: Where) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(false);
    }
    let what = match place {
        Where::Sandbox => "in a sandbox, and fetches the packages of its labs",
        Where::Machine => "on this machine, where they can do all that you can",
    };
    let mut err = io::stderr();
    write!(
        err,
        "This runs the examples of {} {what}.\n\
         Do you trust its authors? [y/N] ",
        root.display()
    )?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
