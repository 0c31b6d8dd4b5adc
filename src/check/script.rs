//! Checks JavaScript and TypeScript with oxc.
//!
//! The parser alone accepts a second `const x`, a stray `break` and an undeclared `#x`;
//! these are found by the semantic pass.

mod fragment;
mod tolerances;

use std::cmp::Reverse;
use std::ops::Range;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Declaration, Program, Statement, VariableDeclarator};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::{LabeledSpan, SourceType};

use self::tolerances::{JAVASCRIPT_TOLERANCES, TSX_TOLERANCES, TYPESCRIPT_TOLERANCES};
use super::nesting::{
    NESTING_TOO_DEEP, StackBudget, angles_at_most, brackets_at_most, tokens_at_most, too_deep,
    with_stack,
};
use super::tolerance::{Filled, Tolerance};
use super::{Checker, character_at, check_filled, lower_first};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The text is no JavaScript.
static JAVASCRIPT_SYNTAX: Rule = Rule {
    id: "javascript-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the JavaScript does not parse",
    explanation: "An engine refuses the whole file before it runs the first line. The code is read as a module with \
        top-level `await` and JSX and, if that fails, as a script. Besides syntax this finds what the standard calls early \
        errors: a name declared twice, `break` outside a loop, `return` outside a function, an undeclared `#name`. \
        Label code with types `ts`.",
};

/// The text is no TypeScript.
static TYPESCRIPT_SYNTAX: Rule = Rule {
    id: "typescript-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the TypeScript does not parse",
    explanation: "The compiler stops here, before it looks at types; types themselves are not checked. Besides syntax this \
        finds early errors: a name declared twice, `break` outside a loop, an undeclared `#name`. JSX is read only in blocks \
        labelled `tsx`, as the compiler does by file name.",
};

static JAVASCRIPT_RULES: &[&Rule] = &[&JAVASCRIPT_SYNTAX, &NESTING_TOO_DEEP];
static TYPESCRIPT_RULES: &[&Rule] = &[&TYPESCRIPT_SYNTAX, &NESTING_TOO_DEEP];

/// One parser error leads to others, so only the first few are worth reading.
const MOST_FINDINGS: usize = 5;

const STACK: StackBudget =
    StackBudget { bytes_per_level: 4 << 10, levels_in_place: 256, most_levels: 1 << 16 };

/// Everything oxc can read, by the name of the language.
pub(super) struct Script {
    names: &'static [&'static str],
    title: &'static str,
    promise: &'static str,
    rules: &'static [&'static Rule],
    tolerances: &'static [&'static Tolerance],
    /// How to read a snippet, the usual way first.
    source_types: &'static [SourceType],
    /// How a snippet may be read as well, with a hint instead of an error.
    other_type: Option<SourceType>,
}

/// The checker for JavaScript.
pub(super) static JAVASCRIPT: Script = Script {
    names: &["javascript", "js", "mjs", "cjs", "node"],
    title: "JavaScript",
    promise: "It parses as a module or a script, with or without JSX, and declares no name twice.",
    rules: JAVASCRIPT_RULES,
    tolerances: JAVASCRIPT_TOLERANCES,
    source_types: &[SourceType::mjs().with_jsx(true), SourceType::script().with_jsx(true)],
    other_type: None,
};

/// The checker for JavaScript with JSX.
pub(super) static JSX: Script = Script {
    names: &["jsx"],
    title: "JavaScript with JSX",
    promise: "It parses as a module or a script, and declares no name twice.",
    rules: JAVASCRIPT_RULES,
    tolerances: JAVASCRIPT_TOLERANCES,
    source_types: &[SourceType::mjs().with_jsx(true), SourceType::script().with_jsx(true)],
    other_type: None,
};

