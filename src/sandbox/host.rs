//! Programs of the host itself: found, asked for their version, or run to install a lab.
#![expect(clippy::disallowed_methods, reason = "this module starts programs of the host")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

/// Finds a program in the folders of `path`, a `PATH`; also where a `PATH` of users often
/// does not lead.
pub fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    let usual = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map(PathBuf::from);
    let folders = std::env::split_paths(path).chain(usual);
    let mut candidates = folders.map(|folder| folder.join(program));
    candidates.find(|candidate| candidate.is_absolute() && is_program(candidate))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path);
    metadata.is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The real path of a program that stands outside of `/usr`.
pub(super) fn outside_usr(program: PathBuf) -> Option<PathBuf> {
    let real = std::fs::canonicalize(&program).ok()?;
    // A link in `/usr/bin` leads wherever it does; the place where it stands decides.
    let is_found = program.parent() == Some(Path::new("/usr/bin")) && real.starts_with("/usr");
    (!is_found).then_some(real)
}

/// The open files, by number, that this process was given and would hand on to every program
/// that it starts. A shell or a CI server may have left anything open.
pub(super) fn files_handed_on() -> Vec<u32> {
    const CLOSES_ON_EXEC: u32 = 0o2_000_000;
    let is_handed_on = |number: &u32| {
        let info =
            std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        flags.is_some_and(|flags| flags & CLOSES_ON_EXEC == 0)
    };
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|number| *number > 2).filter(is_handed_on).collect()
}

/// Runs a program of the host and returns what it prints.
pub fn output(program: &Path, arguments: &[&str]) -> Result<String, Error> {
    let name = program.display().to_string();
    let start = |source| Error::Start { program: name.clone(), source };
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("PATH", PLAIN_PATH).stdin(Stdio::null());
    let output = command.output().map_err(start)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program of the host in a folder, with the environment of the user. For what must
/// reach the network, such as the installation of a lab.
///
/// Returns what it wrote on both outputs when it fails.
pub fn run_in(
    folder: &Path,
    program: &Path,
    arguments: &[&str],
) -> Result<Result<(), String>, Error> {
    let name = program.display().to_string();
    let start = |source| Error::Start { program: name.clone(), source };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let output = command.output().map_err(start)?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let text = [output.stdout, output.stderr].concat();
    Ok(Err(String::from_utf8_lossy(&text).trim().to_owned()))
}

/// Asks a program of the host something in a folder, with the environment of the user.
///
/// Returns what it prints, or what it complains of. git is told neither of another repository
/// than the folder's, as in a hook, nor to ask or to fetch.
pub fn ask(
    folder: &Path,
    program: &Path,
    arguments: &[&str],
) -> Result<Result<String, String>, Error> {
    const OF_HOOKS: [&str; 5] =
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF"];
    let name = program.display().to_string();
    let start = |source| Error::Start { program: name.clone(), source };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    // Older versions know nothing of the first, and would start what the repository names.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
    for variable in OF_HOOKS {
        command.env_remove(variable);
    }
    let output = command.output().map_err(start)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr).trim().to_owned()),
    })
}

/// The names of all programs in `/usr/bin`.
pub fn programs_of_usr() -> Vec<String> {
    let entries = std::fs::read_dir("/usr/bin").into_iter().flatten().flatten();
    let programs = entries.filter(|entry| is_program(&entry.path()));
    programs.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// What OpenSSL reads when it makes certificates; empty where there is no such file.
pub fn openssl_configuration() -> Vec<u8> {
    std::fs::read("/etc/ssl/openssl.cnf").unwrap_or_default()
}

/// The `PATH` of what is started for its own sake, and not for the user.
pub(super) const PLAIN_PATH: &str = "/usr/bin:/usr/sbin:/bin:/sbin";
