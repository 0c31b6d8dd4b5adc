//! The report for people: each diagnostic with its line, a caret and what to do, then
//! what was looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Colour, Report, count};
use crate::check;
use crate::diagnostic::{Diagnostic, Severity, printable};

/// How much of a line is shown: minified files have lines of megabytes.
const MAX_LINE: usize = 240;

pub(super) fn write(
    report: &Report<'_>,
    colour: Colour,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for diagnostic in &report.inspection.diagnostics {
        writeln!(out, "{}\n", render(report, colour, diagnostic))?;
    }
    writeln!(out, "{}", printable(&summary(report)))
}

/// One diagnostic with its line.
pub(super) fn render(report: &Report<'_>, colour: Colour, diagnostic: &Diagnostic) -> String {
    let renderer = match colour {
        Colour::Ansi => Renderer::styled(),
        Colour::None => Renderer::plain(),
    };
    let file = report.sources.file(diagnostic.span.file);
    let path = printable(&format!("{}{}", report.base, file.path));
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

fn summary(report: &Report<'_>) -> String {
    let snippets = &report.inspection.snippets;
    let mut languages = BTreeSet::new();
    let mut reasons: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for snippet in snippets {
        if let Some(reason) = snippet.verdict.reason() {
            *reasons.entry((snippet.verdict.name(), reason)).or_default() += 1;
        }
        if let Some(checker) = check::checker(&snippet.language) {
            languages.insert(checker.names()[0]);
        }
    }
    let subject = match report.patterns {
        Some(patterns) => count(patterns, "pattern"),
        None => count(report.sources.files().len(), "file"),
    };
    let mut text = format!(
        "checked {subject}, {} in {}: {}, {}",
        count(snippets.len(), "snippet"),
        count(languages.len(), "language"),
        count(report.count(Severity::Error), "error"),
        count(report.count(Severity::Warning), "warning"),
    );
    for verdict in ["tolerated", "flagged", "skipped"] {
        let counts = reasons.iter().filter(|((name, _), _)| *name == verdict);
        add_reasons(&mut text, verdict, &counts.map(|((_, why), n)| (why, *n)).collect());
    }
    text
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
