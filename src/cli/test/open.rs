//! `test --no-sandbox`: runs what can be run on this machine itself, and proves nothing.
//!
//! It stands apart from the usual run, which writes the ledger: here is nothing to write it with.

use std::io::{self, Write as _};

use super::{Shown, Test};
use crate::cli::machine::{self, Machine};
use crate::cli::project::Project;
use crate::cli::selection::Selection;
use crate::cli::{Outcome, trust};
use crate::diagnostic::Diagnostic;
use crate::ledger::Ledger;
use crate::verify::open::keep_open;
use crate::verify::plan::Unit;
use crate::verify::result::{UnitResult, conclude};

/// The word that is consent.
const WORD: &str = "run-on-this-machine";

/// The variable that is consent in CI, when it is `1`.
const IN_CI: &str = "PATTERNBOOK_NO_SANDBOX_IN_CI";

const WARNING: &str = "warning: the examples run on this machine, without a sandbox: what runs can \
                       read and change everything that you can";

/// What somebody said who wants examples to run without a sandbox; there is none without the
/// word.
#[derive(Debug)]
pub(in crate::cli) struct Consent(());

impl Consent {
    /// Reads what was said.
    pub(super) fn of(word: &str) -> anyhow::Result<Self> {
        anyhow::ensure!(
            word == WORD,
            "`--no-sandbox` runs the examples on this machine as you: they can read, change and send \
             away everything that you can, and only their time and output are limited. Install \
             bubblewrap instead (on Debian and Ubuntu: apt install bubblewrap). If you have read the \
             examples and want this, say `--no-sandbox={WORD}`"
        );
        let variable = |name| machine::variable(name).unwrap_or_default();
        // Not every server of CI sets the first.
        let marks = ["CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"].map(variable);
        let is_ci = marks.iter().any(|it| !it.is_empty() && !it.eq_ignore_ascii_case("false"));
        anyhow::ensure!(
            !is_ci || variable(IN_CI) == "1",
            "`--no-sandbox` is refused in CI: what runs could read the secrets of the \
             job and change what it publishes. Install bubblewrap there (on Debian and Ubuntu: apt \
             install bubblewrap). If the job has no secrets and its machine is thrown away, set \
             `{IN_CI}=1` too"
        );
        Ok(Self(()))
    }
}

/// Runs what is selected, and reports it.
pub(super) fn run(
    options: &Test,
    consent: &Consent,
    mut project: Project,
    units: &[Unit],
    selection: &Selection,
    ledger: &Ledger,
) -> anyhow::Result<Outcome> {
    trust::require(project.folder.root(), options.trust, trust::Where::Machine)?;
    writeln!(io::stderr(), "{WARNING}")?;
    let machine = Machine::without_sandbox(consent)?;
    let chosen: Vec<Unit> = selection.units.iter().map(|index| units[*index].clone()).collect();
    let mut jobs = selection.jobs(&chosen, &selection.units);
    let not_run = keep_open(&chosen, &mut jobs);
    let equipment = &project.catalog.equipment;
    let done = machine.run(equipment, &chosen, &jobs, options.workers(), &|_, _| ())?;
    let mut results = conclude(&chosen, done);
    results.retain(|result| !result.runs.is_empty());
    results.iter_mut().for_each(prove_nothing);
    let found: Vec<Diagnostic> = results.iter().flat_map(UnitResult::diagnostics).collect();
    let shown = Shown {
        units: &results,
        stale: &[],
        found,
        unchanged: 0,
        seen: selection.files(units),
        // Here no example is proven, whatever it claims.
        others: units.iter().map(|unit| unit.span.clone()).collect(),
        open: Some(&not_run),
    };
    match options.finish(&mut project, units, ledger, shown)? {
        Outcome::Clean if !not_run.is_empty() => Ok(Outcome::Nothing),
        outcome => Ok(outcome),
    }
}

fn prove_nothing(result: &mut UnitResult) {
    result.level = None;
    for run in &mut result.runs {
        run.again = format!("{} --no-sandbox={WORD}", run.again);
    }
}
