//! `patternbook explain`: what a rule means and what to do.

use std::io::{self, Write as _};

use super::Outcome;
use crate::check::{self, tolerance::Tolerance};
use crate::diagnostic::{Profile, Rule, suggest};
use crate::inspect::examples;
use crate::lint::patterns::pattern_of;
use crate::publish::reference::all_rules;
use crate::publish::reference::rules::heading;
use crate::render::markdown::wrap;

/// How many characters of a line a terminal surely shows.
const WIDTH: usize = 80;

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
            explain_tolerance(tolerance, &mut io::stdout().lock())?;
            return Ok(Outcome::Clean);
        }
        let Some(rule) = rules.iter().find(|rule| rule.id == id) else {
            let ids = tolerances.iter().map(|tolerance| tolerance.id);
            let near = suggest(&id.to_lowercase(), rules.iter().map(|rule| rule.id).chain(ids));
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

fn explain_tolerance(tolerance: &Tolerance, out: &mut dyn io::Write) -> io::Result<()> {
    write_paragraph(&format!("{} (tolerated): {}", tolerance.id, tolerance.summary), out)?;
    writeln!(out)?;
    write_paragraph(tolerance.explanation, out)?;
    for (title, sample) in [("Accepted", &tolerance.accepts), ("Refused", &tolerance.refuses)] {
        writeln!(out, "\n{title} ({}):\n", sample.language)?;
        write_code(sample.code, out)?;
    }
    writeln!(out, "\nWith `--strict` nothing is tolerated.")
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
