//! Says what is wrong with a script, in words and at the exact place.
//!
//! Positions of `brush-parser` count characters; those of findings count bytes.

use brush_parser::{ParseError, Token, TokenizerError};

use super::BASH_SYNTAX;
use super::blocks::{Block, Blocks};
use super::expansion;
use crate::check::character_at;
use crate::diagnostic::Finding;
use crate::value::yaml::Cursor;

/// A script that does not parse, and what is known about it.
pub(super) struct Script<'a> {
    pub(super) code: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) blocks: &'a Blocks,
}

/// Says which part of a word is never closed.
pub(super) fn token_finding(code: &str, error: &TokenizerError) -> Finding {
    let mut cursor = Cursor::new(code);
    let (at, message) = match error {
        TokenizerError::UnterminatedSingleQuote(at)
        | TokenizerError::UnterminatedDoubleQuote(at)
        | TokenizerError::UnterminatedBackquote(at) => {
            let at = cursor.byte(at.index);
            let quote = &code[character_at(code, at)];
            (at, format!("this {} is never closed", quoted(quote)))
        }
        TokenizerError::UnterminatedAnsiCQuote(at) => {
            (cursor.byte(at.index), "this `$'` is never closed".to_owned())
        }
        TokenizerError::UnterminatedHereDocuments(tags, _) => return here_document(code, tags),
        TokenizerError::UnterminatedEscapeSequence => {
            (code.trim_end().len().saturating_sub(1), "nothing follows this `\\`".to_owned())
        }
        error => match expansion::unclosed(code) {
            Some((at, opener)) => (at, format!("this `{opener}` is never closed")),
            None => (code.len(), error.to_string()),
        },
    };
    let help = match error {
        TokenizerError::UnterminatedEscapeSequence => "remove it, or write what it stands before",
        _ => "close it, or put it into other quotes where it is meant as text",
    };
    Finding::new(&BASH_SYNTAX, character_at(code, at), message).help(help)
}

/// Points at the `<<` whose end line is missing.
fn here_document(code: &str, tags: &str) -> Finding {
    let tag = tags.split(", ").next().unwrap_or_default();
    let starts = code.match_indices("<<").map(|(at, _)| at);
    let is_this = |at: &usize| code[at + 2..].trim_start_matches(['-', ' ']).starts_with(tag);
    let at = starts.filter(is_this).last().unwrap_or(code.len());
    let name = tag.trim_matches(['\'', '"', '\\']);
    let message = format!("this here-document is never closed by a line `{name}`");
    Finding::new(&BASH_SYNTAX, character_at(code, at), message)
        .help("put the word on a line of its own, without spaces around it")
}

fn quoted(text: &str) -> String {
    if text == "`" { "`` ` ``".to_owned() } else { format!("`{text}`") }
}

impl Script<'_> {
    /// Says what is wrong, and where.
    pub(super) fn finding(&self, error: &ParseError) -> Finding {
        let near = match error {
            ParseError::ParsingNear(position) => {
                let is_near = |token: &Token| token.location().start.index >= position.index;
                self.tokens.iter().position(is_near)
            }
            _ => None,
        };
        let comes_first = |token: usize| near.is_none_or(|near| token <= near);
        if let Some(empty) = self.blocks.empty.filter(|empty| comes_first(*empty)) {
            return self.empty(empty);
        }
        if let Some((stray, block)) = self.blocks.stray.filter(|(stray, _)| comes_first(*stray)) {
            return self.stray(stray, block);
        }
        if let Some(near) = near {
            // The parser may take `a b (c` for a function and miss its body in the end.
            let paren = self.blocks.paren_in_words.filter(|_| self.is_newline(near));
            return self.unexpected(paren.unwrap_or(near));
        }
        match self.blocks.unclosed.last() {
            Some(block) => self.unclosed(*block),
            None => self.end(),
        }
    }

    fn stray(&self, token: usize, block: Option<Block>) -> Finding {
        let text = self.tokens[token].to_str();
        match block {
            None => self
                .at(token, format!("`{text}` closes or continues nothing"))
                .help("remove it, or write the line that it belongs to"),
            Some(block) => {
                let closer = block.opener.closer();
                let finding = self.at(token, format!("`{text}` stands here before a `{closer}`"));
                finding.help(format!("close the {} first", self.name(block)))
            }
        }
    }

    fn unexpected(&self, token: usize) -> Finding {
        match self.tokens[token].to_str() {
            "\n" => self
                .at(token, "the line ends too early".to_owned())
                .help("write the rest of the command on this line"),
            text => {
                let text = text.lines().next().unwrap_or_default();
                let finding = self.at(token, format!("{} is unexpected here", quoted(text)));
                if matches!(text, "(" | ")") {
                    return finding.help("quote the word if it is meant as text");
                }
                finding.help("remove it, or put a command before it")
            }
        }
    }

    fn unclosed(&self, block: Block) -> Finding {
        let closer = block.opener.closer();
        let text = self.tokens[block.token].to_str();
        self.at(block.token, format!("this `{text}` is never closed by `{closer}`"))
            .help(format!("add `{closer}` where it ends"))
    }

    /// Everything is closed, so the last command has no end, or there is none where one must be.
    fn end(&self) -> Finding {
        match self.tokens.iter().rposition(|token| token.to_str() != "\n") {
            Some(last) => {
                let text = self.tokens[last].to_str();
                self.at(last, format!("something must follow {}", quoted(text)))
                    .help("write the command that belongs there")
            }
            None => Finding::new(&BASH_SYNTAX, 0..0, "the script ends too early")
                .help("write a command"),
        }
    }

    fn empty(&self, token: usize) -> Finding {
        let text = self.tokens[token].to_str();
        self.at(token, format!("there is no command before this `{text}`"))
            .help("write one: `:` does nothing")
    }

    fn is_newline(&self, token: usize) -> bool {
        self.tokens[token].to_str() == "\n"
    }

    fn name(&self, block: Block) -> String {
        let location = self.tokens[block.token].location();
        format!("`{}` of line {}", self.tokens[block.token].to_str(), location.start.line)
    }

    fn at(&self, token: usize, message: String) -> Finding {
        let location = self.tokens[token].location();
        let mut cursor = Cursor::new(self.code);
        let start = cursor.byte(location.start.index);
        let end = cursor.byte(location.end.index).max(start);
        let line = self.code[start..end].lines().next().unwrap_or_default();
        let range = match line.len() {
            0 => character_at(self.code, start),
            length => start..start + length,
        };
        Finding::new(&BASH_SYNTAX, range, message)
    }
}
