//! What a program and everything below it do, seen from the host.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long ended processes may take to be gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// Each process, with the time of its start, for numbers are used again.
    processes: BTreeSet<(u32, u64)>,
    /// The most processes and the most memory that one namespace of processes had.
    pub(crate) most_processes: usize,
    pub(crate) most_memory: u64,
    /// File systems in memory without bounds that a run could write to.
    pub(crate) unbounded: BTreeSet<String>,
}

#[derive(Debug)]
struct Process {
    pid: u32,
    parent: u32,
    started: u64,
    name: String,
    memory: u64,
}

impl Watched {
    /// Watches a process until it is told to end.
    pub(crate) fn watch(pid: u32, ends: &AtomicBool) -> Self {
        let mut watched = Self::default();
        let own = processes_seen_by("self");
        while !ends.load(Ordering::Relaxed) {
            watched.look(pid, &own);
            thread::sleep(Duration::from_millis(20));
        }
        watched
    }

    fn look(&mut self, pid: u32, own: &str) {
        let mut worlds: BTreeMap<String, (usize, u64)> = BTreeMap::new();
        for process in below(pid) {
            self.processes.insert((process.pid, process.started));
            let world = processes_seen_by(&process.pid.to_string());
            if world.is_empty() || world == own {
                continue;
            }
            let (count, memory) = worlds.entry(world).or_default();
            *count += 1;
            *memory += process.memory;
            if matches!(process.name.as_str(), "python3" | "bash" | "sleep" | "head") {
                self.unbounded.extend(unbounded_mounts(process.pid));
            }
        }
        for (count, memory) in worlds.into_values() {
            self.most_processes = self.most_processes.max(count);
            self.most_memory = self.most_memory.max(memory);
        }
    }

    /// Panics unless all processes that were seen are gone, and with them their namespaces.
    #[track_caller]
    pub(crate) fn assert_gone(&self) {
        let started = Instant::now();
        loop {
            let left: Vec<Process> = all().filter(|process| self.is_ours(process)).collect();
            if left.is_empty() {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "left on the host: {left:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_ours(&self, process: &Process) -> bool {
        self.processes.contains(&(process.pid, process.started))
    }
}

/// The parts of a sandbox that live on without the program that started them, by number and
/// time of their start.
pub(crate) fn orphans() -> BTreeSet<(u32, u64)> {
    let processes: Vec<Process> = all().collect();
    let is_part = |name: &str| matches!(name, "bwrap" | "nsenter");
    let kept: BTreeSet<u32> = processes
        .iter()
        .filter(|process| process.name == "patternbook" || is_part(&process.name))
        .map(|process| process.pid)
        .collect();
    let is_orphan = |process: &&Process| is_part(&process.name) && !kept.contains(&process.parent);
    processes.iter().filter(is_orphan).map(|process| (process.pid, process.started)).collect()
}

/// Panics when there are orphans beside those that were there before.
#[track_caller]
pub(crate) fn assert_no_orphans(before: &BTreeSet<(u32, u64)>) {
    let started = Instant::now();
    while !orphans().is_subset(before) {
        assert!(started.elapsed() < PATIENCE, "left on the host: {:?}", orphans());
        thread::sleep(Duration::from_millis(20));
    }
}

/// The file systems that this process sees mounted.
pub(crate) fn mounts() -> BTreeSet<String> {
    fs::read_to_string("/proc/self/mountinfo").unwrap().lines().map(str::to_owned).collect()
}

/// The arguments of all processes.
pub(crate) fn arguments() -> String {
    let read = |process: Process| fs::read(format!("/proc/{}/cmdline", process.pid));
    let texts = all().filter_map(|process| read(process).ok());
    texts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned() + "\n").collect()
}

fn below(pid: u32) -> Vec<Process> {
    let mut rest: Vec<Process> = all().collect();
    let mut found: Vec<Process> = Vec::new();
    loop {
        let is_below =
            |it: &Process| it.pid == pid || found.iter().any(|above| above.pid == it.parent);
        let (more, others): (Vec<Process>, Vec<Process>) = rest.into_iter().partition(is_below);
        if more.is_empty() {
            return found;
        }
        found.extend(more);
        rest = others;
    }
}

fn all() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| process(entry.file_name().to_str()?.parse().ok()?))
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (start, rest) = stat.rsplit_once(')')?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    if words[0] == "Z" {
        return None;
    }
    Some(Process {
        pid,
        parent: words[1].parse().ok()?,
        started: words[19].parse().ok()?,
        name: start.split_once('(')?.1.to_owned(),
        memory: words[21].parse::<u64>().ok()? * 4096,
    })
}

/// The namespace of processes that a process is in.
fn processes_seen_by(process: &str) -> String {
    let link = fs::read_link(format!("/proc/{process}/ns/pid")).unwrap_or_default();
    link.display().to_string()
}

fn unbounded_mounts(pid: u32) -> Vec<String> {
    let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
    let is_unbounded = |line: &&str| {
        let words: Vec<&str> = line.split(' ').collect();
        let is_writable = words.get(5).is_some_and(|options| options.starts_with("rw"));
        let is_bounded = line.contains("size=") && line.contains("nr_inodes=");
        is_writable && line.contains(" - tmpfs ") && !is_bounded
    };
    mounts.lines().filter(is_unbounded).map(str::to_owned).collect()
}
