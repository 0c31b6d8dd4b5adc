//! Waits for a process and catches what it prints, within limits.
#![expect(clippy::disallowed_methods, reason = "this module starts processes and watches them")]

use std::io::{self, Read, Write as _};
use std::os::fd::AsFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With a status. A signal counts as 128 and its number, as in a shell.
    Exited(i32),
    /// It ran longer than it may, and was ended.
    TooSlow,
    /// It printed more than it may, and was ended.
    TooMuchOutput,
    /// It and its children used more memory than they may, and were ended.
    TooMuchMemory,
}

/// What came of a process.
#[derive(Debug, Clone)]
pub struct Captured {
    /// How it ended.
    pub end: End,
    /// What it printed on standard output.
    pub stdout: Vec<u8>,
    /// What it printed on standard error.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

/// Bounds for [`capture`].
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes on each output.
    pub output: usize,
    /// From start to end.
    pub wall: Duration,
    /// Memory of the process and all below it, in bytes.
    pub memory: u64,
}

/// How often a process is looked at. It can fill some 200 MB of memory in that time.
const WATCH_EVERY: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// A process that was started, and the pipes that it was given, by their numbers in the kernel.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) id: u32,
    pub(super) input: u64,
    pub(super) outputs: [u64; 2],
}

/// Runs a command to its end, gives it `input`, and catches what it prints.
pub fn capture(command: Command, input: &[u8], bounds: Bounds) -> io::Result<Captured> {
    capture_then(command, input, bounds, |_| ()).map(|(captured, ())| captured)
}

/// Does what [`capture`] does, and `then` when the process has ended, however it did: its
/// outputs last until every process has ended that it gave them to.
pub(super) fn capture_then<T>(
    mut command: Command,
    input: &[u8],
    bounds: Bounds,
    then: impl FnOnce(&Started) -> T,
) -> io::Result<(Captured, T)> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().expect("it was asked for");
    let stdout = child.stdout.take().expect("it was asked for");
    let stderr = child.stderr.take().expect("it was asked for");
    let outputs = [number_of(&stdout)?, number_of(&stderr)?];
    let of_process = Started { id: child.id(), input: number_of(&stdin)?, outputs };
    let overflow = AtomicBool::new(false);
    thread::scope(|scope| {
        // A process need not read its input; then the pipe breaks, which is no fault.
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        let stdout = scope.spawn(|| read_bounded(stdout, bounds.output, &overflow));
        let stderr = scope.spawn(|| read_bounded(stderr, bounds.output, &overflow));
        let end = wait(&mut child, started, bounds, &overflow);
        let took = started.elapsed();
        let then = then(&of_process);
        let stdout = stdout.join().unwrap_or_default();
        let stderr = stderr.join().unwrap_or_default();
        Ok((Captured { end: end?, stdout, stderr, took }, then))
    })
}

fn number_of(pipe: &impl AsFd) -> io::Result<u64> {
    Ok(rustix::fs::fstat(pipe)?.st_ino)
}

fn wait(
    child: &mut Child,
    started: Instant,
    bounds: Bounds,
    overflow: &AtomicBool,
) -> io::Result<End> {
    let handle = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let end = loop {
        if let Some(status) = child.try_wait()? {
            // What it printed at the very end may still have been too much.
            return Ok(if overflow.load(Ordering::Relaxed) {
                End::TooMuchOutput
            } else {
                End::Exited(status_number(status))
            });
        }
        let took = started.elapsed();
        if overflow.load(Ordering::Relaxed) {
            break End::TooMuchOutput;
        }
        if took > bounds.wall {
            break End::TooSlow;
        }
        if memory_below(child.id()) > bounds.memory {
            break End::TooMuchMemory;
        }
        // It can be read from when the process has ended.
        let _ = poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&WATCH_EVERY));
    };
    child.kill()?;
    child.wait()?;
    Ok(end)
}

fn status_number(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

fn read_bounded(mut pipe: impl Read, limit: usize, overflow: &AtomicBool) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut chunk = [0; 16 << 10];
    while let Ok(count) = pipe.read(&mut chunk) {
        if count == 0 {
            break;
        }
        let room = limit.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..count.min(room)]);
        if count > room {
            overflow.store(true, Ordering::Relaxed);
        }
    }
    kept
}

/// The memory in use by a process and all below it, in bytes.
fn memory_below(pid: u32) -> u64 {
    let mut total = 0;
    let mut pids = vec![pid];
    while let Some(pid) = pids.pop() {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        total += memory_in(&status);
        // A child belongs to the thread that started it.
        let threads =
            std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for thread in threads {
            let children = std::fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            pids.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    total
}

/// The memory that a `/proc/PID/status` tells of, in bytes: what is there, what was swapped
/// out, and what keeps account of it.
fn memory_in(status: &str) -> u64 {
    let kibibytes = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let is_counted = matches!(name, "VmRSS" | "VmSwap" | "VmPTE");
        is_counted.then(|| value.trim().trim_end_matches(" kB").parse::<u64>().ok()).flatten()
    };
    status.lines().filter_map(kibibytes).sum::<u64>() << 10
}

#[cfg(test)]
mod tests {
    use super::memory_in;

    #[test]
    fn memory_is_counted_wherever_it_is() {
        let status = "Name:\tsh\nVmSize:\t 9999 kB\nVmRSS:\t  1 kB\nVmPTE:\t2 kB\nVmSwap:\t4 kB\n";
        assert_eq!(memory_in(status), 7 << 10);
        assert_eq!(memory_in("Name:\tended\nState:\tZ (zombie)\n"), 0);
    }
}
