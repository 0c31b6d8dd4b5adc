//! `check --fix` and `check --diff`: mends what can be mended without changing what it means.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::subject::Subject;
use super::{Outcome, Scope, Texts};
use crate::diagnostic::{Diagnostic, Fix, printable, printable_name};
use crate::inspect::fix;
use crate::inspect::tree::display;
use crate::publish::tree::{self, Edit};
use crate::report::count;
use crate::source::FileId;
use crate::source::disk::{self, TEXT_LIMIT};

/// How often it is looked again for what can be mended now that something else was.
const MOST_ROUNDS: usize = 50;

/// What a person wants mended.
#[derive(Debug, clap::Args)]
pub(super) struct Mend {
    /// Mend what can be mended safely, then report what is left
    ///
    /// Only what cannot change what a file means: a comma too many, a label, a missing run bit.
    /// Files are written all or not at all; nothing is written outside PATH or through a link.
    #[arg(long, help_heading = "Mend")]
    fix: bool,
    /// Show what `--fix` would change, and change nothing. Exit status 1 if that is anything
    #[arg(long, help_heading = "Mend", conflicts_with_all = ["fix", "targets"])]
    diff: bool,
}

impl Mend {
    pub(super) fn shows(&self) -> bool {
        self.diff
    }

    pub(super) fn writes(&self) -> bool {
        self.fix
    }
}

/// Looks at what a run is about, with some texts in place of those on the disk.
type Look<'a> = dyn Fn(&Texts) -> anyhow::Result<Subject> + 'a;

/// What is mended, all of it.
#[derive(Default)]
struct Plan {
    /// What each file says now and what it shall say, by the path that a report shows.
    edits: BTreeMap<String, Edit>,
    /// Each finding that goes, in one line.
    mended: Vec<String>,
}

/// Mends, and says what.
pub(super) fn write(look: &Look<'_>, scope: &Scope) -> anyhow::Result<()> {
    let mut mended = Vec::new();
    let mut paths = std::collections::BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let plan = plan(look, scope)?;
        if plan.edits.is_empty() {
            break;
        }
        paths.extend(plan.edits.keys().cloned());
        mended.extend(plan.mended);
        let edits: Vec<Edit> = plan.edits.into_values().collect();
        tree::edit(&edits)?;
        // A tree was looked at again in memory; of a project only the disk tells.
        if matches!(scope, Scope::Tree(_)) {
            break;
        }
    }
    let mut out = io::stderr().lock();
    for line in &mended {
        writeln!(out, "mended {}", printable(line))?;
    }
    let (findings, files) = (count(mended.len(), "finding"), count(paths.len(), "file"));
    writeln!(out, "mended {findings} in {files}")?;
    Ok(())
}

/// Shows what mending would change.
pub(super) fn show(look: &Look<'_>, scope: &Scope) -> anyhow::Result<Outcome> {
    let plan = plan(look, scope)?;
    let mut text = String::new();
    for (path, edit) in &plan.edits {
        let path = printable_name(path);
        if edit.makes_executable {
            text.push_str(&format!("{path}: made executable\n"));
        }
        if let Some(after) = &edit.after {
            let diff = similar::TextDiff::from_lines(&edit.before, after);
            let (old, new) = (format!("a/{path}"), format!("b/{path}"));
            text.push_str(&diff.unified_diff().header(&old, &new).to_string());
        }
    }
    let mut out = io::stdout().lock();
    // A terminal shall not obey what stands in a file; a program gets every byte.
    let text = if io::stdout().is_terminal() { printable(&text) } else { text };
    out.write_all(text.as_bytes())?;
    let (findings, files) = (count(plan.mended.len(), "finding"), count(plan.edits.len(), "file"));
    writeln!(io::stderr(), "`--fix` would mend {findings} in {files}")?;
    Ok(if plan.edits.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

/// Finds out what to mend; again and again as long as mending lets more be found.
fn plan(look: &Look<'_>, scope: &Scope) -> anyhow::Result<Plan> {
    let mut plan = Plan::default();
    let mut texts = Texts::new();
    for _ in 0..MOST_ROUNDS {
        let subject = look(&texts)?;
        let is_new = add_round(&mut plan, &subject, scope, &mut texts);
        if !is_new || !matches!(scope, Scope::Tree(_)) {
            break;
        }
    }
    Ok(plan)
}

/// Adds one round of fixes; tells whether a text changed.
fn add_round(plan: &mut Plan, subject: &Subject, scope: &Scope, texts: &mut Texts) -> bool {
    let (sources, inspection) = subject.parts();
    let may_change = |found: &&Diagnostic| match &found.fix {
        Some(Fix::MakeExecutable { path }) => {
            script(subject, found.span.file, path, scope).is_some()
        }
        _ => disk::is_plain_file(&subject.path(found.span.file)),
    };
    let fixable: Vec<_> = inspection.diagnostics.iter().filter(may_change).cloned().collect();
    let round = fix::apply(sources, &fixable);
    let is_new = !round.texts.is_empty();
    for (file, path) in round.executables {
        if let Some((name, edit)) = script(subject, file, &path, scope) {
            plan.edits.entry(name).or_insert(edit).makes_executable = true;
        }
    }
    for (file, text) in round.texts {
        let source = sources.file(file);
        let edit = plan.edits.entry(source.path.clone()).or_insert_with(|| Edit {
            path: subject.path(file),
            before: source.text.clone(),
            after: None,
            makes_executable: false,
        });
        edit.after = Some(text.clone());
        texts.insert(source.path.clone(), text);
    }
    for index in round.mended {
        let found = &fixable[index];
        let source = sources.file(found.span.file);
        let at = source.position(found.span.start);
        let place = format!("{}:{}:{}", printable_name(&source.path), at.line, at.column);
        let text = format!("{place}: {}: {}", found.rule.id, found.message);
        // A run bit is set on the disk only, and found missing in each round.
        let is_run_bit = matches!(found.fix, Some(Fix::MakeExecutable { .. }));
        if !is_run_bit || !plan.mended.contains(&text) {
            plan.mended.push(text);
        }
    }
    is_new
}

/// Finds a script that a document names by a path from its folder, with its name in a report. It
/// may be changed if it is at or below what was named to be checked, and no link leads to it.
fn script(
    subject: &Subject,
    document: FileId,
    path: &str,
    scope: &Scope,
) -> Option<(String, Edit)> {
    let Scope::Tree(named) = scope else { return None };
    let document = subject.path(document);
    let full = document.parent()?.join(path);
    let name = without_ups(&display(&full));
    let place = disk::place_of(&full)?;
    let is_named = |named: &PathBuf| disk::canonical(named).is_ok_and(|it| place.starts_with(it));
    let is_it = disk::place_of(Path::new(&name)).as_ref() == Some(&place);
    if !is_it || !disk::is_plain_file(&place) || !named.iter().any(is_named) {
        return None;
    }
    let before = disk::read(&place, TEXT_LIMIT).ok()?;
    let path = PathBuf::from(&name);
    Some((name, Edit { path, before, after: None, makes_executable: true }))
}

/// A path in which `..` stands at its start only.
fn without_ups(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match parts.last() {
            Some(last) if part == ".." && !matches!(*last, ".." | "") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::without_ups;

    #[test]
    fn a_file_has_one_name() {
        assert_eq!(without_ups("a/hooks/../b.sh"), "a/b.sh");
        assert_eq!(without_ups("../a/b/../../c"), "../c");
        assert_eq!(without_ups("/a/../b"), "/b");
        assert_eq!(without_ups("a/../../b"), "../b");
    }
}
