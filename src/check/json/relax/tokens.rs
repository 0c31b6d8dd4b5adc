//! Cuts what looks like JSON into tokens, whatever it is.

use std::ops::Range;

use crate::check::tolerance::text::placeholder_length;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Comment,
    Ellipsis,
    Comma,
    Colon,
    Question,
    Bar,
    Open,
    Close,
    /// `<host>` or `YOUR_HOST`.
    Placeholder,
    /// `$HOST` or `${HOST}`.
    Variable,
    /// A string.
    Text,
    /// A word, a number, or a sign that JSON does not know.
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// Tells whether a word names a type rather than a value.
pub(super) fn is_type_name(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "string"
            | "str"
            | "text"
            | "number"
            | "integer"
            | "int"
            | "float"
            | "double"
            | "long"
            | "boolean"
            | "bool"
            | "object"
            | "array"
            | "any"
            | "unknown"
            | "date"
            | "datetime"
            | "timestamp"
            | "uuid"
            | "url"
    )
}

/// Every token of `code`.
pub(super) fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(next) = code[at..].chars().next() {
        let (kind, length) = token(&code[at..], next);
        if let Some(kind) = kind {
            tokens.push(Token { kind, range: at..at + length });
        }
        at += length;
    }
    tokens
}

/// The kind and length of the token that `rest` starts with; no kind for white space.
fn token(rest: &str, first: char) -> (Option<Kind>, usize) {
    let kind = match first {
        '"' => return (Some(Kind::Text), string_length(rest)),
        '/' if rest.starts_with("//") => {
            return (Some(Kind::Comment), rest.find(['\n', '\r']).unwrap_or(rest.len()));
        }
        // A comment that is never closed stays, and the parser will refuse it.
        '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
            Some(length) => return (Some(Kind::Comment), length + 4),
            None => return (Some(Kind::Other), rest.len()),
        },
        '.' if rest.starts_with("...") => return (Some(Kind::Ellipsis), 3),
        '<' => match placeholder_length(rest) {
            Some(length) => return (Some(Kind::Placeholder), length),
            None => Some(Kind::Other),
        },
        '$' => match variable_length(rest) {
            Some(length) => return (Some(Kind::Variable), length),
            None => Some(Kind::Other),
        },
        '…' => Some(Kind::Ellipsis),
        ',' => Some(Kind::Comma),
        ':' => Some(Kind::Colon),
        '?' => Some(Kind::Question),
        '|' => Some(Kind::Bar),
        '[' | '{' => Some(Kind::Open),
        ']' | '}' => Some(Kind::Close),
        white if white.is_whitespace() => None,
        letter if letter.is_ascii_alphanumeric() => {
            let length = word_length(rest);
            let word = &rest[..length];
            let is_name = is_loud(word) && (word.contains('_') || is_unknown(word));
            return (Some(if is_name { Kind::Placeholder } else { Kind::Other }), length);
        }
        _ => Some(Kind::Other),
    };
    (kind, first.len_utf8())
}

fn word_length(rest: &str) -> usize {
    rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(rest.len())
}

fn is_loud(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && !word.contains(|sign: char| sign.is_ascii_lowercase())
}

/// Tells whether a word is `N` or `XXX`, which stands for a number.
fn is_unknown(word: &str) -> bool {
    word.bytes().all(|letter| letter.is_ascii_uppercase() && letter == word.as_bytes()[0])
}

/// The bytes of the `$NAME` or `${NAME}` at the front.
fn variable_length(rest: &str) -> Option<usize> {
    match rest[1..].strip_prefix('{') {
        Some(inside) => {
            let length = word_length(inside);
            inside[length..].starts_with('}').then_some(length + 3)
        }
        None => Some(1 + word_length(&rest[1..])).filter(|length| *length > 1),
    }
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            // A string ends with its line at the latest, so that one lost quote does not
            // hide a comment below.
            b'\n' => return at,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    rest.len()
}
