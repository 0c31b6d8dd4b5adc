//! The report for people: each diagnostic with its line, a caret and what to do, then
//! what was looked at. Of many findings the first of each rule in each file are shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Colour, Extent, Report, Style, count};
use crate::check::{self, Verdict};
use crate::diagnostic::{Diagnostic, Rule, Severity, printable, printable_name};

/// How much of a line is shown: minified files have lines of megabytes.
const MAX_LINE: usize = 240;

/// Up to so many findings each is shown in full.
const MANY: usize = 50;

/// From so many on, one finding of a rule in a file is shown in full.
const FLOOD: usize = 500;

/// How many findings of a rule in a file are shown in full, where there are many.
const FEW: usize = 3;

/// How many rules the table lists.
const MOST_RULES: usize = 15;

pub(super) fn write(report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let diagnostics = &report.inspection.diagnostics;
    let is_many = diagnostics.len() > MANY;
    let mut hidden = 0;
    for of_file in diagnostics.chunk_by(|a, b| a.span.file == b.span.file) {
        if is_many {
            writeln!(out, "{}\n", heading(report, of_file))?;
        }
        let most = match style.extent {
            Extent::Readable if diagnostics.len() > FLOOD => 1,
            Extent::Readable if is_many => FEW,
            Extent::Readable | Extent::All => usize::MAX,
        };
        hidden += write_file(report, style.colour, of_file, most, out)?;
    }
    if is_many {
        write_rules(diagnostics, out)?;
    }
    if hidden > 0 {
        let all = diagnostics.len();
        writeln!(out, "{} of {all} findings shown; `--all` shows every one", all - hidden)?;
    }
    writeln!(out, "{}", printable(&summary(report)))
}

/// Names a file, and says how much was found in it.
fn heading(report: &Report<'_>, of_file: &[Diagnostic]) -> String {
    let number =
        |severity: Severity| of_file.iter().filter(|found| found.rule.severity == severity).count();
    let mut parts = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        if number(severity) > 0 {
            parts.push(count(number(severity), severity.name()));
        }
    }
    let path = report.path(of_file[0].span.file);
    format!("── {}: {}", printable_name(&path), parts.join(", "))
}

/// Shows the first findings of each rule in a file, and says how many there are besides.
/// Returns how many those are.
fn write_file(
    report: &Report<'_>,
    colour: Colour,
    of_file: &[Diagnostic],
    most: usize,
    out: &mut dyn io::Write,
) -> io::Result<usize> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in of_file {
        let number = numbers.entry(diagnostic.rule.id).or_default();
        *number += 1;
        if *number <= most {
            writeln!(out, "{}\n", render(report, colour, diagnostic))?;
        }
    }
    let mut hidden = 0;
    for (rule, number) in numbers {
        if number > most {
            writeln!(out, "… and {} more of `{rule}` in this file", number - most)?;
            hidden += number - most;
        }
    }
    if hidden > 0 {
        writeln!(out)?;
    }
    Ok(hidden)
}

/// A table of the rules that were found, the commonest first.
fn write_rules(diagnostics: &[Diagnostic], out: &mut dyn io::Write) -> io::Result<()> {
    let mut numbers: BTreeMap<&str, (&Rule, usize)> = BTreeMap::new();
    for diagnostic in diagnostics {
        numbers.entry(diagnostic.rule.id).or_insert((diagnostic.rule, 0)).1 += 1;
    }
    let mut rules: Vec<(&Rule, usize)> = numbers.into_values().collect();
    rules.sort_by_key(|(rule, number)| (Reverse(*number), rule.id));
    let width = rules.iter().map(|(rule, _)| rule.id.len()).max().unwrap_or_default();
    for (rule, number) in rules.iter().take(MOST_RULES) {
        let severity = rule.severity.name();
        writeln!(out, "{number:>6} × {severity:7} {:width$}  {}", rule.id, rule.summary)?;
    }
    if rules.len() > MOST_RULES {
        writeln!(out, "and {}", count(rules.len() - MOST_RULES, "more rule"))?;
    }
    writeln!(out)
}

