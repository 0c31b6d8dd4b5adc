//! The YAML between two lines of dashes at the start of a skill, an agent or a command.

use std::ops::Range;

use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::schema::{Schema, UNKNOWN_FIELD};
use crate::value::{Node, Value, yaml};

pub(super) static COLON: Rule = Rule {
    id: "front-matter-colon",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a colon and a space in a value without quotes",
    explanation: "YAML takes `: ` for the start of a new key and refuses the text. Claude Code reads an agent or a \
        command all the same, by guessing; other tools, and the page of the file on a forge, show an error or no \
        fields. Put the value into quotes, or write it below `|`.\n\nSource: YAML 1.2.2 §7.3.3 (plain scalars); seen with \
        Claude Code 2.1.329.",
};

/// The front matter of a document.
pub(super) enum FrontMatter {
    /// It is there, at these bytes, and may be data.
    Found { range: Range<usize>, node: Option<Node> },
    /// The document does not start with a line of dashes.
    Missing,
    /// No line of dashes ends it.
    Unclosed,
}

/// Reads the front matter, and holds it against a schema. Every place is one of the document.
pub(super) fn read(text: &str, schema: &Schema, found: &mut Vec<Finding>) -> FrontMatter {
    let Some(range) = find(text) else {
        let start = text.trim_start_matches('\u{feff}');
        let first = start.lines().next().unwrap_or_default();
        let is_open = first.trim_end() == "---";
        return if is_open { FrontMatter::Unclosed } else { FrontMatter::Missing };
    };
    let (node, mut new) = yaml::parse(&text[range.clone()]);
    if let Some(node) = &node {
        new.extend(schema.validate(node));
    }
    found.extend(new.into_iter().map(|finding| shift(finding, range.start)));
    let node = node.map(|mut node| {
        move_in_place(&mut node, range.start);
        node
    });
    FrontMatter::Found { range, node }
}

/// Makes the refusal of a colon a warning: Claude Code reads what it reads alone by guessing.
pub(super) fn forgive_colons(found: &mut [Finding]) {
    for finding in found.iter_mut() {
        let is_colon = finding.rule.id == yaml::YAML_SYNTAX.id
            && finding.message.contains("mapping values are not allowed");
        if is_colon {
            finding.rule = &COLON;
        }
    }
}

/// Finds the YAML between the `---` lines at the start of a Markdown text, or nothing when
/// there is no such block or it is not closed.
///
/// The range starts after the first line and ends before the last one.
pub fn find(text: &str) -> Option<Range<usize>> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut start = None;
    for line in text[at..].split_inclusive('\n') {
        let is_fence = line.trim_end() == "---";
        match start {
            None if !is_fence => return None,
            None => start = Some(at + line.len()),
            Some(start) if is_fence => return Some(start..at),
            Some(_) => {}
        }
        at += line.len();
    }
    None
}

/// The first byte after the front matter.
pub(super) fn body_start(text: &str, range: &Range<usize>) -> usize {
    text[range.end..].find('\n').map_or(text.len(), |end| range.end + end + 1)
}

/// Reads one field of another document's front matter.
pub(super) fn field(text: &str, name: &str) -> Option<String> {
    let (node, _) = yaml::parse(&text[find(text)?]);
    Some(node?.get(name)?.text()?.to_owned())
}

/// The first line of a document, where a fault of all of it is shown.
pub(super) fn first_line(text: &str) -> Range<usize> {
    0..text.find('\n').unwrap_or(text.len())
}

/// Says which fields nobody knows: near a known one it is misspelt, or else `extra`.
pub(super) fn check_names(
    node: &Node,
    known: &[&str],
    extra: &'static Rule,
    help: &str,
    found: &mut Vec<Finding>,
) {
    for entry in node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let range = entry.key_range.clone();
        let message = format!("unknown field `{}`", entry.key);
        // A short word has too many neighbours.
        let is_near = |near: &&str| {
            strsim::damerau_levenshtein(near, &entry.key) <= (entry.key.len() / 8).max(1)
        };
        found.push(match suggest(&entry.key, known.iter().copied()).filter(is_near) {
            Some(near) => {
                Finding::new(&UNKNOWN_FIELD, range, message).help(format!("did you mean `{near}`?"))
            }
            None => Finding::new(extra, range, message).help(help),
        });
    }
}

/// The words of a field that holds a list, or a text with commas or spaces between them, each
/// with its place.
pub(super) fn words<'a>(text: &'a str, node: &Node) -> Vec<(&'a str, Range<usize>)> {
    let nodes = match &node.value {
        Value::List(items) => items.iter().collect(),
        Value::Text(_) => vec![node],
        _ => Vec::new(),
    };
    nodes.into_iter().flat_map(|node| split(text, node.range.clone())).collect()
}

/// Cuts a text at commas and spaces that are not in parentheses.
fn split(text: &str, range: Range<usize>) -> Vec<(&str, Range<usize>)> {
    let mut words = Vec::new();
    let (mut start, mut depth) = (range.start, 0_usize);
    let ends = text[range.clone()].char_indices().map(|(at, next)| (range.start + at, next));
    for (at, next) in ends.chain([(range.end, ',')]) {
        match next {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_end =
            at == range.end || depth == 0 && (next.is_whitespace() || "\"',".contains(next));
        if is_end {
            if start < at {
                words.push((&text[start..at], start..at));
            }
            start = at + next.len_utf8();
        }
    }
    words
}

fn shift(mut finding: Finding, offset: usize) -> Finding {
    finding.range = finding.range.start + offset..finding.range.end + offset;
    finding
}

fn move_in_place(node: &mut Node, offset: usize) {
    node.range = node.range.start + offset..node.range.end + offset;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| move_in_place(item, offset)),
        Value::Map(entries) => {
            for entry in entries {
                let key = entry.key_range.clone();
                entry.key_range = key.start + offset..key.end + offset;
                move_in_place(&mut entry.node, offset);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(find(text).map(|range| &text[range]), expected);
    }

    #[test]
    fn front_matter_stands_between_two_lines_of_dashes() {
        check("---\na: 1\n---\n# x\n", Some("a: 1\n"));
        check("\u{feff}---\r\na: 1\r\n---", Some("a: 1\r\n"));
        check("---\n---\n", Some(""));
    }

    #[test]
    fn front_matter_that_is_not_first_or_not_closed_is_none() {
        check("# x\n---\na: 1\n---\n", None);
        check("---\na: 1\n", None);
        check("", None);
    }

    #[test]
    fn words_are_cut_outside_of_parentheses() {
        let text = "Read, Bash(git log:*) Write";
        let words: Vec<&str> = split(text, 0..text.len()).into_iter().map(|word| word.0).collect();
        assert_eq!(words, ["Read", "Bash(git log:*)", "Write"]);
    }
}
