//! Where a credential helper keeps a token, and how it writes it there.

use std::collections::BTreeSet;

use super::arguments::secret_variable;
use super::script::{Command, Script, Sink, Word};
use super::secret::words;
use crate::diagnostic::{Finding, Rule};

/// The rules that are looked for here.
pub(super) struct CacheRules {
    /// A place that others can read or write.
    pub(super) location: &'static Rule,
    /// A file that is emptied before it is written.
    pub(super) not_atomic: &'static Rule,
    /// A fallback to a token that is no longer valid.
    pub(super) serves_expired: &'static Rule,
}

/// How many values of one variable are looked at: a script of thousands is made to hang.
const MOST_VALUES: usize = 16;

/// How much text before a command may say what the command is for.
const MOST_TEXT_BEFORE: usize = 1024;

/// Words that say that a file holds a token.
static CACHE_WORDS: &[&str] = &[
    "cache",
    "cached",
    "token",
    "tokens",
    "secret",
    "credential",
    "credentials",
    "cred",
    "creds",
    "header",
    "headers",
    "auth",
    "jwt",
    "bearer",
];

/// Appends what is wrong with the caches of a helper.
pub(super) fn check(script: &Script<'_>, rules: &CacheRules, found: &mut Vec<Finding>) {
    check_shared_folders(script, rules, found);
    let moved = moved_files(script);
    let is_private = script.commands.iter().any(makes_private);
    for command in &script.commands {
        let Some(target) = written_file(command) else { continue };
        let path = resolve(script, target);
        // `mktemp` makes files with mode 0600 and names that nobody guesses.
        if path.contains("mktemp") || !holds_token(script, command, target, &path) {
            continue;
        }
        if !is_private && !is_shared(&path) {
            let finding = Finding::new(
                rules.location,
                target.range.clone(),
                "other users can read this file",
            );
            found.push(finding.help("write `umask 077` at the start of the script"));
        }
        let is_moved = is_temporary(&path) || moved.contains(target.text.as_str());
        let appends = command.redirects.iter().any(|redirect| redirect.operator == ">>");
        if !is_moved && !appends {
            let message = "another run may read this file while it is empty or half written";
            let finding = Finding::new(rules.not_atomic, target.range.clone(), message);
            found.push(finding.help("write into `mktemp` in the same folder, then `mv` it there"));
        }
    }
    check_expired(script, rules, found);
}

fn check_shared_folders(script: &Script<'_>, rules: &CacheRules, found: &mut Vec<Finding>) {
    let assignments = script.assignments.iter();
    let named = assignments.map(|assignment| (assignment.name.as_str(), &assignment.value));
    let targets = script.commands.iter().filter_map(written_file).map(|target| ("", target));
    for (name, path) in named.chain(targets) {
        if is_shared(&path.text) && (mentions_token(name) || mentions_token(&path.text)) {
            let message = "every user can read or replace a file in this folder";
            let finding = Finding::new(rules.location, path.range.clone(), message);
            found.push(finding.help("use `${XDG_CACHE_HOME:-$HOME/.cache}`"));
        }
    }
}

fn is_shared(path: &str) -> bool {
    ["/tmp/", "/var/tmp/", "${TMPDIR:-/tmp}/"].iter().any(|folder| path.starts_with(folder))
}

/// The file that the standard output of a command goes to.
fn written_file(command: &Command) -> Option<&Word> {
    if command.name() == "tee" {
        return command.arguments().iter().find(|word| !word.text.starts_with('-'));
    }
    let redirect = command.redirects.iter().find(|redirect| {
        matches!(redirect.operator, ">" | ">>" | ">|")
            && matches!(redirect.descriptor, None | Some(1))
    })?;
    (!redirect.target.text.starts_with("/dev/")).then_some(&redirect.target)
}

/// The path, with the values of the variables in it behind it.
fn resolve(script: &Script<'_>, target: &Word) -> String {
    let mut path = target.text.clone();
    for name in target.expansions.iter().filter_map(|expansion| expansion.variable()) {
        for assignment in script.assignments_to(name).take(MOST_VALUES) {
            path.push(' ');
            path.push_str(&assignment.value.text);
        }
    }
    path
}

