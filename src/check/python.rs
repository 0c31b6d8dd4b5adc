//! Checks Python with ruff's parser.

mod fragment;

use rustpython_ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use self::fragment::PYTHON_REWRITES;
use super::nesting::{NESTING_TOO_DEEP, StackBudget, tokens_at_most, too_deep, with_stack};
use super::tolerance::behind::filled;
use super::tolerance::{Filled, Tolerance, fewest_rewrites, when};
use super::{Checker, check_filled, lower_first};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The text is no Python.
static PYTHON_SYNTAX: Rule = Rule {
    id: "python-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the Python does not parse",
    explanation: "Python 3 cannot read it. The usual causes: `print x` of Python 2, a line that is indented otherwise \
        than its neighbours, a missing colon, or a shell command in a block that says `python`.",
};

static RULES: &[&Rule] = &[&PYTHON_SYNTAX, &NESTING_TOO_DEEP];

const STACK: StackBudget =
    StackBudget { bytes_per_level: 16 << 10, levels_in_place: 64, most_levels: 1 << 16 };

/// The checker for Python.
pub(super) struct Python;

impl Checker for Python {
    fn names(&self) -> &'static [&'static str] {
        &["python", "python3", "py"]
    }

    fn title(&self) -> &'static str {
        "Python"
    }

    fn promise(&self) -> &'static str {
        "It is a module of Python 3, as its grammar says."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        // What follows from the first fault is seldom a fault of its own. The tree is dropped
        // where there is stack for it.
        let first_error = || {
            let parsed = parse_unchecked(code, ParseOptions::from(Mode::Module));
            parsed.errors().first().cloned()
        };
        let Some(error) = with_stack(tokens_at_most(code), &STACK, first_error) else {
            found.push(too_deep(code));
            return;
        };
        let Some(error) = error else { return };
        let start = error.location.start().to_usize().min(code.len());
        let end = error.location.end().to_usize().min(code.len());
        let range = match code.get(start..end) {
            Some(text) if !text.trim().is_empty() => start..end,
            _ => super::character_at(code, start),
        };
        let message = lower_first(&error.error.to_string());
        let help = help(&message);
        found.push(Finding::new(&PYTHON_SYNTAX, range, message).help(help));
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        fragment::PYTHON_TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        fewest_rewrites(&code.replace("\r\n", "\n"), PYTHON_REWRITES, |text| {
            let mut found = Vec::new();
            self.check(text, &mut found);
            when(found.is_empty())
        })
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, filled(code, PYTHON_REWRITES))
    }
}

fn help(message: &str) -> &'static str {
    if message.contains("ndent") {
        "indent the lines of one block alike"
    } else if message.starts_with("expected") {
        "write it there, or close what is open before it"
    } else {
        "correct it, or label the block with the language that it is in"
    }
}