/// One diagnostic with its line.
pub(super) fn render(report: &Report<'_>, colour: Colour, diagnostic: &Diagnostic) -> String {
    let renderer = match colour {
        Colour::Ansi => Renderer::styled(),
        Colour::None => Renderer::plain(),
    };
    let file = report.sources.file(diagnostic.span.file);
    let path = printable_name(&report.path(diagnostic.span.file));
    let first = file.position(diagnostic.span.start).line;
    let start = file.line_starts()[first - 1];
    let end = file.line_starts().get(first).copied().unwrap_or(file.text.len());
    // Only the line of the finding is handed over: the renderer would otherwise read the
    // whole file again for each diagnostic.
    let line = file.text[start..end].trim_end_matches(['\n', '\r']);
    let from = line.floor_char_boundary(diagnostic.span.start - start);
    let to = line.ceil_char_boundary((diagnostic.span.end - start).min(line.len())).max(from);
    let level = match diagnostic.rule.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    // Messages hold what a run printed, and names of processes and tests.
    let message = printable(&diagnostic.message);
    let title = level.primary_title(message.as_str()).id(diagnostic.rule.id);
    let mut group = if line.len() > MAX_LINE || file.text.is_empty() {
        let position = file.position(diagnostic.span.start);
        let origin = annotate_snippets::Origin::path(path);
        Group::with_title(title).element(origin.line(position.line).char_column(position.column))
    } else {
        let snippet = Snippet::source(line).path(path).line_start(first);
        Group::with_title(title).element(snippet.annotation(AnnotationKind::Primary.span(from..to)))
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    renderer.render(&[group]).clone()
}

/// One line about what was looked at, and how much was found. It holds nothing that stands in a
/// file.
pub(super) fn counts(report: &Report<'_>) -> String {
    let snippets = &report.inspection.snippets;
    let mut languages = BTreeSet::new();
    for snippet in snippets {
        if let Some(checker) = check::checker(&snippet.language) {
            languages.insert(checker.names()[0]);
        }
    }
    let subject = match report.patterns {
        Some(patterns) => count(patterns, "pattern"),
        None => count(report.sources.files().len(), "file"),
    };
    format!(
        "checked {subject}, {} in {}: {}, {}",
        count(snippets.len(), "snippet"),
        count(languages.len(), "language"),
        count(report.count(Severity::Error), "error"),
        count(report.count(Severity::Warning), "warning"),
    )
}

fn summary(report: &Report<'_>) -> String {
    let mut reasons: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for snippet in &report.inspection.snippets {
        let reason = match &snippet.verdict {
            // Each by another rule; a program is told which.
            Verdict::Flagged(_) => Some("don'ts, by the rules that they name".to_owned()),
            verdict => verdict.reason(),
        };
        if let Some(reason) = reason {
            *reasons.entry((snippet.verdict.name(), reason)).or_default() += 1;
        }
    }
    let mut text = counts(report);
    for verdict in ["tolerated", "flagged", "skipped"] {
        let counts = reasons.iter().filter(|((name, _), _)| *name == verdict);
        add_reasons(&mut text, verdict, &counts.map(|((_, why), n)| (why, *n)).collect());
    }
    add_left_out(&mut text, report);
    text
}

/// Says what is not reported, and why.
fn add_left_out(text: &mut String, report: &Report<'_>) {
    let inspection = report.inspection;
    if !inspection.suppressed.is_empty() {
        let by = "by comments in the files";
        text.push_str(&format!("\nsuppressed {}: {by}", inspection.suppressed.len()));
    }
    if inspection.baselined > 0 {
        text.push_str(&format!("\nleft {}: in the baseline", inspection.baselined));
    }
    if let Some(scope) = &inspection.scope {
        text.push_str(&format!("\nonly {scope}"));
    }
}

/// Says how many snippets had a verdict, and why.
fn add_reasons(text: &mut String, verdict: &str, reasons: &BTreeMap<&String, usize>) {
    if reasons.is_empty() {
        return;
    }
    let total: usize = reasons.values().sum();
    let each: Vec<String> =
        reasons.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    text.push_str(&format!("\n{verdict} {total}: {}", each.join("; ")));
}
