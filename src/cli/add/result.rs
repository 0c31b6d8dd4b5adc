//! Holds what was written against the rules, as `check` does, and names what else to try.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::check::Strictness;
use crate::cli::{Outcome, colour, project};
use crate::diagnostic::{Diagnostic, Severity, printable};
use crate::inspect::suppress;
use crate::inspect::tree::{self, Request};
use crate::publish::reference::all_rules;
use crate::report::{Extent, Format, Report, Style, count};
use crate::verify::code::shell_argument;

/// Checks the plugin, and reports what is found in the files that are written.
pub(super) fn check(folder: &Path, written: &[PathBuf]) -> anyhow::Result<Outcome> {
    // Hidden files are among them, and those that git ignores.
    let mut paths = vec![folder.to_owned()];
    paths.extend(written.iter().cloned());
    let found = tree::inspect_as(&paths, &Request::plain(Strictness::Documentation))?;
    let (sources, mut inspection) = (found.sources, found.inspection);
    suppress::suppress(&sources, &all_rules(), &mut inspection);
    let names: Vec<String> = written.iter().map(|path| tree::display(path)).collect();
    let is_written = |file| names.contains(&sources.file(file).path);
    let is_fault = |found: &&Diagnostic| found.rule.severity != Severity::Note;
    let faults = inspection.diagnostics.iter().filter(is_fault);
    let elsewhere = faults.filter(|found| !is_written(found.span.file)).count();
    inspection.diagnostics.retain(|found| is_written(found.span.file));
    inspection.suppressed.retain(|found| is_written(found.span.file));
    inspection.snippets.retain(|snippet| is_written(snippet.file));
    inspection.sort();
    let root = project::root()?;
    let report = Report {
        sources: &sources,
        base: "",
        inspection: &inspection,
        patterns: None,
        root: &root,
    };
    let style = Style { colour: colour(), extent: Extent::All };
    let mut out = io::stdout().lock();
    Format::Human.write(&report, style, &mut out)?;
    if elsewhere > 0 {
        let command = command(["patternbook", "check", &folder.display().to_string()]);
        let found = count(elsewhere, "finding");
        writeln!(out, "{found} in files that were not written: `{command}` shows them")?;
    }
    let is_clean = report.count(Severity::Error) == 0;
    Ok(if is_clean { Outcome::Clean } else { Outcome::Findings })
}

/// Names the command that tries a credential helper.
pub(super) fn name_probe(script: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let script = script.display().to_string();
    let words = ["patternbook", "probe", &script].into_iter();
    let command = command(words.chain(arguments.iter().map(String::as_str)));
    writeln!(io::stdout(), "next, hold the helper against its contract:\n  {command}")?;
    Ok(())
}

/// A command as it is typed into a shell.
fn command<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.into_iter().map(shell_argument).collect();
    printable(&words.join(" "))
}
