//! Checks YAML from the parser's events: aliases, tags and several documents are fine.
//!
//! Nothing is built and nothing recurses, so hostile input costs what its length costs.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::nesting::{NESTING_TOO_DEEP, too_deep};
use super::tolerance::behind::filled;
use super::tolerance::pieces::SEVERAL_SNIPPETS;
use super::tolerance::{ELLIPSIS, Filled, Rewrite, TEMPLATE, Tolerance, fewest_rewrites, text};
use super::{Checker, check_filled};
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

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        fewest_rewrites(code, REWRITES, |text| {
            let mut found = Vec::new();
            self.check(text, &mut found);
            if found.is_empty() {
                return Some(Vec::new());
            }
            shows_alternatives(text, &found).then(|| vec![&SEVERAL_SNIPPETS])
        })
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, filled(code, REWRITES))
    }
}

static TOLERANCES: &[&Tolerance] = &[&TEMPLATE, &ELLIPSIS, &SEVERAL_SNIPPETS];

static REWRITES: &[Rewrite] = &[
    (&TEMPLATE, |code| text::without_templates(code, 'x', "#")),
    (&ELLIPSIS, |code| text::without_ellipsis_lines(code, "#")),
];

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

/// Words with which a comment says that what follows replaces what stands above.
const ALTERNATIVES: [&str; 5] = ["or", "alternative", "alternatively", "option", "instead"];

/// Tells whether nothing is wrong but keys that stand again, each with a comment: one that
/// says so, or any when the whole text sets but this key, in several ways.
fn shows_alternatives(code: &str, found: &[Finding]) -> bool {
    let lines: Vec<&str> = code.lines().collect();
    let key = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let mut keys: Vec<String> = lines
        .iter()
        .filter(|line| !line.trim().is_empty() && !line.starts_with([' ', '#', '-']))
        .map(|line| key(line))
        .collect();
    keys.dedup();
    let sets_one_key = keys.len() == 1;
    found.iter().all(|finding| {
        let start = finding.range.start;
        let number = code[..start].matches('\n').count();
        let above =
            number.checked_sub(1).and_then(|above| lines.get(above)).map_or("", |line| line.trim());
        let comment = above.strip_prefix('#').map(str::trim);
        let first = comment.unwrap_or_default().split([' ', ':', ',']).next().unwrap_or_default();
        let is_said = ALTERNATIVES.contains(&first.to_ascii_lowercase().as_str());
        let is_told = lines.iter().any(|line| line.starts_with('#') || line.contains(" #"));
        let is_at_margin = start == 0 || code[..start].ends_with('\n');
        let is_one_of_many = is_told && sets_one_key && is_at_margin;
        finding.rule.id == YAML_DUPLICATE_KEY.id && (is_said || is_one_of_many)
    })
}
