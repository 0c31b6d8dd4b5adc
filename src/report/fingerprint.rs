//! Names a finding so that it is known again in the next run, wherever its line has moved.

use std::collections::BTreeMap;

use super::Report;
use crate::diagnostic::Diagnostic;

/// How many bytes of the marked text count.
const MOST_TEXT: usize = 1_000;

/// The fingerprint of each diagnostic, in their order.
///
/// It is made of the rule, the path from the repository's root, and the text of the lines; and
/// of a number where these are equal, as for one mistake that is copied. It is not made of
/// anything that other lines change: neither of a line number nor of the message, which may
/// name one.
pub(super) fn fingerprints(report: &Report<'_>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut fingerprints = Vec::new();
    for diagnostic in &report.inspection.diagnostics {
        let hash = hash(report, diagnostic);
        let number = seen.entry(hash.clone()).or_default();
        *number += 1;
        fingerprints.push(format!("{hash}:{number}"));
    }
    fingerprints
}

fn hash(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let path = report.path(diagnostic.span.file);
    let path = report.root.relative(&path).unwrap_or(path);
    let mut hasher = blake3::Hasher::new();
    let lines = lines(report, diagnostic);
    let parts = [diagnostic.rule.id, &path].into_iter().chain(lines);
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// The lines that a diagnostic marks, without the space around them: an indent is no other text.
fn lines<'a>(report: &Report<'a>, diagnostic: &Diagnostic) -> Vec<&'a str> {
    let file = report.sources.file(diagnostic.span.file);
    let first = file.position(diagnostic.span.start).line;
    let start = file.line_starts()[first - 1];
    let end = diagnostic.span.end.max(start).min(start + MOST_TEXT);
    let last = file.position(end).line;
    let end = file.line_starts().get(last).copied().unwrap_or(file.text.len());
    let end = file.text.floor_char_boundary(end.min(start + MOST_TEXT));
    file.text[start..end].lines().map(str::trim).collect()
}
