//! Reads YAML data: one document, no aliases, no tags, bounded depth.
//!
//! Aliases are refused rather than expanded: a pattern is easier to read without them,
//! and 254 bytes of them can stand for gigabytes.

use std::collections::BTreeSet;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::{Entry, Node, Text, Value};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::source::line_starts;

/// How deep lists and maps may nest.
const MAX_DEPTH: usize = 64;

/// The text is no YAML.
pub static YAML_SYNTAX: Rule = Rule {
    id: "yaml-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the YAML does not parse",
    explanation: "The parser follows YAML 1.2. The usual causes: a tab used as indentation, `: ` or ` #` inside a \
        value that is not quoted, a quote that is not closed, or a list and a map mixed at one indent.",
};

/// One key twice in a map.
pub static YAML_DUPLICATE_KEY: Rule = Rule {
    id: "yaml-duplicate-key",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a key stands twice in one map",
    explanation: "YAML 1.2 forbids equal keys in one map (section 3.2.1.3). Readers differ: some keep the \
        first value, some the last. Remove or rename one of them.",
};

/// A feature of YAML that data files here do without.
pub static YAML_PLAIN_DATA: Rule = Rule {
    id: "yaml-plain-data",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an alias, anchor, tag, or nesting that data files do not use",
    explanation: "Patterns and manifests are plain data: no `&anchor`, no `*alias`, no `!tag`, one document, \
        keys that are text, and at most 64 levels of nesting. Write the value out. This keeps them readable, and a \
        few aliases that stand for gigabytes cannot stop the tool.",
};

/// Every rule that reading YAML data can break.
pub static RULES: &[&Rule] = &[&YAML_SYNTAX, &YAML_DUPLICATE_KEY, &YAML_PLAIN_DATA];

/// Reads one YAML document. The node is missing when the text cannot be read at all.
pub fn parse(text: &str) -> (Option<Node>, Vec<Finding>) {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        cursor: Cursor::new(text),
        text,
        line_starts: line_starts(text),
        found: Vec::new(),
    };
    let node = match reader.document() {
        Ok(node) => Some(node),
        Err(Stop::Syntax(error)) => {
            let finding = syntax_finding(&error, text, &mut reader.cursor);
            reader.found.push(finding);
            None
        }
        Err(Stop::Found) => None,
    };
    (node, reader.found)
}

/// Turns the parser's error into a finding with a help text where the cause is known.
pub fn syntax_finding(error: &ScanError, text: &str, cursor: &mut Cursor<'_>) -> Finding {
    let at = cursor.byte(error.marker().index());
    if let Some(open) = unclosed_quote(error.info(), text, at) {
        let quote = &text[open..=open];
        let finding = Finding::new(&YAML_SYNTAX, open..open + 1, "this quote is never closed");
        return finding.help(format!("write `{quote}` where the value ends"));
    }
    let end = text[at..].chars().next().map_or(at, |next| at + next.len_utf8());
    // The parser says so of single quotes, too.
    let message = error.info().replace("double-quoted scalar", "the closing quote");
    let finding = Finding::new(&YAML_SYNTAX, at..end, message);
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    if text[line..end].trim_start_matches(' ').starts_with('\t') || error.info().contains("tab") {
        return finding.help("indent with spaces: YAML does not allow tabs there");
    }
    if error.info().contains("mapping values are not allowed") {
        return finding.help("quote the value: it holds `: `, which starts a new key");
    }
    finding.help(match error.info() {
        info if info.contains("anchor") => {
            "name it first with `&`, or quote a value that begins with `*`"
        }
        info if info.contains("recursion") => "nest less",
        info if info.contains("trailing content") => {
            "quote the whole value; a quote in it is written `\\\"` in double quotes, `''` in single ones"
        }
        info if info.contains("escape") => {
            "write `\\\\` for a backslash, or put the value into single quotes"
        }
        info if info.contains("flow") => {
            "close the bracket or brace, with commas between the items"
        }
        _ => {
            "indent the keys of one map alike, and quote a value with signs such as `:`, `#` or `%`"
        }
    })
}

/// Finds the quote that is never closed, if that is why the parser stopped at a byte. It takes
/// what follows for a part of the value, up to the next quote.
fn unclosed_quote(error: &str, text: &str, at: usize) -> Option<usize> {
    let is_quote = |(_, char): &(usize, char)| matches!(char, '"' | '\'');
    let (open, close) = match error {
        _ if error.starts_with("while scanning a quoted scalar") => (at, None),
        "invalid indentation in quoted scalar" => {
            let (_, quote) = text[at..].char_indices().next().filter(is_quote)?;
            let length = text[at + 1..].find(quote);
            (at, length.map(|length| at + 1 + length))
        }
        _ if error.starts_with("invalid trailing content") => {
            let before = text[..at].trim_end().char_indices();
            let (close, quote) = before.last().filter(is_quote)?;
            (text[..close].rfind(quote)?, Some(close))
        }
        _ => return None,
    };
    // Where it is closed below, what is between tells whether that was meant.
    let is_closed = |close| !text[open..close].lines().skip(1).any(begins_with_key);
    (!close.is_some_and(is_closed)).then_some(open)
}

