//! Turns what documentation shows as JSON into JSON of the same meaning.
//!
//! Comments become spaces of the same length, so that positions stay.

use std::ops::Range;

/// How far the text may be from JSON. Each step allows what the one before it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relaxation {
    /// Comments, and a comma after the last element.
    Comments,
    /// `...` for elements or a value.
    Ellipsis,
    /// Members without the braces around them.
    Fragment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comment,
    Ellipsis,
    Comma,
    Colon,
    Open,
    Close,
    Other,
}

struct Token {
    kind: Kind,
    range: Range<usize>,
}

/// Rewrites `code` to plain JSON as far as the relaxation goes.
pub(super) fn relax(code: &str, relaxation: Relaxation) -> String {
    let mut text = code.as_bytes().to_vec();
    let tokens = tokens(code);
    for comment in tokens.iter().filter(|token| token.kind == Kind::Comment) {
        blank(&mut text, comment.range.clone());
    }
    let mut tokens: Vec<Token> =
        tokens.into_iter().filter(|token| token.kind != Kind::Comment).collect();
    if relaxation >= Relaxation::Ellipsis {
        tokens = without_ellipses(tokens, &mut text);
    }
    for pair in tokens.windows(2) {
        if pair[0].kind == Kind::Comma && pair[1].kind == Kind::Close {
            blank(&mut text, pair[0].range.clone());
        }
    }
    let is_fragment = relaxation == Relaxation::Fragment && !tokens.is_empty();
    if is_fragment && tokens.last().is_some_and(|last| last.kind == Kind::Comma) {
        blank(&mut text, tokens[tokens.len() - 1].range.clone());
    }
    let text = String::from_utf8(text).expect("only whole tokens became ASCII");
    if is_fragment { format!("{{{text}}}") } else { text }
}

/// Removes each `...` together with the comma after it, or puts a value or a comma there.
fn without_ellipses(tokens: Vec<Token>, text: &mut [u8]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if token.kind != Kind::Ellipsis {
            kept.push(token);
            continue;
        }
        let start = token.range.start;
        blank(text, token.range.clone());
        let next = tokens.peek().map(|next| next.kind);
        match kept.last().map(|last| last.kind) {
            Some(Kind::Colon) => {
                text[start] = b'0';
                kept.push(Token { kind: Kind::Other, ..token });
            }
            None | Some(Kind::Open | Kind::Comma) => {
                if next == Some(Kind::Comma) {
                    blank(text, tokens.next().map_or(0..0, |comma| comma.range));
                }
            }
            Some(_) if next == Some(Kind::Other) || next == Some(Kind::Open) => {
                text[start] = b',';
                kept.push(Token { kind: Kind::Comma, ..token });
            }
            Some(_) => {}
        }
    }
    kept
}

fn blank(text: &mut [u8], range: Range<usize>) {
    for byte in &mut text[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn tokens(code: &str) -> Vec<Token> {
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
        '"' => return (Some(Kind::Other), string_length(rest)),
        '/' if rest.starts_with("//") => {
            return (Some(Kind::Comment), rest.find(['\n', '\r']).unwrap_or(rest.len()));
        }
        // A comment that is never closed stays, and the parser will refuse it.
        '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
            Some(length) => return (Some(Kind::Comment), length + 4),
            None => return (Some(Kind::Other), rest.len()),
        },
        '.' if rest.starts_with("...") => return (Some(Kind::Ellipsis), 3),
        '…' => Some(Kind::Ellipsis),
        ',' => Some(Kind::Comma),
        ':' => Some(Kind::Colon),
        '[' | '{' => Some(Kind::Open),
        ']' | '}' => Some(Kind::Close),
        white if white.is_whitespace() => None,
        _ => Some(Kind::Other),
    };
    (kind, first.len_utf8())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(relaxation: Relaxation, code: &str, expected: &str) {
        assert_eq!(relax(code, relaxation), expected);
    }

    #[test]
    fn comments_and_trailing_commas_become_spaces() {
        check(Relaxation::Comments, "[1, // ü\n]", "[1       \n]");
        check(Relaxation::Comments, r#"["//", 2,]"#, r#"["//", 2 ]"#);
    }

    #[test]
    fn an_ellipsis_goes_with_its_comma() {
        check(Relaxation::Ellipsis, "[..., 1, ...]", "[     1     ]");
        check(Relaxation::Ellipsis, "[1, …, 2]", "[1,      2]");
        check(Relaxation::Ellipsis, "[1 ... 2]", "[1 ,   2]");
        check(Relaxation::Ellipsis, r#"{"a": ...}"#, r#"{"a": 0  }"#);
    }
}
