//! `patternbook explain`: what a rule means and what to do.

use std::io::{self, Write as _};

use super::Outcome;
use crate::check::{self, tolerance::Tolerance};
use crate::diagnostic::{Rule, suggest};
use crate::publish::reference::all_rules;

/// Explain a rule or a tolerance: why it matters and what to do. Without RULE: list them all
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// The id of a rule or a tolerance, as it stands in a report: `json-syntax`
    rule: Option<String>,
}

impl Explain {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let rules = all_rules();
        let Some(id) = &self.rule else { return list(&rules) };
        let tolerances = check::tolerances();
        if let Some(tolerance) = tolerances.iter().find(|tolerance| tolerance.id == id) {
            return explain_tolerance(tolerance);
        }
        let Some(rule) = rules.iter().find(|rule| rule.id == id) else {
            let ids = tolerances.iter().map(|tolerance| tolerance.id);
            let near = suggest(id, rules.iter().map(|rule| rule.id).chain(ids));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`patternbook explain` lists them all".to_owned(),
            };
            anyhow::bail!("there is no rule `{id}`; {hint}");
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{} ({}): {}\n", rule.id, rule.severity.name(), rule.summary)?;
        writeln!(out, "{}", rule.explanation)?;
        Ok(Outcome::Clean)
    }
}

fn explain_tolerance(tolerance: &Tolerance) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} (tolerated): {}\n", tolerance.id, tolerance.summary)?;
    writeln!(out, "{}", tolerance.explanation)?;
    for (title, sample) in [("Accepted", &tolerance.accepts), ("Refused", &tolerance.refuses)] {
        writeln!(out, "\n{title} ({}):\n", sample.language)?;
        for line in sample.code.lines() {
            writeln!(out, "    {line}")?;
        }
    }
    writeln!(out, "\nWith `--strict` nothing is tolerated.")?;
    Ok(Outcome::Clean)
}

fn list(rules: &[&Rule]) -> anyhow::Result<Outcome> {
    let tolerances = check::tolerances();
    let ids = rules.iter().map(|rule| rule.id).chain(tolerances.iter().map(|one| one.id));
    let width = ids.map(str::len).max().unwrap_or_default();
    let mut out = io::stdout().lock();
    for rule in rules {
        writeln!(out, "{:width$}  {:7}  {}", rule.id, rule.severity.name(), rule.summary)?;
    }
    writeln!(out, "\nTolerated in documentation, and an error with `--strict`:\n")?;
    for tolerance in tolerances {
        writeln!(out, "{:width$}  {}", tolerance.id, tolerance.summary)?;
    }
    Ok(Outcome::Clean)
}
