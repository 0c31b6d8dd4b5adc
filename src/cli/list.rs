//! `patternbook list`: the patterns of the project.

use std::io::{self, Write as _};

use super::{Outcome, project};

/// List the patterns of the project around you
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only patterns that cover this topic, such as `P20`
    #[arg(long, value_name = "TOPIC")]
    covers: Option<String>,
}

impl List {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let project = project::open(&project::current_folder()?)?;
        let width = project.catalog.patterns.keys().map(String::len).max().unwrap_or_default();
        let mut out = io::stdout().lock();
        let mut outcome = Outcome::Nothing;
        for (id, pattern) in &project.catalog.patterns {
            let covers = &pattern.content.covers;
            let is_wanted = |topic: &String| covers.iter().any(|covered| covered.value == *topic);
            if self.covers.as_ref().is_none_or(is_wanted) {
                writeln!(out, "{id:width$}  {}", pattern.content.title)?;
                outcome = Outcome::Clean;
            }
        }
        Ok(outcome)
    }
}