/// Tells whether a line looks like `key: value`.
fn begins_with_key(line: &str) -> bool {
    let Some((key, rest)) = line.trim_start_matches([' ', '-']).split_once(':') else {
        return false;
    };
    let is_of_key = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_');
    !key.is_empty() && key.chars().all(is_of_key) && (rest.is_empty() || rest.starts_with(' '))
}

/// Why reading ended early.
enum Stop {
    Syntax(ScanError),
    /// A finding says it.
    Found,
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    cursor: Cursor<'a>,
    text: &'a str,
    line_starts: Vec<usize>,
    found: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, Stop> {
        loop {
            let (event, range, marker) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) => {}
                Event::StreamEnd => return Ok(Node { value: Value::Null, range }),
                event => {
                    let node = self.node(event, range, marker, 0)?;
                    self.end_of_document()?;
                    return Ok(node);
                }
            }
        }
    }

    fn end_of_document(&mut self) -> Result<(), Stop> {
        loop {
            match self.next()? {
                (Event::StreamEnd, ..) => return Ok(()),
                (Event::DocumentStart(_), range, _) => {
                    return Err(self.refuse(
                        range,
                        "a second document",
                        "keep one document a file",
                    ));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Range<usize>, Marker), Stop> {
        let (event, span) = self
            .parser
            .next_event()
            .expect("the stream ends with `StreamEnd`, after which nothing is asked")
            .map_err(Stop::Syntax)?;
        let start = self.cursor.byte(span.start.index());
        let end = self.cursor.byte(span.end.index()).max(start);
        Ok((event, start..end, span.start))
    }

    fn node(
        &mut self,
        event: Event<'a>,
        range: Range<usize>,
        start: Marker,
        depth: usize,
    ) -> Result<Node, Stop> {
        if depth > MAX_DEPTH {
            let help = format!("nest at most {MAX_DEPTH} levels");
            return Err(self.refuse(range, "nesting that is too deep", &help));
        }
        match event {
            Event::Scalar(_, _, anchor, ref tag) if anchor != 0 || tag.is_some() => {
                self.note(range.clone(), "an anchor or a tag", "write the plain value");
                Ok(Node { value: Value::Null, range })
            }
            Event::Scalar(text, style, ..) => Ok(self.scalar(&text, style, range, start)),
            Event::SequenceStart(anchor, ref tag) | Event::MappingStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                Err(self.refuse(range, "an anchor or a tag", "write the plain value"))
            }
            Event::SequenceStart(..) => self.list(range, depth),
            Event::MappingStart(..) => self.map(range, depth),
            _ => {
                self.note(range.clone(), "an alias", "write the value out");
                Ok(Node { value: Value::Null, range })
            }
        }
    }

    fn list(&mut self, range: Range<usize>, depth: usize) -> Result<Node, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, item_range, marker) = self.next()?;
            if event == Event::SequenceEnd {
                let range = self.collection_range(range, items.last(), item_range.end);
                return Ok(Node { value: Value::List(items), range });
            }
            items.push(self.node(event, item_range, marker, depth + 1)?);
        }
    }

    fn map(&mut self, range: Range<usize>, depth: usize) -> Result<Node, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = BTreeSet::new();
        loop {
            let (event, key_range, _) = self.next()?;
            let key = match event {
                Event::MappingEnd => {
                    let last = entries.last().map(|entry| &entry.node);
                    let range = self.collection_range(range, last, key_range.end);
                    return Ok(Node { value: Value::Map(entries), range });
                }
                Event::Scalar(key, _, 0, None) => key.into_owned(),
                _ => return Err(self.refuse(key_range, "a key that is not text", "use a word")),
            };
            let (event, value_range, marker) = self.next()?;
            let node = self.node(event, value_range, marker, depth + 1)?;
            if !seen.insert(key.clone()) {
                let message = format!("the key `{key}` stands here a second time");
                let finding = Finding::new(&YAML_DUPLICATE_KEY, key_range, message);
                self.found.push(finding.help("remove or rename one of them"));
                continue;
            }
            entries.push(Entry { key, key_range, node });
        }
    }

    /// A block collection ends with its last item; the parser's end is where the next
    /// token starts, lines below.
    fn collection_range(
        &self,
        start: Range<usize>,
        last: Option<&Node>,
        end: usize,
    ) -> Range<usize> {
        let is_flow = self.text[start.clone()].starts_with(['[', '{']);
        match last {
            Some(last) if !is_flow => start.start..last.range.end.max(start.start),
            _ => start.start..end,
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, range: Range<usize>, start: Marker) -> Node {
        let value = match style {
            ScalarStyle::Plain => plain_value(text),
            ScalarStyle::Literal => {
                let lines = Some(self.literal_lines(text, range.start, start.col()));
                Value::Text(Text { text: text.to_owned(), lines })
            }
            _ => Value::Text(Text { text: text.to_owned(), lines: None }),
        };
        let visible = self.text[range.clone()].trim_end().len();
        Node { value, range: range.start..range.start + visible }
    }

    /// Finds where each line of a literal block starts in the file.
    ///
    /// The parser's span starts at the first content character, so its column is the
    /// indent. Blank lines before it are in the value but not in the span.
    ///
    /// The line is taken from the byte, not from the parser: it counts a lone carriage
    /// return as the end of a line, and nobody else here does.
    fn literal_lines(&self, text: &str, start: usize, indent: usize) -> Vec<usize> {
        let blank_before = text.len() - text.trim_start_matches('\n').len();
        let line = self.line_starts.partition_point(|at| *at <= start) - 1;
        let first_line = line.saturating_sub(blank_before);
        let count = text.lines().count().max(1);
        let line_at = |line: usize| {
            let line_start = *self.line_starts.get(line).unwrap_or(&self.text.len());
            let line_end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
            (line_start + indent).min(line_end.max(line_start))
        };
        (first_line..first_line + count).map(line_at).collect()
    }

    fn note(&mut self, range: Range<usize>, what: &str, help: &str) {
        let finding = Finding::new(&YAML_PLAIN_DATA, range, format!("{what} is not allowed here"));
        self.found.push(finding.help(help));
    }

    fn refuse(&mut self, range: Range<usize>, what: &str, help: &str) -> Stop {
        self.note(range, what, help);
        Stop::Found
    }
}

