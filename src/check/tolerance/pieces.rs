//! Cuts a block that shows several snippets into its pieces.

use super::{Sample, Tolerance};

/// Several snippets in one block.
pub(in crate::check) static SEVERAL_SNIPPETS: Tolerance = Tolerance {
    id: "several-snippets",
    summary: "several snippets in one block, each whole",
    explanation: "Alternatives and files shown together: each piece under a comment after an empty line, or one on each \
        line where all lines start alike, as in JSON Lines; in scripts also elements beside declarations. Each piece must \
        parse by itself. In YAML and TOML the comments must say that they are alternatives or name files, or all pieces must \
        set the same key or tables. A block for each says it better.",
    accepts: Sample {
        language: "json",
        code: "// Request\n{\"id\": 1}\n\n// Answer\n{\"id\": 1, \"ok\": true}",
    },
    refuses: Sample {
        language: "json",
        code: "// Request\n{\"id\": 1}\n\n// Answer\n{\"id\": 1, \"ok\": }",
    },
};

/// More are no documentation.
const MOST_PIECES: usize = 64;

/// The pieces that start with a comment at the margin, after an empty line; fewer than two are
/// no pieces. `is_title` is asked about the text of the comment.
pub(in crate::check) fn under_comments<'a>(
    code: &'a str,
    comment: &str,
    is_title: impl Fn(&str) -> bool,
) -> Option<Vec<&'a str>> {
    starting(code, |line| line.strip_prefix(comment).is_some_and(|title| is_title(title.trim())))
}

/// The pieces that start with a line of which `is_start` holds, after an empty line.
pub(in crate::check) fn starting(code: &str, is_start: impl Fn(&str) -> bool) -> Option<Vec<&str>> {
    let mut starts = Vec::new();
    let (mut at, mut is_after_empty) = (0, true);
    for line in code.split_inclusive('\n') {
        if is_after_empty && is_start(line) {
            starts.push(at);
        }
        is_after_empty = line.trim().is_empty();
        at += line.len();
    }
    let has_head = starts.first().is_some_and(|first| !code[..*first].trim().is_empty());
    if has_head {
        starts.insert(0, 0);
    }
    if !(2..=MOST_PIECES).contains(&starts.len()) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([code.len()]);
    Some(starts.iter().zip(ends).map(|(start, end)| &code[*start..end]).collect())
}

/// One piece on each line, when all lines start alike; comments of their own stand between.
pub(in crate::check) fn on_lines<'a>(code: &'a str, comment: &str) -> Option<Vec<&'a str>> {
    let is_piece = |line: &&str| !line.is_empty() && !line.starts_with(comment);
    let lines: Vec<&str> = code.lines().map(str::trim).filter(is_piece).collect();
    let first = start_of(lines.first()?)?;
    let is_alike = lines.iter().all(|line| start_of(line) == Some(first));
    (is_alike && (2..=MOST_PIECES).contains(&lines.len())).then_some(lines)
}

/// The code with spaces for everything but a piece of it, so that positions stay.
pub(in crate::check) fn alone(code: &str, piece: &str) -> String {
    let start = piece.as_ptr() as usize - code.as_ptr() as usize;
    let blank = |text: &str| -> String {
        let spaces = text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
        spaces.collect()
    };
    format!("{}{piece}{}", blank(&code[..start]), blank(&code[start + piece.len()..]))
}

/// What tells the kind of a line: its bracket, or its key.
fn start_of(line: &str) -> Option<&str> {
    if line.starts_with(['{', '[', '<']) {
        return Some(&line[..1]);
    }
    let length = line.find(':')?;
    let is_key = |sign: char| sign.is_ascii_alphanumeric() || "_-.\"'".contains(sign);
    (length > 0 && line[..length].chars().all(is_key)).then(|| &line[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_start_with_comments_at_the_margin() {
        let pieces = |code| under_comments(code, "//", |_| true);
        assert_eq!(pieces("// a\nb\n\n// c\nd"), Some(vec!["// a\nb\n\n", "// c\nd"]));
        assert_eq!(pieces("a\n\n// b\nc"), Some(vec!["a\n\n", "// b\nc"]));
        assert_eq!(pieces("// a\n// b\nc\n"), None);
        assert_eq!(pieces("a\n\n  // b\nc"), None);
    }

    #[test]
    fn lines_are_pieces_when_they_start_alike() {
        assert_eq!(on_lines("{1}\n\n{2}", "//"), Some(vec!["{1}", "{2}"]));
        assert_eq!(on_lines("a: 1\n// or\na: 2", "//"), Some(vec!["a: 1", "a: 2"]));
        assert_eq!(on_lines("a: 1\nb: 2", "//"), None);
    }
}
