//! Pieces of Markdown: fences that hold any code, cells of tables, links between patterns.

use crate::markdown::outline;

/// Writes a fenced block, with a fence longer than any in the code.
pub fn fence(info: &str, code: &str) -> String {
    let mut longest = 0;
    for line in code.lines() {
        let line = line.trim_start();
        longest = longest.max(line.len() - line.trim_start_matches('`').len());
    }
    let ticks = "`".repeat(3.max(longest + 1));
    let end = if code.is_empty() || code.ends_with('\n') { "" } else { "\n" };
    format!("{ticks}{info}\n{code}{end}{ticks}")
}

/// Writes text into one cell of a table.
pub fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// Indents every line but the first, so that text of several lines stays in a list item.
pub fn hang(text: &str, indent: usize) -> String {
    let mut lines = text.trim_end().lines();
    let mut hung = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        hung.push('\n');
        if !line.is_empty() {
            hung.push_str(&" ".repeat(indent));
        }
        hung.push_str(line);
    }
    hung
}

/// Replaces every `pattern:ID` link. `target` gives the address for an id; a link that has
/// none where this text goes becomes its words alone.
pub fn resolve_links(text: &str, target: &dyn Fn(&str) -> Option<String>) -> String {
    if !text.contains("pattern:") {
        return text.to_owned();
    }
    let mut resolved = String::with_capacity(text.len());
    let mut copied = 0;
    for link in outline(text).links {
        let Some(reference) = link.destination.strip_prefix("pattern:") else { continue };
        let (id, anchor) = reference.split_once('#').unwrap_or((reference, ""));
        let written = &text[link.range.clone()];
        let Some(end_of_words) = written.rfind("](") else { continue };
        resolved.push_str(&text[copied..link.range.start]);
        match target(id) {
            Some(address) => {
                let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
                resolved.push_str(&format!("{}]({address}{anchor})", &written[..end_of_words]));
            }
            None => resolved.push_str(&written[1..end_of_words]),
        }
        copied = link.range.end;
    }
    resolved.push_str(&text[copied..]);
    resolved
}

/// Ends with one newline, and has no more than one empty line in a row outside fences.
///
/// Templates leave empty lines where an optional part is missing.
pub fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut open: Option<String> = None;
    let mut was_empty = true;
    for line in text.lines() {
        let mark = fence_mark(line);
        match (&open, mark) {
            (None, Some(mark)) => open = Some(mark),
            (Some(start), Some(mark)) if mark.starts_with(start.as_str()) => open = None,
            _ => {}
        }
        let is_empty = line.trim().is_empty() && open.is_none();
        if is_empty && was_empty {
            continue;
        }
        tidied.push_str(if open.is_none() { line.trim_end() } else { line });
        tidied.push('\n');
        was_empty = is_empty;
    }
    let length = tidied.trim_end().len();
    tidied.truncate(length);
    tidied.push('\n');
    tidied
}

fn fence_mark(line: &str) -> Option<String> {
    let line = line.trim_start();
    let length = line.len() - line.trim_start_matches('`').len();
    (length >= 3).then(|| line[..length].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_those_it_holds() {
        assert_eq!(fence("md", "```sh\nx\n```\n"), "````md\n```sh\nx\n```\n````");
        assert_eq!(fence("", "x"), "```\nx\n```");
    }

    #[test]
    fn links_are_resolved_or_become_words() {
        let target = |id: &str| (id == "a").then(|| "../x/a.md".to_owned());
        let text = "see [A `x`](pattern:a#b) and [B](pattern:b), not `[C](pattern:a)`";
        let expected = "see [A `x`](../x/a.md#b) and B, not `[C](pattern:a)`";
        assert_eq!(resolve_links(text, &target), expected);
    }

    #[test]
    fn empty_lines_in_a_fence_stay() {
        assert_eq!(tidy("a\n\n\n```\nx\n\n\ny\n```\n\n\n\nb"), "a\n\n```\nx\n\n\ny\n```\n\nb\n");
    }

    #[test]
    fn hung_lines_are_indented_but_empty_ones_are_not() {
        assert_eq!(hang("a\n\nb\n", 3), "a\n\n   b");
    }
}
