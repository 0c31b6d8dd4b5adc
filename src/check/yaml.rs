//! Checks YAML from the parser's events: aliases, tags and several documents are fine.
//!
//! Nothing is built and nothing recurses, so hostile input costs what its length costs.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::nesting::{NESTING_TOO_DEEP, too_deep};
use super::{Checker, is_ellipsis};
use crate::diagnostic::{Finding, Rule};
use crate::value::yaml::{Cursor, YAML_DUPLICATE_KEY, YAML_SYNTAX, syntax_finding};

static RULES: &[&Rule] = &[&YAML_SYNTAX, &YAML_DUPLICATE_KEY, &NESTING_TOO_DEEP];

/// Far more than a person writes, and less than where the parser gives up.
const MAX_DEPTH: usize = 128;

/// The checker for YAML.
pub(super) struct Yaml;

impl Checker for Yaml {
    fn names(&self) -> &'static [&'static str] {
        &["yaml", "yml"]
    }

    fn title(&self) -> &'static str {
        "YAML"
    }

    fn promise(&self) -> &'static str {
        "It is YAML 1.2, in one document or several, and no map has a key twice."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let mut parser = Parser::new_from_str(code);
        let mut cursor = Cursor::new(code);
        let mut open = Vec::new();
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    found.push(syntax_finding(&error, code, &mut cursor));
                    return;
                }
            };
            if let Some(key) = follow(&mut open, event) {
                let start = cursor.byte(span.start.index());
                let end = cursor.byte(span.end.index()).max(start);
                let message = format!("the key `{key}` stands here a second time");
                let finding = Finding::new(&YAML_DUPLICATE_KEY, start..end, message);
                found.push(finding.help("remove or rename one of them"));
            }
            if open.len() > MAX_DEPTH {
                found.push(too_deep(code));
                return;
            }
        }
    }

    fn tolerate(&self, code: &str) -> Option<&'static str> {
        let filled = without_templates(code);
        if is_clean(&filled) {
            return Some("`{{ … }}` is a template's placeholder");
        }
        let keep = |line: &str| !is_ellipsis(line);
        let lines: Vec<&str> =
            filled.split('\n').map(|line| if keep(line) { line } else { "#" }).collect();
        is_clean(&lines.join("\n")).then_some("`...` stands for what was left out")
    }
}

/// A collection that is not closed yet.
enum Open {
    List,
    Map {
        /// The keys so far; a number and a text of the same letters are two keys.
        keys: BTreeSet<(String, bool)>,
        is_key_next: bool,
    },
}

/// Follows one event; gives the key that stands a second time.
fn follow(open: &mut Vec<Open>, event: Event<'_>) -> Option<String> {
    let mut duplicate = None;
    match event {
        Event::SequenceStart(..) => open.push(Open::List),
        Event::MappingStart(..) => {
            open.push(Open::Map { keys: BTreeSet::new(), is_key_next: true });
        }
        Event::SequenceEnd | Event::MappingEnd => {
            open.pop();
            end_node(open);
        }
        Event::Alias(_) => end_node(open),
        Event::Scalar(text, style, ..) => {
            if let Some(Open::Map { keys, is_key_next: true }) = open.last_mut() {
                let is_typed = style == ScalarStyle::Plain && is_typed(&text);
                if !keys.insert((text.to_string(), is_typed)) {
                    duplicate = Some(text.into_owned());
                }
            }
            end_node(open);
        }
        _ => {}
    }
    duplicate
}

/// After each node in a map, keys and values change places.
fn end_node(open: &mut [Open]) {
    if let Some(Open::Map { is_key_next, .. }) = open.last_mut() {
        *is_key_next = !*is_key_next;
    }
}

/// Tells whether a plain scalar is something else than text.
fn is_typed(text: &str) -> bool {
    let is_word = matches!(text, "" | "~" | "null" | "true" | "false");
    is_word || text.starts_with(|sign: char| sign.is_ascii_digit() || "+-.".contains(sign))
}

fn is_clean(code: &str) -> bool {
    let mut found = Vec::new();
    Yaml.check(code, &mut found);
    found.is_empty()
}

/// Replaces `{{ … }}` and `{% … %}` by a plain word of the same length, or by a comment if
/// nothing else is on the line.
fn without_templates(code: &str) -> String {
    let mut text = String::with_capacity(code.len());
    for line in code.split_inclusive('\n') {
        let visible = line.trim();
        let is_statement = visible.starts_with("{{") && visible.ends_with("}}")
            || visible.starts_with("{%") && visible.ends_with("%}");
        if is_statement {
            text.push_str("#\n");
        } else {
            replace_placeholders(line, &mut text);
        }
    }
    text
}

fn replace_placeholders(line: &str, text: &mut String) {
    let mut rest = line;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        text.push_str(&rest[..start]);
        text.extend(std::iter::repeat_n('x', length + 2));
        rest = &rest[start + length + 2..];
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_become_words_or_comments() {
        assert_eq!(without_templates("a: {{ b }}-{{c}}\n"), "a: xxxxxxx-xxxxx\n");
        assert_eq!(without_templates("{{- if a }}\nb: 1\n"), "#\nb: 1\n");
        assert_eq!(without_templates("a: {{ b\n"), "a: {{ b\n");
    }
}
