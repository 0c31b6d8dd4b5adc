//! Draws conclusions from what was run: what failed, and how far each example is proven.

use std::time::Duration;

use super::attempt::{Attempt, Record};
use super::code::shell_word;
use super::judge::Failure;
use super::plan::{Test, Unit};
use super::rules::{LAB_FAILED, MUTANT_BROKEN, MUTANT_SURVIVED, TEST_FAILED};
use super::schedule::{Done, Job};
use crate::diagnostic::{Diagnostic, Rule, printable};
use crate::model::yaml::words::Level;
use crate::source::Span;

/// How many characters of a value a message shows.
const MOST_SHOWN: usize = 300;

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
    /// What the property says, where the message does not say what should be.
    pub says: Option<String>,
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
            return run(vec![fault(&LAB_FAILED, span, error.to_string())], None);
        }
    };
    match done.job {
        Job::Test(_, test) => run(test_faults(&unit.tests[test], &attempt), Some(attempt)),
        Job::Types => {
            let fault =
                |failure: &Failure| fault(&TEST_FAILED, span.clone(), failure.message.clone());
            run(attempt.failures.iter().map(fault).collect(), Some(attempt))
        }
        Job::Kill(_, change) => {
            let change = &unit.changes[change];
            let test = &unit.tests[change.fails].name;
            // That a test failed because of what it noticed, and not before it could.
            if !attempt.failures.is_empty() {
                if !attempt.failed_alive() && change.passes.is_none() && !change.is_attack {
                    let message = format!(
                        "{} the test fails, and nothing shows that the code still works: name a test in `passes`",
                        change.name
                    );
                    return run(vec![fault(&MUTANT_BROKEN, span, message)], Some(attempt));
                }
                return run(Vec::new(), Some(Attempt { record: None, ..attempt }));
            }
            let message = match change.is_attack {
                true => format!("the attack `{test}` does not succeed against {}", change.name),
                false => format!("`{test}` still passes {}", change.name),
            };
            run(vec![fault(&MUTANT_SURVIVED, span, message)], Some(attempt))
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
            run(vec![fault(&MUTANT_BROKEN, span, message)], Some(attempt))
        }
    }
}

/// A fault of no property.
pub fn fault(rule: &'static Rule, span: Span, message: String) -> Fault {
    Fault { rule, span, property: None, says: None, message }
}

/// What a test found, each fault once.
fn test_faults(test: &Test, attempt: &Attempt) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for failure in &attempt.failures {
        let fault = test_fault(test, failure, attempt.record.as_ref());
        let is_same = |it: &Fault| (&it.property, &it.message) == (&fault.property, &fault.message);
        if !faults.iter().any(is_same) {
            faults.push(fault);
        }
    }
    faults
}

fn test_fault(test: &Test, failure: &Failure, record: Option<&Record>) -> Fault {
    let (property, span) = (failure.property.clone(), test.span.clone());
    let mut checks = test.steps.iter().flat_map(|step| &step.checks);
    let says = checks.find(|check| property.is_some() && check.property == property);
    let says = says.and_then(|check| check.says.clone());
    let seen = record.and_then(|record| seen_value(&failure.message, &record.stdout));
    match (says, seen) {
        (Some(says), Some(seen)) => {
            Fault { rule: &TEST_FAILED, span, property, says: Some(says), message: seen }
        }
        _ => Fault { property, ..fault(&TEST_FAILED, span, failure.message.clone()) },
    }
}

/// What stood there, where a JSON Schema of standard output did not hold: what its validator says
/// of it is for those who wrote the schema.
fn seen_value(message: &str, stdout: &str) -> Option<String> {
    let rest = message.strip_prefix("standard output")?;
    let (place, pointer) = match rest.strip_prefix(" at `") {
        Some(rest) => {
            let (pointer, _) = rest.split_once("`: ")?;
            (format!("standard output at `{pointer}`"), pointer)
        }
        None => rest.strip_prefix(": ").map(|_| ("standard output".to_owned(), ""))?,
    };
    let document: serde_json::Value = serde_json::from_str(stdout).ok()?;
    let value = document.pointer(pointer)?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown: String = printable(&text).chars().take(MOST_SHOWN).collect();
    let more = if text.chars().count() > MOST_SHOWN { "…" } else { "" };
    Some(format!("{place} is `{}{more}`", shown.replace('\n', "\\n")))
}

/// The name of a job, the command that does it again, and its place.
pub(super) fn identify(unit: &Unit, job: Job) -> (String, String, Span) {
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

impl Fault {
    /// What is wrong, and of which property.
    pub fn text(&self) -> String {
        match (&self.property, &self.says) {
            (None, _) => self.message.clone(),
            (Some(id), None) => format!("{id}: {}", self.message),
            (Some(id), Some(says)) => format!("{id}: {}; {id} says: {says}", self.message),
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
            let message = format!("{}: {}: {}", self.id, run.name, fault.text());
            Diagnostic::new(fault.rule, fault.span.clone(), message)
                .help(format!("run it again: {}", run.again))
        };
        each.map(diagnostic).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::seen_value;

    #[track_caller]
    fn check(message: &str, stdout: &str, expected: Option<&str>) {
        assert_eq!(seen_value(message, stdout).as_deref(), expected);
    }

    #[test]
    fn what_a_schema_refuses_is_shown_and_not_what_its_validator_says() {
        let message = "standard output at `/a`: \"x\" does not match \"^y$\"";
        check(message, "{\"a\": \"x\"}", Some("standard output at `/a` is `x`"));
        let message = "standard output: \"a\" is a required property";
        check(message, "{\"b\": 1}", Some("standard output is `{\"b\":1}`"));
        check(message, "{\"b\": \n… 7 more bytes", None);
        check("standard output is empty", "", None);
        check("standard output holds `a`, which it must not", "\"a\"", None);
    }
}
