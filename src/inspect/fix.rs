//! Applies the fixes of findings to texts in memory: `publish::tree` writes them.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Fix};
use crate::source::{FileId, Sources};

/// What is to be changed in one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The new text, if it changes.
    pub text: Option<String>,
    /// Whether its owner shall be able to execute it.
    pub makes_executable: bool,
}

/// What one round of fixes changes.
#[derive(Debug, Default)]
pub struct Round {
    /// Each file that changes.
    pub changes: BTreeMap<FileId, Change>,
    /// The diagnostics that were mended, by index. Of two that overlap the first is.
    pub mended: Vec<usize>,
}

/// Applies every fix that does not overlap one before it.
pub fn apply(sources: &Sources, diagnostics: &[Diagnostic]) -> Round {
    let mut round = Round::default();
    let mut edits: BTreeMap<FileId, Vec<(Range<usize>, &str)>> = BTreeMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        match &diagnostic.fix {
            None => {}
            Some(Fix::MakeExecutable) => {
                let change = round.changes.entry(diagnostic.span.file).or_default();
                change.makes_executable = true;
                round.mended.push(index);
            }
            Some(Fix::Replace { at, with }) => {
                let file = sources.file(at.file);
                let is_possible = file.is_readable && file.text.get(at.start..at.end).is_some();
                let edits = edits.entry(at.file).or_default();
                if is_possible
                    && !edits.iter().any(|(other, _)| touches(other, &(at.start..at.end)))
                {
                    edits.push((at.start..at.end, with));
                    round.mended.push(index);
                }
            }
        }
    }
    for (file, edits) in edits {
        let text = replace(&sources.file(file).text, edits);
        if text != sources.file(file).text {
            round.changes.entry(file).or_default().text = Some(text);
        }
    }
    round
}

/// Two changes at one place have no order, and so overlap.
fn touches(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start <= b.end && b.start <= a.end
}

fn replace(text: &str, mut edits: Vec<(Range<usize>, &str)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for (range, with) in edits {
        new.push_str(&text[at..range.start]);
        new.push_str(with);
        at = range.end;
    }
    new.push_str(&text[at..]);
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::rules::SKIPPED_SNIPPET;
    use crate::source::{SourceFile, Span};

    #[test]
    fn of_fixes_that_overlap_the_first_is_applied() {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("a", "one two three"));
        let fix = |range: Range<usize>, with: &str| {
            let at = Span::new(file, range);
            Diagnostic::new(&SKIPPED_SNIPPET, at.clone(), "")
                .fix(Fix::Replace { at, with: with.to_owned() })
        };
        let round = apply(&sources, &[fix(8..13, "3"), fix(0..3, "1"), fix(2..5, "x")]);
        assert_eq!(round.changes[&file].text.as_deref(), Some("1 two 3"));
        assert_eq!(round.mended, [0, 1]);
    }
}
