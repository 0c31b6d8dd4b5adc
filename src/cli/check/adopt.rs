//! The baseline of `check`: read, held against what is found, written.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::subject::Subject;
use crate::diagnostic::Profile;
use crate::inspect::baseline::{Baseline, Seen};
use crate::publish::reference::all_rules;
use crate::publish::tree;
use crate::report::count;
use crate::source::disk::{self, TEXT_LIMIT, Unreadable};
use crate::source::{FileId, SourceFile};

/// What a person says of a baseline.
#[derive(Debug, clap::Args)]
pub(super) struct Adopt {
    /// Report only what this file does not hold: findings that were there before
    ///
    /// A finding is known again by its rule, its file and the text of its line, wherever the
    /// line has moved. What the file holds and is mended is an error, until it is taken out.
    #[arg(long, value_name = "FILE", help_heading = "An old tree")]
    baseline: Option<PathBuf>,
    /// Write the baseline: a new one holds all that is found; from one that is there, what is
    /// mended is taken out, and nothing is added
    #[arg(
        long,
        help_heading = "An old tree",
        requires = "baseline",
        conflicts_with_all = ["since", "shard", "diff"]
    )]
    write_baseline: bool,
    /// Let the baseline take in what is new, too
    #[arg(long, help_heading = "An old tree", requires = "write_baseline")]
    grow: bool,
}

/// A baseline and its file.
pub(super) struct Adopted {
    baseline: Baseline,
    /// As the person named it.
    path: PathBuf,
    text: String,
}

impl Adopt {
    pub(super) fn writes(&self) -> bool {
        self.write_baseline
    }

    /// The file of the baseline.
    pub(super) fn file(&self) -> Option<&Path> {
        self.baseline.as_deref()
    }

    /// Reads the baseline; nothing, if there is to be none, or a new one.
    pub(super) fn read(&self) -> anyhow::Result<Option<Adopted>> {
        let Some(path) = self.baseline.clone() else { return Ok(None) };
        let name = path.display();
        let text = match disk::read(&path, TEXT_LIMIT) {
            Ok(text) => text,
            Err(Unreadable::Missing) if self.write_baseline => return Ok(None),
            Err(Unreadable::Missing) => {
                anyhow::bail!("there is no baseline `{name}`; `--write-baseline` makes it")
            }
            Err(problem) => anyhow::bail!("cannot read the baseline `{name}`: {problem}"),
        };
        let baseline = Baseline::read(&text).map_err(|fault| {
            let line = SourceFile::new("", text.as_str()).position(fault.range.start).line;
            anyhow::anyhow!(
                "cannot use the baseline `{name}`, line {line}: {}; bring back the committed one, \
                 or remove it and write it anew with `--write-baseline`",
                fault.message
            )
        })?;
        Ok(Some(Adopted { baseline, path, text }))
    }

    /// Writes the baseline for what was found, and says how it changed.
    pub(super) fn write(
        &self,
        old: Option<&Adopted>,
        subject: &Subject,
        profile: Option<Profile>,
    ) -> anyhow::Result<Adopted> {
        let path = self.baseline.clone().expect("clap requires it");
        let (sources, inspection) = subject.parts();
        let names = names(subject, &path)?;
        let folder = folder_of(&path)?;
        let is_gone = |path: &str| !disk::is_there(&folder.join(path));
        let is_looked_for = |rule: &str| is_of(profile, rule);
        let seen = Seen { names: &names, is_gone: &is_gone, is_looked_for: &is_looked_for };
        let found = Baseline::of(sources, &inspection.diagnostics, &seen);
        let baseline = match old {
            None => found,
            Some(old) if self.grow => old.baseline.grown(&found, &seen),
            Some(old) => old.baseline.shrunk(&found, &seen),
        };
        let text = baseline.write();
        if old.is_none_or(|old| old.text != text) {
            tree::save_all(&[(path.as_path(), text.clone().into_bytes())])?;
        }
        let before = old.map_or(0, |old| old.baseline.len());
        let (now, name) = (count(baseline.len(), "finding"), path.display());
        let change = match old {
            None => format!("wrote {now} to `{name}`"),
            Some(_) if baseline.len() < before => {
                format!("took {} out of `{name}`: {now} left", before - baseline.len())
            }
            Some(_) => format!("`{name}` holds {now}, and held {before}"),
        };
        writeln!(io::stderr(), "baseline: {change}")?;
        // What was read again has places.
        let baseline = Baseline::read(&text).unwrap_or(baseline);
        Ok(Adopted { baseline, path, text })
    }
}

impl Adopted {
    /// Takes out of what was found what the baseline holds.
    pub(super) fn hold(
        &self,
        subject: &mut Subject,
        profile: Option<Profile>,
        is_part: bool,
    ) -> anyhow::Result<()> {
        let names = names(subject, &self.path)?;
        let folder = folder_of(&self.path)?;
        // A part of a tree cannot tell a file that is gone from one of another part.
        let is_gone = |path: &str| !is_part && !disk::is_there(&folder.join(path));
        let is_looked_for = |rule: &str| is_of(profile, rule);
        let seen = Seen { names: &names, is_gone: &is_gone, is_looked_for: &is_looked_for };
        let shown = match &*subject {
            Subject::Project(project) => relative(&place(&self.path)?, project.folder.root()),
            Subject::Tree(_) => crate::inspect::tree::display(&self.path),
        };
        let (sources, inspection) = subject.parts_mut();
        self.baseline.hold((&shown, &self.text), sources, inspection, &seen);
        Ok(())
    }
}

/// Tells whether who asks for a profile finds what breaks a rule.
fn is_of(profile: Option<Profile>, rule: &str) -> bool {
    let rules = all_rules();
    let found = rules.iter().find(|known| known.id == rule);
    found.is_none_or(|rule| rule.profile.holds_for(profile))
}

/// The path of each file that was looked at, from the folder of the baseline.
fn names(subject: &Subject, baseline: &Path) -> anyhow::Result<BTreeMap<FileId, String>> {
    let folder = folder_of(baseline)?;
    let mut folders: BTreeMap<PathBuf, Option<PathBuf>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for file in subject.parts().0.ids() {
        let path = subject.path(file);
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        let place = folders.entry(parent).or_insert_with(|| {
            let place = disk::place_of(&path)?;
            place.parent().map(Path::to_owned)
        });
        if let (Some(place), Some(name)) = (place, path.file_name()) {
            names.insert(file, relative(&place.join(name), &folder));
        }
    }
    Ok(names)
}

fn place(path: &Path) -> anyhow::Result<PathBuf> {
    disk::place_of(path).with_context(|| format!("`{}` is in no folder", path.display()))
}

fn folder_of(path: &Path) -> anyhow::Result<PathBuf> {
    Ok(place(path)?.parent().map(Path::to_owned).unwrap_or_default())
}

/// The path that leads from one folder to a place; both absolute.
fn relative(place: &Path, folder: &Path) -> String {
    let common = place.iter().zip(folder.iter()).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(folder.iter().count() - common);
    let down: PathBuf = place.iter().skip(common).collect();
    format!("{up}{}", disk::with_slashes(&down))
}
