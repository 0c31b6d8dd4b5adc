//! Names a finding so that it is known again in the next run, wherever its line has moved.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;

/// How many bytes of the marked text count.
const MOST_TEXT: usize = 1_000;

/// Numbers findings whose fingerprint is the same, as for one mistake that is copied.
#[derive(Debug, Default)]
pub struct Occurrences(BTreeMap<String, usize>);

impl Occurrences {
    /// Which one this is of those with the same fingerprint, from 1.
    pub fn next(&mut self, fingerprint: &str) -> usize {
        let number = self.0.entry(fingerprint.to_owned()).or_default();
        *number += 1;
        *number
    }
}

/// The fingerprint of a diagnostic: 32 hexadecimal digits.
///
/// It is made of the rule, the path and the text of the lines, and not of anything that other
/// lines change: neither of a line number nor of the message, which may name one. `path` is
/// that of `file` from a place that is the same in every run.
pub fn fingerprint(diagnostic: &Diagnostic, path: &str, file: &SourceFile) -> String {
    let mut hasher = blake3::Hasher::new();
    let parts = [diagnostic.rule.id, path].into_iter().chain(lines(diagnostic, file));
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// The lines that a diagnostic marks, without the space around them: an indent is no other text.
fn lines<'a>(diagnostic: &Diagnostic, file: &'a SourceFile) -> Vec<&'a str> {
    let first = file.position(diagnostic.span.start).line;
    let start = file.line_starts()[first - 1];
    let end = diagnostic.span.end.max(start).min(start + MOST_TEXT);
    let last = file.position(end).line;
    let end = file.line_starts().get(last).copied().unwrap_or(file.text.len());
    let end = file.text.floor_char_boundary(end.min(start + MOST_TEXT));
    file.text[start..end].lines().map(str::trim).collect()
}
