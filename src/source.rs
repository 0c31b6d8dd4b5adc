//! Texts in memory, and exact positions in them.
//!
//! Every offset is in bytes; a [`Position`] is for people and counts lines and
//! characters from 1. Reading from disk is `source::disk`, the only reader of input.

pub mod address;
pub mod bidi;
pub mod disk;
mod snippet;

use std::ops::Range;
use std::sync::OnceLock;

pub use snippet::Snippet;

/// One text with the path that a person knows it by.
#[derive(Debug)]
pub struct SourceFile {
    /// The path, relative to where the person stands or to the project, with `/`.
    pub path: String,
    /// The whole text. For a file that is not UTF-8: as much as could be decoded.
    pub text: String,
    /// Whether `text` is all that the file holds.
    pub is_readable: bool,
    line_starts: OnceLock<Vec<usize>>,
    /// Of a text that was let go of: the lines of the offsets that are still asked for, sorted.
    released: Option<Vec<(usize, usize)>>,
}

/// Names a file in a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// A line and a column, both from 1. Columns count characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Every text of this run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl SourceFile {
    /// Makes a file from a path and its text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, text) = (path.into(), text.into());
        Self { path, text, is_readable: true, line_starts: OnceLock::new(), released: None }
    }

    /// Makes a file that could not be read, with as much of its text as could be decoded.
    pub fn unreadable(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { is_readable: false, ..Self::new(path, text) }
    }

    /// The offset at which each line starts; the first is always 0.
    pub fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| line_starts(&self.text))
    }

    /// Finds the line and column of an offset. An offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        if let Some(lines) = &self.released {
            let before = lines[..lines.partition_point(|(at, _)| *at <= offset)].last();
            return Position { line: before.map_or(1, |(_, line)| *line), column: 1 };
        }
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_starts().partition_point(|start| *start <= offset);
        let start = self.line_starts()[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Position { line, column: before.chars().count() + 1 }
    }
}

impl Sources {
    /// Adds a file and names it.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(file);
        id
    }

    /// Lets go of the text of a file, of which only the lines of these offsets are still asked
    /// for: in a large tree nearly all files are clean. A column in it is then always 1.
    pub fn release(&mut self, id: FileId, asked: impl IntoIterator<Item = usize>) {
        let file = &mut self.files[id.0 as usize];
        let mut asked: Vec<usize> = asked.into_iter().collect();
        asked.sort_unstable();
        let bytes = file.text.as_bytes();
        let (mut line, mut from) = (1, 0);
        let mut lines = Vec::with_capacity(asked.len());
        for offset in asked {
            let to = offset.min(bytes.len());
            line += memchr::memchr_iter(b'\n', &bytes[from..to]).count();
            from = to;
            lines.push((offset, line));
        }
        let path = std::mem::take(&mut file.path);
        let released = Some(lines);
        *file = SourceFile { is_readable: file.is_readable, released, ..SourceFile::new(path, "") };
    }

    /// The file that `id` names.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The name of every file, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> {
        (0..u32::try_from(self.files.len()).expect("`add` counted them")).map(FileId)
    }

    /// Every file, in the order in which they were added.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }
}

impl Span {
    /// Makes a span from a range of bytes.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }
}

/// The offset at which each line of `text` starts; the first is always 0.
pub fn line_starts(text: &str) -> Vec<usize> {
    // Lines are seldom shorter.
    let mut starts = Vec::with_capacity(text.len() / 32 + 1);
    starts.push(0);
    starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|offset| offset + 1));
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: usize, line: usize, column: usize) {
        let position = SourceFile::new("x", text).position(offset);
        assert_eq!(position, Position { line, column });
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        check("äöü x", "äöü ".len(), 1, 5);
    }

    #[test]
    fn an_offset_after_a_newline_is_the_next_line() {
        check("a\nb", 2, 2, 1);
        check("a\n", 2, 2, 1);
    }

    #[test]
    fn of_a_text_that_is_released_the_lines_are_known() {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("x", "a\nbc\nd"));
        sources.release(file, [5, 3]);
        assert_eq!(sources.file(file).text, "");
        assert_eq!(sources.file(file).position(3), Position { line: 2, column: 1 });
        assert_eq!(sources.file(file).position(5), Position { line: 3, column: 1 });
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        check("ab", 99, 1, 3);
        check("", 0, 1, 1);
    }
}
