//! Checks Rust with `syn`, which reads what macros of the compiler may be given.

use std::ops::Range;
use std::str::FromStr as _;

use proc_macro2::{LineColumn, TokenStream};
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Attribute, Block, File, ImplItem, TraitItem};

use super::nesting::{
    NESTING_TOO_DEEP, StackBudget, angles_at_most, brackets_at_most, tokens_at_most, too_deep,
    with_stack,
};
use super::tolerance::behind::filled;
use super::tolerance::{
    ELLIPSIS, Filled, PLACEHOLDER, Rewrite, Sample, TEMPLATE, Tolerance, fewest_rewrites, text,
};
use super::{Checker, character_at, check_filled};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The text is no Rust.
static RUST_SYNTAX: Rule = Rule {
    id: "rust-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the Rust does not parse",
    explanation: "The compiler stops here, before it looks at names or types. The code is read as a file of edition 2024: \
        items, such as `fn` and `use`. What stands in the brackets of a macro is not read, except that brackets and quotes \
        are closed. In documentation statements alone are tolerated.",
};

static RULES: &[&Rule] = &[&RUST_SYNTAX, &NESTING_TOO_DEEP];

/// A part of a file.
static RUST_FRAGMENT: Tolerance = Tolerance {
    id: "rust-fragment",
    summary: "a part of a Rust file: statements, or members of an `impl` or a trait",
    explanation: "Statements as they stand in a function: `rustdoc` puts them into `fn main()`. Members of an `impl` or of a \
        trait are accepted too, also signatures alone.",
    accepts: Sample {
        language: "rust",
        code: "let numbers = vec![1, 2];\nassert_eq!(numbers.len(), 2);",
    },
    refuses: Sample {
        language: "rust",
        code: "let numbers = vec![1, 2]\nassert_eq!(numbers.len(), 2);",
    },
};

/// Lines that only `rustdoc` sees.
static RUST_HIDDEN: Tolerance = Tolerance {
    id: "rust-hidden-lines",
    summary: "lines after `# `, which `rustdoc` hides",
    explanation: "`rustdoc` and mdBook compile a line that starts with `# `, and do not show it.",
    accepts: Sample { language: "rust", code: "# fn main() {\nlet a = 1;\n# }" },
    refuses: Sample { language: "rust", code: "# fn main() {\nlet a = 1;" },
};

static TOLERANCES: &[&Tolerance] =
    &[&RUST_FRAGMENT, &RUST_HIDDEN, &ELLIPSIS, &PLACEHOLDER, &TEMPLATE];

static REWRITES: &[Rewrite] = &[
    (&RUST_HIDDEN, with_hidden_lines),
    (&TEMPLATE, |code| text::without_templates(code, 'x', "//")),
    (&PLACEHOLDER, |code| {
        text::replace_placeholders(code, 'x', |_, name| name.contains(['-', ' ']))
    }),
    (&ELLIPSIS, without_ellipses),
];

const STACK: StackBudget =
    StackBudget { bytes_per_level: 32 << 10, levels_in_place: 24, most_levels: 1 << 14 };

/// How deep brackets may nest: far more than a person writes.
const MOST_BRACKETS: usize = 128;

/// How many `<` may be open.
const MOST_ANGLES: usize = 128;

/// The checker for Rust.
pub(super) struct Rust;

impl Checker for Rust {
    fn names(&self) -> &'static [&'static str] {
        &["rust", "rs"]
    }

    fn title(&self) -> &'static str {
        "Rust"
    }

    fn promise(&self) -> &'static str {
        "It is a file of Rust items; what macros are given is not read."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        match read(code, &[file]) {
            Ok(()) => {}
            Err(Problem::TooDeep) => found.push(too_deep(code)),
            Err(Problem::Syntax { place, message }) => {
                let help = help(&message);
                found.push(Finding::new(&RUST_SYNTAX, at(code, place), message).help(help));
            }
        }
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        fewest_rewrites(code, REWRITES, |text| match read(text, &[file]) {
            Ok(()) => Some(Vec::new()),
            Err(_) => read(text, &[statements, members, declarations])
                .is_ok()
                .then(|| vec![&RUST_FRAGMENT]),
        })
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, filled(code, REWRITES))
    }
}

