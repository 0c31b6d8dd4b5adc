//! Whether the examples of a project may be run here.
//!
//! Examples run in a sandbox, or on the machine itself where somebody said the word for that;
//! either way they run, and the packages of their labs are fetched. So a project that somebody
//! else wrote does so only after a person said yes: once for the sandbox, once for the machine.

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
    let line = match place {
        Where::Sandbox => root.display().to_string(),
        Where::Machine => format!("machine {}", root.display()),
    };
    if text.lines().any(|known| known == line) {
        return Ok(());
    }
    if !is_given && !ask(root, place)? {
        anyhow::bail!(
            "the examples of `{}` are not trusted on this machine, so none was run. Read them; \
             then add `--trust`, once",
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
