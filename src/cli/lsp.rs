//! `patternbook lsp`: what `check` finds, in an editor.

use std::io;

use super::Outcome;
use crate::lsp::{Farewell, serve};

/// Serve an editor: diagnostics, fixes and completion while you write
///
/// Speaks the Language Server Protocol over standard input and output; an editor starts it. For
/// Markdown, skills, plugin manifests, MCP configurations and shell scripts, and for the files
/// of a project.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 after `shutdown` and `exit`, 1 when the editor went without them.

The chapter \"In your editor\" of the book has settings for VS Code, Neovim, Helix and Zed.
Options of `initialize`, each optional:
  {\"profile\": \"spec\", \"strict\": true, \"site\": \"https://…\"}")]
pub(super) struct Lsp {
    /// What editors add: standard input and output are all that there is
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Lsp {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let input = io::BufReader::new(io::stdin());
        match serve(input, &mut io::stdout().lock())? {
            Farewell::Proper => Ok(Outcome::Clean),
            Farewell::Abrupt => Ok(Outcome::Findings),
        }
    }
}
