//! `patternbook explain`: what a rule means and what to do.

use std::io::{self, Write as _};

use super::Outcome;
use crate::diagnostic::{Profile, Rule, suggest};
use crate::inspect::examples;
use crate::lint::patterns::pattern_of;
use crate::publish::reference::all_rules;
use crate::publish::reference::rules::heading;
use crate::render::markdown::wrap;

/// How many characters of a line a terminal surely shows.
const WIDTH: usize = 80;

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
        explain(rule, &mut io::stdout().lock())?;
        Ok(Outcome::Clean)
    }
}

fn explain(rule: &Rule, out: &mut dyn io::Write) -> io::Result<()> {
    let profile = match rule.profile {
        Profile::Any => String::new(),
        profile => format!(", profile {}", profile.name()),
    };
    let title = format!("{} ({}{profile}): {}", rule.id, rule.severity.name(), rule.summary);
    write_paragraph(&title, out)?;
    for paragraph in rule.explanation.split("\n\n") {
        writeln!(out)?;
        write_paragraph(paragraph, out)?;
    }
    if let Some(pattern) = pattern_of(rule.id) {
        writeln!(out, "\nSee: the pattern `{pattern}`")?;
    }
    let Some(example) = examples::of(rule.id) else { return Ok(()) };
    for (title, files) in example.parts() {
        for file in files {
            writeln!(out, "\n{}:\n", heading(title, &file.path, file))?;
            write_code(&file.text, out)?;
        }
    }
    Ok(())
}

fn write_paragraph(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    wrap(text, WIDTH).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes code as it is, but indented, so that its own blank lines do not end it.
fn write_code(code: &str, out: &mut dyn io::Write) -> io::Result<()> {
    code.lines().try_for_each(|line| match line {
        "" => writeln!(out),
        _ => writeln!(out, "    {line}"),
    })
}

fn list(rules: &[&Rule]) -> anyhow::Result<Outcome> {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = io::stdout().lock();
    for rule in rules {
        writeln!(out, "{:width$}  {:7}  {}", rule.id, rule.severity.name(), rule.summary)?;
    }
    Ok(Outcome::Clean)
}
