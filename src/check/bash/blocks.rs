//! Follows the blocks of a script through its tokens: `if … fi`, `{ … }`, `( … )`.
//!
//! `brush-parser` cannot say what is unclosed at the end of the input, does not know
//! `select` nor a loop with braces, and takes exponential time in nested parentheses.
//! This walk answers all three before the parser runs. It decides nothing about validity.

use brush_parser::Token;

/// What opens a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    If,
    /// `for` and `select`, before the `do`; it may be a `{` as well.
    For,
    /// `while` and `until`, before the `do`.
    While,
    /// A loop after its `do`.
    LoopBody,
    Case,
    Brace,
    /// The `{` of a loop without `do`.
    LoopBrace,
    Paren,
    Test,
}

/// An opened block and its first token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) opener: Opener,
    pub(super) token: usize,
}

/// What a walk over all tokens found.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Blocks that were never closed, the outer one first.
    pub(super) unclosed: Vec<Block>,
    /// The first token that closes nothing, and the block that was open there.
    pub(super) stray: Option<(usize, Option<Block>)>,
    /// How deep parentheses and `case` were nested; a `case` counts twice.
    pub(super) most_parens: usize,
    /// A word that ends a block which has no command.
    pub(super) empty: Option<usize>,
    /// A `(` after an argument.
    pub(super) paren_in_words: Option<usize>,
    /// Tokens to rename, because the parser knows only the other spelling.
    pub(super) renames: Vec<(usize, &'static str)>,
    at_command: bool,
    at_pattern: bool,
}

impl Opener {
    /// The word that closes the block.
    pub(super) fn closer(self) -> &'static str {
        match self {
            Self::If => "fi",
            Self::For | Self::While | Self::LoopBody => "done",
            Self::Case => "esac",
            Self::Brace | Self::LoopBrace => "}",
            Self::Paren => ")",
            Self::Test => "]]",
        }
    }
}

/// Walks over the tokens of a script.
pub(super) fn walk(tokens: &[Token]) -> Blocks {
    let mut blocks = Blocks { at_command: true, ..Blocks::default() };
    for (index, token) in tokens.iter().enumerate() {
        if blocks.stray.is_some() {
            blocks.count_parens(&tokens[index..]);
            break;
        }
        match token {
            Token::Operator(text, _) => {
                if text == "(" && is_argument(&tokens[..index]) && !blocks.at_pattern {
                    blocks.paren_in_words.get_or_insert(index);
                }
                blocks.operator(text, index);
            }
            Token::Word(text, _) => {
                let before = index.checked_sub(2).map(|before| tokens[before].to_str());
                if matches!(text.as_str(), "fi" | "done" | "else" | "elif" | "}")
                    && blocks.at_command
                    && is_opening(&tokens[..index])
                {
                    blocks.empty.get_or_insert(index);
                }
                blocks.word(text, index, before);
            }
        }
    }
    blocks
}

/// Tells whether patterns such as `*(a)` stand in `[[ … ]]` only.
pub(super) fn has_patterns_only_in_tests(tokens: &[Token]) -> bool {
    let mut in_test = false;
    for token in tokens {
        match token.to_str() {
            "[[" => in_test = true,
            "]]" => in_test = false,
            text if in_test || matches!(token, Token::Operator(..)) || !text.contains('(') => {}
            text => {
                if ["@(", "!(", "?(", "+(", "*("].iter().any(|pattern| text.contains(pattern)) {
                    return false;
                }
            }
        }
    }
    true
}

/// Tells whether the tokens end with a command's argument.
fn is_argument(before: &[Token]) -> bool {
    match before {
        [.., Token::Word(first, _), Token::Word(last, _)] => {
            first != "function" && !last.ends_with('=')
        }
        _ => false,
    }
}

/// Tells whether the tokens end with a word that a command must follow.
fn is_opening(before: &[Token]) -> bool {
    let last = before.iter().rev().map(Token::to_str).find(|text| *text != "\n");
    matches!(last, Some("then" | "do" | "else" | "{"))
}

impl Blocks {
    fn top(&self) -> Option<Opener> {
        self.unclosed.last().map(|block| block.opener)
    }

    /// Counts the parentheses behind a stray word: the parser tries all of them nevertheless.
    fn count_parens(&mut self, tokens: &[Token]) {
        let mut parens = self.parens();
        for token in tokens {
            match token.to_str() {
                "(" => parens += 1,
                ")" => parens = parens.saturating_sub(1),
                "case" => parens += 2,
                "esac" => parens = parens.saturating_sub(2),
                _ => {}
            }
            self.most_parens = self.most_parens.max(parens);
        }
    }

