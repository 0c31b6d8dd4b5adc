//! Finds code that is not in the language of its label, but plainly in another.
//!
//! It is asked only about code that its own checker refuses. A guess counts when the code
//! looks like the other language and its checker finds no error in all of it.

mod looks;

use super::tolerance::Tolerance;
use super::{Checker, checker};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// Code under the label of another language.
pub(super) static WRONG_LANGUAGE: Rule = Rule {
    id: "wrong-language",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the code is not in the language of its label",
    explanation: "The code does not parse in the language that its label names, and all of it parses in another one that it \
        plainly is. A reader sees wrong colours, and a program that reads the block by its label fails. One exception to \
        *parses*: HTML and differences between files are told by their form.",
};

/// A language that code may be in, whatever its label says.
struct Guess {
    /// The label to write.
    label: &'static str,
    /// How people write its name.
    title: &'static str,
    /// Tells whether code could be meant as this language.
    looks_like: fn(&str) -> bool,
}

/// More telling ones first: much that is JSON is YAML too.
static GUESSES: &[Guess] = &[
    Guess { label: "diff", title: "a difference between files", looks_like: looks::diff },
    Guess { label: "html", title: "HTML", looks_like: looks::html },
    Guess { label: "json", title: "JSON", looks_like: looks::json },
    Guess { label: "jsonc", title: "JSON with comments", looks_like: looks::json },
    Guess { label: "http", title: "HTTP", looks_like: looks::http },
    Guess { label: "console", title: "a console session", looks_like: looks::console },
    Guess { label: "go", title: "Go", looks_like: looks::go },
    Guess { label: "rust", title: "Rust", looks_like: looks::rust },
    Guess { label: "python", title: "Python", looks_like: looks::python },
    Guess { label: "js", title: "JavaScript", looks_like: looks::script },
    Guess { label: "ts", title: "TypeScript", looks_like: looks::script },
    Guess { label: "tsx", title: "TypeScript with JSX", looks_like: looks::script },
    Guess { label: "bash", title: "shell commands", looks_like: looks::bash },
    Guess { label: "toml", title: "TOML", looks_like: looks::toml },
    Guess { label: "yaml", title: "YAML", looks_like: looks::yaml },
];

/// Languages, and what may be tolerated in code that is still plainly in them.
const HARMLESS: &[(&str, &str)] = &[
    ("bash", "placeholder"),
    ("console", "placeholder"),
    ("go", "go-fragment"),
    ("rust", "rust-fragment"),
];

/// What is tolerated under a label, and has a label of its own.
pub(super) const TOLERANCES: &[&str] = &["console-session", "jsx-in-typescript"];

/// Less than this is no evidence. Where each line starts with a program that everybody knows,
/// two words are enough.
fn least_length(label: &str) -> usize {
    if label == "bash" { 8 } else { 24 }
}

/// Says which language the code is in, if it is another one than that of `own`.
pub(super) fn find(own: &dyn Checker, code: &str) -> Option<Finding> {
    let text = code.trim();
    let guess = GUESSES.iter().find(|guess| {
        // Comments in JSON are a matter of its own rule.
        let is_own = own.names().contains(&guess.label)
            || guess.label == "jsonc" && own.names().contains(&"json");
        let is_evidence = text.len() >= least_length(guess.label);
        !is_own && is_evidence && (guess.looks_like)(text) && is_good(guess.label, code)
    })?;
    let start = code.len() - code.trim_start().len();
    let line = code[start..].lines().next().unwrap_or_default();
    let message = format!("this is {}, not {}", guess.title, own.title());
    let help = format!("label the fence `{}`", guess.label);
    Some(Finding::new(&WRONG_LANGUAGE, start..start + line.len(), message).help(help))
}

/// Tells whether nothing is wrong with the code in a language; without a checker, how it looks
/// must do.
fn is_good(label: &str, code: &str) -> bool {
    let Some(other) = checker(label) else { return true };
    let mut found = Vec::new();
    other.check(code, &mut found);
    if found.iter().all(|finding| finding.rule.severity < Severity::Error) {
        return true;
    }
    let tolerances = other.tolerate(code);
    let is_harmless = |one: &&'static Tolerance| HARMLESS.contains(&(label, one.id));
    !tolerances.is_empty() && tolerances.iter().all(is_harmless)
}