/// What keeps code from being read.
enum Problem {
    TooDeep,
    Syntax { place: LineColumn, message: String },
}

type Reading = fn(ParseStream<'_>) -> syn::Result<()>;

/// Reads the code in the first of several ways that fits.
fn read(code: &str, readings: &[Reading]) -> Result<(), Problem> {
    let levels = tokens_at_most(code);
    if brackets_at_most(code) > MOST_BRACKETS || angles_at_most(code) > MOST_ANGLES {
        return Err(Problem::TooDeep);
    }
    let result = with_stack(levels, &STACK, || {
        let result = read_here(code, readings);
        // The places of tokens are kept by thread, for ever unless this says otherwise.
        proc_macro2::extra::invalidate_current_thread_spans();
        result
    });
    result.unwrap_or(Err(Problem::TooDeep))
}

fn read_here(code: &str, readings: &[Reading]) -> Result<(), Problem> {
    let code = code.trim_start_matches('\u{feff}');
    let tokens = TokenStream::from_str(code).map_err(|error| Problem::Syntax {
        place: error.span().start(),
        message: "a bracket or a quote is not closed, or a sign is none of Rust".to_owned(),
    })?;
    let mut first = None;
    for reading in readings {
        match reading.parse2(tokens.clone()) {
            Ok(()) => return Ok(()),
            Err(error) => drop(first.get_or_insert(error)),
        }
    }
    let Some(error) = first else { return Ok(()) };
    let is_end = error.to_string().starts_with("unexpected end of input");
    let end = LineColumn { line: code.lines().count().max(1), column: usize::MAX };
    let place = if is_end { end } else { error.span().start() };
    let text = error.to_string();
    // The list of everything that may start an item says less than this.
    let message = match text.starts_with("expected one of: `fn`") {
        true => "no item starts here; statements stand in a function".to_owned(),
        false => super::lower_first(&text),
    };
    Err(Problem::Syntax { place, message })
}

fn file(input: ParseStream<'_>) -> syn::Result<()> {
    File::parse(input).map(drop)
}

fn statements(input: ParseStream<'_>) -> syn::Result<()> {
    Attribute::parse_inner(input)?;
    Block::parse_within(input).map(drop)
}

fn members(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        ImplItem::parse(input)?;
    }
    Ok(())
}

fn declarations(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        TraitItem::parse(input)?;
    }
    Ok(())
}

fn help(message: &str) -> &'static str {
    if message.contains("not closed") {
        "close it, or put what was left out into a comment: `// ...`"
    } else if message.starts_with("expected") {
        "write it there, or close what is open before it"
    } else {
        "put it into a function, or label the block with the language that it is in"
    }
}

/// The character at a line and column of `proc_macro2`, which counts characters from 0.
fn at(code: &str, place: LineColumn) -> Range<usize> {
    let line = super::lines(code).nth(place.line.saturating_sub(1));
    let (start, line) = line.unwrap_or((code.len(), ""));
    let column = line.char_indices().nth(place.column).map_or(line.len(), |(column, _)| column);
    character_at(code, start + column)
}

/// Shows the lines that `rustdoc` hides.
fn with_hidden_lines(code: &str) -> String {
    let lines = code.split('\n').map(|line| {
        let visible = line.trim_start();
        visible.strip_prefix("# ").unwrap_or(if visible == "#" { "" } else { line })
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Makes a comment of a line that says that something was left out, and nothing of `...` in
/// brackets.
fn without_ellipses(code: &str) -> String {
    let code = text::without_ellipsis_lines(&code.replace('…', "..."), "//");
    code.replace("{ ... }", "{}")
        .replace("{...}", "{}")
        .replace("(...)", "()")
        .replace(", ...)", ")")
        .replace("<...>", "<_>")
}
