//! Installs the packages of labs, once for each lock file, outside of the project.
#![expect(clippy::disallowed_methods, reason = "this module writes the cache of labs")]

mod npm;
mod pip;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::equipment::Lab;
use crate::sandbox::host;

/// Files as a package manager shall see them, or what is wrong with them.
type Judged = Result<Vec<Vec<u8>>, String>;

/// A package manager: it installs what a lock file names, each package with a checksum.
struct Manager {
    /// The program, and where to get it.
    program: &'static str,
    get: &'static str,
    /// The files that say what to install. All must be there, or a lab has no such packages.
    files: &'static [&'static str],
    /// The words that install them into `folder`.
    arguments: &'static [&'static str],
    folder: &'static str,
    /// More such words, which hang on what examples will be run with.
    more_arguments: fn() -> Result<Vec<String>, String>,
    /// Reads the files and returns them as the program shall see them, or what is wrong with
    /// them. It runs outside of the sandbox: what could make it start another program, read
    /// a file of this machine, or ask somebody else than its registry must not get through.
    judge: fn(&[&[u8]]) -> Judged,
}

const MANAGERS: [Manager; 2] = [
    Manager {
        program: "npm",
        get: "Node 20 or later, with npm",
        files: &["package-lock.json", "package.json"],
        arguments: &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        folder: "node_modules",
        more_arguments: || Ok(Vec::new()),
        judge: npm::judge,
    },
    Manager {
        program: "python3",
        get: "Python 3.11 or later, with pip",
        files: &["requirements.txt"],
        arguments: &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--only-binary=:all:",
            "--no-deps",
            "--target=site-packages",
            "--requirement=requirements.txt",
        ],
        folder: "site-packages",
        more_arguments: pip::more_arguments,
        judge: pip::judge,
    },
];

fn managers_of(lab: &Lab) -> impl Iterator<Item = &'static Manager> {
    let has_all = |files: &[&str]| files.iter().all(|file| lab.files.contains_key(*file));
    MANAGERS.iter().filter(move |manager| has_all(manager.files))
}

/// The folder of a lab that its packages stand in, if it has any.
pub fn folder(lab: &Lab) -> Option<&'static str> {
    managers_of(lab).next().map(|manager| manager.folder)
}

/// Installs a lab's packages, unless they are there, and returns their folder.
///
/// Only the files that name packages are looked at, and no script of a package is run. Package
/// managers are looked for in the folders of `path`, a `PATH`.
pub fn install(
    name: &str,
    lab: &Lab,
    cache: &Path,
    path: &OsStr,
) -> Result<Option<PathBuf>, Error> {
    let fail = |message: String| Error::Lab { name: name.to_owned(), message };
    let mut managers = managers_of(lab);
    let Some(manager) = managers.next() else { return Ok(None) };
    if managers.next().is_some() {
        let message = "it has packages of npm and of pip; make two labs of it".to_owned();
        return Err(fail(message));
    }
    let texts: Vec<&[u8]> = manager.files.iter().map(|file| lab.files[*file].as_slice()).collect();
    let more = (manager.more_arguments)().map_err(fail)?;
    let target = cache.join(format!("{name}-{}", &key(&texts, &more)[..16]));
    let packages = target.join(manager.folder);
    if packages.is_dir() {
        return Ok(Some(packages));
    }
    let Some(program) = host::find(manager.program, path) else {
        let (program, get) = (manager.program, manager.get);
        return Err(fail(format!("`{program}` is not installed; install {get}")));
    };
    let judged = (manager.judge)(&texts).map_err(fail)?;
    let write = |source| Error::Write { path: cache.to_owned(), source };
    fs::create_dir_all(cache).map_err(write)?;
    let staging = tempfile::Builder::new().prefix(".new-").tempdir_in(cache).map_err(write)?;
    for (file, text) in manager.files.iter().zip(judged) {
        fs::write(staging.path().join(file), text).map_err(write)?;
    }
    let arguments = manager.arguments.iter().copied().chain(more.iter().map(String::as_str));
    let arguments: Vec<&str> = arguments.collect();
    if let Err(said) = host::run_in(staging.path(), &program, &arguments)? {
        let program = manager.program;
        return Err(fail(format!("`{program}` could not install its packages:\n{said}")));
    }
    if !staging.path().join(manager.folder).is_dir() {
        return Err(fail(format!("its `{}` names no package", manager.files[0])));
    }
    let staging = staging.keep();
    make_readable(&staging).map_err(write)?;
    // Another run may have been faster; then its folder is as good.
    if fs::rename(&staging, &target).is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    match packages.is_dir() {
        true => Ok(Some(packages)),
        false => Err(fail(format!("{} is in the way; remove it", target.display()))),
    }
}

fn key(texts: &[&[u8]], more: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    let more = more.iter().map(String::as_bytes);
    for text in texts.iter().copied().chain(more) {
        hasher.update(text).update(b"\0");
    }
    hasher.update(std::env::consts::ARCH.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// A temporary folder is its owner's alone; the labs run as another user.
fn make_readable(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}
