//! What can be run where there is no sandbox, and what cannot.

use super::plan::{Test, Unit};
use super::result::identify;
use super::schedule::{Job, tests_of};
use super::types;

/// Something that was not run, because it needs a closed world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// The unit, `PATTERN/EXAMPLE`.
    pub unit: String,
    /// What would have been run.
    pub name: String,
    /// What it needs.
    pub reason: String,
}

/// Takes the jobs away that need a closed world, and says of each what it needs.
pub fn keep_open(units: &[Unit], jobs: &mut Vec<Job>) -> Vec<NotRun> {
    let mut not_run = Vec::new();
    jobs.retain(|job| {
        let found = obstacles(*job, units);
        let is_open = found.is_empty();
        not_run.extend(found);
        is_open
    });
    not_run.sort_by(|a, b| a.unit.cmp(&b.unit));
    not_run
}

/// What keeps a job from being done; for types there is an entry for each unit that has any.
fn obstacles(job: Job, units: &[Unit]) -> Vec<NotRun> {
    let not_run = |unit: &Unit, reason: String| {
        let (name, ..) = identify(unit, job);
        NotRun { unit: unit.id.clone(), name, reason }
    };
    match job {
        Job::Types => {
            let reason = || needs_labs(&[types::LAB]);
            let typed = units.iter().filter(|unit| unit.has_types);
            typed.map(|unit| not_run(unit, reason())).collect()
        }
        Job::Test(unit, _) | Job::Kill(unit, _) | Job::Live(unit, _) => {
            let reason = tests_of(job, units).into_iter().find_map(obstacle);
            reason.map(|reason| not_run(&units[unit], reason)).into_iter().collect()
        }
    }
}

/// What a test needs that only a closed world has.
fn obstacle(test: &Test) -> Option<String> {
    if !test.labs.is_empty() {
        let names: Vec<&str> = test.labs.keys().map(String::as_str).collect();
        return Some(needs_labs(&names));
    }
    if !test.without.is_empty() {
        return Some("it hides programs with `without`".to_owned());
    }
    let reason = "it looks at arguments with `not-in-arguments`";
    test.looks_at_arguments().then(|| reason.to_owned())
}

fn needs_labs(names: &[&str]) -> String {
    let labs = if names.len() == 1 { "lab" } else { "labs" };
    format!("it needs the {labs} `{}`", names.join("`, `"))
}
