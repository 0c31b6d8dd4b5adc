//! The machine itself as the ground of tests: a folder, limits, and nothing that confines.
//!
//! What runs here is the user, and can do all that the user can. The folder and the processes
//! hang on a pipe: when patternbook ends, however it ends, a keeper sees the pipe close, ends
//! what still runs and removes the folder.
#![expect(clippy::disallowed_methods, reason = "this module starts processes and looks at them")]

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::archive::{self, Item};
use super::ground::View;
use super::host::{self, PLAIN_PATH};
use super::process::{Bounds, End, Started, capture, capture_then};
use super::run::{Outcome, Run, command_of};
use super::world::{PATIENCE, TAKEN};
use crate::error::Error;

/// Shell functions that end and remove.
const KEEP: &str = include_str!("keep.sh");

/// What the keeper does: it waits for the end of its input.
const KEEPER: &str = "cat >/dev/null; end_all \"$1\"; remove \"$1\"; end_all \"$1\"; remove \"$1\"";

/// How often and how long it is waited for processes that are just ending.
const TRIES: u32 = 10;
const MOMENT: Duration = Duration::from_millis(20);

/// What this machine has for running tests without a sandbox.
#[derive(Debug, Clone)]
pub struct OpenMachine {
    prlimit: PathBuf,
    setsid: PathBuf,
    /// Node, when it stands outside of `/usr`.
    node: Option<PathBuf>,
    /// Where the folders of grounds are made.
    temporary: PathBuf,
}

/// A folder in which tests run, one after the other.
#[derive(Debug)]
pub struct OpenGround {
    machine: OpenMachine,
    folder: String,
    keeper: Child,
    /// The ground ends when this is closed.
    lifeline: Option<ChildStdin>,
}

impl OpenMachine {
    /// Looks for what is needed in the folders of `path`, a `PATH`. Folders of tests will be
    /// made in `temporary`.
    pub fn find(path: &OsStr, temporary: PathBuf) -> Result<Self, Error> {
        let mut missing = Vec::new();
        let mut need = |program: &str| {
            host::find(program, path).unwrap_or_else(|| {
                missing.push(format!("`{program}`"));
                PathBuf::new()
            })
        };
        let (prlimit, setsid) = (need("prlimit"), need("setsid"));
        for program in ["sh", "tar", "find", "grep"] {
            need(program);
        }
        if !missing.is_empty() {
            let message = format!("{} must be installed", missing.join(", "));
            return Err(Error::Unconfined { message });
        }
        let node = host::find("node", path).and_then(host::outside_usr);
        Ok(Self { prlimit, setsid, node, temporary })
    }
}

impl OpenGround {
    /// Makes a folder that nobody else can look into.
    pub(super) fn start(machine: &OpenMachine) -> Result<Self, Error> {
        let folder = new_folder(&machine.temporary)?;
        let mut command = bare(&machine.setsid);
        command.args(["sh", "-c", &format!("{KEEP}\n{KEEPER}"), "sh", &folder]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keeper = command.spawn().map_err(|source| cannot_start("setsid", source))?;
        let lifeline = keeper.stdin.take();
        let ground = Self { machine: machine.clone(), folder, keeper, lifeline };
        if let Some(node) = machine.node.as_ref().and_then(|node| node.to_str()) {
            ground.replace("runtimes", &[Item::link("node", node)])?;
        }
        Ok(ground)
    }

    pub(super) fn view(&self, folder: &str) -> View {
        let at = |name: &str| format!("{}/{folder}/{name}", self.folder);
        let path = match self.machine.node {
            Some(_) => format!("{}/runtimes:{PLAIN_PATH}", self.folder),
            None => PLAIN_PATH.to_owned(),
        };
        let environment =
            [("HOME", at("work")), ("LANG", "C.UTF-8".to_owned()), ("TMPDIR", at("tmp"))];
        View {
            work: at("work"),
            programs: at("programs"),
            path,
            node: None,
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }

    /// Puts files into a folder of the ground that holds nothing else then. What still runs is
    /// ended.
    pub(super) fn replace(&self, folder: &str, items: &[Item]) -> Result<(), Error> {
        let archive = archive::pack(items).map_err(|error| fault("cannot pack files", &error))?;
        let script = format!(
            "{KEEP}\nend_all \"$1\"; remove \"$1/$2\"; mkdir -p -- \"$1/$2\" && cd -- \"$1/$2\" && \
             exec tar -xpf - --no-same-owner"
        );
        self.look(&script, folder, &archive).map(drop)
    }

    /// Takes what stands in a folder of the ground, but for what the user cannot read.
    pub(super) fn take(&self, folder: &str) -> Result<Vec<Item>, Error> {
        let script = "cd -- \"$1/$2\" && \
            exec tar -cf - --hard-dereference --ignore-failed-read --warning=none .";
        let archive = self.look(script, folder, &[])?;
        archive::unpack(&archive).map_err(|error| fault("cannot read files back", &error))
    }

    /// Runs a command in a session of its own, and ends all that is left of the session.
    pub(super) fn run(&self, run: &Run<'_>) -> Result<Outcome, Error> {
        let limits = run.limits;
        let mut command = bare(&self.machine.setsid);
        command.arg(&self.machine.prlimit);
        // The number of processes is one of the user, and not of a run.
        command.args(["--core=0", "--nofile=1024"]);
        command.arg(format!("--data={}", limits.memory)).arg(format!("--fsize={}", limits.file));
        command.arg(format!("--cpu={}", limits.cpu.as_secs())).arg("--");
        command.args(command_of(run)).current_dir(run.start_in);
        let bounds = Bounds { output: limits.output, wall: limits.wall, memory: limits.memory };
        let (captured, left) = capture_then(command, run.input, bounds, end_rest)
            .map_err(|source| cannot_start("setsid", source))?;
        let left = if matches!(captured.end, End::Exited(_)) { left } else { Vec::new() };
        let (end, stdout, stderr, took) =
            (captured.end, captured.stdout, captured.stderr, captured.took);
        Ok(Outcome { end, stdout, stderr, took, left })
    }

    /// Runs words of the shell to prepare or look at a folder of the ground.
    fn look(&self, script: &str, folder: &str, input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut command = bare(Path::new("/bin/sh"));
        command.args(["-c", script, "sh", &self.folder, folder]);
        let bounds = Bounds { output: TAKEN, wall: PATIENCE, memory: u64::MAX };
        let captured =
            capture(command, input, bounds).map_err(|source| cannot_start("sh", source))?;
        match captured.end {
            End::Exited(0) => Ok(captured.stdout),
            End::TooMuchOutput => {
                let message = format!("the files of a run are more than {} MB", TAKEN >> 20);
                Err(Error::Unconfined { message })
            }
            _ => {
                let said = String::from_utf8_lossy(&captured.stderr).into_owned();
                Err(Error::Unconfined { message: format!("files of a test: {}", said.trim()) })
            }
        }
    }
}

impl Drop for OpenGround {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.keeper.wait();
    }
}

/// A new folder, by its real path.
fn new_folder(temporary: &Path) -> Result<String, Error> {
    let fail = |source| Error::Write { path: temporary.to_owned(), source };
    let temporary = std::fs::canonicalize(temporary).map_err(fail)?;
    // Paths of it will stand in `PATH`.
    let is_fit = temporary.to_str().is_some_and(|path| !path.contains([':', '\n']));
    if !is_fit {
        let message = format!("`{}` cannot stand in a `PATH`; set TMPDIR", temporary.display());
        return Err(Error::Unconfined { message });
    }
    let only_ours = std::fs::Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new()
        .prefix("patternbook-")
        .permissions(only_ours)
        .tempdir_in(&temporary);
    Ok(folder.map_err(fail)?.keep().to_string_lossy().into_owned())
}

/// A program with an empty environment.
fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", PLAIN_PATH).current_dir("/");
    command
}

