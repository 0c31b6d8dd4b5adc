//! Draws conclusions from what was run: what failed, and how far each example is proven.

use std::time::Duration;

use super::attempt::{Attempt, Record};
use super::code::shell_word;
use super::plan::Unit;
use super::rules::{LAB_FAILED, MUTANT_BROKEN, MUTANT_SURVIVED, TEST_FAILED};
use super::schedule::{Done, Job};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::yaml::words::Level;
use crate::source::Span;

/// What is known of a unit after a run.
#[derive(Debug)]
pub struct UnitResult {
    /// `PATTERN/EXAMPLE`.
    pub id: String,
    /// Everything that was run for it.
    pub runs: Vec<RunResult>,
    /// How far it is proven; `None` when something failed.
    pub level: Option<Level>,
}

/// What one run came to.
#[derive(Debug)]
pub struct RunResult {
    /// What it was: a test's name, or a change and the test that it was put to.
    pub name: String,
    /// The property and message of everything that does not hold; empty for a success.
    pub faults: Vec<Fault>,
    /// What the failing run printed.
    pub record: Option<Record>,
    /// How long it took.
    pub took: Duration,
    /// How often it was tried.
    pub tries: u32,
    /// The command that does it again.
    pub again: String,
}

/// A fault, as it is reported.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The rule.
    pub rule: &'static Rule,
    /// Where it is.
    pub span: Span,
    /// The property that is broken.
    pub property: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// Sorts what was done by unit, and says how far each is proven.
pub fn conclude(units: &[Unit], done: Vec<Done>) -> Vec<UnitResult> {
    let mut results: Vec<UnitResult> = units
        .iter()
        .map(|unit| UnitResult { id: unit.id.clone(), runs: Vec::new(), level: None })
        .collect();
    for done in done {
        let unit = &units[done.unit];
        results[done.unit].runs.push(conclude_run(unit, &done));
    }
    for (result, unit) in results.iter_mut().zip(units) {
        if !result.failed() {
            result.level = Some(level(unit));
        }
    }
    results
}

/// How far a unit is proven of which everything holds.
pub fn level(unit: &Unit) -> Level {
    match (unit.tests.is_empty(), unit.changes.is_empty()) {
        (true, _) => Level::Checked,
        (false, true) => Level::Ran,
        (false, false) => Level::Proven,
    }
}

/// What one run came to.
pub fn conclude_run(unit: &Unit, done: &Done) -> RunResult {
    let (name, again, span) = identify(unit, done.job);
    let run = |faults: Vec<Fault>, attempt: Option<Attempt>| {
        let attempt = attempt.unwrap_or_default();
        let (record, took) = (attempt.record, attempt.took);
        RunResult {
            name: name.clone(),
            faults,
            record,
            took,
            tries: done.tries,
            again: again.clone(),
        }
    };
    let attempt = match &done.attempt {
        Ok(attempt) => attempt.clone(),
        Err(error) => {
            let (rule, message) = (&LAB_FAILED, error.to_string());
            return run(vec![Fault { rule, span, property: None, message }], None);
        }
    };
    match done.job {
        Job::Test(..) | Job::Types => {
            let fault = |failure: &super::judge::Failure| Fault {
                rule: &TEST_FAILED,
                span: span.clone(),
                property: failure.property.clone(),
                message: failure.message.clone(),
            };
            let faults = attempt.failures.iter().map(fault).collect();
            run(faults, Some(attempt))
        }
        Job::Kill(_, change) => {
            let change = &unit.changes[change];
            let test = &unit.tests[change.fails].name;
            // That a test failed because of what it noticed, and not before it could.
            if !attempt.failures.is_empty() {
                let ended_wrong = attempt.ended_wrong();
                if ended_wrong && change.passes.is_none() && !change.is_attack {
                    let message = format!(
                        "{} the run ends otherwise, and no other test shows that the code works",
                        change.name
                    );
                    let fault = Fault { rule: &MUTANT_BROKEN, span, property: None, message };
                    return run(vec![fault], Some(attempt));
                }
                return run(Vec::new(), Some(Attempt { record: None, ..attempt }));
            }
            let message = match change.is_attack {
                true => format!("the attack `{test}` does not succeed against {}", change.name),
                false => format!("`{test}` still passes {}", change.name),
            };
            let fault = Fault { rule: &MUTANT_SURVIVED, span, property: None, message };
            run(vec![fault], Some(attempt))
        }
        Job::Live(_, change) => {
            let change = &unit.changes[change];
            let test = &unit.tests[change.passes.unwrap_or(change.fails)].name;
            let Some(failure) = attempt.failures.first() else {
                return run(Vec::new(), Some(attempt));
            };
            let message = format!(
                "{} even `{test}` fails, so the code is broken and proves nothing: {}",
                change.name, failure.message
            );
            let fault = Fault { rule: &MUTANT_BROKEN, span, property: None, message };
            run(vec![fault], Some(attempt))
        }
    }
}

/// The name of a job, the command that does it again, and its place.
fn identify(unit: &Unit, job: Job) -> (String, String, Span) {
    let again = |what: &str| {
        format!("patternbook test --again {}", shell_word(&format!("{}{what}", unit.id)))
    };
    match job {
        Job::Types => ("its types hold".to_owned(), again(""), unit.span.clone()),
        Job::Test(_, test) => {
            let test = &unit.tests[test];
            (test.name.clone(), again(&format!("/{}", test.name)), test.span.clone())
        }
        Job::Kill(_, number) => {
            let change = &unit.changes[number];
            let test = &unit.tests[change.fails].name;
            (format!("{}: `{test}` fails", change.name), again(""), change.span.clone())
        }
        Job::Live(_, number) => {
            let change = &unit.changes[number];
            let test = &unit.tests[change.passes.unwrap_or(change.fails)].name;
            (format!("{}: `{test}` passes", change.name), again(""), change.span.clone())
        }
    }
}

impl RunResult {
    /// Tells whether something was seen not to hold. A lab that failed shows nothing.
    pub fn is_refuted(&self) -> bool {
        self.faults.iter().any(|fault| fault.rule.id != LAB_FAILED.id)
    }
}

impl UnitResult {
    /// What is known of a unit that was not run, and of which something does not hold.
    pub fn not_run(unit: &Unit, name: &str, fault: Fault) -> Self {
        let run = RunResult {
            name: name.to_owned(),
            faults: vec![fault],
            record: None,
            took: Duration::ZERO,
            tries: 0,
            again: format!("patternbook test {}", shell_word(&unit.id)),
        };
        Self { id: unit.id.clone(), runs: vec![run], level: None }
    }

    /// Tells whether something was seen not to hold. A lab that failed shows nothing.
    pub fn is_refuted(&self) -> bool {
        self.runs.iter().any(RunResult::is_refuted)
    }

    /// Tells whether something does not hold.
    pub fn failed(&self) -> bool {
        self.runs.iter().any(|run| !run.faults.is_empty())
    }

    /// Everything that does not hold, as diagnostics.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let runs = self.runs.iter();
        let each = runs.flat_map(|run| run.faults.iter().map(move |fault| (run, fault)));
        let diagnostic = |(run, fault): (&RunResult, &Fault)| {
            let property = fault.property.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
            let message = format!("{}: {}: {property}{}", self.id, run.name, fault.message);
            Diagnostic::new(fault.rule, fault.span.clone(), message)
                .help(format!("run it again: {}", run.again))
        };
        each.map(diagnostic).collect()
    }
}
