//! Gives a word to here-documents without one: where such a `<<` stands in `$( … )`, the tokenizer of
//! `brush-parser` 0.4 panics, or fills the memory.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::BASH_SYNTAX;
use crate::check::character_at;
use crate::diagnostic::Finding;

/// A `<<` with the white space and the empty quotes behind it; and `<<<`, which is another sign.
static HERE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"<<<|(<<-?)((?:[ \t\r\x0b\x0c]|\\\n)*)((?:''|"")*)"#;
    Regex::new(pattern).expect("the expression is valid")
});

/// The word that is put in. In arithmetic, where `<<` shifts, it is a number.
const WORD: &str = "0";

/// Code in which every here-document has a word.
pub(super) struct Named<'a> {
    pub(super) text: Cow<'a, str>,
    /// The signs that words were put behind, in the text before it, and how long these are.
    put: Vec<(Range<usize>, usize)>,
}

/// Puts a word behind each `<<` that lacks one.
pub(super) fn name(code: &str) -> Named<'_> {
    let is_nested = ["$(", "${", "$["].iter().any(|opener| code.contains(opener));
    if !is_nested || !code.contains("<<") {
        return Named { text: Cow::Borrowed(code), put: Vec::new() };
    }
    let (mut text, mut copied, mut put) = (String::new(), 0, Vec::new());
    for found in HERE.captures_iter(code) {
        let (Some(sign), Some(blank), Some(quotes)) = (found.get(1), found.get(2), found.get(3))
        else {
            continue;
        };
        let next = code[quotes.end()..].chars().next();
        let ends_word = next.is_none_or(|next| "|&;<>()\n".contains(next));
        let ends_quotes = ends_word || next.is_some_and(|next| " \t\r\x0b\x0c\\".contains(next));
        // What the tokenizer takes for a word, and then takes away.
        let is_odd = blank.as_str().contains(['\r', '\x0b', '\x0c']);
        // To bash empty quotes are a word, which the tokenizer knows outside of `$( … )`.
        let is_empty = match quotes.is_empty() {
            true => ends_word,
            false => ends_quotes && !is_balanced(&code[..sign.start()]),
        };
        if is_empty || is_odd {
            let word = if next == Some('(') { "0|" } else { WORD };
            text.push_str(&code[copied..sign.end()]);
            text.push_str(word);
            copied = sign.end();
            put.push((sign.range(), word.len()));
        }
    }
    text.push_str(&code[copied..]);
    Named { text: Cow::Owned(text), put }
}

/// Tells whether a text closes as many brackets as it opens.
fn is_balanced(text: &str) -> bool {
    let count = |sign: char| text.matches(sign).count();
    count('(') == count(')') && count('{') == count('}')
}

impl Named<'_> {
    /// Places what was found in the text in the code that it was made of.
    pub(super) fn place(&self, finding: Finding, code: &str) -> Finding {
        let Some((sign, _)) = self.put.first() else { return finding };
        if finding.message.contains("here-document") {
            let message = "this here-document has no word that ends it";
            let found = Finding::new(&BASH_SYNTAX, sign.clone(), message);
            return found.help("write a word behind it, and that word on a line of its own");
        }
        let range = self.before(finding.range.start)..self.before(finding.range.end);
        let range = if range.is_empty() { character_at(code, range.start) } else { range };
        Finding { range, ..finding }
    }

    /// Where a place of the text was before words were put in.
    fn before(&self, at: usize) -> usize {
        let mut at = at;
        for (sign, length) in &self.put {
            if at > sign.end {
                at -= (*length).min(at - sign.end);
            }
        }
        at
    }
}
