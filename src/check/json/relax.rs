//! Turns what documentation shows as JSON into JSON, as far as the chosen tolerances go.
//!
//! Everything becomes spaces or values of the same length, so that positions stay; only the
//! braces around a fragment are added.

mod tokens;

use self::tokens::{Kind, Token, is_type_name, tokens};
use super::Json;
use crate::check::Checker as _;
use crate::check::tolerance::behind::distinct;
use crate::check::tolerance::pieces::{self, SEVERAL_SNIPPETS};
use crate::check::tolerance::{
    ELLIPSIS, PLACEHOLDER, Sample, TEMPLATE, Tolerance, fewest, text, when,
};

/// Comments, and a comma after the last element.
pub(super) static JSON_COMMENTS: Tolerance = Tolerance {
    id: "json-comments",
    summary: "comments or trailing commas, as in JSONC: label the block `jsonc`",
    explanation: "`//`, `/* */`, and a comma after the last element. Programs that read strict JSON refuse them, and a reader \
        cannot tell whether this one does. Label the block `jsonc` when its reader allows them.",
    accepts: Sample { language: "json", code: "{\n  \"a\": 1, // the first\n}" },
    refuses: Sample { language: "json", code: "{\n  \"a\": 1 // the first\n  \"b\": 2\n}" },
};

/// Members alone.
static JSON_FRAGMENT: Tolerance = Tolerance {
    id: "json-fragment",
    summary: "a fragment: members or elements without the brackets around them",
    explanation: "A part of a larger object or list, so that a reader sees only what is new. The brackets are added before it \
        is parsed.",
    accepts: Sample { language: "json", code: "\"scripts\": {\n  \"test\": \"vitest\"\n}" },
    refuses: Sample { language: "json", code: "\"scripts\": {\n  \"test\": \"vitest\"" },
};

/// Types instead of values.
static JSON_TYPES: Tolerance = Tolerance {
    id: "json-types",
    summary: "a value is written as its type, such as `string | null`",
    explanation: "The shape of a message: `string`, `number[]`, `\"open\" | \"closed\"`, and `\"name\"?:` for a member that may be \
        missing. Better is a real message, or a type in a block labelled `ts`.",
    accepts: Sample {
        language: "json",
        code: "{\"state\": \"open\" | \"closed\", \"by\"?: string}",
    },
    refuses: Sample { language: "json", code: "{\"state\": \"open\" | , \"by\"?: string}" },
};

/// What JSON tolerates.
pub(super) static JSON_TOLERANCES: &[&Tolerance] = &[
    &JSON_COMMENTS,
    &ELLIPSIS,
    &TEMPLATE,
    &PLACEHOLDER,
    &JSON_TYPES,
    &JSON_FRAGMENT,
    &SEVERAL_SNIPPETS,
];

/// What JSONC tolerates: comments are part of it.
pub(super) static JSONC_TOLERANCES: &[&Tolerance] =
    &[&ELLIPSIS, &TEMPLATE, &PLACEHOLDER, &JSON_TYPES, &JSON_FRAGMENT, &SEVERAL_SNIPPETS];

