//! One run inside a world, behind a wall of its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::Ordering;

use super::archive::{Content, Item};
use super::host;
use super::process::{Bounds, End};
use super::world::{HOME, Service, World, runtime_mounts, words};
use super::{Limits, Sandbox};
use crate::error::Error;

/// Builds the wall, from outside of it.
const OUTER: &str = include_str!("outer.sh");

/// The program that stands between the wall and the command.
const INNER: &str = include_str!("inner.sh");

/// Stands in for a program, and writes down its arguments.
const RECORDER: &str = "#!/bin/sh\n\
    { printf '%s\\0' \"${0##*/}\" \"$@\"; printf '\\n'; } >>/started/log 2>/dev/null\n\
    exec \"/usr/bin/${0##*/}\" \"$@\"\n";

/// Links to the programs that a choosy run finds.
pub const VISIBLE: &str = "/visible";

/// Where a run works, seen from inside. It is its home too.
pub const WORK: &str = "/work";

/// What to run, and where.
#[derive(Debug)]
pub struct Run<'a> {
    /// The folder below `/world`, made with [`folders`]: `work`, the files it works on,
    /// `programs`, what stands first in its `PATH`, and its `/tmp` and `/dev/shm`.
    pub folder: &'a str,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// What it reads.
    pub input: &'a [u8],
    /// Whether the run's folder holds `visible`, which stands in the place of `/usr/bin` in `PATH`.
    pub is_choosy: bool,
    /// Whether the arguments of every program that it starts are written down.
    pub records: bool,
    /// What it may use.
    pub limits: &'a Limits,
    /// More of the world that it can read.
    pub binds: &'a [Bind],
    /// The folder in which it starts.
    pub start_in: &'a str,
}

impl Run<'_> {
    /// Tells whether it needs what only a world has.
    pub(super) fn needs_world(&self) -> bool {
        self.is_choosy || self.records || !self.binds.is_empty()
    }
}

/// The folders of a run, all empty.
pub fn folders() -> Vec<Item> {
    let shared = |name| Item { mode: 0o1777, ..Item::folder(name) };
    let own = ["work", "programs", "started"].map(Item::folder);
    own.into_iter().chain(["tmp", "shm"].map(shared)).collect()
}

/// A file or folder of the world that a run can read at another place.
#[derive(Debug, Clone)]
pub struct Bind {
    world: String,
    run: String,
}

impl Bind {
    /// Shows `world`, a path of the world, as `run`.
    pub fn new(world: impl Into<String>, run: impl Into<String>) -> Self {
        Self { world: world.into(), run: run.into() }
    }
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// What it printed on standard output.
    pub stdout: Vec<u8>,
    /// What it printed on standard error.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub took: std::time::Duration,
    /// The processes that were still there when the command had ended.
    pub left: Vec<String>,
}

impl World {
    /// Runs a command behind a wall of its own.
    pub fn run(&self, run: &Run<'_>) -> Result<Outcome, Error> {
        let limits = run.limits;
        let mut command = self.inside();
        command.args(wall(&self.sandbox, run)).args(limiter(limits));
        command.arg(format!("--cpu={}", limits.cpu.as_secs()));
        // The mark of the last lines of standard error, which are ours.
        let mark = format!("patternbook-{:016x}", RandomState::new().hash_one(run.folder));
        command.args(["--", "/usr/bin/sh", "-c", INNER, "sh", &mark]).args(command_of(run));
        let bounds = Bounds { output: limits.output, wall: limits.wall, memory: limits.memory };
        let captured = self.capture(command, run.input, bounds)?;
        let (end, stdout, took) = (captured.end, captured.stdout, captured.took);
        let (stderr, left) = match end {
            End::Exited(_) => split_report(captured.stderr, &mark),
            _ => (captured.stderr, Vec::new()),
        };
        Ok(Outcome { end, stdout, stderr, took, left })
    }

    /// Starts a server behind a wall of its own. It runs until the world ends.
    pub fn serve(&self, run: &Run<'_>) -> Result<Service, Error> {
        let mut arguments = wall(&self.sandbox, run);
        arguments.extend(limiter(run.limits));
        arguments.push("--".into());
        arguments.extend(command_of(run));
        self.start_service(&arguments)
    }

    /// Returns the arguments of every program that the runs in a folder started, as bytes.
    pub fn started(&self, folder: &str) -> Result<Vec<u8>, Error> {
        let items = self.take(&format!("{folder}/started"))?;
        let log = items.into_iter().find(|item| item.path == "log");
        Ok(match log.map(|item| item.content) {
            Some(Content::File(bytes)) => bytes,
            _ => Vec::new(),
        })
    }

