//! Checks shell code with `brush-parser`, as `bash -n` would.

mod blocks;
mod expansion;
mod prose;

use brush_parser::word::{WordPiece, WordPieceWithSource};
use brush_parser::{
    ParseError, ParserOptions, Token, TokenizerError, parse_tokens, uncached_tokenize_str,
};

use self::blocks::{Block, Blocks};
use super::nesting::{NESTING_TOO_DEEP, StackBudget, tokens_at_most, too_deep, with_stack};
use super::{Checker, character_at};
use crate::diagnostic::{Finding, Rule, Severity};
use crate::value::yaml::Cursor;

/// The text is no shell script.
static BASH_SYNTAX: Rule = Rule {
    id: "bash-syntax",
    severity: Severity::Error,
    summary: "the shell code does not parse",
    explanation: "The shell stops at this place, often after it has run the lines before it. The parser follows bash \
        without `extglob`, as `bash -n` does, also for blocks labelled `sh`. Quote a word that holds `(`, `)`, `<`, `>`, \
        `&`, `|`, `;` or a space. Write a placeholder as `$NAME`, or in quotes: a bare `<name>` is a redirection. \
        Put the output of a command into a block of its own, labelled `text`.",
};

static RULES: &[&Rule] = &[&BASH_SYNTAX, &NESTING_TOO_DEEP];

/// Parsing nested parentheses takes time that doubles with each.
const MOST_PARENS: usize = 16;

/// The parser takes a second or more for such a length.
const MOST_TOKENS: usize = 1 << 16;

/// How deep command substitutions are followed.
const MOST_SUBSTITUTIONS: usize = 8;

/// How many lines after a prompt may belong to its command.
const MOST_COMMAND_LINES: usize = 40;

const STACK: StackBudget =
    StackBudget { bytes_per_level: 32 << 10, levels_in_place: 24, most_levels: 8192 };

/// The checker for shell code.
pub(super) struct Bash;

impl Checker for Bash {
    fn names(&self) -> &'static [&'static str] {
        &["bash", "sh", "shell"]
    }

    fn title(&self) -> &'static str {
        "Bash"
    }

    fn promise(&self) -> &'static str {
        "Bash can parse all of it; whether the commands exist and what they do is not known."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let plain = code.replace("\r\n", "\n");
        if let Err(mut finding) = parse(&plain) {
            let filled = prose::without_placeholders(&plain);
            if filled != plain && parse(&filled).is_ok() {
                finding =
                    finding.help("write `$NAME`, or quote it: a bare `<name>` is a redirection");
            }
            if plain.len() < code.len() {
                finding.range = with_carriage_returns(code, finding.range.start);
            }
            found.push(finding);
        }
    }

    fn tolerate(&self, code: &str) -> Option<&'static str> {
        let code = code.replace("\r\n", "\n");
        let filled = prose::without_placeholders(&code);
        if parse(&filled).is_ok() {
            return Some("`<placeholder>` stands for a word");
        }
        if parse(&prose::without_ellipsis_lines(&filled)).is_ok() {
            return Some("`...` stands for what was left out");
        }
        let parts = prose::console_parts(&filled)?;
        parts
            .iter()
            .all(|part| starts_with_a_command(part))
            .then_some("a console session: commands after `$`, and their output")
    }
}

/// Tells whether the first line, or the first few together, are a whole command.
fn starts_with_a_command(lines: &[&str]) -> bool {
    (1..=lines.len().min(MOST_COMMAND_LINES)).any(|count| {
        let command = lines[..count].join("\n");
        !command.ends_with('\\') && parse(&command).is_ok()
    })
}

/// Finds the place in code whose line ends were shortened for parsing.
fn with_carriage_returns(code: &str, at: usize) -> std::ops::Range<usize> {
    let mut left = at;
    for (start, line) in code.split_inclusive('\n').scan(0, |next, line| {
        let start = *next;
        *next += line.len();
        Some((start, line))
    }) {
        let length = line.len() - usize::from(line.ends_with("\r\n"));
        if left < length {
            return character_at(code, start + left);
        }
        left -= length;
    }
    character_at(code, code.len())
}

