//! `patternbook show`: one pattern, to read in a terminal.

/// Show one pattern as Markdown
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The pattern's id; `patternbook list` lists them
    id: String,
}

impl Show {
    pub(super) fn run(&self) -> anyhow::Result<super::Outcome> {
        let _ = &self.id;
        anyhow::bail!("not written yet")
    }
}
