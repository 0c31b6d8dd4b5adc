//! Runs programs where they can read and reach nothing. The only starter of processes.
//!
//! bubblewrap does the confining; its code is trusted more than ours would be. There are two
//! walls. A [`world::World`] has a network of its own (loopback only), its own processes and
//! a file system in memory; labs live in it. Inside it each run stands behind a wall of its
//! own, without the power to make namespaces. When the world ends, all that was in it ends.

pub mod archive;
pub mod host;
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
        need("prlimit", "util-linux");
        need("tar", "tar");
        let setpriv = is_root.then(|| need("setpriv", "util-linux"));
        if !missing.is_empty() {
            return Err(Error::MissingPrograms { programs: missing });
        }
        let node = find("node").and_then(host::outside_usr);
        let version = version_of(&bubblewrap)?;
        Ok(Self { bubblewrap, nsenter, setpriv, node, version })
    }

    /// The `PATH` of a run.
    pub fn path(&self) -> &'static str {
        if self.node.is_some() { "/runtimes:/usr/bin" } else { "/usr/bin" }
    }

    /// The words that start a program of the host as another user, for root; none otherwise.
    fn as_nobody(&self) -> Vec<&OsStr> {
        let Some(setpriv) = &self.setpriv else { return Vec::new() };
        let mut words = vec![setpriv.as_os_str()];
        words
            .extend(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"].map(OsStr::new));
        words
    }
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
