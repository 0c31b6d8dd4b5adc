//! Applies the fixes of findings to texts in memory: `publish::tree` writes them.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Fix};
use crate::source::{FileId, Sources};

/// What one round of fixes changes.
#[derive(Debug, Default)]
pub struct Round {
    /// The new text of each file that changes.
    pub texts: BTreeMap<FileId, String>,
    /// The files that shall be executable: each as the path from the folder of a document.
    pub executables: Vec<(FileId, String)>,
    /// The diagnostics that were mended, by index. Of two that overlap the first is.
    pub mended: Vec<usize>,
}

/// Applies every fix that does not overlap one before it.
pub fn apply(sources: &Sources, diagnostics: &[Diagnostic]) -> Round {
    let mut round = Round::default();
    let mut edits: BTreeMap<FileId, Edits<'_>> = BTreeMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        match &diagnostic.fix {
            None => {}
            Some(Fix::MakeExecutable { path }) => {
                round.executables.push((diagnostic.span.file, path.clone()));
                round.mended.push(index);
            }
            Some(Fix::Replace { at, with }) => {
                let file = sources.file(at.file);
                let is_possible = file.is_readable && file.text.get(at.start..at.end).is_some();
                let edits = edits.entry(at.file).or_default();
                if is_possible && !touches(edits, at.start..at.end) {
                    edits.insert(at.start, (at.end, with));
                    round.mended.push(index);
                }
            }
        }
    }
    for (file, edits) in edits {
        let text = replace(&sources.file(file).text, &edits);
        if text != sources.file(file).text {
            round.texts.insert(file, text);
        }
    }
    round
}

/// Changes of a text of which none touches another: by its first byte the end of what goes, and
/// what comes instead.
type Edits<'a> = BTreeMap<usize, (usize, &'a str)>;

/// Tells whether a change would overlap one of `edits`. Two at one place have no order, and so
/// overlap.
fn touches(edits: &Edits<'_>, range: Range<usize>) -> bool {
    // As none touches another, the last one that begins before the end also ends last.
    let before = edits.range(..=range.end).next_back();
    before.is_some_and(|(_, (end, _))| range.start <= *end)
}

fn replace(text: &str, edits: &Edits<'_>) -> String {
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for (start, (end, with)) in edits {
        new.push_str(&text[at..*start]);
        new.push_str(with);
        at = *end;
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
        assert_eq!(round.texts[&file], "1 two 3");
        assert_eq!(round.mended, [0, 1]);
    }
}