/// The checker for TypeScript.
pub(super) static TYPESCRIPT: Script = Script {
    names: &["typescript", "ts", "mts", "cts"],
    title: "TypeScript",
    promise: "It parses and declares no name twice; types are not checked.",
    rules: TYPESCRIPT_RULES,
    tolerances: TYPESCRIPT_TOLERANCES,
    source_types: &[SourceType::ts().with_module(true), SourceType::d_ts()],
    other_type: Some(SourceType::tsx().with_module(true)),
};

/// The checker for TypeScript with JSX.
pub(super) static TSX: Script = Script {
    names: &["tsx"],
    title: "TypeScript with JSX",
    promise: "It parses and declares no name twice; types are not checked.",
    rules: TYPESCRIPT_RULES,
    tolerances: TSX_TOLERANCES,
    source_types: &[SourceType::tsx().with_module(true)],
    other_type: None,
};

impl Checker for Script {
    fn names(&self) -> &'static [&'static str] {
        self.names
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn promise(&self) -> &'static str {
        self.promise
    }

    fn rules(&self) -> &'static [&'static Rule] {
        self.rules
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let attempts = with_enough_stack(code, || {
            let mut attempts: Vec<Vec<Problem>> = Vec::new();
            for source_type in self.source_types {
                attempts.push(attempt(code, *source_type));
                // Valid code is parsed once.
                if attempts.last().is_some_and(Vec::is_empty) {
                    return Some(Vec::new());
                }
            }
            Some(attempts)
        });
        let Some(attempts) = attempts.flatten() else {
            found.push(too_deep(code));
            return;
        };
        // The attempt that got furthest is what the author meant; the first one of equals.
        let furthest = |problems: &&Vec<Problem>| problems[0].range.start;
        if let Some(problems) = attempts.iter().rev().max_by_key(furthest) {
            let problems = problems.iter().take(MOST_FINDINGS);
            found.extend(problems.map(|problem| self.finding(code, problem)));
        }
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        self.tolerances
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        let tolerate = || fragment::tolerate(code, self.source_types[0], self.other_type);
        with_enough_stack(code, tolerate).unwrap_or_default()
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        // The other type of TypeScript is a tolerance too.
        let reader = if self.other_type.is_some() { &TSX } else { self };
        let fill = || fragment::filled(code, reader.source_types[0], self.other_type.is_some());
        let texts = with_enough_stack(code, fill).unwrap_or_default();
        let mut filled = check_filled(reader, texts);
        // What `...` stands for is one of several things.
        filled.sort_by_key(|one| one.found.first().map(|found| Reverse(found.range.start)));
        filled
    }
}

impl Script {
    fn finding(&self, code: &str, problem: &Problem) -> Finding {
        let finding = Finding::new(self.rules[0], problem.range.clone(), problem.message.clone());
        if let Some(help) = &problem.help {
            return finding.help(help.clone());
        }
        if code[..problem.range.end]
            .trim_end_matches(['}', ']', ')', ','])
            .trim_end()
            .ends_with("...")
        {
            return finding.help("put what was left out into a comment: `// ...`");
        }
        finding.help(usual_help(&problem.message))
    }
}

/// What to do about an error of which oxc does not say it.
fn usual_help(message: &str) -> &'static str {
    if message.ends_with("has already been declared") {
        "rename one of them, or show them in two blocks"
    } else if message.starts_with("expected") {
        "write what is expected, or close what is open before it"
    } else if message.contains("function body") {
        "put it into a function"
    } else if message.contains("enclosing class") {
        "declare it in the class"
    } else {
        "correct it, or label the block with the language that it is in"
    }
}

/// An error of oxc, in the words of this tool.
#[derive(Debug)]
struct Problem {
    range: Range<usize>,
    message: String,
    help: Option<String>,
    is_redeclaration: bool,
}

/// How deep brackets may nest. An arrow function that may still be an expression is read
/// twice at each level, so 5,000 levels of `(a=` took half a minute.
const MOST_BRACKETS: usize = 512;

/// How many `<` may be open. Each is tried as the start of a list of types up to the end of
/// the code: 20,000 of them took 19 GB.
const MOST_ANGLES: usize = 256;

