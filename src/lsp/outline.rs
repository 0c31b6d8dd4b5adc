//! Where in a YAML file a place is, by its indents: a file that is being written seldom parses.

use std::mem;

use super::text::Lines;

/// One step from the root of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The value of a key.
    Key(String),
    /// An item of a list.
    Item,
}

/// What may be written at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A key of the map that `path` leads to, which has these keys above.
    Key { path: Vec<Step>, written: Vec<String> },
    /// The value that `path` leads to.
    Value { path: Vec<Step> },
}

/// A place in the file, with the column of what is there.
struct Level {
    column: usize,
    step: Step,
    /// The keys of this map so far.
    written: Vec<String>,
}

/// Follows the lines of a file.
#[derive(Default)]
struct Walk {
    levels: Vec<Level>,
    /// The keys of the root so far.
    written: Vec<String>,
    /// Within a literal or folded text: the line that it begins in, and the column that each of
    /// its lines is behind.
    scalar: Option<(usize, usize)>,
}

/// The line in which the literal text of a line begins, if it is within one.
pub(super) fn scalar_header(lines: &Lines<'_>, line: usize) -> Option<usize> {
    let mut walk = Walk::default();
    for number in 0..line {
        walk.take(number, lines.line(number));
    }
    let (header, column) = walk.scalar?;
    let text = lines.line(line);
    (text.trim().is_empty() || indent(text) > column).then_some(header)
}

/// Finds what may be written at the end of `before`, which is the part of a line up to the
/// place. Nothing, in a comment or a literal text.
pub(super) fn slot(lines: &Lines<'_>, line: usize, before: &str) -> Option<Slot> {
    let mut walk = Walk::default();
    for number in 0..line {
        walk.take(number, lines.line(number));
    }
    let within_scalar = walk.scalar.is_some_and(|(_, column)| indent(before) > column);
    if within_scalar || before.trim_start().starts_with('#') || before.contains(" #") {
        return None;
    }
    let mut column = indent(before);
    let mut rest = &before[column..];
    while let Some(item) = item(rest) {
        walk.close_for_item(column);
        walk.open(column, Step::Item);
        column += rest.len() - item.len();
        rest = item;
    }
    walk.close(column);
    Some(walk.flow(rest))
}

impl Walk {
    fn take(&mut self, number: usize, line: &str) {
        let mut column = indent(line);
        let mut rest = line[column..].trim_end();
        if rest.is_empty() {
            return;
        }
        if let Some((_, outer)) = self.scalar {
            if column > outer {
                return;
            }
            self.scalar = None;
        }
        if rest.starts_with('#') || rest == "---" {
            return;
        }
        let mut outer = column;
        while let Some(item) = item(rest) {
            self.close_for_item(column);
            self.open(column, Step::Item);
            outer = column;
            column += rest.len() - item.len();
            rest = item;
        }
        if let Some((key, value)) = key(rest) {
            self.close(column);
            self.note(key);
            self.open(column, Step::Key(key.to_owned()));
            (outer, rest) = (column, value);
        }
        if is_scalar_header(rest) {
            self.scalar = Some((number, outer));
        }
    }

    /// Leaves what a key at a column is not in.
    fn close(&mut self, column: usize) {
        while self.levels.last().is_some_and(|level| level.column >= column) {
            self.levels.pop();
        }
    }

    /// Leaves what an item at a column is not in: its list may stand as far left as the key.
    fn close_for_item(&mut self, column: usize) {
        while self.levels.last().is_some_and(|level| {
            level.column > column || level.column == column && level.step == Step::Item
        }) {
            self.levels.pop();
        }
    }

    fn open(&mut self, column: usize, step: Step) {
        self.levels.push(Level { column, step, written: Vec::new() });
    }

    fn note(&mut self, key: &str) {
        let written = match self.levels.last_mut() {
            Some(level) => &mut level.written,
            None => &mut self.written,
        };
        written.push(key.to_owned());
    }

