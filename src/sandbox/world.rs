//! A closed place for labs and tests: loopback only, its own processes, files in memory.
//!
//! It hangs on a pipe: when patternbook ends, however it ends, the kernel closes the pipe and
//! ends everything in the world, and its files are gone with it.
#![expect(clippy::disallowed_methods, reason = "this module starts the processes of a world")]

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::Sandbox;
use super::archive::{self, Item};
use super::host::PLAIN_PATH;
use super::process::{Bounds, Captured, End, capture};
use crate::error::Error;

/// All files of a world together, in bytes.
const FILES: u64 = 192 << 20;

/// What a run may leave to be looked at, packed, in bytes.
pub(super) const TAKEN: usize = 64 << 20;

/// Makes the place for files of a world. Labs serve https where pages say they do: the
/// setting of ports is one of this network alone. On standard input: what the kernel refuses.
const FURNISH: &str = "
    echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
    mount -t tmpfs -o size=$FILES,nr_inodes=16k,mode=755,nosuid,nodev tmpfs /world
    mkdir /world/wall && cat >/world/wall/filter && truncate -s 16M /world/wall/zero";

/// What the first process of a world does: it says that the world stands, and waits for the end.
const HOLD: &str = "echo stands >&2; exec cat >/dev/null 2>&1";

/// How long the world's own small programs may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Where a world keeps its files, seen from inside it.
pub(super) const HOME: &str = "/world";

/// A file or folder of the host that a world can read.
#[derive(Debug, Clone)]
pub struct Mount {
    /// Where it is on the host.
    pub source: PathBuf,
    /// Where it is in the world.
    pub target: String,
}

/// A running world.
#[derive(Debug)]
pub struct World {
    pub(super) sandbox: Sandbox,
    pub(super) has_recorder: AtomicBool,
    holder: Child,
    /// The world ends when this is closed.
    lifeline: Option<ChildStdin>,
    pid: u32,
}

/// A process of a world that goes on, and speaks in lines.
#[derive(Debug)]
pub struct Service {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    stderr: thread::JoinHandle<String>,
}

impl World {
    /// Makes a world that can read `mounts`, with these files below `/world`.
    pub fn start(sandbox: &Sandbox, mounts: Vec<Mount>, files: &[Item]) -> Result<Self, Error> {
        let mut command = host_command(sandbox, &sandbox.bubblewrap);
        command.args(words(
            "--unshare-user --unshare-net --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try \
             --uid 0 --gid 0 --info-fd 1",
        ));
        command.args(runtime_mounts(sandbox));
        command.args(words("--proc /proc --dir /dev"));
        for device in ["null", "zero", "full", "random", "urandom", "tty"] {
            let path = format!("/dev/{device}");
            command.args(["--dev-bind", &path, &path]);
        }
        for mount in &mounts {
            command.arg("--ro-bind").arg(&mount.source).arg(&mount.target);
        }
        command.args(["--dir", HOME, "--dir", "/tmp"]);
        command.args(["--remount-ro", "/", "--", "sh", "-c", HOLD]);
        let program = sandbox.bubblewrap.display().to_string();
        let cannot_start = |source| Error::Start { program: program.clone(), source };
        // bubblewrap must live to let its child go on, or the child waits for ever: so it does
        // not die with its parent, and what it says of itself goes to a file that cannot break.
        let info = rustix::fs::memfd_create("info", rustix::fs::MemfdFlags::CLOEXEC);
        let info = File::from(info.map_err(|error| cannot_start(error.into()))?);
        let stdout = info.try_clone().map_err(cannot_start)?;
        command.stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::piped());

