//! Places links that lead nowhere in the templates of the project that wrote them.
//!
//! A page does not tell which template wrote which of its links, so the templates are searched.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::chapters::Problems;
use super::links::{Fault, other_anchor};
use super::rules::{BOOK_ANCHOR, BOOK_LINK};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, SourceFile, Sources, Span};

/// A link that a template wrote and that leads nowhere.
pub(super) struct PageLink {
    pub(super) page: String,
    pub(super) destination: String,
    pub(super) anchor: String,
    pub(super) fault: Fault,
}

/// A place in a template: its name, its text and where in it.
type TemplatePlace<'a> = (&'a str, &'a str, Range<usize>);

/// Reports what the project's templates wrote, each place once, whatever pages it is on.
pub(super) fn report(
    own: &[(&str, &str)],
    found: Vec<PageLink>,
    sources: &mut Sources,
    problems: &mut Problems,
) {
    let mut files: BTreeMap<&str, FileId> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for PageLink { page, destination, anchor, fault } in found {
        let found = find(own, &destination).or_else(|| find_expression(own, &destination));
        let found = found.or_else(|| if anchor.is_empty() { None } else { find(own, &anchor) });
        // Where no place tells two links apart, what they say does.
        let unplaced = if found.is_none() { destination.clone() } else { String::new() };
        let (name, text, range) = found.unwrap_or((own[0].0, own[0].1, 0..0));
        if !reported.insert((name, range.start, unplaced)) {
            continue;
        }
        let file = *files
            .entry(name)
            .or_insert_with(|| sources.add(SourceFile::new(format!("templates/{name}"), text)));
        let span = Span::new(file, range);
        let message = format!("on the page `{page}`, `{destination}` leads nowhere");
        let (rule, help) = match fault {
            Fault::NoFile => {
                (&BOOK_LINK, "lead it to a page of the book, or take it out".to_owned())
            }
            Fault::NoAnchor(known) => (&BOOK_ANCHOR, other_anchor(&anchor, &known)),
        };
        problems.push(Diagnostic::new(rule, span, message).help(help));
    }
}

/// Where a template has words.
fn find<'a>(own: &[(&'a str, &'a str)], words: &str) -> Option<TemplatePlace<'a>> {
    own.iter().find_map(|(name, text)| {
        let at = text.find(words)?;
        Some((*name, *text, at..at + words.len()))
    })
}

/// What a template puts into the parentheses of a link.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"\]\(((?:\{\{.*?\}\}|\{%.*?%\}|[^(){}\n])*)\)";
    Regex::new(written).expect("the expression is well-formed")
});

/// What a template replaces.
static EXPRESSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{.*?\}\}|\{%.*?%\}").expect("the expression is well-formed"));

/// Where a template has a link such as `../{{ id }}.md` that may have become a destination; of
/// several, that with the most letters of it.
fn find_expression<'a>(own: &[(&'a str, &'a str)], destination: &str) -> Option<TemplatePlace<'a>> {
    let mut best = None;
    for (name, text) in own {
        for written in WRITTEN.captures_iter(text) {
            let range = written.get(1).expect("it is always there").range();
            let letters: Vec<&str> = EXPRESSION.split(&text[range.clone()]).collect();
            let count: usize = letters.iter().map(|letters| letters.len()).sum();
            if count > best.as_ref().map_or(0, |(count, _)| *count) && fits(destination, &letters) {
                best = Some((count, (*name, *text, range)));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// Tells whether a text is made of these parts, with anything between them.
fn fits(text: &str, parts: &[&str]) -> bool {
    let parts: Vec<String> = parts.iter().map(|part| regex::escape(part)).collect();
    let whole = Regex::new(&format!("^{}$", parts.join(".*")));
    whole.is_ok_and(|whole| whole.is_match(text))
}