/// Parses within a wrapper that may add a few tokens.
fn with_enough_stack<T: Send>(code: &str, parse: impl FnOnce() -> T + Send) -> Option<T> {
    if brackets_at_most(code) > MOST_BRACKETS || angles_at_most(code) > MOST_ANGLES {
        return None;
    }
    with_stack(tokens_at_most(code) + 8, &STACK, parse)
}

/// Reads `code` one way and says what is wrong.
fn attempt(code: &str, source_type: SourceType) -> Vec<Problem> {
    let (mut problems, bare) = parse(code, source_type, bare_constant);
    // A declaration file may leave the value out, and then says the type.
    let bare = bare.flatten().filter(|_| source_type.is_typescript_definition());
    problems.extend(bare.map(|range| Problem {
        range,
        message: "the constant has neither a value nor a type".to_owned(),
        help: Some("give it a value".to_owned()),
        is_redeclaration: false,
    }));
    problems
}

/// Finds the first constant at the top that has neither a value nor a type.
fn bare_constant(program: &Program<'_>) -> Option<Range<usize>> {
    let declarations = program.body.iter().filter_map(|statement| match statement {
        Statement::VariableDeclaration(declaration) => Some(declaration),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::VariableDeclaration(declaration) => Some(declaration),
            _ => None,
        },
        _ => None,
    });
    let mut constants = declarations.filter(|declaration| declaration.kind.is_const());
    let is_bare =
        |one: &&VariableDeclarator<'_>| one.init.is_none() && one.type_annotation.is_none();
    let bare = constants.find_map(|declaration| declaration.declarations.iter().find(is_bare))?;
    Some(bare.span.start as usize..bare.span.end as usize)
}

/// Reads `code` one way, and looks at the program when all of it parsed.
fn parse<T>(
    code: &str,
    source_type: SourceType,
    look: impl FnOnce(&Program<'_>) -> T,
) -> (Vec<Problem>, Option<T>) {
    let allocator = Allocator::default();
    let options = ParseOptions { parse_regular_expression: true, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, code, source_type).with_options(options).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        let errors = parsed.diagnostics.errors();
        let problems =
            errors.map(|error| problem(code, &error.message, &error.labels, error.help.as_deref()));
        return (sorted(problems), None);
    }
    let semantic = SemanticBuilder::new().with_check_syntax_error(true).build(&parsed.program);
    let errors = semantic.diagnostics.errors();
    let problems =
        errors.map(|error| problem(code, &error.message, &error.labels, error.help.as_deref()));
    (sorted(problems), Some(look(&parsed.program)))
}

fn sorted(problems: impl Iterator<Item = Problem>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = problems.collect();
    problems.sort_by_key(|problem| problem.range.start);
    // What follows from an error at the same place is none of its own.
    problems.dedup_by_key(|problem| problem.range.start);
    problems
}

fn problem(code: &str, text: &str, labels: &[LabeledSpan], help: Option<&str>) -> Problem {
    let message = message(text);
    let is_redeclaration = message.ends_with("has already been declared");
    // A redeclaration has two labels: the second is the name that is one too many.
    let label = if is_redeclaration { labels.last() } else { labels.first() };
    let range = match label {
        Some(label) => visible(code, label.offset() as usize, label.len() as usize),
        None => character_at(code, 0),
    };
    let help = help.and_then(|help| help.lines().next()).map(self::message);
    Problem { range, message, help, is_redeclaration }
}

/// Keeps a label inside the code and on its first line.
fn visible(code: &str, start: usize, length: usize) -> Range<usize> {
    let first = character_at(code, start);
    let end = code.floor_char_boundary((start + length).min(code.len()));
    match code.get(first.start..end).and_then(|text| text.lines().next()) {
        Some(line) if !line.is_empty() => first.start..first.start + line.len(),
        _ => first,
    }
}

/// Writes a message as this tool does.
fn message(text: &str) -> String {
    lower_first(&text.trim_end_matches('.').replace("`EOF`", "the end of the snippet"))
}
