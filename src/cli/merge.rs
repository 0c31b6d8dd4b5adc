//! `patternbook merge`: joins what the parts of a sharded run wrote.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::test::write_ledger;
use super::{Outcome, project};
use crate::ledger::{self, Fault, Ledger};
use crate::report::verification::MergedReport;
use crate::source::disk::{self, TEXT_LIMIT};
use crate::verify::plan;

/// Join the ledgers and the JSON reports of a sharded run
///
/// Each part of `patternbook test --shard I/N` writes a ledger, and a report if asked. Ledgers
/// are joined into the `ledger.json` of the project around you; an entry counts only if it
/// proves the example as it is now. Reports are joined and printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 merged, 1 a report has an error, 2 a file is neither a ledger nor a report.

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
                Ok(ledger) => ledgers.push(ledger),
                Err(fault) => reports.push(read_report(path, &text, &fault)?),
            }
        }
        let report = (!reports.is_empty()).then(|| MergedReport::of(reports));
        if let Some(report) = &report {
            report.write(&mut io::stdout().lock())?;
        }
        if !ledgers.is_empty() {
            merge_ledgers(&ledgers)?;
        }
        let has_errors = report.is_some_and(|report| report.has_errors());
        Ok(if has_errors { Outcome::Findings } else { Outcome::Clean })
    }
}

/// Reads a report, or says what a file is that is none; `fault` is why it is no ledger.
fn read_report(path: &Path, text: &str, fault: &Fault) -> anyhow::Result<MergedReport> {
    let path = path.display();
    let line = text[..fault.range.start].matches('\n').count() + 1;
    // A ledger says what it is, whatever befell it later.
    anyhow::ensure!(!text.contains(ledger::MARK), "`{path}`, line {line}: {}", fault.message);
    let report = MergedReport::read(text);
    report.map_err(|error| {
        anyhow::anyhow!(
            "`{path}` is neither a ledger nor a report of `patternbook test --format json`: {error}"
        )
    })
}

fn merge_ledgers(ledgers: &[Ledger]) -> anyhow::Result<()> {
    let project = project::open(&project::current_folder()?)?;
    let units = plan::plan(&project.catalog);
    let mut merged = project.ledger()?;
    for ledger in ledgers {
        merged.merge(ledger, &units);
    }
    merged.keep_only(&units);
    write_ledger(&project.folder, merged.text())?;
    let proven = units.iter().filter(|unit| merged.entry(unit).is_some()).count();
    writeln!(io::stderr(), "the ledger proves {proven} of {} examples", units.len())?;
    Ok(())
}
