//! Checks JSON and JSONC.
//!
//! `serde_json` decides what is valid, because `jsonc-parser` accepts more than RFC 8259
//! does even when told not to; `jsonc-parser` says where the problem is and finds
//! duplicate keys.

mod relax;

use std::collections::BTreeSet;
use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde::de::IgnoredAny;

use self::relax::JSON_COMMENTS;
use super::nesting::{NESTING_TOO_DEEP, too_deep};
use super::tolerance::{Filled, Tolerance};
use super::{Checker, character_at, check_filled, lower_first};
use crate::diagnostic::{Finding, Fix, Profile, Rule, Severity};

/// The text is no JSON.
static JSON_SYNTAX: Rule = Rule {
    id: "json-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the JSON does not parse",
    explanation: "A reader copies the block into a file or a request, and the first program that reads it stops. \
        [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259) knows no comments, no comma after the last element, no single \
        quotes and no keys without quotes. Label the block `jsonc` when its reader allows comments.",
};

/// The text is no JSONC.
static JSONC_SYNTAX: Rule = Rule {
    id: "jsonc-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the JSON with comments does not parse",
    explanation: "JSONC is JSON with `//` and `/* */` comments, and with a comma allowed after the last element \
        ([jsonc.org](https://jsonc.org)). Everything else is as strict as JSON: double quotes only, and keys in quotes.",
};

/// One key twice in an object.
static JSON_DUPLICATE_KEY: Rule = Rule {
    id: "json-duplicate-key",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a key stands twice in one object",
    explanation: "[RFC 8259, section 4](https://www.rfc-editor.org/rfc/rfc8259#section-4): what a reader does with equal names \
        is unpredictable. Most keep the last value silently, some the first, some fail; attackers use the difference. \
        Remove or rename one of them.",
};

static JSON_RULES: &[&Rule] = &[&JSON_SYNTAX, &JSON_DUPLICATE_KEY, &NESTING_TOO_DEEP];
static JSONC_RULES: &[&Rule] = &[&JSONC_SYNTAX, &JSON_DUPLICATE_KEY, &NESTING_TOO_DEEP];

/// The checker for JSON.
pub(super) struct Json;

/// The checker for JSON with comments.
pub(super) struct Jsonc;

impl Checker for Json {
    fn names(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn title(&self) -> &'static str {
        "JSON"
    }

    fn promise(&self) -> &'static str {
        "It is one JSON value by RFC 8259, and no object has a key twice."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        JSON_RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let Err(error) = serde_json::from_str::<IgnoredAny>(code) else {
            find_duplicate_keys(code, found);
            return;
        };
        if code.starts_with('\u{feff}') {
            let message = "a byte order mark stands before the JSON, where no reader expects it";
            let finding = Finding::new(&JSON_SYNTAX, character_at(code, 0), message);
            found.push(finding.help("save it as UTF-8 without a byte order mark"));
            return;
        }
        found.push(match parse_to_ast(code, &CollectOptions::default(), &options(false)) {
            Err(error) => syntax_finding(&JSON_SYNTAX, code, &error),
            Ok(_) => gate_finding(&JSON_SYNTAX, code, &error),
        });
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        relax::JSON_TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        relax::tolerate(code, self.tolerances(), &[])
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, relax::filled(code, self.tolerances(), &[]))
    }
}

impl Checker for Jsonc {
    fn names(&self) -> &'static [&'static str] {
        &["jsonc"]
    }

    fn title(&self) -> &'static str {
        "JSON with comments"
    }

    fn promise(&self) -> &'static str {
        "It is one JSON value apart from comments and trailing commas, and no object has a key twice."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        JSONC_RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        if let Err(error) = parse_to_ast(code, &CollectOptions::default(), &options(true)) {
            found.push(syntax_finding(&JSONC_SYNTAX, code, &error));
            return;
        }
        let plain = relax::relax(code, &[&JSON_COMMENTS]);
        match serde_json::from_str::<IgnoredAny>(&plain) {
            Ok(_) => find_duplicate_keys(code, found),
            Err(error) => found.push(gate_finding(&JSONC_SYNTAX, code, &error)),
        }
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        relax::JSONC_TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        relax::tolerate(code, self.tolerances(), &[&JSON_COMMENTS])
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, relax::filled(code, self.tolerances(), &[&JSON_COMMENTS]))
    }
}