fn parse(code: &str) -> Result<(), Finding> {
    if tokens_at_most(code) > MOST_TOKENS {
        return Err(too_deep(code));
    }
    let levels = levels_at_most(code);
    with_stack(levels, &STACK, || parse_here(code, 0)).unwrap_or_else(|| Err(too_deep(code)))
}

/// Counts everything that can start a level in the tokenizer or in the parser.
fn levels_at_most(code: &str) -> usize {
    let signs = code.bytes().filter(|byte| matches!(byte, b'(' | b'{' | b'[' | b'!')).count();
    let is_keyword = |word: &&str| {
        matches!(*word, "if" | "while" | "until" | "for" | "case" | "select" | "elif" | "function")
    };
    let words = code.split(|sign: char| !sign.is_ascii_alphanumeric());
    signs + words.filter(is_keyword).count()
}

fn parse_here(code: &str, depth: usize) -> Result<(), Finding> {
    let options = ParserOptions { enable_extended_globbing: false, ..ParserOptions::default() };
    let mut tokens = uncached_tokenize_str(code, &options.tokenizer_options())
        .map_err(|error| token_finding(code, &error))?;
    let blocks = blocks::walk(&tokens);
    if blocks.most_parens > MOST_PARENS {
        return Err(too_deep(code));
    }
    rename(&mut tokens, &blocks.renames);
    if let Err(error) = parse_tokens(&tokens, &options) {
        if parses_with_patterns_in_tests(code) {
            return Ok(());
        }
        let place = Place { code, tokens: &tokens, blocks: &blocks };
        return Err(place.finding(&error));
    }
    let is_here_document =
        |index: usize| index >= 2 && matches!(tokens[index - 2].to_str(), "<<" | "<<-");
    for (index, token) in tokens.iter().enumerate() {
        // In the body after `<<'EOF'`, `$(` is text.
        if !is_here_document(index) {
            check_substitutions(code, token, &options, depth)?;
        }
    }
    Ok(())
}

/// Bash reads patterns such as `*(a)` inside `[[ … ]]` even when `extglob` is off.
fn parses_with_patterns_in_tests(code: &str) -> bool {
    if !code.contains("[[") {
        return false;
    }
    let options = ParserOptions::default();
    let Ok(mut tokens) = uncached_tokenize_str(code, &options.tokenizer_options()) else {
        return false;
    };
    let blocks = blocks::walk(&tokens);
    rename(&mut tokens, &blocks.renames);
    blocks::has_patterns_only_in_tests(&tokens) && parse_tokens(&tokens, &options).is_ok()
}

