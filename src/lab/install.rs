//! Installs the packages of labs, once for each lock file, outside of the project.
#![expect(clippy::disallowed_methods, reason = "this module writes the cache of labs")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::equipment::Lab;
use crate::sandbox::host;

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
    /// What is wrong with a lock file that names a package from anywhere but a registry. For
    /// such packages git would be started on this machine, or its files read.
    refuse: fn(&[u8]) -> Result<(), String>,
}

const MANAGERS: [Manager; 2] = [
    Manager {
        program: "npm",
        get: "Node 20 or later, with npm",
        files: &["package-lock.json", "package.json"],
        arguments: &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        folder: "node_modules",
        refuse: refuse_strange_packages,
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
        refuse: refuse_strange_requirements,
    },
];

fn manager_of(lab: &Lab) -> Option<&'static Manager> {
    let has_all = |files: &[&str]| files.iter().all(|file| lab.files.contains_key(*file));
    MANAGERS.iter().find(|manager| has_all(manager.files))
}

/// The folder of a lab that its packages stand in, if it has any.
pub fn folder(lab: &Lab) -> Option<&'static str> {
    manager_of(lab).map(|manager| manager.folder)
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
    let Some(manager) = manager_of(lab) else { return Ok(None) };
    let texts: Vec<&Vec<u8>> = manager.files.iter().map(|file| &lab.files[*file]).collect();
    let target = cache.join(format!("{name}-{}", &key(&texts)[..16]));
    let packages = target.join(manager.folder);
    if packages.is_dir() {
        return Ok(Some(packages));
    }
    let fail = |message: String| Error::Lab { name: name.to_owned(), message };
    let Some(program) = host::find(manager.program, path) else {
        let (program, get) = (manager.program, manager.get);
        return Err(fail(format!("`{program}` is not installed; install {get}")));
    };
    (manager.refuse)(texts[0]).map_err(fail)?;
    let write = |source| Error::Write { path: cache.to_owned(), source };
    fs::create_dir_all(cache).map_err(write)?;
    let staging = tempfile::Builder::new().prefix(".new-").tempdir_in(cache).map_err(write)?;
    for (file, text) in manager.files.iter().zip(texts) {
        fs::write(staging.path().join(file), text).map_err(write)?;
    }
    if let Err(said) = host::run_in(staging.path(), &program, manager.arguments)? {
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

fn key(texts: &[&Vec<u8>]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
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

/// Refuses a lock file of npm whose packages do not all come from a registry with a checksum.
fn refuse_strange_packages(lock: &[u8]) -> Result<(), String> {
    let lock: serde_json::Value = serde_json::from_slice(lock)
        .map_err(|error| format!("its `package-lock.json` is no JSON: {error}"))?;
    let packages = lock["packages"].as_object();
    let packages = packages.ok_or("its `package-lock.json` lists no packages")?;
    for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
        let resolved = package["resolved"].as_str();
        let is_remote = resolved.is_none_or(|address| address.starts_with("https://"));
        let has_checksum = package["integrity"].is_string();
        if !is_remote || !has_checksum || package["link"] == true {
            return Err(format!("`{name}` in its lock file does not come from a registry"));
        }
    }
    let root = packages.get("").cloned().unwrap_or_default();
    for kind in ["dependencies", "devDependencies", "optionalDependencies"] {
        for (name, wanted) in root[kind].as_object().into_iter().flatten() {
            if wanted.as_str().is_none_or(|wanted| wanted.contains([':', '/'])) {
                return Err(format!("`{name}` in `{kind}` does not come from a registry"));
            }
        }
    }
    Ok(())
}

/// Refuses requirements that are not all a version of a package of the registry, with checksums.
fn refuse_strange_requirements(requirements: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(requirements);
    let mut lines = text.lines().map(|line| line.trim().trim_end_matches('\\').trim_end());
    let is_plain = |line: &str| {
        let word = |text: &str| {
            !text.is_empty()
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c))
        };
        let is_checksum = |text: &str| text.strip_prefix("--hash=sha256:").is_some_and(word);
        let is_version = |text: &str| {
            text.split_once("==").is_some_and(|(name, version)| word(name) && word(version))
        };
        line.split_whitespace().all(|text| is_checksum(text) || is_version(text))
    };
    match lines.find(|line| !line.starts_with('#') && !is_plain(line)) {
        Some(line) => Err(format!(
            "`{line}` in its requirements is no `NAME==VERSION --hash=sha256:…` of the registry"
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{refuse_strange_packages, refuse_strange_requirements};

    #[test]
    fn only_packages_of_a_registry_are_fetched() {
        let check = |package: &str| {
            let lock = format!(r#"{{"packages": {{"": {{}}, "node_modules/a": {package}}}}}"#);
            refuse_strange_packages(lock.as_bytes()).is_ok()
        };
        assert!(check(r#"{"version": "1.0.0", "integrity": "sha512-x"}"#));
        assert!(!check(r#"{"resolved": "git+ssh://git@example.com/a.git", "integrity": "x"}"#));
        assert!(!check(r#"{"resolved": "file:../a", "integrity": "x"}"#));
        assert!(!check(r#"{"resolved": "../a", "link": true}"#));
        assert!(!check(r#"{"version": "1.0.0"}"#));
    }

    #[test]
    fn only_versions_of_the_registry_are_fetched() {
        let check = |text: &str| refuse_strange_requirements(text.as_bytes()).is_ok();
        assert!(check("# one\nmcp==1.2.0 \\\n    --hash=sha256:0a \\\n    --hash=sha256:0b\n"));
        assert!(!check("mcp @ https://example.com/mcp.whl --hash=sha256:0a\n"));
        assert!(!check("git+https://example.com/mcp\n"));
        assert!(!check("--index-url https://example.com/\nmcp==1.0\n"));
        assert!(!check("-e .\n"));
        assert!(!check("mcp>=1\n"));
    }
}