fn holds_token(script: &Script<'_>, command: &Command, target: &Word, path: &str) -> bool {
    let is_other = words(&target.text).iter().any(|word| word == "log" || word == "lock");
    let inner = script.inside(&command.range).flat_map(|inner| &inner.words);
    let writes_secret = inner.into_iter().any(|word| secret_variable(word).is_some());
    !is_other && (writes_secret || mentions_token(path))
}

fn mentions_token(text: &str) -> bool {
    words(text).iter().any(|word| CACHE_WORDS.contains(&word.as_str()))
}

fn makes_private(command: &Command) -> bool {
    let mut arguments = command.arguments().iter().map(|word| word.text.as_str());
    match command.name() {
        "umask" => arguments
            .any(|mask| matches!(mask, "077" | "0077" | "177" | "0177") || mask.starts_with("u=")),
        "chmod" => arguments.any(|mode| {
            matches!(mode, "600" | "0600" | "700" | "0700" | "400" | "0400" | "u=rw,go=" | "go=")
        }),
        "install" | "mkdir" => arguments
            .any(|mode| matches!(mode, "600" | "0600" | "700" | "0700" | "-m600" | "-m0600")),
        _ => false,
    }
}

fn is_temporary(path: &str) -> bool {
    path.contains(".tmp") || path.contains("$$") || path.contains(".new")
}

/// The files that some `mv` puts elsewhere, as they are written.
fn moved_files<'a>(script: &'a Script<'_>) -> BTreeSet<&'a str> {
    let mut moved = BTreeSet::new();
    for command in script.commands.iter().filter(|command| command.name() == "mv") {
        if let Some((_, sources)) = command.arguments().split_last() {
            moved.extend(sources.iter().map(|source| source.text.as_str()));
        }
    }
    moved
}

/// Tells whether a command runs when the one before it fails: `|| cat …`, `|| token="$(cat …)"`.
fn is_fallback(script: &Script<'_>, command: &Command) -> bool {
    let end = command.range.start;
    let start = script.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
    let Some((_, between)) = script.text[start..end].rsplit_once("||") else { return false };
    let between = between.trim_end_matches(['"', '(', '$', '{', ' ']).trim_end_matches('=');
    between.trim().chars().all(|next| next.is_ascii_alphanumeric() || next == '_')
}

/// Finds a `cat` of the cache right behind words that say that it is expired.
fn check_expired(script: &Script<'_>, rules: &CacheRules, found: &mut Vec<Finding>) {
    let written: BTreeSet<&str> =
        script.commands.iter().filter_map(written_file).map(|word| word.text.as_str()).collect();
    for command in script.commands.iter().filter(|command| command.name() == "cat") {
        let is_kept = command.arguments().iter().any(|word| written.contains(word.text.as_str()));
        if is_kept && is_fallback(script, command) {
            let message = "when no new token can be had, an old one is given out";
            let finding = Finding::new(rules.serves_expired, command.range.clone(), message);
            found.push(finding.help("fail with a message on standard error"));
        }
    }
    for command in script.commands.iter().filter(|command| command.name() == "cat") {
        let is_cache = command.arguments().iter().any(|word| mentions_token(&word.text));
        if !is_cache || command.sink != Sink::Stdout {
            continue;
        }
        let end = command.range.start;
        let start = script.text.ceil_char_boundary(end.saturating_sub(MOST_TEXT_BEFORE));
        let before: Vec<&str> = script.text[start..end].lines().rev().take(4).collect();
        let before = before.join(" ").to_ascii_lowercase();
        let says_expired = before.contains("expired") || before.contains("stale");
        let denies = ["never", "not ", "n't", "until", "-lt", "-gt"]
            .iter()
            .any(|word| before.contains(word));
        if says_expired && !denies {
            let message = "an expired token leads to a 401 that nobody can explain";
            let finding = Finding::new(rules.serves_expired, command.range.clone(), message);
            found.push(finding.help("fail with a message on standard error"));
        }
    }
}
