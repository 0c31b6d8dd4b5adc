//! Checks shell code with `brush-parser`, as `bash -n` would.

mod blocks;
mod expansion;
mod explain;
mod here_tags;
mod prose;

use brush_parser::word::{WordPiece, WordPieceWithSource};
use brush_parser::{ParserOptions, Token, parse_tokens, uncached_tokenize_str};

use self::explain::{Script, token_finding};
use super::nesting::{NESTING_TOO_DEEP, StackBudget, tokens_at_most, too_deep, with_stack};
use super::tolerance::behind::filled;
use super::tolerance::{
    ELLIPSIS, Filled, PLACEHOLDER, Rewrite, Sample, TEMPLATE, Tolerance, fewest_rewrites, text,
};
use super::{Checker, character_at, check_filled};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::value::yaml::Cursor;

/// The text is no shell script.
static BASH_SYNTAX: Rule = Rule {
    id: "bash-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
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

/// The parser looks for an array's index at each `[` of a word.
const MOST_BRACKETS: usize = 256;

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
            let filled = text::without_placeholders(&plain);
            if let Some(of_bats) = bats_finding(&plain) {
                finding = of_bats;
            } else if filled != plain && parse(&filled).is_ok() {
                finding =
                    finding.help("write `$NAME`, or quote it: a bare `<name>` is a redirection");
            }
            if plain.len() < code.len() {
                finding.range = with_carriage_returns(code, finding.range.start);
            }
            found.push(finding);
        }
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        let code = code.replace("\r\n", "\n");
        fewest_rewrites(&code, REWRITES, |text| {
            if parse(text).is_ok() {
                return Some(Vec::new());
            }
            let parts = prose::console_parts(text)?;
            let is_session = parts.iter().all(|part| first_problem(part).is_none());
            is_session.then(|| vec![&CONSOLE_SESSION])
        })
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, filled(code, REWRITES))
    }
}

static TOLERANCES: &[&Tolerance] = &[&PLACEHOLDER, &TEMPLATE, &ELLIPSIS, &CONSOLE_SESSION];

static REWRITES: &[Rewrite] = &[
    (&PLACEHOLDER, text::without_placeholders),
    (&TEMPLATE, |code| text::without_templates(code, 'x', "#")),
    (&ELLIPSIS, |code| text::without_ellipsis_lines(code, "#")),
];

/// Says that code is in the language of Bats, if that is all that is wrong with it.
fn bats_finding(code: &str) -> Option<Finding> {
    let is_test = |line: &str| line.starts_with("@test ") && line.trim_end().ends_with('{');
    let lines = code.split('\n');
    let plain: Vec<&str> = lines.map(|line| if is_test(line) { "_() {" } else { line }).collect();
    let (start, line) = super::lines(code).find(|(_, line)| is_test(line))?;
    parse(&plain.join("\n")).ok()?;
    let message = "this is a test for Bats, which Bash cannot read";
    let finding = Finding::new(&BASH_SYNTAX, start..start + line.len(), message);
    Some(finding.help("label the block `bats`"))
}

/// What stands in a terminal, in a block for a script.
static CONSOLE_SESSION: Tolerance = Tolerance {
    id: "console-session",
    summary: "a console session: commands after `$`, and their output",
    explanation: "Each command after a `$ ` prompt is parsed; the lines after it may be its output. Label such a block         `console`: then nobody copies the prompts into a shell.",
    accepts: Sample { language: "bash", code: "$ date\nSat Nov 21 (2026)" },
    refuses: Sample { language: "bash", code: "$ date \"\nSat Nov 21 (2026)" },
};

/// What is wrong with the command at the front of these lines; the others may be its output.
pub(super) fn first_problem(lines: &[&str]) -> Option<Finding> {
    let mut first = None;
    for count in 1..=lines.len().min(MOST_COMMAND_LINES) {
        let command = lines[..count].join("\n");
        let goes_on = command.ends_with('\\') && count < lines.len();
        match parse(&command) {
            _ if goes_on => {}
            Ok(()) => return None,
            Err(finding) => drop(first.get_or_insert(finding)),
        }
    }
    first
}

/// Finds the place in code whose line ends were shortened for parsing.
fn with_carriage_returns(code: &str, at: usize) -> std::ops::Range<usize> {
    let mut left = at;
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        let length = line.len() - usize::from(line.ends_with("\r\n"));
        if left < length {
            return character_at(code, start + left);
        }
        left -= length;
        start += line.len();
    }
    character_at(code, code.len())
}

fn parse(code: &str) -> Result<(), Finding> {
    if tokens_at_most(code) > MOST_TOKENS {
        return Err(too_deep(code));
    }
    let levels = levels_at_most(code);
    let named = here_tags::name(code);
    let parsed = with_stack(levels, &STACK, || parse_here(&named.text, 0));
    parsed.unwrap_or_else(|| Err(too_deep(code))).map_err(|finding| named.place(finding, code))
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
    let brackets = |token: &Token| token.to_str().bytes().filter(|byte| *byte == b'[').count();
    let is_slow = tokens.iter().any(|token| brackets(token) > MOST_BRACKETS);
    if is_slow || blocks.most_parens > MOST_PARENS {
        return Err(too_deep(code));
    }
    rename(&mut tokens, &blocks.renames);
    shorten_numbers(&mut tokens);
    if let Err(error) = parse_tokens(&tokens, &options) {
        if parses_with_patterns_in_tests(code) {
            return Ok(());
        }
        let script = Script { code, tokens: &tokens, blocks: &blocks };
        return Err(script.finding(&error));
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
    shorten_numbers(&mut tokens);
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

/// Shortens words of digits that no file descriptor has: before a redirection the parser would
/// panic. To bash such a number is an argument.
fn shorten_numbers(tokens: &mut [Token]) {
    for token in tokens {
        let Token::Word(word, location) = &*token else { continue };
        if word.len() > 9 && word.bytes().all(|byte| byte.is_ascii_digit()) {
            *token = Token::Word("9".to_owned(), location.clone());
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
