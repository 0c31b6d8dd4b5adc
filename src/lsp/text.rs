//! Places in a text as an editor counts them, and the changes that it sends.
//!
//! An editor counts lines and units of UTF-16 (or, where it says so, of UTF-8) from 0. A line
//! ends with `\n`, `\r\n` or `\r`.

use std::ops::Range;

use lsp_types::{Position, TextDocumentContentChangeEvent};

/// What an editor counts in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: a character beyond U+FFFF is two.
    Utf16,
}

/// A text with the place of each line.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub(super) fn new(text: &'a str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |at: usize| {
            bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')
        };
        let ends = (0..bytes.len()).filter(|at| ends_line(*at)).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(ends).collect(), encoding }
    }

    /// The number of the line that holds a byte, from 0.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Where a line starts; the end of the text, if there is no such line.
    pub(super) fn start_of(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// A line without its end.
    pub(super) fn line(&self, line: usize) -> &'a str {
        self.text[self.start_of(line)..self.start_of(line + 1)].trim_end_matches(['\n', '\r'])
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Finds the place of a byte; past the end is the end.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.line_of(offset);
        let before = &self.text[self.start_of(line)..offset];
        let before = before.trim_end_matches(['\n', '\r']);
        let column = match self.encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.encode_utf16().count(),
        };
        Position::new(number(line), number(column))
    }

    /// Finds the places of a range of bytes.
    pub(super) fn range(&self, range: &Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(range.start), self.position(range.end.max(range.start)))
    }

    /// Finds the byte of a place. Past the end of a line is its end; within a character is its
    /// first byte.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        if line >= self.count() {
            return self.text.len();
        }
        let column = usize::try_from(position.character).unwrap_or(usize::MAX);
        let (start, text) = (self.start_of(line), self.line(line));
        if self.encoding == Encoding::Utf8 {
            return start + text.floor_char_boundary(column.min(text.len()));
        }
        let mut units = 0;
        for (at, character) in text.char_indices() {
            units += character.len_utf16();
            if units > column {
                return start + at;
            }
        }
        start + text.len()
    }
}

/// Makes one change in a text: of a range, or of all of it.
pub(super) fn apply(
    text: &mut String,
    change: &TextDocumentContentChangeEvent,
    encoding: Encoding,
) {
    let Some(range) = change.range else {
        change.text.clone_into(text);
        return;
    };
    let lines = Lines::new(text, encoding);
    let start = lines.offset(range.start);
    let end = lines.offset(range.end).max(start);
    text.replace_range(start..end, &change.text);
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: usize, line: u32, utf16: u32, utf8: u32) {
        for (encoding, column) in [(Encoding::Utf16, utf16), (Encoding::Utf8, utf8)] {
            let lines = Lines::new(text, encoding);
            assert_eq!(lines.position(offset), Position::new(line, column));
            assert_eq!(lines.offset(Position::new(line, column)), offset);
        }
    }

    #[test]
    fn a_column_counts_units_of_the_encoding() {
        check("a😀b\nä😀", "a😀".len(), 0, 3, 5);
        check("a😀b\nä😀", "a😀b\nä😀".len(), 1, 3, 6);
    }

    #[test]
    fn every_end_of_a_line_counts() {
        check("a\r\nb\rc\nd", 3, 1, 0, 0);
        check("a\r\nb\rc\nd", 5, 2, 0, 0);
        check("a\r\nb\rc\nd", 7, 3, 0, 0);
    }

    #[test]
    fn places_that_are_not_there_are_the_nearest_that_is() {
        let lines = Lines::new("a😀\nb", Encoding::Utf16);
        assert_eq!(lines.offset(Position::new(0, 2)), 1);
        assert_eq!(lines.offset(Position::new(0, 99)), 5);
        assert_eq!(lines.offset(Position::new(99, 0)), 7);
    }

    #[test]
    fn changes_are_made_one_after_the_other() {
        let mut text = "a😀b\n".to_owned();
        let range = lsp_types::Range::new(Position::new(0, 1), Position::new(0, 3));
        let change = |range, text: &str| TextDocumentContentChangeEvent {
            range,
            range_length: None,
            text: text.to_owned(),
        };
        apply(&mut text, &change(Some(range), "x\ny"), Encoding::Utf16);
        assert_eq!(text, "ax\nyb\n");
        apply(&mut text, &change(None, "z"), Encoding::Utf16);
        assert_eq!(text, "z");
    }
}
