//! The text of a skill: its size, and the files of the skill that it names.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::rules;
use crate::diagnostic::{Finding, Rule};
use crate::lint::document::Place;
use crate::lint::program::{LOOK_BACK, obstacle, starts_command};
use crate::markdown;

/// How many lines of body are too many.
const MAX_LINES: usize = 500;

/// How many tokens of body are too many, and how many characters a token has.
const MAX_TOKENS: usize = 5000;
const CHARACTERS_OF_TOKEN: usize = 4;

/// The folders that the specification gives a skill.
static FOLDERS: &[&str] = &["scripts/", "references/", "assets/"];

/// The languages whose lines are typed into a terminal.
static SHELLS: &[&str] = &["bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"];

/// Appends that the body is too long, if it is.
pub(super) fn check_size(code: &str, start: usize, found: &mut Vec<Finding>) {
    let body = &code[start..];
    let blank = body.find(|next: char| !next.is_whitespace()).unwrap_or_default();
    let first = start + blank;
    let range = first..code[first..].find('\n').map_or(code.len(), |end| first + end);
    let help = "move details to files under `references/`";
    let lines = body.lines().count();
    if lines >= MAX_LINES {
        let message = format!("the body has {lines} lines");
        found.push(Finding::new(&rules::LONG_BODY, range.clone(), message).help(help));
    }
    let tokens = body.chars().count() / CHARACTERS_OF_TOKEN;
    if tokens > MAX_TOKENS {
        let message = format!("the body has about {tokens} tokens");
        found.push(Finding::new(&rules::MANY_TOKENS, range, message).help(help));
    }
}

/// Appends which files of its own folders the body names and are not there, and which scripts
/// it starts that cannot be started.
pub(super) fn check_files(place: &Place<'_>, code: &str, start: usize, found: &mut Vec<Finding>) {
    // Most skills have no such file, and need not be parsed for it.
    if !FOLDERS.iter().any(|folder| code.contains(folder)) {
        return;
    }
    for (range, is_command) in code_parts(code, start) {
        let text = &code[range.clone()];
        for mention in mentions(text) {
            let at = range.start + mention.start..range.start + mention.end;
            let is_script = is_command && text[mention.clone()].starts_with("scripts/");
            let rule = if is_script { &rules::MISSING_FILE } else { &rules::MISSING_MENTION };
            check_file(place, &text[mention.clone()], at.clone(), rule, found);
            if is_command && starts(text, mention.start) {
                check_start(place, &text[mention], at, found);
            }
        }
    }
}

fn check_file(
    place: &Place<'_>,
    path: &str,
    at: Range<usize>,
    rule: &'static Rule,
    found: &mut Vec<Finding>,
) {
    let folder = &path[..path.find('/').unwrap_or(path.len())];
    let Some(folder) = place.resolve(folder) else { return };
    let Some(full) = place.resolve(path) else { return };
    // Without the folder, the path is probably one of the user's project.
    let has_folder = place.neighbours.entry(&folder).is_some_and(|entry| entry.is_folder);
    if has_folder && place.neighbours.entry(&full).is_none() {
        let finding = Finding::new(rule, at, format!("there is no `{path}`"));
        found.push(finding.help("correct the name, or add the file"));
    }
}

fn check_start(place: &Place<'_>, path: &str, at: Range<usize>, found: &mut Vec<Finding>) {
    let Some(full) = place.resolve(path) else { return };
    if let Some(obstacle) = obstacle(place, &full) {
        found.push(obstacle.finding(&rules::NOT_RUNNABLE, at, path, place, &full));
    }
}

/// Tells whether a line starts the file at `at`, which may have `./` or the folder of the
/// skill before it.
fn starts(text: &str, at: usize) -> bool {
    let near = text.floor_char_boundary(at.saturating_sub(LOOK_BACK));
    let line = text[near..at].rfind('\n').map_or(near, |newline| near + newline + 1);
    let before = &text[line..at];
    let before = before.strip_suffix("./").unwrap_or(before);
    let before = match before.rfind("${CLAUDE_SKILL_DIR}") {
        Some(at) => &before[..at],
        None => before,
    };
    starts_command(before)
}

/// The code spans and the fences of the body; of each, whether it is typed into a terminal.
fn code_parts(code: &str, start: usize) -> Vec<(Range<usize>, bool)> {
    let mut parts = Vec::new();
    let mut fence: Option<bool> = None;
    let body = &code[start..];
    for (event, range) in Parser::new_ext(body, markdown::options()).into_offset_iter() {
        let range = start + range.start..start + range.end;
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split([' ', ',', '{']).next().unwrap_or_default();
                fence = Some(SHELLS.contains(&language.to_ascii_lowercase().as_str()));
            }
            Event::End(TagEnd::CodeBlock) => fence = None,
            Event::Text(_) => {
                if let Some(is_command) = fence.filter(|is_command| *is_command) {
                    parts.push((range, is_command));
                }
            }
            Event::Code(_) => parts.push((range, false)),
            _ => {}
        }
    }
    parts
}

/// Finds the paths in a text that start with one of the folders of a skill.
fn mentions(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        for (at, _) in text.match_indices(folder) {
            let before = text[..at].strip_suffix("./").unwrap_or(&text[..at]);
            let before = before.strip_suffix("${CLAUDE_SKILL_DIR}/").unwrap_or(before);
            let is_start = before.is_empty()
                || before.ends_with(|last: char| last.is_whitespace() || "`\"'(=$".contains(last));
            if !is_start {
                continue;
            }
            let is_part = |next: char| next.is_alphanumeric() || "._-/".contains(next);
            let length = text[at..].find(|next| !is_part(next)).unwrap_or(text.len() - at);
            let path = text[at..at + length].trim_end_matches(['.', '/']);
            let name = path.rsplit('/').next().unwrap_or_default();
            // `*`, `<name>` and `{name}` stand for other names, and `..` for a range of them.
            let is_pattern = text[at + length..].starts_with(['*', '<', '{', '[', '$', '…', '%']);
            let has_ending = name.find('.').is_some_and(|dot| dot > 0) && !path.contains("..");
            if !is_pattern && has_ending {
                found.push(at..at + path.len());
            }
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = mentions(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_paths_of_the_skill_and_no_patterns() {
        check("python3 scripts/a.py --to assets/b.csv", &["scripts/a.py", "assets/b.csv"]);
        check("./scripts/a.sh.", &["scripts/a.sh"]);
        check("`references/x.md`", &["references/x.md"]);
        check("my/scripts/a.py scripts/*.py scripts/<name>.py scripts/", &[]);
    }
}