fn cannot_start(program: &str, source: std::io::Error) -> Error {
    Error::Start { program: program.to_owned(), source }
}

fn fault(what: &str, error: &std::io::Error) -> Error {
    Error::Unconfined { message: format!("{what}: {error}") }
}

/// A process that a run left behind.
struct Left {
    id: Pid,
    /// Its name and its arguments.
    line: String,
}

/// Ends what is left of a run, and tells what it was. Those that are just ending get a moment.
fn end_rest(started: &Started) -> Vec<String> {
    let mut left = rest_of(started);
    for _ in 0..TRIES {
        if left.is_empty() {
            return Vec::new();
        }
        thread::sleep(MOMENT);
        left = rest_of(started);
    }
    let lines = left.iter().map(|process| process.line.clone()).collect();
    for _ in 0..TRIES {
        for process in &left {
            let _ = kill_process(process.id, Signal::KILL);
        }
        thread::sleep(MOMENT);
        left = rest_of(started);
        if left.is_empty() {
            break;
        }
    }
    lines
}

/// The processes of a run's session, and those that went to another and still hold one of its
/// pipes: they would keep us waiting for its end.
fn rest_of(started: &Started) -> Vec<Left> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_other = |id: &i32| u32::try_from(*id) != Ok(std::process::id());
    ids.filter(is_other).filter_map(|id| look_at(id, started)).collect()
}

fn look_at(id: i32, started: &Started) -> Option<Left> {
    let text = |name: &str| std::fs::read(format!("/proc/{id}/{name}")).ok();
    let stat = String::from_utf8_lossy(&text("stat")?).into_owned();
    // A process chooses its own name, which stands in brackets.
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let is_over = matches!(fields.next()?, "Z" | "X");
    let is_of_session = fields.nth(2)?.parse() == Ok(started.id);
    if is_over || !(is_of_session || holds_pipe(id, started)) {
        return None;
    }
    let arguments = String::from_utf8_lossy(&text("cmdline")?).replace(['\0', '\n'], " ");
    Some(Left { id: Pid::from_raw(id)?, line: format!("({name}) {arguments}").trim().to_owned() })
}

/// Tells whether a process holds the end of a pipe that the run was given. Our end does not
/// count: a process that we are just starting has a copy of it.
fn holds_pipe(id: i32, started: &Started) -> bool {
    let entries = std::fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    let is_end = |path: PathBuf| {
        let target = std::fs::read_link(&path).ok()?;
        let pipe = target.to_str()?.strip_prefix("pipe:[")?.strip_suffix(']')?.parse().ok()?;
        // The permissions of the link are those of the open file.
        let mode = std::fs::symlink_metadata(&path).ok()?.permissions().mode();
        let is_reader = mode & 0o400 != 0;
        Some(if is_reader { pipe == started.input } else { started.outputs.contains(&pipe) })
    };
    entries.map(|entry| entry.path()).any(|path| is_end(path).unwrap_or_default())
}
