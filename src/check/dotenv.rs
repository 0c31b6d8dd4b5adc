//! Checks `.env` files: one `KEY=value` a line.
//!
//! There is no standard. This is what dotenv for Node, python-dotenv, Docker Compose and
//! a shell that sources the file agree on.

use std::collections::BTreeSet;
use std::ops::Range;

use super::tolerance::{ELLIPSIS, Rewrite, TEMPLATE, Tolerance, fewest_rewrites, text, when};
use super::{Checker, character_at};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// A line is no assignment.
static DOTENV_SYNTAX: Rule = Rule {
    id: "dotenv-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a line of the env file is no assignment",
    explanation: "Each line is `KEY=value`, `export KEY=value`, a `#` comment, or empty. Most loaders skip any other line \
        without a word, so that the setting is missing at run time.",
};

/// A name that a shell would not take.
static DOTENV_KEY: Rule = Rule {
    id: "dotenv-key",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the name of the variable is not portable",
    explanation: "Use letters, digits and `_`, and no digit first: [POSIX, section 8.1](https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html). \
        Some loaders take dots and dashes, but a shell cannot read such a variable.",
};

/// White space beside the equals sign.
static DOTENV_SPACES: Rule = Rule {
    id: "dotenv-spaces",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "there is a space beside the `=`",
    explanation: "Loaders differ: some drop the space, `docker run --env-file` makes it part of the name or of the value, and \
        a shell takes the name for a command. Write `KEY=value`.",
};

/// A quote without its partner.
static DOTENV_QUOTE: Rule = Rule {
    id: "dotenv-quote",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a quoted value is not closed",
    explanation: "A value that starts with a quote goes on to the next quote of that kind, also over lines. Without it, a \
        loader takes the quote as part of the value or the rest of the file as the value. Close it, and put nothing but a \
        comment after it.",
};

/// A key that stands again.
static DOTENV_DUPLICATE_KEY: Rule = Rule {
    id: "dotenv-duplicate-key",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a variable is set twice",
    explanation: "Which one wins depends on the loader. Remove one, or make it a comment if it shows an alternative.",
};

static RULES: &[&Rule] =
    &[&DOTENV_SYNTAX, &DOTENV_KEY, &DOTENV_SPACES, &DOTENV_QUOTE, &DOTENV_DUPLICATE_KEY];

/// The checker for env files.
pub(super) struct Dotenv;

impl Checker for Dotenv {
    fn names(&self) -> &'static [&'static str] {
        &["dotenv", "env"]
    }

    fn title(&self) -> &'static str {
        "dotenv"
    }

    fn promise(&self) -> &'static str {
        "Every line is a comment or an assignment that the usual loaders read alike."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let mut reader = Reader { code, keys: BTreeSet::new(), found };
        // A quoted value may run over the next lines.
        let mut next = 0;
        for (start, line) in super::lines(code) {
            if start >= next {
                next = reader.line(start, line);
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
            when(found.iter().all(|finding| finding.rule.severity < Severity::Error))
        })
    }
}

static TOLERANCES: &[&Tolerance] = &[&TEMPLATE, &ELLIPSIS];

static REWRITES: &[Rewrite] = &[
    (&TEMPLATE, |code| text::without_templates(code, 'x', "#")),
    (&ELLIPSIS, |code| text::without_ellipsis_lines(code, "#")),
];

struct Reader<'a> {
    code: &'a str,
    keys: BTreeSet<&'a str>,
    found: &'a mut Vec<Finding>,
}

impl<'a> Reader<'a> {
    /// Reads the line at `start`; gives the offset where the next one may start.
    fn line(&mut self, start: usize, line: &'a str) -> usize {
        let end = start + line.len();
        let assignment = line.trim_start();
        if assignment.is_empty() || assignment.starts_with('#') {
            return end;
        }
        let assignment = match assignment.strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
            _ => assignment,
        };
        let key_start = end - assignment.len();
        let Some((key, value)) = assignment.split_once('=') else {
            let text = key_start..key_start + assignment.trim_end().len();
            self.report(&DOTENV_SYNTAX, text, "this line has no `=`", "write `KEY=value`");
            return end;
        };
        self.key(key_start, key);
        let value_start = key_start + key.len() + 1;
        if value.starts_with([' ', '\t']) && !value.trim().is_empty() {
            let space = character_at(self.code, value_start);
            self.report(&DOTENV_SPACES, space, "there is a space after `=`", "remove it");
        }
        let quoted = value.trim_start();
        match quoted.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(end - quoted.len(), quote),
            _ => end,
        }
    }

    fn key(&mut self, start: usize, key: &'a str) {
        let name = key.trim_end();
        let range = start..start + name.len();
        if name.is_empty() {
            let at = character_at(self.code, start);
            self.report(&DOTENV_KEY, at, "there is no name before `=`", "write `KEY=value`");
            return;
        }
        if name.len() < key.len() {
            let space = range.end..start + key.len();
            self.report(&DOTENV_SPACES, space, "there is a space before `=`", "remove it");
        }
        let is_word = name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
        if !is_word || name.starts_with(|first: char| first.is_ascii_digit()) {
            let message = format!("`{name}` is no portable name of a variable");
            let help = "use letters, digits and `_`, and no digit first";
            self.report(&DOTENV_KEY, range, message, help);
        } else if !self.keys.insert(name) {
            let message = format!("`{name}` is set here a second time");
            self.report(&DOTENV_DUPLICATE_KEY, range, message, "remove or rename one of them");
        }
    }

    /// Reads a quoted value; gives the end of its last line.
    fn quoted(&mut self, start: usize, quote: char) -> usize {
        let line_end =
            |from: usize| self.code[from..].find('\n').map_or(self.code.len(), |at| from + at);
        let Some(length) = closing_quote(&self.code[start + 1..], quote) else {
            // To go on after this line finds more than to take the rest as the value.
            let next = line_end(start);
            let message = format!("this `{quote}` is never closed");
            let help = format!("add `{quote}` at the end of the value");
            self.report(&DOTENV_QUOTE, start..start + 1, message, help);
            return next;
        };
        let close = start + 1 + length;
        let end = line_end(close);
        let after = self.code[close + 1..end].trim();
        if !after.is_empty() && !after.starts_with('#') {
            let at = close + 1 + self.code[close + 1..end].find(after).unwrap_or(0);
            let message = "text follows the closing quote";
            self.report(&DOTENV_QUOTE, at..at + after.len(), message, "put it inside the quotes");
        }
        end
    }

    fn report(
        &mut self,
        rule: &'static Rule,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.found.push(Finding::new(rule, range, message).help(help));
    }
}

/// Finds the quote that ends a value; in double quotes `\"` does not.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        if sign == quote && !escaped {
            return Some(at);
        }
        escaped = sign == '\\' && quote == '"' && !escaped;
    }
    None
}