    /// Makes the programs that write down their arguments, once in a world.
    pub fn prepare_recorder(&self) -> Result<(), Error> {
        if self.has_recorder.load(Ordering::Relaxed) {
            return Ok(());
        }
        let programs = host::programs_of_usr();
        let item = |name| Item::program(name, RECORDER);
        let items: Vec<Item> = programs.into_iter().map(item).collect();
        self.put("recorder", &items)?;
        self.has_recorder.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// The command with its environment. Nothing of ours runs in that environment: it decides
/// which programs are found, and what is loaded into them.
pub(super) fn command_of(run: &Run<'_>) -> Vec<OsString> {
    let mut all: Vec<OsString> = ["/usr/bin/env", "-i", "--"].map(OsString::from).into();
    all.extend(run.environment.iter().map(|(name, value)| format!("{name}={value}").into()));
    all.extend(run.command.iter().map(OsString::from));
    all
}

/// The words that hold what follows to its limits, but for the computing time.
fn limiter(limits: &Limits) -> Vec<OsString> {
    let Limits { processes, memory, file, .. } = limits;
    let text = format!(
        "/usr/bin/prlimit --core=0 --nofile=1024 --nproc={processes} --data={memory} --fsize={file}"
    );
    words(&text).map(OsString::from).collect()
}

/// The words that build the wall.
fn wall(sandbox: &Sandbox, run: &Run<'_>) -> Vec<OsString> {
    let mut all: Vec<OsString> = ["sh", "-c", OUTER, "sh"].map(OsString::from).into();
    all.extend(
        words(
            "--unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try \
             --hostname sandbox --die-with-parent --new-session --uid 1000 --gid 1000 \
             --disable-userns --cap-drop ALL --clearenv --setenv PATH /usr/bin",
        )
        .map(OsString::from),
    );
    all.extend(as_ro_binds_inside(sandbox));
    let folder = format!("{HOME}/{}", run.folder);
    // The device of zeros gives out memory that is in no process, and in no limit.
    let binds = format!(
        "--proc /proc --remount-ro /proc --dev /dev --ro-bind {HOME}/wall/zero /dev/zero \
         --bind {folder}/shm /dev/shm --remount-ro /dev --bind {folder}/tmp /tmp \
         --ro-bind {HOME}/etc/hosts /etc/hosts --ro-bind {HOME}/etc/passwd /etc/passwd \
         --ro-bind {HOME}/etc/group /etc/group --ro-bind {HOME}/etc/ssl /etc/ssl \
         --ro-bind {folder}/programs /programs --bind {folder}/work {WORK} --bind {folder}/started /started"
    );
    all.extend(words(&binds).map(OsString::from));
    for bind in run.binds {
        all.extend(["--ro-bind", &bind.world, &bind.run].map(OsString::from));
    }
    if run.records {
        all.extend(words("--ro-bind /world/recorder /recorder").map(OsString::from));
    }
    if run.is_choosy {
        all.extend(["--ro-bind".into(), format!("{folder}/visible").into(), VISIBLE.into()]);
    }
    all.extend(["--remount-ro", "/", "--chdir", run.start_in, "--"].map(OsString::from));
    all
}

/// The runtimes as the world sees them: Node has moved there.
fn as_ro_binds_inside(sandbox: &Sandbox) -> Vec<OsString> {
    let mut mounts = runtime_mounts(sandbox);
    for argument in &mut mounts {
        if sandbox.node.as_ref().is_some_and(|node| node.as_os_str() == argument) {
            *argument = "/runtimes/node".into();
        }
    }
    mounts
}

/// Cuts the report of `inner.sh` off the end of standard error.
///
/// The mark cannot be guessed. A process that looks it up, to write a report of its own or to
/// keep ours from being written, is told of as one that was left behind.
fn split_report(mut stderr: Vec<u8>, mark: &str) -> (Vec<u8>, Vec<String>) {
    let line = format!("\n{mark}\n").into_bytes();
    let mut found = stderr.windows(line.len()).enumerate().filter(|(_, window)| *window == line);
    let (first, second) = (found.next(), found.next());
    let (Some((at, _)), None) = (first, second) else {
        return (stderr, vec!["the report of what was left behind was tampered with".to_owned()]);
    };
    let report = String::from_utf8_lossy(&stderr[at + line.len()..]).into_owned();
    stderr.truncate(at);
    let left = report.lines().map(|line| line.trim().to_owned());
    (stderr, left.filter(|line| !line.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::split_report;

    #[track_caller]
    fn check(stderr: &str, kept: &str, left: &[&str]) {
        let (found, report) = split_report(stderr.into(), "mark");
        assert_eq!(
            (String::from_utf8(found).unwrap().as_str(), report),
            (kept, left.iter().map(|line| (*line).to_owned()).collect())
        );
    }

    #[test]
    fn the_report_is_cut_off() {
        check("said\nmark\n", "said", &[]);
        check("\nmark\nsleep sleep 9 \n", "", &["sleep sleep 9"]);
    }

    #[test]
    fn a_report_that_is_missing_or_there_twice_is_no_report() {
        let tampered = ["the report of what was left behind was tampered with"];
        check("said", "said", &tampered);
        check("\nmark\nx\nmark\n", "\nmark\nx\nmark\n", &tampered);
    }
}
