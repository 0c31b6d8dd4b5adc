//! `patternbook merge`: joins what the parts of a sharded run wrote.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::test::write_ledger;
use super::{Outcome, project};
use crate::ledger::Ledger;
use crate::report::verification;
use crate::source::disk::{self, TEXT_LIMIT};
use crate::verify::plan;

/// Join the ledgers and the JSON reports of a sharded run
///
/// Each part of `patternbook test --shard I/N` writes a ledger, and a report if asked. Ledgers
/// are joined into the `ledger.json` of the project around you; an entry counts only if it
/// proves the example as it is now. Reports are joined and printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  patternbook merge part-*/ledger.json
  patternbook merge part-*/report.json > report.json")]
pub(super) struct Merge {
    /// Ledgers, or reports of `test --format json`
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Merge {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let mut ledgers = Vec::new();
        let mut reports = Vec::new();
        for path in &self.files {
            let text = match disk::read(path, TEXT_LIMIT) {
                Ok(text) => text,
                Err(problem) => anyhow::bail!("cannot read `{}`: {problem}", path.display()),
            };
            match Ledger::read(&text) {
                Some(ledger) => ledgers.push(ledger),
                None => reports.push(text),
            }
        }
        if !reports.is_empty() {
            verification::merge(&reports, &mut io::stdout().lock()).map_err(anyhow::Error::msg)?;
        }
        if !ledgers.is_empty() {
            merge_ledgers(&ledgers)?;
        }
        Ok(Outcome::Clean)
    }
}

fn merge_ledgers(ledgers: &[Ledger]) -> anyhow::Result<()> {
    let project = project::open(&project::current_folder()?)?;
    let units = plan::plan(&project.catalog);
    let mut merged = project::ledger_of(&project.folder);
    for ledger in ledgers {
        merged.merge(ledger, &units);
    }
    merged.keep_only(&units);
    write_ledger(&project.folder, merged.text())?;
    let proven = units.iter().filter(|unit| merged.entry(unit).is_some()).count();
    writeln!(io::stderr(), "the ledger proves {proven} of {} examples", units.len())?;
    Ok(())
}
