//! `patternbook new`: the first lines of a pattern.

/// Begin a pattern: write a file that checks clean and says what to fill in
#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// The pattern's id: lowercase words joined by hyphens
    id: String,
}

impl New {
    pub(super) fn run(&self) -> anyhow::Result<super::Outcome> {
        let _ = &self.id;
        anyhow::bail!("not written yet")
    }
}
