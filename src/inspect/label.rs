//! Finds the right label of a block where the one that it has, or has not, is plainly another.

use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Inspection;
use super::rules::JSON_WITH_COMMENTS;
use crate::check::{self, Strictness, Verdict};
use crate::diagnostic::{Diagnostic, Fix};
use crate::markdown::Fence;
use crate::source::{Snippet, Span};

/// How scripts begin, and their language.
static FIRST_LINES: &[(&str, &str)] = &[
    ("#!/bin/bash", "bash"),
    ("#!/usr/bin/env bash", "bash"),
    ("#!/bin/sh", "sh"),
    ("#!/usr/bin/env python3", "python"),
    ("#!/usr/bin/env python", "python"),
    ("#!/usr/bin/env node", "javascript"),
];

/// Looks at the label of a fence that was just inspected as `snippet`. `text` is what it stands in.
pub(super) fn judge(
    text: &Snippet,
    fence: &Fence,
    snippet: &Snippet,
    strictness: Strictness,
    inspection: &mut Inspection,
) {
    let Some(inspected) = inspection.snippets.last_mut() else { return };
    if fence.language.is_empty() && strictness == Strictness::Strict {
        inspected.naming = plainly(&snippet.text).and_then(|name| relabel(text, fence, name));
        return;
    }
    let is_bad_json = fence.language.eq_ignore_ascii_case("json")
        && matches!(inspected.verdict, Verdict::Tolerated(_) | Verdict::Invalid);
    if !is_bad_json || !has_comments(&snippet.text) {
        return;
    }
    let fix = relabel(text, fence, "jsonc");
    if inspected.verdict == Verdict::Invalid {
        let start = snippet.start();
        let of_it = |found: &&mut Diagnostic| {
            found.rule.id == "json-syntax" && found.span.start >= start && found.fix.is_none()
        };
        if let Some(found) = inspection.diagnostics.iter_mut().rev().find(of_it) {
            found.fix = fix;
        }
        return;
    }
    let place = fence.label.clone().and_then(|label| text.locate_exactly(label));
    let start = snippet.start();
    let place = place.unwrap_or(Span::new(snippet.file, start..start));
    let mut note =
        Diagnostic::new(&JSON_WITH_COMMENTS, place, "this is JSON with comments, labelled `json`")
            .help("label the block `jsonc`");
    note.fix = fix;
    inspection.diagnostics.push(note);
}

/// The fix that names another language in the label of a fence.
pub(super) fn relabel(text: &Snippet, fence: &Fence, language: &str) -> Option<Fix<Span>> {
    let at = text.locate_exactly(fence.label.clone()?)?;
    Some(Fix::Replace { at, with: language.to_owned() })
}

/// The language that a text without a label is in, where there can be no doubt.
fn plainly(code: &str) -> Option<&'static str> {
    let first = code.lines().next()?.trim_end();
    let script = FIRST_LINES.iter().find(|(line, _)| *line == first).map(|(_, name)| *name);
    let is_structure = code.starts_with(['{', '[']) && code.contains("\":");
    let language = script.or(is_structure.then_some("json"))?;
    let verdict = check::check(language, code, Strictness::Strict, &mut Vec::new());
    (verdict == Verdict::Valid).then_some(language)
}

/// Tells whether a text is good JSONC, and needs to be because of its comments.
fn has_comments(code: &str) -> bool {
    if !code.contains("//") && !code.contains("/*") {
        return false;
    }
    let without = ParseOptions { allow_comments: false, ..ParseOptions::default() };
    let is_jsonc = check::check("jsonc", code, Strictness::Strict, &mut Vec::new());
    is_jsonc == Verdict::Valid && parse_to_ast(code, &CollectOptions::default(), &without).is_err()
}
