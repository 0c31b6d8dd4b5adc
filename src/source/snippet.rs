//! A piece of code cut out of a file, which still knows where each of its lines stood.

use std::ops::Range;

use super::{FileId, Span, line_starts};

/// Code from a YAML block scalar, a Markdown fence, or a whole file.
///
/// The place of each line is kept, not computed from an indent: blank lines of a YAML
/// block often have none, and a fence in a block quote has `> ` before each line.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// The code, without what the file puts before each line.
    pub text: String,
    /// The file it was cut from.
    pub file: FileId,
    origins: Origins,
}

/// Where the text stands in the file.
#[derive(Debug, Clone)]
enum Origins {
    /// It is the whole file.
    File,
    /// Where each line of it starts.
    Lines {
        /// In the file. Never empty.
        origins: Vec<usize>,
        /// In the text. As many, or one more when the text ends with a newline.
        starts: Vec<usize>,
    },
    /// Somewhere in this range: a folded or escaped text has no exact places.
    Within(Range<usize>),
}

impl Snippet {
    /// Makes a snippet from its code and the place in the file of each line.
    ///
    /// Lines without a place of their own (a final empty one) are put behind the last.
    pub fn new(text: String, file: FileId, origins: Vec<usize>) -> Self {
        let starts = line_starts(&text);
        let origins = if origins.is_empty() { vec![0] } else { origins };
        Self { text, file, origins: Origins::Lines { origins, starts } }
    }

    /// Makes a snippet from a text that is written with escapes or folded lines: every place
    /// in it is the whole range.
    pub fn within(text: String, file: FileId, range: Range<usize>) -> Self {
        Self { text, file, origins: Origins::Within(range) }
    }

    /// Makes a snippet of a whole file.
    pub fn whole(text: &str, file: FileId) -> Self {
        Self { text: text.to_owned(), file, origins: Origins::File }
    }

    /// Finds the place in the file of a range of `text`.
    pub fn locate(&self, range: Range<usize>) -> Span {
        if let Origins::Within(whole) = &self.origins {
            return Span::new(self.file, whole.clone());
        }
        let start = self.offset(range.start);
        let end = self.offset(range.end).max(start);
        Span::new(self.file, start..end)
    }

    /// Finds the place in the file of a range within one line, if the file writes it as it is.
    pub fn locate_exactly(&self, range: Range<usize>) -> Option<Span> {
        let is_exact = !matches!(self.origins, Origins::Within(_));
        let is_in_a_line = !self.text.get(range.clone())?.contains('\n');
        (is_exact && is_in_a_line).then(|| self.locate(range))
    }

    /// The place of the first character of the code.
    pub fn start(&self) -> usize {
        match &self.origins {
            Origins::File => 0,
            Origins::Lines { origins, .. } => origins[0],
            Origins::Within(range) => range.start,
        }
    }

    /// Cuts a snippet out of this one, such as a fence out of a Markdown example.
    ///
    /// `origins` are offsets in this snippet's text.
    pub fn cut(&self, text: String, origins: &[usize]) -> Self {
        match &self.origins {
            Origins::Within(range) => Self::within(text, self.file, range.clone()),
            Origins::File | Origins::Lines { .. } => {
                let origins = origins.iter().map(|offset| self.offset(*offset)).collect();
                Self::new(text, self.file, origins)
            }
        }
    }

    fn offset(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let (origins, starts) = match &self.origins {
            Origins::File => return offset,
            Origins::Lines { origins, starts } => (origins, starts),
            Origins::Within(range) => return range.start,
        };
        let line = starts.partition_point(|start| *start <= offset) - 1;
        if let Some(origin) = origins.get(line) {
            return origin + offset - starts[line];
        }
        // Behind the last line that has a place, its newline not counted.
        let last = origins.len() - 1;
        origins[last] + self.text[starts[last]..].trim_end_matches('\n').len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceFile, Sources};

    fn snippet(file: &str, text: &str, origins: Vec<usize>) -> Snippet {
        let id = Sources::default().add(SourceFile::new("x.yaml", file));
        Snippet::new(text.to_owned(), id, origins)
    }

    #[test]
    fn locates_past_a_blank_line_without_indent() {
        let file = "code: |\n  a\n\n  b\n";
        let span = snippet(file, "a\n\nb\n", vec![10, 12, 15]).locate(3..4);
        assert_eq!(&file[span.start..span.end], "b");
    }

    #[test]
    fn the_end_of_the_code_is_behind_its_last_line() {
        let file = "code: |\n  ab\n";
        let span = snippet(file, "ab\n", vec![10]).locate(3..3);
        assert_eq!(span.start, 12);
    }

    #[test]
    fn a_cut_of_a_cut_still_knows_its_place() {
        let file = "code: |\n  ```sh\n  echo\n  ```\n";
        let outer = snippet(file, "```sh\necho\n```\n", vec![10, 18, 25]);
        let span = outer.cut("echo\n".to_owned(), &[6]).locate(0..4);
        assert_eq!(&file[span.start..span.end], "echo");
    }
}