    /// Reads the rest of the line, with braces and brackets, up to the place.
    fn flow(self, rest: &str) -> Slot {
        let written = self.levels.last().map_or(self.written, |level| level.written.clone());
        let path: Vec<Step> = self.levels.into_iter().map(|level| level.step).collect();
        let mut maps = vec![(path, written, None::<String>)];
        let mut word = String::new();
        let mut quote = None;
        let mut characters = rest.chars().peekable();
        while let Some(character) = characters.next() {
            let is_inner = maps.len() > 1;
            let (path, written, key) = maps.last_mut().expect("the root is never taken off");
            match (character, quote) {
                (_, Some(open)) => {
                    if character == open {
                        quote = None;
                    } else {
                        word.push(character);
                    }
                }
                ('"' | '\'', None) if word.trim().is_empty() => quote = Some(character),
                (':', None)
                    if key.is_none() && characters.peek().is_none_or(|next| *next == ' ') =>
                {
                    *key = Some(mem::take(&mut word).trim().to_owned());
                }
                ('{' | '[', None) if word.trim().is_empty() => {
                    let mut inner = path.clone();
                    inner.extend(key.clone().map(Step::Key));
                    if character == '[' {
                        inner.push(Step::Item);
                    }
                    maps.push((inner, Vec::new(), None));
                }
                ('}' | ']', None) if is_inner => {
                    maps.pop();
                    word.clear();
                }
                (',', None) if is_inner => {
                    written.extend(key.take());
                    word.clear();
                }
                _ => word.push(character),
            }
        }
        let (mut path, written, key) = maps.pop().expect("the root is never taken off");
        match key {
            Some(key) => {
                path.push(Step::Key(key));
                Slot::Value { path }
            }
            None => Slot::Key { path, written },
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// What follows `- `.
fn item(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('-')?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start_matches(' '))
}

fn key(text: &str) -> Option<(&str, &str)> {
    let (key, value) = match text.strip_suffix(':') {
        Some(key) if !key.contains(": ") => (key, ""),
        _ => text.split_once(": ")?,
    };
    let is_flow = key.starts_with(['{', '[']);
    (!is_flow).then(|| (key.trim().trim_matches(['"', '\'']), value.trim()))
}

/// Tells whether a value is `|`, `>-` or their like.
fn is_scalar_header(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or_default().trim();
    let rest = value.strip_prefix(['|', '>']);
    rest.is_some_and(|rest| rest.chars().all(|c| matches!(c, '+' | '-') || c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsp::text::Encoding;

    /// `@` is the place. Expects the path, `=` before a value, and the keys that are there.
    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let at = text.find('@').unwrap();
        let text = text.replace('@', "");
        let lines = Lines::new(&text, Encoding::Utf8);
        let line = lines.line_of(at);
        let write = |path: &[Step]| {
            let steps = path.iter().map(|step| match step {
                Step::Key(key) => format!("/{key}"),
                Step::Item => "/*".to_owned(),
            });
            steps.collect::<String>()
        };
        let slot = slot(&lines, line, &text[lines.start_of(line)..at]);
        let is = slot.map(|slot| match slot {
            Slot::Key { path, written } => format!("{} {}", write(&path), written.join(",")),
            Slot::Value { path } => format!("={}", write(&path)),
        });
        assert_eq!(is.as_deref(), expected, "{text}");
    }

    #[test]
    fn the_indent_says_of_which_map_a_key_is() {
        check("@", Some(" "));
        check("id: a\nti@", Some(" id"));
        check("examples:\n  - id: a\n    la@", Some("/examples/* id"));
        check("examples:\n- id: a\n  @", Some("/examples/* id"));
        check("examples:\n  - id: a\n  - @", Some("/examples/* "));
        check("examples:\n  - id: a\n    tests:\n      - na@\n", Some("/examples/*/tests/* "));
        check("a:\n  b: 1\nc@", Some(" a"));
    }

    #[test]
    fn a_value_is_that_of_its_key() {
        check("status: st@", Some("=/status"));
        check("examples:\n  - language: @", Some("=/examples/*/language"));
        check("hosts: [cl@", Some("/hosts/* "));
        check("hosts:\n  - @", Some("/hosts/* "));
    }

    #[test]
    fn maps_in_braces_are_maps() {
        check("x:\n  - {text: a, in@", Some("/x/* text"));
        check("x: {a: {b: 1}, c: @", Some("=/x/c"));
    }

    #[test]
    fn nothing_is_completed_in_texts_and_comments() {
        check("code: |\n  a: @", None);
        check("code: |\n  a\n\nb: 1\n@", Some(" code,b"));
        check("# a@", None);
        check("a: 1 # b@", None);
    }

    #[test]
    fn a_literal_text_begins_at_its_key() {
        let text = "a:\n  - code: |-\n      x\n\n      y\n    z: 1\n";
        let lines = Lines::new(text, Encoding::Utf8);
        assert_eq!(scalar_header(&lines, 4), Some(1));
        assert_eq!(scalar_header(&lines, 5), None);
    }
}
