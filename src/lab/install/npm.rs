//! What npm is let to install: versions of packages of its registry, each with a checksum.

use serde_json::{Map, Value};

use super::Judged;

/// The fields of a manifest and of a lock file's package that name packages.
const KINDS: [&str; 4] =
    ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/// The fields of a manifest that are of use here. Others could change what is installed.
const FIELDS: [&str; 7] = [
    "name",
    "private",
    "type",
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
];

/// Judges `package-lock.json` and `package.json`, and returns them.
pub(super) fn judge(texts: &[&[u8]]) -> Judged {
    let [lock, manifest] = texts else { return Err("it has not two files".to_owned()) };
    let lock = read("package-lock.json", lock)?;
    let manifest = read("package.json", manifest)?;
    if let Some(odd) = manifest.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(format!("its `package.json` has `{odd}`, which a lab does not need"));
    }
    names_versions("package.json", &manifest)?;
    let packages = lock.get("packages").and_then(Value::as_object);
    let packages = packages.ok_or("its `package-lock.json` lists no packages")?;
    for (name, package) in packages {
        let package = package.as_object().ok_or_else(|| format!("`{name}` is no package"))?;
        names_versions(name, package)?;
        if !name.is_empty() {
            judge_package(name, package)?;
        }
    }
    // Written anew from what was read: npm must not read them otherwise than we did.
    let written = |map: Map<String, Value>| Value::Object(map).to_string().into_bytes();
    Ok(vec![written(lock), written(manifest)])
}

fn read(file: &str, text: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(format!("its `{file}` is no JSON object")),
        Err(error) => Err(format!("its `{file}` is no JSON: {error}")),
    }
}

/// A package of the lock file: a plain version with a checksum. Where it lies is left to npm,
/// or is an address of a registry.
fn judge_package(name: &str, package: &Map<String, Value>) -> Result<(), String> {
    let text = |key: &str| package.get(key).and_then(Value::as_str);
    let is_remote = match package.get("resolved") {
        None => true,
        Some(Value::String(address)) => address.starts_with("https://"),
        Some(_) => false,
    };
    let is_version = text("version").is_some_and(is_plain_version);
    let has_checksum = text("integrity").is_some_and(|it| it.starts_with("sha"));
    if is_remote && is_version && has_checksum && !package.contains_key("link") {
        return Ok(());
    }
    Err(format!(
        "`{name}` in its lock file is no version of a package from an https address, with a checksum"
    ))
}

/// Tells whether dependencies are named by versions, and not by addresses or files.
fn names_versions(owner: &str, package: &Map<String, Value>) -> Result<(), String> {
    for kind in KINDS {
        let Some(named) = package.get(kind) else { continue };
        let named = named.as_object().ok_or_else(|| format!("`{kind}` of `{owner}` is no map"))?;
        for (name, wanted) in named {
            if wanted.as_str().is_none_or(|wanted| !is_range(wanted)) {
                return Err(format!("`{name}` in `{kind}` of `{owner}` is named by no version"));
            }
        }
    }
    Ok(())
}

fn is_plain_version(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_allowed)
}

/// A range of versions, or another name of the registry with one (`npm:string-width@^4`).
fn is_range(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || " .-+^~<>=|*_".contains(c);
    let plain = match text.strip_prefix("npm:") {
        Some(name) => name.replacen(['@', '/'], "", 3),
        None => text.to_owned(),
    };
    plain.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::judge;

    fn is_taken(package: &str, manifest: &str) -> bool {
        let lock = format!(r#"{{"packages": {{"": {{}}, "node_modules/a": {package}}}}}"#);
        judge(&[lock.as_bytes(), manifest.as_bytes()]).is_ok()
    }

    #[test]
    fn only_versions_with_checksums_are_fetched() {
        let check = |package: &str| is_taken(package, "{}");
        assert!(check(r#"{"version": "1.0.0", "integrity": "sha512-x"}"#));
        assert!(check(
            r#"{"version": "1.0.0", "integrity": "sha512-x", "dependencies": {"b": "^1 || >=2.0.0-rc.1 <3", "c": "npm:@d/c@^4"}}"#
        ));
        assert!(!check(r#"{"version": "1.0.0"}"#));
        assert!(!check(r#"{"version": "git+file:///x", "integrity": "sha512-x"}"#));
        assert!(!check(r#"{"version": "1.0.0", "integrity": "sha512-x", "link": true}"#));
        for resolved in ["git+ssh://git@example.com/a.git", "file:../a", "http://example.com/a"] {
            assert!(!check(&format!(
                r#"{{"version": "1.0.0", "integrity": "sha512-x", "resolved": "{resolved}"}}"#
            )));
        }
        for wanted in ["git+file:///x", "file:../b", "a/b", "https://example.com/b.tgz"] {
            assert!(!check(&format!(
                r#"{{"version": "1.0.0", "integrity": "sha512-x", "dependencies": {{"b": "{wanted}"}}}}"#
            )));
        }
    }

    #[test]
    fn a_manifest_names_versions_and_nothing_else() {
        let package = r#"{"version": "1.0.0", "integrity": "sha512-x"}"#;
        assert!(is_taken(package, r#"{"private": true, "dependencies": {"a": "1.0.0"}}"#));
        assert!(!is_taken(package, r#"{"dependencies": {"a": "git+file:///x"}}"#));
        assert!(!is_taken(package, r#"{"peerDependencies": {"a": "file:../a"}}"#));
        assert!(!is_taken(package, r#"{"overrides": {"a": "git+file:///x"}}"#));
        assert!(!is_taken(package, r#"{"workspaces": ["../x"]}"#));
    }
}
