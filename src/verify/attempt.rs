//! Runs one test once, on a ground that has its labs.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::code::Code;
use super::judge::{Failure, Judgement, Observed, describe_end, judge};
use super::plan::{Step, Test};
use super::scene::{FOLDER, Scene};
use crate::error::Error;
use crate::lab::Session;
use crate::sandbox::Limits;
use crate::sandbox::run::{Outcome, Run};

/// How much longer than it may a run is left alone, so that it can be seen to be too slow.
const GRACE: Duration = Duration::from_secs(4);

/// How long a run may take, and compute, that serves all examples at once, on a slow machine too.
const LONG_RUN: Duration = Duration::from_secs(180);

/// How many bytes of an output a report carries: thousands of runs may fail at once.
const MOST_SHOWN: usize = 64 << 10;

/// What came of running a test.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// What does not hold.
    pub failures: Vec<Failure>,
    /// What the failing run printed, and how it ended.
    pub record: Option<Record>,
    /// Whether something that had to be there was there.
    pub shows_life: bool,
    /// How long it took.
    pub took: Duration,
}

impl Attempt {
    /// Tells whether the code worked, and only did the wrong thing: each run ended as it should,
    /// and something that had to be there was there.
    pub fn failed_alive(&self) -> bool {
        self.shows_life && !self.failures.iter().any(|failure| failure.is_about_end)
    }
}

/// A run as a person would have seen it.
#[derive(Debug, Clone)]
pub struct Record {
    /// The step, from 1.
    pub step: usize,
    /// What was run.
    pub command: String,
    /// How it ended.
    pub end: String,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
}

/// Runs a test with this code.
pub fn attempt(session: &mut Session, test: &Test, code: &Code) -> Result<Attempt, Error> {
    let started = std::time::Instant::now();
    let scene = Scene::set(session, test, code)?;
    session.reset(&test.labs)?;
    let mut attempt = Attempt::default();
    for (index, step) in test.steps.iter().enumerate() {
        if !step.labs.is_empty() {
            session.set(&step.labs)?;
        }
        let Some(command) = step.run.clone().or_else(|| code.command()) else {
            let message = format!("a `{}` file does not run by itself; name `run`", code.language);
            attempt.failures.push(Failure { property: None, message, is_about_end: true });
            break;
        };
        let outcomes = run_step(session, &scene, step, &command)?;
        let (judgement, at) = judge_step(session, step, &outcomes, scene.records)?;
        attempt.shows_life |= judgement.shows_life;
        if !judgement.failures.is_empty() {
            attempt.record = Some(record(index + 1, &command, &outcomes[at]));
            attempt.failures = judgement.failures;
            break;
        }
    }
    attempt.took = started.elapsed();
    Ok(attempt)
}

/// Runs a command in a scene that stands, for all examples at once.
pub(super) fn run_plainly(
    session: &Session,
    scene: &Scene,
    command: &str,
) -> Result<Outcome, Error> {
    let limits = Limits { memory: 2 << 30, cpu: LONG_RUN, wall: LONG_RUN, ..Limits::default() };
    session.ground.run(&run_of(session, scene, command, &limits))
}

/// What to run in a scene.
fn run_of<'a>(
    session: &'a Session,
    scene: &'a Scene,
    command: &str,
    limits: &'a Limits,
) -> Run<'a> {
    Run {
        folder: FOLDER,
        command: ["sh", "-c", command].map(str::to_owned).into(),
        environment: scene.environment.clone(),
        input: &[],
        is_choosy: scene.is_choosy,
        records: scene.records,
        limits,
        binds: &session.binds,
        start_in: &scene.work,
    }
}

fn run_step(
    session: &Session,
    scene: &Scene,
    step: &Step,
    command: &str,
) -> Result<Vec<Outcome>, Error> {
    let usual = Limits::default();
    let within = step.checks.iter().filter_map(|check| check.expect.within);
    let duration = |within| Duration::try_from_secs_f64(within).unwrap_or(usual.wall);
    let wall = within.map(|within| duration(within).saturating_add(GRACE)).max();
    let limits = Limits {
        memory: session.memory.unwrap_or(usual.memory),
        wall: wall.unwrap_or(usual.wall),
        ..usual
    };
    let run = Run { input: step.input.as_bytes(), ..run_of(session, scene, command, &limits) };
    let ground = &session.ground;
    if step.at_once == 1 {
        return Ok(vec![ground.run(&run)?]);
    }
    thread::scope(|scope| {
        let start = |_| scope.spawn(|| ground.run(&run));
        let threads: Vec<_> = (0..step.at_once).map(start).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join().expect("no panic");
        threads.into_iter().map(join).collect()
    })
}

/// What is to be said of a step, and of which of its runs.
fn judge_step(
    session: &mut Session,
    step: &Step,
    outcomes: &[Outcome],
    records: bool,
) -> Result<(Judgement, usize), Error> {
    let expects = || step.checks.iter().map(|check| &check.expect);
    let mut files = Vec::new();
    if expects().any(|expect| !expect.files.is_empty()) {
        files = session.ground.take(&format!("{FOLDER}/work"))?;
    }
    let mut requests = BTreeMap::new();
    for lab in expects().flat_map(|expect| expect.requests.keys()) {
        if !requests.contains_key(lab) {
            requests.insert(lab.clone(), session.requests(lab)?);
        }
    }
    let started = if records { session.ground.closed()?.started(FOLDER)? } else { Vec::new() };
    let mut last = (Judgement::default(), 0);
    for (index, outcome) in outcomes.iter().enumerate() {
        let observed = Observed { outcome, files: &files, requests: &requests, started: &started };
        last = (judge(&step.checks, &observed), index);
        if !last.0.failures.is_empty() {
            break;
        }
    }
    Ok(last)
}

fn record(step: usize, command: &str, outcome: &Outcome) -> Record {
    let text = |bytes: &[u8]| {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_SHOWN)]);
        match bytes.len().saturating_sub(MOST_SHOWN) {
            0 => shown.trim_end().to_owned(),
            more => format!("{shown}\n… {more} more bytes"),
        }
    };
    Record {
        step,
        command: command.to_owned(),
        end: format!("{} after {:.1} s", describe_end(outcome.end), outcome.took.as_secs_f64()),
        stdout: text(&outcome.stdout),
        stderr: text(&outcome.stderr),
    }
}