/// Puts the other spelling for each token that the parser does not know.
fn rename(tokens: &mut Vec<Token>, renames: &[(usize, &'static str)]) {
    // From the last one, because two semicolons become two tokens.
    for (index, name) in renames.iter().rev() {
        let location = tokens[*index].location().clone();
        if *name == "; ;" {
            tokens[*index] = Token::Operator(";".to_owned(), location);
            let second = tokens[*index].clone();
            tokens.insert(*index, second);
        } else {
            tokens[*index] = Token::Word((*name).to_owned(), location);
        }
    }
}

/// Parses what stands in `$( … )`: to the parser it is only a part of a word.
fn check_substitutions(
    code: &str,
    token: &Token,
    options: &ParserOptions,
    depth: usize,
) -> Result<(), Finding> {
    let Token::Word(word, location) = token else { return Ok(()) };
    if !word.contains("$(") || depth == MOST_SUBSTITUTIONS {
        return Ok(());
    }
    let mut commands = Vec::new();
    if let Ok(pieces) = brush_parser::word::parse(word, options) {
        collect_commands(pieces, &mut commands);
    }
    for command in commands {
        if let Err(inner) = parse_here(&command, depth + 1) {
            let start = Cursor::new(code).byte(location.start.index);
            let end = Cursor::new(code).byte(location.end.index);
            // The tokenizer may have changed white space, so the text is looked up.
            let at = code[start..end].find(&command).map(|at| start + at + inner.range.start);
            let range = character_at(code, at.unwrap_or(start));
            return Err(Finding { range, ..inner });
        }
    }
    Ok(())
}

fn collect_commands(pieces: Vec<WordPieceWithSource>, commands: &mut Vec<String>) {
    for piece in pieces {
        match piece.piece {
            WordPiece::CommandSubstitution(command) => commands.push(command),
            WordPiece::DoubleQuotedSequence(pieces) => collect_commands(pieces, commands),
            _ => {}
        }
    }
}

fn token_finding(code: &str, error: &TokenizerError) -> Finding {
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
    Finding::new(&BASH_SYNTAX, character_at(code, at), message)
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

/// What is known about a script that does not parse.
struct Place<'a> {
    code: &'a str,
    tokens: &'a [Token],
    blocks: &'a Blocks,
}

impl Place<'_> {
    fn finding(&self, error: &ParseError) -> Finding {
        let near = match error {
            ParseError::ParsingNear(position) => {
                let is_near = |token: &Token| token.location().start.index >= position.index;
                self.tokens.iter().position(is_near)
            }
            _ => None,
        };
        let stray = self.blocks.stray;
        match (near, stray, self.blocks.unclosed.last()) {
            (Some(near), ..) if self.is_newline(near) && self.blocks.paren_in_words.is_some() => {
                self.unexpected(self.blocks.paren_in_words.unwrap_or(near))
            }
            (near, ..)
                if self.blocks.empty.is_some_and(|empty| near.is_none_or(|near| empty <= near)) =>
            {
                self.empty(self.blocks.empty.unwrap_or_default())
            }
            (near, Some((stray, block)), _) if near.is_none_or(|near| stray <= near) => {
                self.stray(stray, block)
            }
            (Some(near), ..) => self.unexpected(near),
            (None, None, Some(block)) => self.unclosed(*block),
            _ => self.end(),
        }
    }

    fn stray(&self, token: usize, block: Option<Block>) -> Finding {
        let text = self.tokens[token].to_str();
        match block {
            None => self.at(token, format!("`{text}` closes or continues nothing")),
            Some(block) => {
                let closer = block.opener.closer();
                let finding = self.at(token, format!("`{text}` stands here before a `{closer}`"));
                finding.help(format!("close the {} first", self.name(block)))
            }
        }
    }

    fn unexpected(&self, token: usize) -> Finding {
        match self.tokens[token].to_str() {
            "\n" => self.at(token, "the line ends too early".to_owned()),
            text => {
                let text = text.lines().next().unwrap_or_default();
                let finding = self.at(token, format!("{} is unexpected here", quoted(text)));
                if matches!(text, "(" | ")") {
                    return finding.help("quote the word if it is meant as text");
                }
                finding
            }
        }
    }

    fn unclosed(&self, block: Block) -> Finding {
        let closer = block.opener.closer();
        let text = self.tokens[block.token].to_str();
        self.at(block.token, format!("this `{text}` is never closed by `{closer}`"))
    }

    /// Everything is closed, so the last command has no end, or there is none where one must be.
    fn end(&self) -> Finding {
        match self.tokens.iter().rposition(|token| token.to_str() != "\n") {
            Some(last) => {
                let text = self.tokens[last].to_str();
                self.at(last, format!("something must follow {}", quoted(text)))
            }
            None => Finding::new(&BASH_SYNTAX, 0..0, "the script ends too early"),
        }
    }

    fn empty(&self, token: usize) -> Finding {
        let text = self.tokens[token].to_str();
        self.at(token, format!("there is no command before this `{text}`"))
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