fn options(is_jsonc: bool) -> ParseOptions {
    ParseOptions {
        allow_comments: is_jsonc,
        allow_trailing_commas: is_jsonc,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn syntax_finding(rule: &'static Rule, code: &str, error: &ParseError) -> Finding {
    let range = error.range().start..error.range().end;
    let first = character_at(code, range.start);
    let (range, message) = match error.kind() {
        ParseErrorKind::NestingDepthExceeded => return too_deep(code),
        ParseErrorKind::UnterminatedObject => (first, "this `{` is never closed".to_owned()),
        ParseErrorKind::UnterminatedArray => (first, "this `[` is never closed".to_owned()),
        kind => (visible(code, range), lower_first(&kind.to_string())),
    };
    let finding = Finding::new(rule, range, message).help(help(error.kind()));
    let is_comma = code.get(finding.range.clone()) == Some(",");
    if is_comma && matches!(error.kind(), ParseErrorKind::TrailingCommasNotAllowed) {
        let at = finding.range.clone();
        return finding.fix(Fix::Replace { at, with: String::new() });
    }
    finding
}

fn help(kind: &ParseErrorKind) -> &'static str {
    match kind {
        ParseErrorKind::CommentsNotAllowed => "remove the comment, or label the block `jsonc`",
        ParseErrorKind::TrailingCommasNotAllowed => "remove the comma, or label the block `jsonc`",
        ParseErrorKind::SingleQuotedStringsNotAllowed => "use double quotes",
        ParseErrorKind::ExpectedStringObjectProperty => "put the key into double quotes",
        ParseErrorKind::ExpectedComma => "put a `,` after this value",
        ParseErrorKind::UnexpectedWord => "put text into double quotes",
        ParseErrorKind::MultipleRootJsonValues => "keep one value a block, or put them into a list",
        ParseErrorKind::ExpectedColonAfterObjectKey => "put a `:` after the key",
        ParseErrorKind::UnterminatedObject => "add a `}` where it ends",
        ParseErrorKind::UnterminatedArray => "add a `]` where it ends",
        ParseErrorKind::UnterminatedCommentBlock => "add a `*/` where it ends",
        ParseErrorKind::String(_) => "close it with `\"`, and write a `\\` in it as `\\\\`",
        _ => "write a value there, or remove what is too much",
    }
}

/// Says what only `serde_json` refuses, such as a control character in a string.
fn gate_finding(rule: &'static Rule, code: &str, error: &serde_json::Error) -> Finding {
    if relax::relax(code, &[&JSON_COMMENTS]).trim().is_empty() {
        return Finding::new(rule, 0..0, "the snippet holds no value").help("write at least `{}`");
    }
    let line = super::lines(code).nth(error.line().saturating_sub(1));
    let start = line.map_or(code.len(), |(start, _)| start);
    let range = character_at(code, start + error.column().saturating_sub(1));
    // The column is that of the character before this one.
    let control = code[range.start..].find(|sign: char| sign < ' ' && sign != '\n');
    if let Some(control) = control.filter(|_| error.to_string().contains("control character")) {
        let range = character_at(code, range.start + control);
        return Finding::new(rule, range, "a control character stands in this string")
            .help("write it as an escape, such as `\\t` or `\\u0000`");
    }
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Finding::new(rule, range, message).help("write it as JSON has it")
}

fn find_duplicate_keys(code: &str, found: &mut Vec<Finding>) {
    match parse_to_ast(code, &CollectOptions::default(), &ParseOptions::default()) {
        Ok(result) => {
            if let Some(value) = result.value {
                visit(&value, found);
            }
        }
        Err(error) => found.push(syntax_finding(&NESTING_TOO_DEEP, code, &error)),
    }
}

/// Recursion is safe: the parser allows 512 levels.
fn visit(value: &Value<'_>, found: &mut Vec<Finding>) {
    match value {
        Value::Array(array) => array.elements.iter().for_each(|element| visit(element, found)),
        Value::Object(object) => visit_object(object, found),
        _ => {}
    }
}

fn visit_object(object: &Object<'_>, found: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for property in &object.properties {
        let key = match &property.name {
            ObjectPropName::String(literal) => literal.value.as_ref(),
            ObjectPropName::Word(literal) => literal.value,
        };
        if !seen.insert(key) {
            let range = property.name.range();
            let message = format!("the key `{key}` stands here a second time");
            let finding = Finding::new(&JSON_DUPLICATE_KEY, range.start..range.end, message);
            found.push(finding.help("remove or rename one of them"));
        }
        visit(&property.value, found);
    }
}

/// Keeps a range inside the code, on character boundaries, and on one line.
fn visible(code: &str, range: Range<usize>) -> Range<usize> {
    let first = character_at(code, range.start);
    let end = code.floor_char_boundary(range.end.min(code.len())).max(first.end);
    let line = code[first.start..end].lines().next().unwrap_or_default();
    if line.is_empty() { first } else { first.start..first.start + line.len() }
}
