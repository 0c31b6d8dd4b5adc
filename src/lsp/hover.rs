//! What an editor shows about a rule: the same as `patternbook explain`, as Markdown.

use std::ops::Range;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::look::Found;
use super::text::Lines;
use crate::diagnostic::Rule;
use crate::inspect::examples;
use crate::publish::reference::all_rules;
use crate::publish::reference::rules::write_example;

/// Explains the rules that are broken at a place, or else the rule whose id stands there.
pub(super) fn hover(
    text: &str,
    lines: &Lines<'_>,
    offset: usize,
    found: &[Found],
) -> Option<Hover> {
    let is_here = |found: &&Found| found.range.start <= offset && offset <= found.range.end;
    let here: Vec<&Found> = found.iter().filter(is_here).collect();
    let word = word_at(text, offset);
    let named = all_rules().into_iter().find(|rule| rule.id == &text[word.clone()]);
    let mut rules: Vec<&'static Rule> = here.iter().map(|found| found.rule).collect();
    let range = match (named, here.first()) {
        (Some(rule), _) => {
            rules = vec![rule];
            word
        }
        (None, Some(first)) => first.range.clone(),
        (None, None) => return None,
    };
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    let parts: Vec<String> = rules.into_iter().map(explain).collect();
    let value = parts.join("\n---\n\n");
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: Some(lines.range(&range)) })
}

fn explain(rule: &Rule) -> String {
    let mut text = format!("**`{}`** ({}): {}", rule.id, rule.severity.name(), rule.summary);
    text.push_str("\n\n");
    text.push_str(rule.explanation);
    text.push('\n');
    if let Some(example) = examples::of(rule.id) {
        write_example(&mut text, &example, None);
    }
    text
}

/// The word at a place, as the ids of rules are written.
fn word_at(text: &str, offset: usize) -> Range<usize> {
    let is_of_word =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let bytes = text.as_bytes();
    let before = bytes[..offset].iter().rev().take_while(|byte| is_of_word(byte)).count();
    let after = bytes[offset..].iter().take_while(|byte| is_of_word(byte)).count();
    offset - before..offset + after
}
