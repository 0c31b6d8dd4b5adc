//! Installs the packages of labs, once for each lock file, outside of the project.
#![expect(clippy::disallowed_methods, reason = "this module writes the cache of labs")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::equipment::Lab;
use crate::sandbox::host;

/// Installs a lab's packages, unless they are there, and returns their folder.
///
/// Only `package.json` and `package-lock.json` are looked at, and no script of a package is
/// run. A lab without a lock file has no packages.
pub fn install(
    name: &str,
    lab: &Lab,
    cache: &Path,
    npm: Option<&Path>,
) -> Result<Option<PathBuf>, Error> {
    let files = ["package.json", "package-lock.json"];
    let texts: Vec<&Vec<u8>> = files.iter().filter_map(|file| lab.files.get(*file)).collect();
    let [manifest, lock] = texts.as_slice() else { return Ok(None) };
    let target = cache.join(format!("{name}-{}", &key(manifest, lock)[..16]));
    let modules = target.join("node_modules");
    if modules.is_dir() {
        return Ok(Some(modules));
    }
    let fail = |message: String| Error::Lab { name: name.to_owned(), message };
    let Some(npm) = npm else {
        return Err(fail("`npm` is not installed; install Node 20 or later, with npm".to_owned()));
    };
    refuse_strange_sources(lock).map_err(fail)?;
    let write = |source| Error::Write { path: cache.to_owned(), source };
    fs::create_dir_all(cache).map_err(write)?;
    let staging = tempfile::Builder::new().prefix(".new-").tempdir_in(cache).map_err(write)?;
    for (file, text) in files.iter().zip([manifest, lock]) {
        fs::write(staging.path().join(file), text).map_err(write)?;
    }
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    if let Err(said) = host::run_in(staging.path(), npm, &arguments)? {
        return Err(fail(format!("`npm ci` could not install its packages:\n{said}")));
    }
    // Another run may have been faster; then its folder is as good.
    let staging = staging.keep();
    make_readable(&staging).map_err(write)?;
    if fs::rename(&staging, &target).is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    Ok(Some(modules))
}

fn key(manifest: &[u8], lock: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(manifest).update(b"\0").update(lock).update(b"\0");
    hasher.update(std::env::consts::ARCH.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// A temporary folder is its owner's alone; the labs run as another user.
fn make_readable(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

/// Refuses a lock file whose packages do not all come from a registry with a checksum. For
/// others npm would start git on this machine, or read its files.
fn refuse_strange_sources(lock: &[u8]) -> Result<(), String> {
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

#[cfg(test)]
mod tests {
    use super::refuse_strange_sources;

    #[test]
    fn only_packages_of_a_registry_are_fetched() {
        let check = |package: &str| {
            let lock = format!(r#"{{"packages": {{"": {{}}, "node_modules/a": {package}}}}}"#);
            refuse_strange_sources(lock.as_bytes()).is_ok()
        };
        assert!(check(r#"{"version": "1.0.0", "integrity": "sha512-x"}"#));
        assert!(!check(r#"{"resolved": "git+ssh://git@example.com/a.git", "integrity": "x"}"#));
        assert!(!check(r#"{"resolved": "file:../a", "integrity": "x"}"#));
        assert!(!check(r#"{"resolved": "../a", "link": true}"#));
        assert!(!check(r#"{"version": "1.0.0"}"#));
    }
}
