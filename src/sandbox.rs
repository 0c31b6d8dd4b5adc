//! Runs programs where they can read and reach nothing. The only starter of processes.
//!
//! bubblewrap does the confining; its code is trusted more than ours would be. There are two
//! walls. A [`world::World`] has a network of its own (loopback only), its own processes and
//! a file system in memory; labs live in it. Inside it each run stands behind a wall of its
//! own, without the power to make namespaces. When the world ends, all that was in it ends.
//!
//! Tests stand on a [`ground::Ground`]: a world, or, for those who consented, the machine itself.

pub mod archive;
mod filter;
pub mod ground;
pub mod host;
pub mod open;
pub mod process;
pub mod run;
pub mod tools;
pub mod world;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;

/// The bubblewrap that first could forbid nested user namespaces.
const OLDEST_BUBBLEWRAP: (u32, u32) = (0, 8);

/// What root becomes: the kernel does not hold root to a limit of processes.
const NOBODY: &str = "65534";

/// What a machine has to confine programs with.
#[derive(Debug, Clone)]
pub struct Sandbox {
    bubblewrap: PathBuf,
    nsenter: PathBuf,
    /// How to become another user: for root only.
    setpriv: Option<PathBuf>,
    /// What closes files that would be handed on, where there are any, and how it is told.
    closer: Option<(PathBuf, String)>,
    /// What the kernel refuses to runs.
    filter: Vec<u8>,
    /// Node, when it stands outside of `/usr`.
    pub(crate) node: Option<PathBuf>,
    /// The version of bubblewrap.
    pub version: String,
}

/// What one run may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Processes and threads at once.
    pub processes: u32,
    /// Memory, in bytes: of each process, and of all together.
    pub memory: u64,
    /// The size of each file that it writes, in bytes.
    pub file: u64,
    /// What it prints, in bytes, on each of its two outputs.
    pub output: usize,
    /// The time that each process computes.
    pub cpu: Duration,
    /// The time from start to end.
    pub wall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            processes: 128,
            memory: 1 << 30,
            file: 20 << 20,
            output: 1 << 20,
            cpu: Duration::from_secs(10),
            wall: Duration::from_secs(30),
        }
    }
}

impl Sandbox {
    /// Looks for what is needed in the folders of `path`, a `PATH`.
    ///
    /// The error names everything that is missing, and how to get it.
    pub fn find(path: &OsStr) -> Result<Self, Error> {
        let is_root = rustix::process::geteuid().is_root();
        let find = |program: &str| host::find(program, path);
        let mut missing = Vec::new();
        let mut need = |program: &str, package: &str| {
            find(program).unwrap_or_else(|| {
                missing.push(format!("`{program}` (install {package})"));
                PathBuf::new()
            })
        };
        let bubblewrap = need("bwrap", "bubblewrap");
        let nsenter = need("nsenter", "util-linux");
        for program in ["prlimit", "unshare", "mount"] {
            need(program, "util-linux");
        }
        need("tar", "tar");
        let setpriv = is_root.then(|| need("setpriv", "util-linux"));
        let handed_on = host::files_handed_on();
        // A plain `sh` cannot name a file above 9.
        let bash = (!handed_on.is_empty()).then(|| need("bash", "bash"));
        if !missing.is_empty() {
            return Err(Error::MissingPrograms { programs: missing });
        }
        let node = find("node").and_then(host::outside_usr);
        let version = version_of(&bubblewrap)?;
        let architecture = std::env::consts::ARCH;
        let filter = filter::program(architecture).ok_or_else(|| Error::Sandbox {
            message: format!("there is no filter of system calls for {architecture}"),
        })?;
        let closer = bash.map(|bash| (bash, script_that_closes(&handed_on)));
        Ok(Self { bubblewrap, nsenter, setpriv, closer, filter, node, version })
    }

    /// The `PATH` of a run.
    pub fn path(&self) -> &'static str {
        if self.node.is_some() { "/runtimes:/usr/bin" } else { "/usr/bin" }
    }

    /// The words that start a program of the host with nothing of this process: no open file,
    /// and, for root, not as root.
    fn bare(&self) -> Vec<&OsStr> {
        let mut words = Vec::new();
        if let Some((bash, script)) = &self.closer {
            words.extend([bash.as_os_str(), "-c".as_ref(), script.as_ref(), "bash".as_ref()]);
        }
        if let Some(setpriv) = &self.setpriv {
            words.push(setpriv.as_os_str());
            words.extend(
                ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"].map(OsStr::new),
            );
        }
        words
    }
}

/// What bash closes files with before it becomes another program.
fn script_that_closes(files: &[u32]) -> String {
    let closings: String = files.iter().map(|file| format!(" {file}<&-")).collect();
    format!("exec{closings}; exec \"$@\"")
}

/// The version of bubblewrap, unless it is too old.
fn version_of(bubblewrap: &Path) -> Result<String, Error> {
    let text = host::output(bubblewrap, &["--version"])?;
    let version = text.trim().trim_start_matches("bubblewrap ").to_owned();
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < OLDEST_BUBBLEWRAP {
        let message = format!(
            "bubblewrap {version} is too old; 0.8 is the first that can forbid nested namespaces"
        );
        return Err(Error::Sandbox { message });
    }
    Ok(version)
}
