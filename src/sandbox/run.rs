//! One run inside a world, behind a wall of its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::atomic::Ordering;

use super::archive::{Content, Item};
use super::host;
use super::process::{Bounds, End};
use super::world::{HOME, Service, World, runtime_mounts, words};
use super::{Limits, Sandbox};
use crate::error::Error;

/// The program that stands between the wall and the command.
const INNER: &str = include_str!("inner.sh");

/// Stands in for a program, and writes down its arguments.
const RECORDER: &str = "#!/bin/sh\n\
    { printf '%s\\0' \"${0##*/}\" \"$@\"; printf '\\n'; } >>/started/log 2>/dev/null\n\
    exec \"/usr/bin/${0##*/}\" \"$@\"\n";

/// Where a run works, seen from inside. It is its home too.
pub const WORK: &str = "/work";

/// What to run, and where.
#[derive(Debug)]
pub struct Run<'a> {
    /// The folder below `/world` with `work`, the files it works on, and `programs`, what
    /// stands first in its `PATH`.
    pub folder: &'a str,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// What it reads.
    pub input: &'a [u8],
    /// Programs of `/usr/bin` that are not there.
    pub without: &'a [String],
    /// Whether the arguments of every program that it starts are written down.
    pub records: bool,
    /// What it may use.
    pub limits: &'a Limits,
    /// More of the world that it can read.
    pub binds: &'a [Bind],
    /// The folder in which it starts.
    pub start_in: &'a str,
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
        let mark = format!("patternbook-{}", run.folder.replace('/', "-"));
        command.args(["--", "sh", "-c", INNER, "sh", &mark]).args(&run.command);
        let bounds = Bounds { output: limits.output, wall: limits.wall, memory: limits.memory };
        let captured = self.capture(command, run.input, bounds)?;
        let (stderr, left) = split_report(captured.stderr, &mark);
        let (end, stdout, took) = (captured.end, captured.stdout, captured.took);
        Ok(Outcome { end, stdout, stderr, took, left })
    }

    /// Starts a server behind a wall of its own. It runs until the world ends.
    pub fn serve(&self, run: &Run<'_>) -> Result<Service, Error> {
        let mut arguments = wall(&self.sandbox, run);
        arguments.extend(limiter(run.limits));
        arguments.push("--".into());
        arguments.extend(run.command.iter().map(OsString::from));
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

/// The words that hold what follows to its limits, but for the computing time.
fn limiter(limits: &Limits) -> Vec<OsString> {
    let Limits { processes, memory, file, .. } = limits;
    let text = format!(
        "prlimit --core=0 --nofile=1024 --nproc={processes} --data={memory} --fsize={file}"
    );
    words(&text).map(OsString::from).collect()
}

/// The words that build the wall.
fn wall(sandbox: &Sandbox, run: &Run<'_>) -> Vec<OsString> {
    let mut all: Vec<OsString> = words(
        "bwrap --unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try \
         --die-with-parent --new-session --uid 1000 --gid 1000 --disable-userns --cap-drop ALL \
         --clearenv",
    )
    .map(OsString::from)
    .collect();
    all.extend(as_ro_binds_inside(sandbox));
    let folder = format!("{HOME}/{}", run.folder);
    let binds = format!(
        "--proc /proc --dev /dev --size 67108864 --tmpfs /tmp \
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
    for program in run.without {
        // A file that may not be executed is, for a shell, no program.
        let folders = if run.records { &["/usr/bin", "/recorder"][..] } else { &["/usr/bin"] };
        for folder in folders {
            all.extend(["--ro-bind".into(), format!("{HOME}/etc/nothing").into()]);
            all.push(format!("{folder}/{program}").into());
        }
    }
    all.extend(["--remount-ro", "/", "--chdir", run.start_in].map(OsString::from));
    for (name, value) in &run.environment {
        all.extend(["--setenv".into(), name.into(), value.into()]);
    }
    all.push("--".into());
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
fn split_report(mut stderr: Vec<u8>, mark: &str) -> (Vec<u8>, Vec<String>) {
    let text = String::from_utf8_lossy(&stderr).into_owned();
    let line = format!("\n{mark}\n");
    let Some(at) = text.rfind(&line) else { return (stderr, Vec::new()) };
    let left = text[at + line.len()..].lines().map(|line| line.trim().to_owned());
    let left = left.filter(|line| !line.is_empty()).collect();
    // Lossy decoding may have changed lengths before the mark; look for it in the bytes.
    let found = stderr.windows(line.len()).rposition(|window| window == line.as_bytes());
    stderr.truncate(found.unwrap_or(stderr.len()));
    (stderr, left)
}