    /// How deep parentheses and `case` are nested here.
    fn parens(&self) -> usize {
        let weight = |block: &Block| match block.opener {
            Opener::Paren => 1,
            Opener::Case => 2,
            _ => 0,
        };
        self.unclosed.iter().map(weight).sum()
    }

    fn open(&mut self, opener: Opener, token: usize) {
        self.unclosed.push(Block { opener, token });
        if matches!(opener, Opener::Paren | Opener::Case) {
            self.most_parens = self.most_parens.max(self.parens());
        }
    }

    fn close(&mut self, openers: &[Opener], token: usize) {
        match self.unclosed.last() {
            Some(block) if openers.contains(&block.opener) => {
                self.unclosed.pop();
            }
            block => self.stray = Some((token, block.copied())),
        }
    }

    fn operator(&mut self, text: &str, index: usize) {
        if self.top() == Some(Opener::Test) {
            return;
        }
        match text {
            "(" if self.at_pattern => {}
            "(" => self.open(Opener::Paren, index),
            ")" if self.top() == Some(Opener::Case) => self.at_pattern = false,
            ")" => self.close(&[Opener::Paren], index),
            // The tokenizer takes the two semicolons of `for ((;;))` for the end of a case.
            ";;" if self.top() == Some(Opener::Paren) => self.renames.push((index, "; ;")),
            ";;" | ";&" | ";;&" => self.at_pattern = true,
            _ => {}
        }
        // After a redirection comes a file name.
        self.at_command = !text.contains(['<', '>']);
    }

    fn word(&mut self, text: &str, index: usize, before: Option<&str>) {
        if self.top() == Some(Opener::Test) {
            if text == "]]" {
                self.unclosed.pop();
            }
            return;
        }
        if self.at_pattern && text != "esac" {
            return;
        }
        if !self.at_command {
            match (before, text) {
                (Some("case"), "in") if self.top() == Some(Opener::Case) => self.at_pattern = true,
                (Some("function" | "coproc"), "{") => self.open_brace(index),
                (Some("for" | "select"), "do") => self.start_loop_body(index),
                _ => return,
            }
            self.at_command = true;
            return;
        }
        self.at_command = self.keyword(text, index);
    }

    /// Follows a word where a command may start; tells whether another may follow.
    fn keyword(&mut self, text: &str, index: usize) -> bool {
        match text {
            "if" => self.open(Opener::If, index),
            "while" | "until" => self.open(Opener::While, index),
            "for" => self.open(Opener::For, index),
            "select" => {
                self.renames.push((index, "for"));
                self.open(Opener::For, index);
            }
            "case" => self.open(Opener::Case, index),
            "[[" => self.open(Opener::Test, index),
            "{" => self.open_brace(index),
            "do" => self.start_loop_body(index),
            "then" | "elif" | "else" if self.top() != Some(Opener::If) => {
                self.stray = Some((index, self.unclosed.last().copied()));
            }
            "fi" => self.close(&[Opener::If], index),
            "done" => self.close(&[Opener::LoopBody], index),
            "esac" => {
                self.close(&[Opener::Case], index);
                self.at_pattern = false;
            }
            "}" => self.close_brace(index),
            "then" | "elif" | "else" | "!" | "time" => {}
            _ => return false,
        }
        !matches!(text, "for" | "select" | "case")
    }

    fn start_loop_body(&mut self, index: usize) {
        match self.unclosed.last_mut() {
            Some(block) if matches!(block.opener, Opener::For | Opener::While) => {
                block.opener = Opener::LoopBody;
            }
            block => self.stray = Some((index, block.map(|block| *block))),
        }
    }

    fn open_brace(&mut self, index: usize) {
        if self.top() == Some(Opener::For) {
            self.renames.push((index, "do"));
            self.open(Opener::LoopBrace, index);
        } else {
            self.open(Opener::Brace, index);
        }
    }

    fn close_brace(&mut self, index: usize) {
        if self.top() == Some(Opener::LoopBrace) {
            self.renames.push((index, "done"));
            self.unclosed.pop();
            self.unclosed.pop();
        } else {
            self.close(&[Opener::Brace], index);
        }
    }
}

#[cfg(test)]
mod tests {
    use brush_parser::uncached_tokenize_str;

    use super::*;

    #[test]
    fn parentheses_count_behind_a_stray_word_too() {
        let code = "( ( fi ( ( ) ( (";
        let tokens = uncached_tokenize_str(code, &brush_parser::TokenizerOptions::default());
        let blocks = walk(&tokens.expect("it can be read"));
        assert!(blocks.stray.is_some());
        assert_eq!(blocks.most_parens, 5);
    }
}