/// Finds the fewest of `options` with which nothing at all is wrong; `always` are applied
/// each time.
pub(super) fn tolerate(
    code: &str,
    options: &[&'static Tolerance],
    always: &[&'static Tolerance],
) -> Vec<&'static Tolerance> {
    let plain = relax(code, always);
    let with = |chosen: &[&'static Tolerance]| relax(code, &[always, chosen].concat());
    let changes = |option: &&&'static Tolerance| with(&[**option]) != plain;
    let able: Vec<&'static Tolerance> = options.iter().filter(changes).copied().collect();
    let of_whole = fewest(code, &able, |chosen| when(is_clean(&with(chosen))));
    if !of_whole.is_empty() || !options.contains(&&SEVERAL_SNIPPETS) {
        return of_whole;
    }
    let of_pieces = |pieces: Vec<&str>| several(&pieces, options, always);
    pieces::under_comments(code, "//", |_| true)
        .and_then(of_pieces)
        .or_else(|| pieces::on_lines(code, "//").and_then(of_pieces))
        .unwrap_or_default()
}

/// What must be tolerated so that each piece is whole, if that is possible.
fn several(
    pieces: &[&str],
    options: &[&'static Tolerance],
    always: &[&'static Tolerance],
) -> Option<Vec<&'static Tolerance>> {
    let options: Vec<&'static Tolerance> =
        options.iter().copied().filter(|one| *one != &SEVERAL_SNIPPETS).collect();
    let mut tolerances = vec![&SEVERAL_SNIPPETS];
    for piece in pieces {
        if is_clean(&relax(piece, always)) {
            continue;
        }
        let more = tolerate(piece, &options, always);
        if more.is_empty() {
            return None;
        }
        tolerances
            .extend(more.into_iter().filter(|one| !tolerances.contains(one)).collect::<Vec<_>>());
    }
    Some(tolerances)
}

fn is_clean(text: &str) -> bool {
    let mut found = Vec::new();
    Json.check(text, &mut found);
    found.is_empty()
}

/// The code with each of `options` filled in alone, and with all of them.
pub(super) fn filled(
    code: &str,
    options: &[&'static Tolerance],
    always: &[&'static Tolerance],
) -> Vec<String> {
    let with = |text: &str, chosen: &[&'static Tolerance]| relax(text, &[always, chosen].concat());
    let pieces = pieces::under_comments(code, "//", |_| true).unwrap_or_default();
    let is_broken = |piece: &&&str| several(&[**piece], options, always).is_none();
    let piece = pieces.iter().find(is_broken).map(|piece| pieces::alone(code, piece));
    let whole = with(code, options);
    let alone = options.iter().map(|option| with(code, &[option]));
    let first = piece.map_or(whole, |piece| with(&piece, options));
    distinct(code, [first].into_iter().chain(alone))
}

/// Rewrites `code` to plain JSON as far as the tolerances go.
pub(super) fn relax(code: &str, tolerances: &[&'static Tolerance]) -> String {
    let has = |tolerance: &'static Tolerance| tolerances.contains(&tolerance);
    let code =
        if has(&TEMPLATE) { text::without_templates(code, '1', "") } else { code.to_owned() };
    let mut tokens = tokens(&code);
    let mut text = code.into_bytes();
    if has(&JSON_COMMENTS) {
        for comment in tokens.iter().filter(|token| token.kind == Kind::Comment) {
            blank(&mut text, comment.range.clone());
        }
        tokens.retain(|token| token.kind != Kind::Comment);
    }
    if has(&TEMPLATE) {
        fill(&mut text, &mut tokens, |kind| kind == Kind::Variable);
        tokens = without_braced_names(tokens, &mut text);
    }
    if has(&PLACEHOLDER) {
        fill(&mut text, &mut tokens, |kind| kind == Kind::Placeholder);
    }
    if has(&ELLIPSIS) {
        tokens = without_ellipses(tokens, &mut text);
    }
    if has(&JSON_TYPES) {
        tokens = without_types(tokens, &mut text);
    }
    if has(&JSON_COMMENTS) || has(&ELLIPSIS) {
        for three in tokens.windows(3) {
            let is_value = matches!(
                three[0].kind,
                Kind::Text | Kind::Other | Kind::Close | Kind::Placeholder | Kind::Variable
            );
            if is_value && three[1].kind == Kind::Comma && three[2].kind == Kind::Close {
                blank(&mut text, three[1].range.clone());
            }
        }
    }
    let fragment = if has(&JSON_FRAGMENT) { brackets_around(&tokens, &text) } else { None };
    if fragment.is_some() && tokens.last().is_some_and(|last| last.kind == Kind::Comma) {
        blank(&mut text, tokens[tokens.len() - 1].range.clone());
    }
    let text = String::from_utf8(text).expect("only whole tokens became ASCII");
    match fragment {
        Some((open, close)) => format!("{open}{text}\n{close}"),
        None => text,
    }
}

/// What is missing around members, or around elements with a comma between them.
fn brackets_around(tokens: &[Token], text: &[u8]) -> Option<(char, char)> {
    let mut depth = 0_usize;
    let mut elements = None;
    let visible = tokens.iter().filter(|token| token.kind != Kind::Comment);
    for (number, token) in visible.enumerate() {
        match token.kind {
            Kind::Colon if number == 1 => return Some(('{', '}')),
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1)?,
            Kind::Comma if depth == 0 => elements = Some(('[', ']')),
            Kind::Colon if depth == 0 => return None,
            _ => {}
        }
    }
    // A comma alone behind a value is a slip.
    let commas = tokens.iter().filter(|token| text[token.range.start] == b',').count();
    elements.filter(|_| commas > 1 || tokens.last().is_some_and(|last| last.kind != Kind::Comma))
}

/// Makes values of the tokens of a kind.
fn fill(text: &mut [u8], tokens: &mut [Token], is_wanted: impl Fn(Kind) -> bool) {
    for token in tokens.iter_mut().filter(|token| is_wanted(token.kind)) {
        set_value(text, token);
    }
}

/// Puts a number in place of a token.
fn set_value(text: &mut [u8], token: &mut Token) {
    blank(text, token.range.clone());
    text[token.range.start] = b'0';
    token.kind = Kind::Other;
}

/// Puts one value for each `{name}`: an object has a colon or nothing.
fn without_braced_names(tokens: Vec<Token>, text: &mut [u8]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    for token in tokens {
        kept.push(token);
        let [.., open, name, close] = kept.as_slice() else { continue };
        let is_word = matches!(name.kind, Kind::Other | Kind::Placeholder)
            && text[name.range.start].is_ascii_alphabetic();
        if is_word
            && (text[open.range.start], text[close.range.start]) == (b'{', b'}')
            && open.range.end == name.range.start
            && name.range.end == close.range.start
        {
            let range = open.range.start..close.range.end;
            kept.truncate(kept.len() - 3);
            let mut value = Token { kind: Kind::Other, range };
            set_value(text, &mut value);
            kept.push(value);
        }
    }
    kept
}

/// Removes each `...` together with the comma after it, or puts a value or a comma there.
fn without_ellipses(tokens: Vec<Token>, text: &mut [u8]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut token = tokens[at].clone();
        at += 1;
        if token.kind != Kind::Ellipsis {
            kept.push(token);
            continue;
        }
        blank(text, token.range.clone());
        if matches!(kept.last(), None | Some(Token { kind: Kind::Open | Kind::Comma, .. })) {
            for remark in &tokens[at..at + remark_length(&tokens[at..], text)] {
                blank(text, remark.range.clone());
                at += 1;
            }
        }
        let next = tokens.get(at).map(|next| next.kind);
        match kept.last().map(|last| last.kind) {
            Some(Kind::Colon) => {
                set_value(text, &mut token);
                kept.push(token);
            }
            None | Some(Kind::Open | Kind::Comma) => {
                if next == Some(Kind::Comma) {
                    blank(text, tokens[at].range.clone());
                    at += 1;
                }
            }
            Some(_) if matches!(next, Some(Kind::Other | Kind::Text | Kind::Open)) => {
                text[token.range.start] = b',';
                kept.push(Token { kind: Kind::Comma, ..token });
            }
            Some(_) => {}
        }
    }
    kept
}

/// More words are no remark.
const MOST_WORDS: usize = 16;

/// How many tokens after a `...` are words that say what was left out, if an element ends there.
fn remark_length(tokens: &[Token], text: &[u8]) -> usize {
    let is_remark = |token: &&Token| match token.kind {
        Kind::Ellipsis => true,
        Kind::Other => text[token.range.clone()].iter().all(u8::is_ascii_alphabetic),
        _ => false,
    };
    let length = tokens.iter().take(MOST_WORDS).take_while(is_remark).count();
    match tokens.get(length).map(|token| token.kind) {
        None | Some(Kind::Close | Kind::Comma) => length,
        _ => 0,
    }
}

/// Puts one value for each type: for a name of a type, and for choices between `|`.
fn without_types(tokens: Vec<Token>, text: &mut [u8]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let before = kept.last().map(|token| token.kind);
        let is_optional = tokens[at].kind == Kind::Question
            && before == Some(Kind::Text)
            && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Colon);
        let length = match before {
            Some(Kind::Colon | Kind::Comma | Kind::Open) => type_length(&tokens[at..], text),
            _ => 0,
        };
        if is_optional {
            blank(text, tokens[at].range.clone());
            at += 1;
        } else if length > 0 {
            let range = tokens[at].range.start..tokens[at + length - 1].range.end;
            let mut token = Token { kind: Kind::Other, range };
            set_value(text, &mut token);
            kept.push(token);
            at += length;
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// How many tokens make up the type at the front; 0 when it is none, or one plain value.
fn type_length(tokens: &[Token], text: &[u8]) -> usize {
    let name = |token: &Token| String::from_utf8_lossy(&text[token.range.clone()]).into_owned();
    let mut length = 0;
    let mut is_type = false;
    loop {
        let Some(token) = tokens.get(length) else { return 0 };
        match token.kind {
            Kind::Text => {}
            Kind::Other => is_type |= is_type_name(&name(token)),
            _ => return 0,
        }
        length += 1;
        let brackets = (tokens.get(length), tokens.get(length + 1));
        if let (Some(Token { kind: Kind::Open, .. }), Some(Token { kind: Kind::Close, .. })) =
            brackets
            && is_type
        {
            length += 2;
        }
        if tokens.get(length).is_none_or(|next| next.kind != Kind::Bar) {
            return if is_type { length } else { 0 };
        }
        is_type = true;
        length += 1;
    }
}

fn blank(text: &mut [u8], range: std::ops::Range<usize>) {
    for byte in &mut text[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tolerances: &[&'static Tolerance], code: &str, expected: &str) {
        assert_eq!(relax(code, tolerances), expected);
    }

    #[test]
    fn comments_and_trailing_commas_become_spaces() {
        check(&[&JSON_COMMENTS], "[1, // ü\n]", "[1       \n]");
        check(&[&JSON_COMMENTS], r#"["//", 2,]"#, r#"["//", 2 ]"#);
    }

    #[test]
    fn an_ellipsis_goes_with_its_comma() {
        check(&[&ELLIPSIS], "[..., 1, ...]", "[     1     ]");
        check(&[&ELLIPSIS], "[1, …, 2]", "[1,      2]");
        check(&[&ELLIPSIS], "[1 ... 2]", "[1 ,   2]");
        check(&[&ELLIPSIS], r#"{"a": ...}"#, r#"{"a": 0  }"#);
        check(&[&ELLIPSIS], "[1, ...more]", "[1         ]");
        check(&[&ELLIPSIS], "[{ ... an item ... }]", "[{                 }]");
        check(&[&ELLIPSIS], r#"[... "a" b]"#, r#"[    "a" b]"#);
    }

    #[test]
    fn types_become_one_value() {
        check(&[&JSON_TYPES], r#"{"a": string | null}"#, r#"{"a": 0            }"#);
        check(&[&JSON_TYPES], r#"[number[]]"#, r#"[0       ]"#);
        check(&[&JSON_TYPES], r#"["a"|1, true]"#, r#"[0    , true]"#);
        check(&[&JSON_TYPES], r#"{"a"?: nonsense}"#, r#"{"a" : nonsense}"#);
    }
}
