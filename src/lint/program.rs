//! Files that a command line starts or hands to a program, and whether they can be started.

use std::ops::Range;

use super::document::Place;
use crate::diagnostic::{Finding, Fix, Rule};

/// How many bytes before a path may say that it is a program.
pub(super) const LOOK_BACK: usize = 300;

/// A file that a command line names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedFile<'a> {
    /// The path behind the folder's variable.
    pub path: &'a str,
    /// Where the path is in the command line.
    pub range: Range<usize>,
    /// Whether the command line starts the file itself, not by an interpreter.
    pub is_started: bool,
    /// Whether quotes hold a path with spaces together.
    pub is_quoted: bool,
}

/// Why a file cannot be started by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Its owner may not execute it.
    NotExecutable,
    /// Its first line does not say which program reads it.
    NoShebang,
}

/// Finds the files below a folder that a command line names, such as
/// `"${CLAUDE_PLUGIN_ROOT}"/scripts/a.sh`, when `variable` is `CLAUDE_PLUGIN_ROOT`.
pub(super) fn named_files<'a>(command: &'a str, variable: &str) -> Vec<NamedFile<'a>> {
    let mut files = Vec::new();
    let (mut quotes, mut counted) = (0, 0);
    for (at, _) in command.match_indices(variable) {
        let before = &command[..at];
        let start = before.strip_suffix("${").or_else(|| before.strip_suffix('$'));
        let Some(start) = start.map(str::len) else { continue };
        let after = command[at + variable.len()..].trim_start_matches('}');
        let is_closed = after.starts_with(['"', '\'']);
        let after = after.trim_start_matches(['"', '\'']);
        let Some(path) = after.strip_prefix('/') else { continue };
        let is_part = |next: char| next.is_alphanumeric() || "._-/+@".contains(next);
        let length = path.find(|next| !is_part(next)).unwrap_or(path.len());
        // `*` and `$NAME` stand for other names.
        if path[length..].starts_with(['*', '$', '{', '[', '?', '\\']) || length == 0 {
            continue;
        }
        let from = command.len() - path.len();
        let is_quote = |next: &char| matches!(next, '"' | '\'');
        quotes += command[counted..start].chars().filter(is_quote).count();
        counted = start;
        files.push(NamedFile {
            path: &path[..length],
            range: from..from + length,
            is_started: starts_command(&command[..start]),
            is_quoted: is_closed || quotes % 2 == 1,
        });
    }
    files
}

/// Tells whether what comes next is the name of a program.
pub(super) fn starts_command(before: &str) -> bool {
    let near = before.floor_char_boundary(before.len().saturating_sub(LOOK_BACK));
    let before = &before[near..];
    let before = before.trim_end_matches(['"', '\'']).trim_end_matches([' ', '\t']);
    let last = before.rsplit(['\n', ';', '|', '&', '(', '{']).next().unwrap_or_default();
    last.split_whitespace().all(|word| {
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        is_assignment || matches!(word, "exec" | "time" | "then" | "do" | "else" | "$" | "sudo")
    })
}

/// Says why a file cannot be started by its name.
pub(super) fn obstacle(place: &Place<'_>, path: &str) -> Option<Obstacle> {
    let entry = place.neighbours.entry(path)?;
    if entry.is_folder || is_binary(path) {
        return None;
    }
    if !entry.is_executable {
        return Some(Obstacle::NotExecutable);
    }
    // A file that is no text is a program of the machine.
    let text = place.neighbours.text(path)?;
    (!text.starts_with("#!")).then_some(Obstacle::NoShebang)
}

impl Obstacle {
    /// Says at `range` that a file has it. `shown` is how the document names the file, and `path`
    /// where it is below the folder that the rules may look into.
    pub(super) fn finding(
        self,
        rule: &'static Rule,
        range: Range<usize>,
        shown: &str,
        place: &Place<'_>,
        path: &str,
    ) -> Finding {
        match self {
            Self::NotExecutable => {
                let message = format!("`{shown}` is started by its name and is not executable");
                let help = format!("run `chmod +x {shown}`, or name the program that reads it");
                let fix = Fix::MakeExecutable { path: place.from_here(path) };
                Finding::new(rule, range, message).help(help).fix(fix)
            }
            Self::NoShebang => {
                let message = format!("`{shown}` is started by its name and has no `#!` line");
                let help = "start it with `#!/usr/bin/env bash` or the like";
                Finding::new(rule, range, message).help(help)
            }
        }
    }
}

/// Windows starts these by their ending.
fn is_binary(path: &str) -> bool {
    [".exe", ".cmd", ".bat", ".ps1"].iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &str, expected: &[(&str, bool, bool)]) {
        let found = named_files(command, "CLAUDE_PLUGIN_ROOT");
        let found: Vec<(&str, bool, bool)> =
            found.iter().map(|file| (file.path, file.is_started, file.is_quoted)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_what_a_command_starts_and_what_it_hands_over() {
        check("\"${CLAUDE_PLUGIN_ROOT}\"/hooks/a.sh", &[("hooks/a.sh", true, true)]);
        check("bash \"$CLAUDE_PLUGIN_ROOT/a.sh\" x", &[("a.sh", false, true)]);
        check("A=1 ${CLAUDE_PLUGIN_ROOT}/a.sh", &[("a.sh", true, false)]);
        check("x && ${CLAUDE_PLUGIN_ROOT}/a.sh", &[("a.sh", true, false)]);
        check("ls ${CLAUDE_PLUGIN_ROOT}/*.sh", &[]);
    }
}