        let mut holder = command.spawn().map_err(cannot_start)?;
        let lifeline = holder.stdin.take().expect("it was asked for");
        let (pid, lifeline) = await_world(&mut holder, info, lifeline)?;
        let world = Self {
            sandbox: sandbox.clone(),
            has_recorder: AtomicBool::new(false),
            holder,
            lifeline: Some(lifeline),
            pid,
        };
        world.do_inside(&format!("set -e; FILES={FILES}; {FURNISH}"), &sandbox.filter)?;
        world.put(".", files)?;
        Ok(world)
    }

    /// Puts files into a folder below `/world`. What stood at their paths is replaced.
    pub fn put(&self, folder: &str, items: &[Item]) -> Result<(), Error> {
        self.unpack(":", folder, items)
    }

    /// Puts files into a folder below `/world` that holds nothing else then.
    pub fn replace(&self, folder: &str, items: &[Item]) -> Result<(), Error> {
        // A test may have taken the permissions from folders of its own; the world's root needs
        // none.
        self.unpack(&format!("rm -rf {HOME}/{folder} || exit 1"), folder, items)
    }

    fn unpack(&self, first: &str, folder: &str, items: &[Item]) -> Result<(), Error> {
        let archive = archive::pack(items)
            .map_err(|error| Error::Sandbox { message: format!("cannot pack files: {error}") })?;
        let script = format!(
            "{first}; mkdir -p {HOME}/{folder} && cd {HOME}/{folder} && exec tar -xpf - --no-same-owner"
        );
        self.do_inside(&script, &archive).map(drop)
    }

    /// Takes what stands in a folder below `/world`.
    pub fn take(&self, folder: &str) -> Result<Vec<Item>, Error> {
        let script =
            format!("cd {HOME}/{folder} && exec tar -cf - --hard-dereference --warning=none .");
        let archive = self.do_inside(&script, &[])?;
        archive::unpack(&archive)
            .map_err(|error| Error::Sandbox { message: format!("cannot read files back: {error}") })
    }

    /// Starts a process that goes on, and speaks in lines.
    pub(super) fn start_service(&self, arguments: &[OsString]) -> Result<Service, Error> {
        let mut command = self.inside();
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = "nsenter".to_owned();
        let mut child = command.spawn().map_err(|source| Error::Start { program, source })?;
        let stdin = child.stdin.take().expect("it was asked for");
        let stdout = child.stdout.take().expect("it was asked for");
        let mut stderr = child.stderr.take().expect("it was asked for");
        let stderr = thread::spawn(move || {
            let mut text = Vec::new();
            // Its end matters most, but a lab that floods it must not fill the memory.
            let _ = stderr.by_ref().take(1 << 20).read_to_end(&mut text);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Service { child, stdin, lines: lines_of(stdout), stderr })
    }

    /// Runs words of the host's shell as the world's root, to prepare or look at files.
    fn do_inside(&self, script: &str, input: &[u8]) -> Result<Vec<u8>, Error> {
        let mut command = self.inside();
        command.args(["sh", "-c", script]);
        let bounds = Bounds { output: TAKEN, wall: PATIENCE, memory: 4 * FILES };
        let captured = self.capture(command, input, bounds)?;
        if captured.end == End::Exited(0) {
            return Ok(captured.stdout);
        }
        if captured.end == End::TooMuchOutput {
            let message = format!("the files of a run are more than {} MB", TAKEN >> 20);
            return Err(Error::Sandbox { message });
        }
        let said = String::from_utf8_lossy(&captured.stderr);
        let message = format!("files of a world: {}", said.trim());
        Err(Error::Sandbox { message })
    }

    pub(super) fn capture(
        &self,
        command: Command,
        input: &[u8],
        bounds: Bounds,
    ) -> Result<Captured, Error> {
        let program = "nsenter".to_owned();
        capture(command, input, bounds).map_err(|source| Error::Start { program, source })
    }

    /// A command whose arguments are run inside the world, as its root.
    pub(super) fn inside(&self) -> Command {
        let mut command = host_command(&self.sandbox, &self.sandbox.nsenter);
        command.args(["--target", &self.pid.to_string()]);
        command.args(words("--user --net --mount --pid --preserve-credentials --"));
        command
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The kernel ends all processes of the world with its first one, which waits on this.
        drop(self.lifeline.take());
        for _ in 0..100 {
            if !matches!(self.holder.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        // bubblewrap waits for this process, so the number is still its own.
        if let Some(first) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(first, Signal::KILL);
        }
        let _ = self.holder.wait();
    }
}

impl Service {
    /// Sends a line.
    pub fn send(&mut self, line: &str) -> std::io::Result<()> {
        writeln!(self.stdin, "{line}")?;
        self.stdin.flush()
    }

    /// Waits for the next line. `None` when it ended or said nothing in time.
    pub fn receive(&self, patience: Duration) -> Option<String> {
        self.lines.recv_timeout(patience).ok()
    }

    /// Ends it, and returns what it wrote on standard error.
    pub fn end(mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.stderr.join().unwrap_or_default()
    }
}

/// Words that stand in one string.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// A program of the host with an empty environment and no open files, as a user without rights.
fn host_command(sandbox: &Sandbox, program: &Path) -> Command {
    let mut all: Vec<&OsStr> = sandbox.bare();
    all.push(program.as_os_str());
    let mut command = Command::new(all[0]);
    // bubblewrap's own environment could be read from inside, in /proc/1/environ.
    command.args(&all[1..]).env_clear().env("PATH", PLAIN_PATH).current_dir("/");
    command
}

/// The runtimes of the host, readable: `/usr`, and nothing that is the user's.
pub(super) fn runtime_mounts(sandbox: &Sandbox) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = words(
        "--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin \
         --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
         --ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache",
    )
    .map(OsString::from)
    .collect();
    if let Some(node) = &sandbox.node {
        arguments.extend(["--ro-bind".into(), node.into(), "/runtimes/node".into()]);
    }
    arguments
}

/// Waits until the world stands, and returns the process that everything in it hangs on.
fn await_world(
    holder: &mut Child,
    mut info: File,
    lifeline: ChildStdin,
) -> Result<(u32, ChildStdin), Error> {
    let mut said = String::new();
    let mut stderr = BufReader::new(holder.stderr.take().expect("it was asked for"));
    let _ = stderr.read_line(&mut said);
    let mut text = String::new();
    let _ = info.rewind().and_then(|()| info.read_to_string(&mut text));
    let info = serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default();
    let pid = info["child-pid"].as_u64().and_then(|pid| u32::try_from(pid).ok());
    if let (Some(pid), "stands") = (pid, said.trim()) {
        return Ok((pid, lifeline));
    }
    drop(lifeline);
    let _ = stderr.read_to_string(&mut said);
    let _ = holder.wait();
    let message = format!(
        "bubblewrap says: {}. If user namespaces are forbidden here, allow them \
         (sysctl kernel.unprivileged_userns_clone=1, or \
         kernel.apparmor_restrict_unprivileged_userns=0), or run as root",
        said.trim()
    );
    Err(Error::Sandbox { message })
}

fn lines_of(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
