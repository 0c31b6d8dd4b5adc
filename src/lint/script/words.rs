//! Cuts the words of a shell script: quotes, expansions, and the commands in `$(…)`.

use std::mem;

use super::reader::Reader;
use super::{Expansion, ExpansionKind, Word, is_name};

/// How deep `$(…)`, `${…}` and arrays may nest before it is taken as text.
const MAX_DEPTH: usize = 32;

impl Reader<'_> {
    /// The length of a `<placeholder>`, which documentation has and a shell has not.
    pub(super) fn placeholder(&self) -> Option<usize> {
        let inner = self.text[self.at..self.end].strip_prefix('<')?;
        let length =
            inner.find(['>', '\n', '<', '$']).filter(|end| inner[*end..].starts_with('>'))?;
        let inner = &inner[..length];
        let is_placeholder = inner.starts_with(|first: char| first.is_ascii_alphabetic())
            && inner.ends_with(|last: char| last.is_ascii_alphanumeric())
            && inner.chars().all(|next| next.is_ascii_alphanumeric() || " _-./:".contains(next));
        is_placeholder.then_some(length + 2)
    }

    pub(super) fn word(&mut self) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b')' => break,
                b'(' if is_assignment(&word.text) && self.depth < MAX_DEPTH => {
                    self.depth += 1;
                    self.array(&mut word);
                    self.depth -= 1;
                }
                b'(' => break,
                b'<' | b'>' if self.peek_at(1) == Some(b'(') => self.nested(2, b')', &mut word),
                b'<' | b'>' => match self.placeholder() {
                    Some(length) => self.push(length, &mut word),
                    None => break,
                },
                b'\'' => self.single_quotes(&mut word),
                b'"' => self.double_quotes(&mut word),
                b'\\' => {
                    self.at += 1;
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    } else {
                        self.push_character(&mut word);
                    }
                }
                b'`' if self.backquotes > 0 => break,
                b'`' => self.nested(1, b'`', &mut word),
                b'$' if self.starts_with("$'") => self.ansi_quotes(&mut word),
                b'$' => self.dollar(&mut word),
                _ => self.push_character(&mut word),
            }
        }
        word.range = start..self.at;
        word
    }

    fn push(&mut self, length: usize, word: &mut Word) {
        let end = (self.at + length).min(self.end);
        word.text.push_str(&self.text[self.at..end]);
        self.at = end;
    }

    fn push_character(&mut self, word: &mut Word) {
        let start = self.at;
        self.skip_character();
        word.text.push_str(&self.text[start..self.at]);
    }

    /// Reads `(a b)` behind `NAME=` into the value.
    fn array(&mut self, word: &mut Word) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b')' => {
                    self.at += 1;
                    return;
                }
                b'#' => self.skip_line(),
                _ => {
                    let item = self.word();
                    if item.range.is_empty() {
                        self.skip_character();
                        continue;
                    }
                    word.text.push_str(&item.text);
                    word.text.push(' ');
                    word.expansions.extend(item.expansions);
                }
            }
        }
    }

    fn single_quotes(&mut self, word: &mut Word) {
        self.at += 1;
        let length = self.text[self.at..self.end].find('\'').unwrap_or(self.end - self.at);
        self.push(length, word);
        self.at = (self.at + 1).min(self.end);
    }

    fn ansi_quotes(&mut self, word: &mut Word) {
        self.at += 2;
        while let Some(byte) = self.peek() {
            if byte == b'\'' {
                self.at += 1;
                return;
            }
            if byte == b'\\' {
                self.at += 1;
            }
            self.push_character(word);
        }
    }

    fn double_quotes(&mut self, word: &mut Word) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            if byte == b'"' {
                self.at += 1;
                return;
            }
            if byte == b'`' && self.backquotes > 0 {
                return;
            }
            self.quoted_character(byte, word);
        }
    }

    /// Reads what double quotes and here-documents have in common.
    pub(super) fn quoted_character(&mut self, byte: u8, word: &mut Word) {
        match byte {
            b'\\' if matches!(self.peek_at(1), Some(b'$' | b'`' | b'"' | b'\\' | b'\n')) => {
                self.at += 1;
                if self.peek() == Some(b'\n') { self.at += 1 } else { self.push_character(word) }
            }
            b'`' if self.backquotes == 0 => self.nested(1, b'`', word),
            b'$' => self.dollar(word),
            _ => self.push_character(word),
        }
    }

    /// Reads the commands of a substitution whose opening has `length` bytes.
    fn nested(&mut self, length: usize, closer: u8, word: &mut Word) {
        if self.depth == MAX_DEPTH {
            self.push_character(word);
            return;
        }
        let start = self.at;
        self.at += length;
        self.depth += 1;
        // Inside `$(…)` a backquote opens; inside backquotes it closes.
        let backquotes = mem::replace(&mut self.backquotes, usize::from(closer == b'`'));
        self.commands(Some(closer));
        self.backquotes = backquotes;
        self.depth -= 1;
        self.expansion(start, ExpansionKind::Command, word);
    }

    fn expansion(&mut self, start: usize, kind: ExpansionKind, word: &mut Word) {
        word.text.push_str(&self.text[start..self.at]);
        word.expansions.push(Expansion { range: start..self.at, kind });
    }

    fn dollar(&mut self, word: &mut Word) {
        let start = self.at;
        if self.starts_with("$((") {
            self.at += 1;
            self.skip_parentheses();
            word.text.push_str(&self.text[start..self.at]);
            return;
        }
        match self.peek_at(1) {
            Some(b'(') => self.nested(2, b')', word),
            Some(b'{') if self.depth < MAX_DEPTH => {
                self.depth += 1;
                self.braces(word);
                self.depth -= 1;
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.at += 1;
                let name = self.name();
                let kind = ExpansionKind::Variable { name, operator: String::new() };
                self.expansion(start, kind, word);
            }
            _ => self.push_character(word),
        }
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.at += 1;
        }
        self.text[start..self.at].to_owned()
    }

    fn braces(&mut self, word: &mut Word) {
        let start = self.at;
        self.at += 2;
        let mut name = String::new();
        if matches!(self.peek(), Some(b'#' | b'!')) {
            name.push_str(&self.text[self.at..=self.at]);
            self.at += 1;
        }
        name.push_str(&self.name());
        let operator = self.at;
        let mut inner = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'}' => break,
                b'\'' => self.single_quotes(&mut inner),
                b'"' => self.double_quotes(&mut inner),
                _ => self.quoted_character(byte, &mut inner),
            }
        }
        let operator = self.text[operator..self.at].to_owned();
        self.at = (self.at + 1).min(self.end);
        self.expansion(start, ExpansionKind::Variable { name, operator }, word);
        word.expansions.append(&mut inner.expansions);
    }

    pub(super) fn skip_parentheses(&mut self) {
        let mut depth = 0;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
}

fn is_assignment(text: &str) -> bool {
    let name = text.strip_suffix('=');
    name.is_some_and(|name| is_name(name.trim_end_matches('+')))
}
