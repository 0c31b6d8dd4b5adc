//! Runs jobs in parallel. Each worker keeps a ground and takes jobs that need its labs, so that
//! labs start seldom and no two tests ever share one at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;

use super::attempt::{Attempt, attempt};
use super::plan::{Test, Unit};
use super::types;
use crate::error::Error;
use crate::lab::{Session, Stock};

/// How many failures are tried again alone. Where more fail, it is not for want of time.
const MOST_ALONE: usize = 20;

/// Something to run. Numbers are indices: of a unit, of its test, of its change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// A test with the code as it is shown.
    Test(usize, usize),
    /// A change, with the test that must fail.
    Kill(usize, usize),
    /// A change, with the test that must still pass: code that does not work at all proves
    /// nothing. It follows where the test fails that must, and shows no life while it does.
    Live(usize, usize),
    /// The types of all units that have any.
    Types,
}

/// What came of a job. For [`Job::Types`] there is one for each unit.
#[derive(Debug)]
pub struct Done {
    /// The job.
    pub job: Job,
    /// The unit.
    pub unit: usize,
    /// What came of it; an error when the labs or the sandbox failed.
    pub attempt: Result<Attempt, Error>,
    /// How often it was tried.
    pub tries: u32,
}

/// All jobs of these units.
pub fn jobs(units: &[Unit]) -> Vec<Job> {
    let mut jobs = Vec::new();
    if units.iter().any(|unit| unit.has_types) {
        jobs.push(Job::Types);
    }
    for (index, unit) in units.iter().enumerate() {
        jobs.extend((0..unit.tests.len()).map(|test| Job::Test(index, test)));
        for number in 0..unit.changes.len() {
            jobs.push(Job::Kill(index, number));
        }
    }
    jobs
}

/// What somebody wants to know while jobs run: what was done, and whether it was the last of
/// its unit.
pub type Progress<'a> = &'a (dyn Fn(&Done, bool) + Sync);