/// Resolves a plain scalar by the YAML 1.2 core schema, as far as JSON has the type.
fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match text.parse::<serde_json::Number>() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Text(Text { text: text.to_owned(), lines: None }),
        },
    }
}

/// Turns the parser's character indexes into bytes, moving from the last one asked for.
///
/// Counting from the start each time would take quadratic time in a long file.
pub struct Cursor<'a> {
    text: &'a str,
    character: usize,
    byte: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, character: 0, byte: 0 }
    }

    /// The byte at which a character starts. Past the end is the end.
    pub fn byte(&mut self, character: usize) -> usize {
        while self.character < character && self.byte < self.text.len() {
            self.byte += 1;
            while !self.text.is_char_boundary(self.byte) {
                self.byte += 1;
            }
            self.character += 1;
        }
        while self.character > character {
            self.byte -= 1;
            while !self.text.is_char_boundary(self.byte) {
                self.byte -= 1;
            }
            self.character -= 1;
        }
        self.byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn literal(file: &str, pointer: &str, expected: &[&str]) {
        let (node, found) = parse(file);
        assert!(found.is_empty(), "{found:?}");
        let node = node.unwrap();
        let Value::Text(Text { text, lines: Some(lines) }) = &node.at(pointer).value else {
            panic!("no literal block");
        };
        let rest = |start: &usize| file[*start..].lines().next().unwrap_or_default();
        let found: Vec<&str> = lines.iter().map(rest).collect();
        assert_eq!(found, expected);
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let (_, found) = parse(text);
        let line = |finding: &Finding| {
            format!("{:?} {}: {}", finding.range, finding.rule.id, finding.message)
        };
        let found: Vec<String> = found.iter().map(line).collect();
        assert_eq!(found.join("\n"), expected);
    }

    #[test]
    fn literal_lines_are_where_they_stand() {
        literal(
            "a:\n  code: |\n    one\n\n    two ü\n      three\nb: 1\n",
            "/a/code",
            &["one", "", "two ü", "  three"],
        );
    }

    #[test]
    fn literal_with_indentation_indicator_and_leading_blank_lines() {
        literal("- code: |2-\n\n       ind\n    next\n", "/0/code", &["", "   ind", "next"]);
    }

    #[test]
    fn an_alias_is_refused_and_not_expanded() {
        check(
            "a: &x 1\nb: *x\n",
            "3..7 yaml-plain-data: an anchor or a tag is not allowed here\n\
             11..13 yaml-plain-data: an alias is not allowed here",
        );
    }

    #[test]
    fn anchors_and_tags_of_lists_and_maps_are_refused() {
        let expected = "3..5 yaml-plain-data: an anchor or a tag is not allowed here";
        check("a: &x [1]\n", &expected.replace("3..5", "3..7"));
        check("a: !!map {}\n", &expected.replace("3..5", "3..10"));
    }

    #[test]
    fn a_duplicate_key_is_found_where_it_stands_again() {
        check("a: 1\na: 2\n", "5..6 yaml-duplicate-key: the key `a` stands here a second time");
    }

    #[test]
    fn deep_nesting_ends_with_a_finding() {
        check(
            &"- ".repeat(100_000),
            "130..130 yaml-plain-data: nesting that is too deep is not allowed here",
        );
    }

    #[test]
    fn a_tab_as_indentation_is_a_syntax_error() {
        check(
            "a:\n\tb: 1\n",
            "4..5 yaml-syntax: tabs disallowed within this context (block indentation)",
        );
    }
}
