//! Embeds every file of `templates/`, so that a new template needs no Rust; and what `probe`
//! needs outside of a project: the contracts, and the labs that need no packages; and the examples of
//! the rules; and the patterns that `add` can write anywhere. It names the build, too.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads the environment and writes OUT_DIR"
)]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    embed("templates.rs", &["templates"], "templates/")?;
    embed("examples.rs", &["src/inspect/examples"], "src/inspect/examples/")?;
    embed("equipment.rs", &["contracts", "labs/token-endpoint"], "")?;
    embed_patterns()?;
    name_build()
}

/// Names this build by what it is made of: the cache of one is nothing to another.
fn name_build() -> io::Result<()> {
    let mut paths = vec!["Cargo.lock".into()];
    collect(Path::new("src"), &mut paths)?;
    paths.sort();
    let mut hasher = DefaultHasher::new();
    for path in &paths {
        println!("cargo::rerun-if-changed={}", path.display());
        path.hash(&mut hasher);
        fs::read(path)?.hash(&mut hasher);
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rustc-env=PATTERNBOOK_BUILD={:016x}", hasher.finish());
    Ok(())
}

/// Writes a table of the patterns that have a part `add`, with the files of their examples.
fn embed_patterns() -> io::Result<()> {
    println!("cargo::rerun-if-changed=patterns");
    let mut paths = Vec::new();
    collect(Path::new("patterns"), &mut paths)?;
    let is_pattern = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "yaml");
    let mut embedded = Vec::new();
    for path in paths.iter().filter(is_pattern) {
        if fs::read_to_string(path)?.lines().any(|line| line == "add:") {
            let folder = path.with_extension("");
            embedded.extend(paths.iter().filter(|file| file.starts_with(&folder)).cloned());
            embedded.push(path.clone());
        }
    }
    write_table("patterns.rs", embedded, "")
}

/// Writes a table of the files in `folders`, each with its path less `prefix`.
fn embed(table: &str, folders: &[&str], prefix: &str) -> io::Result<()> {
    let mut paths = Vec::new();
    for folder in folders {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut paths)?;
    }
    write_table(table, paths, prefix)
}

fn write_table(table: &str, mut paths: Vec<PathBuf>, prefix: &str) -> io::Result<()> {
    paths.sort();
    let root = env::current_dir()?;
    let mut text = String::from("&[\n");
    for path in &paths {
        let name = path.display().to_string();
        let name = name.strip_prefix(prefix).unwrap_or(&name);
        let full = root.join(path);
        writeln!(text, "    ({name:?}, include_str!({full:?})),").expect("strings take any text");
    }
    text.push_str("]\n");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join(table), text)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}