/// Runs jobs on `workers` grounds, tells `progress` of each that is done, and returns them in
/// the order of the jobs.
///
/// What must pass and does not is tried again while nothing else runs: many tests have a limit of
/// time, or a person who types, and a busy machine is no fault of an example.
pub fn run(
    stock: &Stock<'_>,
    units: &[Unit],
    jobs: &[Job],
    workers: usize,
    progress: Progress<'_>,
) -> Vec<Done> {
    let queues = Mutex::new(queues(units, jobs));
    let remaining = Mutex::new(count_by_unit(units, jobs));
    let done = Mutex::new(Vec::new());
    let workers = workers.min(jobs.len());
    let (quiet, alone) =
        (RwLock::new(()), AtomicUsize::new(if workers > 1 { MOST_ALONE } else { 0 }));
    let tell = |result: &Done| {
        if matches!(result.job, Job::Live(..)) {
            progress(result, false);
            return;
        }
        let mut remaining = remaining.lock().expect("no worker panics");
        let count = remaining.get_mut(&result.unit).expect("its job was counted");
        *count -= 1;
        progress(result, *count == 0);
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut worker =
                    Worker { stock, units, quiet: &quiet, alone: &alone, session: None };
                while let Some((labs, job)) = next(&queues, worker.labs()) {
                    let results = worker.work(&labs, job);
                    results.iter().for_each(tell);
                    done.lock().expect("no worker panics").extend(results);
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no worker panics");
    done.sort_by_key(|done| (done.unit, done.job));
    done
}

/// How many results each unit waits for.
fn count_by_unit(units: &[Unit], jobs: &[Job]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for job in jobs {
        match job {
            Job::Types => {
                let has_types = |index: &usize| units[*index].has_types;
                (0..units.len())
                    .filter(has_types)
                    .for_each(|unit| *counts.entry(unit).or_default() += 1);
            }
            Job::Test(unit, _) | Job::Kill(unit, _) | Job::Live(unit, _) => {
                *counts.entry(*unit).or_default() += 1;
            }
        }
    }
    counts
}

/// Jobs by the labs that they need.
type Queues = BTreeMap<Vec<String>, Queue>;

/// Jobs that need the same labs.
#[derive(Debug, Default)]
struct Queue {
    /// The last is taken first.
    jobs: Vec<Job>,
    /// How many workers have these labs.
    workers: usize,
}

fn queues(units: &[Unit], jobs: &[Job]) -> Queues {
    let mut queues = Queues::new();
    for job in jobs.iter().rev() {
        queues.entry(labs_of(*job, units)).or_default().jobs.push(*job);
    }
    queues
}

/// The labs that a job needs.
fn labs_of(job: Job, units: &[Unit]) -> Vec<String> {
    if job == Job::Types {
        return vec![types::LAB.to_owned()];
    }
    let (unit, test, _) = parts(job, units);
    units[unit].tests[test].labs.keys().cloned().collect()
}

/// The labs that jobs need, or may need to go on.
pub fn labs(jobs: &[Job], units: &[Unit]) -> BTreeSet<String> {
    let labs = |job: &Job| match job {
        Job::Types => vec![types::LAB.to_owned()],
        _ => tests_of(*job, units).into_iter().flat_map(|it| it.labs.keys().cloned()).collect(),
    };
    jobs.iter().flat_map(labs).collect()
}

/// The tests that a job runs, or may have to run; none for types.
pub(super) fn tests_of(job: Job, units: &[Unit]) -> Vec<&Test> {
    let test = |unit: usize, test: usize| &units[unit].tests[test];
    match job {
        Job::Types => Vec::new(),
        Job::Test(unit, index) => vec![test(unit, index)],
        Job::Kill(unit, change) | Job::Live(unit, change) => {
            let change = &units[unit].changes[change];
            let indices = [Some(change.fails), change.passes].into_iter().flatten();
            indices.map(|index| test(unit, index)).collect()
        }
    }
}

/// Takes a job that needs the labs that a worker has, or else one of the queue that has most
/// jobs for each of its workers: starting labs costs more than most jobs.
fn next(queues: &Mutex<Queues>, labs: Option<&Vec<String>>) -> Option<(Vec<String>, Job)> {
    let mut queues = queues.lock().expect("no worker panics");
    if let Some(labs) = labs
        && let Some(queue) = queues.get_mut(labs)
    {
        if let Some(job) = queue.jobs.pop() {
            return Some((labs.clone(), job));
        }
        queue.workers = queue.workers.saturating_sub(1);
    }
    let left = queues.iter_mut().filter(|(_, queue)| !queue.jobs.is_empty());
    let (labs, queue) =
        left.max_by_key(|(_, queue)| queue.jobs.len() * 100 / (queue.workers + 1))?;
    queue.workers += 1;
    Some((labs.clone(), queue.jobs.pop()?))
}

/// The unit, the test and the change of a job.
fn parts(job: Job, units: &[Unit]) -> (usize, usize, Option<usize>) {
    match job {
        Job::Test(unit, test) => (unit, test, None),
        Job::Kill(unit, change) => (unit, units[unit].changes[change].fails, Some(change)),
        Job::Live(unit, change) => {
            let passes = units[unit].changes[change].passes;
            (unit, passes.expect("such a job was made for it"), Some(change))
        }
        Job::Types => unreachable!("it is of no single unit"),
    }
}

struct Worker<'a> {
    stock: &'a Stock<'a>,
    units: &'a [Unit],
    /// Held together while tests run; held by one that runs alone.
    quiet: &'a RwLock<()>,
    /// How many more may run alone.
    alone: &'a AtomicUsize,
    session: Option<(Vec<String>, Session)>,
}

impl Worker<'_> {
    fn labs(&self) -> Option<&Vec<String>> {
        self.session.as_ref().map(|(labs, _)| labs)
    }

    fn work(&mut self, labs: &[String], job: Job) -> Vec<Done> {
        if job == Job::Types {
            return self.check_types(labs);
        }
        let done = self.run_once_or_more(labs, job);
        let Job::Kill(unit, change) = job else { return vec![done] };
        let is_open = |attempt: &Attempt| !attempt.failures.is_empty() && !attempt.failed_alive();
        let is_open = done.attempt.as_ref().is_ok_and(is_open);
        match self.units[unit].changes[change].passes {
            // It is told first, so that the other is the last of its unit.
            Some(_) if is_open => {
                let live = Job::Live(unit, change);
                vec![self.run_once_or_more(&labs_of(live, self.units), live), done]
            }
            _ => vec![done],
        }
    }

    fn run_once_or_more(&mut self, labs: &[String], job: Job) -> Done {
        let (unit, test, change) = parts(job, self.units);
        let more = match (job, &self.units[unit].tests[test].retry) {
            (Job::Test(..), Some(retry)) => retry.times,
            _ => 0,
        };
        let passed = |attempt: &Result<Attempt, Error>| {
            attempt.as_ref().is_ok_and(|attempt| attempt.failures.is_empty())
        };
        let (mut tries, quiet) = (0, self.quiet);
        let attempt = loop {
            let others = quiet.read().expect("no worker panics");
            tries += 1;
            let attempt = self.attempt(labs, unit, test, change);
            drop(others);
            if passed(&attempt) || tries > more {
                break attempt;
            }
        };
        let is_as_it_must = passed(&attempt) || (attempt.is_ok() && matches!(job, Job::Kill(..)));
        if is_as_it_must || !self.may_run_alone() {
            return Done { job, unit, attempt, tries };
        }
        let _alone = quiet.write().expect("no worker panics");
        let attempt = self.attempt(labs, unit, test, change);
        Done { job, unit, attempt, tries: tries + 1 }
    }

    /// Takes one of the tries that are left for running alone.
    fn may_run_alone(&self) -> bool {
        let take = |left: usize| left.checked_sub(1);
        self.alone.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    fn attempt(
        &mut self,
        labs: &[String],
        unit: usize,
        test: usize,
        change: Option<usize>,
    ) -> Result<Attempt, Error> {
        let unit = &self.units[unit];
        let code = change.map_or(&unit.code, |change| &unit.changes[change].code);
        let session = self.session(labs)?;
        let result = attempt(session, &unit.tests[test], code);
        if result.is_err() {
            // A ground on which a lab failed is of no more use.
            self.session = None;
        }
        result
    }

    fn check_types(&mut self, labs: &[String]) -> Vec<Done> {
        let (units, quiet) = (self.units, self.quiet);
        let session = match self.session(labs) {
            Ok(session) => session,
            Err(error) => return types::all_failed(units, error),
        };
        let _others = quiet.read().expect("no worker panics");
        types::check(session, units)
    }

    /// The session with these labs, started if need be.
    fn session(&mut self, labs: &[String]) -> Result<&mut Session, Error> {
        let is_current = self.session.as_ref().is_some_and(|(current, _)| current == labs);
        if !is_current {
            self.session = None;
            self.session = Some((labs.to_vec(), Session::start(self.stock, labs)?));
        }
        let (_, session) = self.session.as_mut().expect("it was just started");
        Ok(session)
    }
}
