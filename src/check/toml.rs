//! Checks TOML with the `toml` crate.

use super::tolerance::behind::filled;
use super::tolerance::pieces::{self, SEVERAL_SNIPPETS};
use super::tolerance::{
    ELLIPSIS, Filled, PLACEHOLDER, Rewrite, TEMPLATE, Tolerance, fewest_rewrites, text,
};
use super::{Checker, check_filled};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The text is no TOML.
static TOML_SYNTAX: Rule = Rule {
    id: "toml-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the TOML does not parse",
    explanation: "The parser follows [TOML 1.1](https://toml.io/en/v1.1.0). The usual causes: text without quotes, a key or \
        a table that stands twice, a `[table]` that was already made by a dotted key, or a bare key with a character other \
        than `A-Z a-z 0-9 _ -`.",
};

static RULES: &[&Rule] = &[&TOML_SYNTAX];

/// The checker for TOML.
pub(super) struct Toml;

impl Checker for Toml {
    fn names(&self) -> &'static [&'static str] {
        &["toml"]
    }

    fn title(&self) -> &'static str {
        "TOML"
    }

    fn promise(&self) -> &'static str {
        "It is a TOML 1.1 document, without a key or table that stands twice."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let Err(error) = toml::de::DeTable::parse(code) else {
            return;
        };
        let range = error.span().unwrap_or(0..0);
        let range = match code.get(range.clone()) {
            Some(text) if !text.is_empty() => range,
            _ => super::character_at(code, range.start),
        };
        let is_empty = code[..range.start].trim_end_matches([' ', '\t']).ends_with('=')
            && code[range.start..].trim_start_matches([' ', '\t', '\r']).starts_with(['\n', '#']);
        if is_empty || code[..range.start].trim_end().ends_with('=') && range.start == code.len() {
            let finding = Finding::new(&TOML_SYNTAX, range, "the key has no value");
            found.push(finding.help("write one, such as `\"\"`, or take out the line"));
            return;
        }
        let mut lines = error.message().lines();
        let message = lines.next().unwrap_or("this is not TOML");
        let finding = Finding::new(&TOML_SYNTAX, range, message);
        let help: Vec<&str> = lines.collect();
        found.push(match (help.as_slice(), message) {
            ([], "duplicate key") => finding.help("remove or rename one of them"),
            ([], message) if message.contains("quoted") => finding.help("put the value in quotes"),
            ([], message) if message.contains("expected") => {
                finding.help("write what is expected; text stands in quotes")
            }
            ([], _) => finding.help("write `key = value`, with text in quotes"),
            _ => finding.help(help.join("; ")),
        });
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        let is_good = |text: &str| toml::de::DeTable::parse(text).is_ok();
        fewest_rewrites(code, REWRITES, |text| {
            if is_good(text) {
                return Some(Vec::new());
            }
            let files = pieces::under_comments(text, "#", |title| title.ends_with(".toml"));
            let ways =
                || pieces::under_comments(text, "#", |_| true).filter(|ways| set_the_same(ways));
            let pieces = files.or_else(ways)?;
            pieces.into_iter().all(is_good).then(|| vec![&SEVERAL_SNIPPETS])
        })
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, filled(code, REWRITES))
    }
}

static TOLERANCES: &[&Tolerance] = &[&PLACEHOLDER, &TEMPLATE, &ELLIPSIS, &SEVERAL_SNIPPETS];

static REWRITES: &[Rewrite] = &[
    (&PLACEHOLDER, text::placeholders_as_numbers),
    (&TEMPLATE, |code| text::without_templates(code, '1', "#")),
    (&ELLIPSIS, |code| values_for_ellipses(&text::without_ellipsis_lines(code, "#"))),
];

/// Tells whether all pieces hold the same tables, and so are ways to write one.
fn set_the_same(pieces: &[&str]) -> bool {
    let tables = |piece: &str| -> Vec<String> {
        let lines = piece.lines().map(str::trim_end);
        lines.filter(|line| line.starts_with('[')).map(str::to_owned).collect()
    };
    let first = tables(pieces[0]);
    !first.is_empty() && pieces.iter().all(|piece| tables(piece) == first)
}

/// Puts a value for the `...` after an equals sign, and for the last element of a list.
fn values_for_ellipses(code: &str) -> String {
    let lines = code.split('\n').map(|line| match line.trim_end() {
        text if text.ends_with("= ...") => format!("{}1", &text[..text.len() - 3]),
        text if text.ends_with("...]") => format!("{}1]", &text[..text.len() - 4]),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
