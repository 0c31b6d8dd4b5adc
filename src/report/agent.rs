//! The report for coding agents: one line for each finding, with what to do, in few words.

use std::collections::BTreeMap;
use std::io;

use super::{Extent, Report, count, human};
use crate::diagnostic::{Diagnostic, Rule, printable, printable_name};

/// How many findings are shown. An agent mends some and runs the check again.
const MOST_FINDINGS: usize = 100;

/// How many characters of a text are shown: messages quote what stands in the file.
const MOST_TEXT: usize = 300;

pub(super) fn write(
    report: &Report<'_>,
    extent: Extent,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    writeln!(out, "{}", human::counts(report))?;
    write_left_out(report, out)?;
    let mut shown = report.gravest_first();
    let all = shown.len();
    if extent == Extent::Readable {
        shown.truncate(MOST_FINDINGS);
    }
    shown.sort_by_key(|found| &found.span);
    for found in &shown {
        writeln!(out, "{}", line(report, found))?;
    }
    if shown.len() < all {
        let left = count(all - shown.len(), "more finding");
        writeln!(out, "… {left} not shown, none graver: mend these and check again, or add --all")?;
    }
    write_rules(&shown, out)
}

/// Says how much is not shown, a line for each reason. Why stands in the report for people: a
/// label that no checker knows is text of the file.
fn write_left_out(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let inspection = report.inspection;
    let with = |name: &str| {
        inspection.snippets.iter().filter(|snippet| snippet.verdict.name() == name).count()
    };
    let lines = [
        (with("tolerated"), "snippet", "tolerated as documentation"),
        (with("skipped"), "snippet", "skipped, not checked"),
        (inspection.suppressed.len(), "finding", "suppressed by comments in the files"),
        (inspection.baselined, "finding", "left out: in the baseline"),
    ];
    for (number, what, why) in lines.into_iter().filter(|(number, ..)| *number > 0) {
        writeln!(out, "{} {why}", count(number, what))?;
    }
    Ok(())
}

fn line(report: &Report<'_>, found: &Diagnostic) -> String {
    let at = report.sources.file(found.span.file).position(found.span.start);
    let path = printable_name(&report.path(found.span.file));
    let mut line = format!("{path}:{}:{} ", at.line, at.column);
    line.push_str(&format!("{} {}", found.rule.id, short(&found.message)));
    if let Some(help) = &found.help {
        line.push_str(" → ");
        line.push_str(&short(help));
    }
    line
}

/// Says once of each rule what its findings have in common.
fn write_rules(shown: &[&Diagnostic], out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, (&Rule, usize)> = BTreeMap::new();
    for found in shown {
        rules.entry(found.rule.id).or_insert((found.rule, 0)).1 += 1;
    }
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "rules, and how often; `patternbook explain RULE` says more:")?;
    for (id, (rule, number)) in rules {
        writeln!(out, "{id} ({}, {number}): {}", rule.severity.name(), rule.summary)?;
    }
    Ok(())
}

fn short(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Text without line ends: a line is a finding.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(['\n', '\r', '\t']).map(str::trim).collect();
    printable(&words.join(" "))
}
