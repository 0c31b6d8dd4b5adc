//! `patternbook outdated`: the patterns to look at again after a version changed.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use super::{Outcome, project};
use crate::diagnostic::{count, printable};

/// List the patterns that were checked against another version than the manifest states
///
/// The versions of programs, packages and specifications stand in one place, `versions` and
/// `specs` of patternbook.yaml. Change one there, and this names the patterns to read and test
/// again, and what each was checked against. Exit status: 0 when all is up to date, 1 when not,
/// and 0 with `--if`, which only asks.
#[derive(Debug, clap::Args)]
pub(super) struct Outdated {
    /// Suppose that NAME were at another version: list everything that was checked against it
    #[arg(long = "if", value_name = "NAME")]
    names: Vec<String>,
}

/// A pattern that was checked against a version.
struct Row<'a> {
    pattern: &'a str,
    stated: &'a str,
}

impl Outdated {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let project = project::open(&project::current_folder()?)?;
        let unread = project.patterns - project.catalog.patterns.len();
        if unread > 0 {
            let unread = count(unread, "pattern");
            anyhow::bail!("{unread} cannot be read; `patternbook check` says why");
        }
        let manifest = &project.catalog.manifest;
        for name in &self.names {
            if manifest.version_of(name).is_none() {
                let known: Vec<&str> = manifest
                    .versions
                    .keys()
                    .chain(manifest.specs.keys())
                    .map(String::as_str)
                    .collect();
                anyhow::bail!(
                    "the manifest states no version of `{name}`; it knows: {}",
                    known.join(", ")
                );
            }
        }
        let mut rows: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
        for (id, pattern) in &project.catalog.patterns {
            for (name, stated) in &pattern.content.checked {
                let present = manifest.version_of(name);
                let is_supposed = self.names.contains(name);
                if is_supposed || present.is_some_and(|present| present != stated.value) {
                    let row = Row { pattern: id, stated: &stated.value };
                    rows.entry(name).or_default().push(row);
                }
            }
        }
        let mut out = io::stdout().lock();
        if rows.is_empty() {
            writeln!(out, "every pattern was checked against the versions of today")?;
            return Ok(Outcome::Clean);
        }
        for (name, rows) in &rows {
            let present = manifest.version_of(name).unwrap_or_default();
            let title = printable(&format!("{name} {present}"));
            writeln!(out, "{title}: {} to look at", count(rows.len(), "pattern"))?;
            let width = rows.iter().map(|row| row.pattern.len()).max().unwrap_or_default();
            for row in rows {
                let stated = printable(row.stated);
                writeln!(out, "  {:width$}  checked against {stated}", row.pattern)?;
            }
        }
        Ok(if self.names.is_empty() { Outcome::Findings } else { Outcome::Clean })
    }
}
