//! `patternbook explain`: what a rule means and what to do.

use std::io::{self, Write as _};

use super::Outcome;
use crate::diagnostic::{Rule, suggest};
use crate::inspect::examples;
use crate::lint::patterns::pattern_of;
use crate::publish::reference::{all_rules, write_example};

/// Explain a rule: why it matters and what to do. Without RULE: list them all
#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// The rule's id, as it stands in a report: `json-syntax`
    rule: Option<String>,
}

impl Explain {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let rules = all_rules();
        let Some(id) = &self.rule else { return list(&rules) };
        let Some(rule) = rules.iter().find(|rule| rule.id == id) else {
            let near = suggest(id, rules.iter().map(|rule| rule.id));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`patternbook explain` lists them all".to_owned(),
            };
            anyhow::bail!("there is no rule `{id}`; {hint}");
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{} ({}): {}\n", rule.id, rule.severity.name(), rule.summary)?;
        writeln!(out, "{}", rule.explanation)?;
        if let Some(pattern) = pattern_of(rule.id) {
            writeln!(out, "\nSee: the pattern `{pattern}`")?;
        }
        if let Some(example) = examples::of(rule.id) {
            write!(out, "{}", write_example(&example, |file| &file.language))?;
        }
        Ok(Outcome::Clean)
    }
}

fn list(rules: &[&Rule]) -> anyhow::Result<Outcome> {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = io::stdout().lock();
    for rule in rules {
        writeln!(out, "{:width$}  {:7}  {}", rule.id, rule.severity.name(), rule.summary)?;
    }
    Ok(Outcome::Clean)
}
