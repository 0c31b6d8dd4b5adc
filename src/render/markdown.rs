//! Pieces of Markdown: fences that hold any code, cells of tables, links between patterns.

use super::hold::hold;
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

/// Writes plain text as Markdown: on one line, with nothing in it that Markdown would read,
/// but for code in backticks.
///
/// Agents search for `invalid_grant` and `a & b`: what cannot be misread stays as it is.
pub fn text(plain: &str) -> String {
    let plain = one_line(plain);
    let mut written = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(next) = rest.chars().next() {
        if let Some(span) = code_span(rest) {
            written.push_str(span);
            rest = &rest[span.len()..];
            continue;
        }
        let before = &plain[..plain.len() - rest.len()];
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let length = ticks.max(next.len_utf8());
        if next == '{' && rest.ends_with('}') {
            // A heading may end in attributes, whatever backslash stands before them.
            written.push_str("&#123;");
        } else if is_markup(next, before, &rest[next.len_utf8()..]) {
            // Each of several backticks, or the rest of them would open a code span.
            rest[..length].chars().for_each(|char| written.extend(['\\', char]));
        } else {
            written.push(next);
        }
        rest = &rest[length..];
    }
    written
}

/// The code span that a text begins with. Its marks are equally long.
fn code_span(text: &str) -> Option<&str> {
    let length = text.len() - text.trim_start_matches('`').len();
    if length == 0 {
        return None;
    }
    let mut at = length;
    loop {
        at += text[at..].find('`')?;
        let ticks = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += ticks;
        if ticks == length {
            return Some(&text[..at]);
        }
    }
}

/// Tells whether Markdown could read a character of plain text as more than itself.
fn is_markup(char: char, before: &str, after: &str) -> bool {
    let (last, next) = (before.chars().next_back(), after.chars().next());
    let is_in_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    let ends_word = next.is_none_or(|next| next == ' ');
    match char {
        '`' | '*' | '[' | ']' | '<' | '~' => true,
        '_' => !(is_in_word(last) && is_in_word(next)),
        '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
        '&' => next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
        // A heading may end in `#`.
        '#' => last.is_none_or(|last| last == ' '),
        '>' => before.is_empty(),
        '-' | '+' => before.is_empty() && ends_word,
        // A number at the start would begin a list.
        '.' | ')' => {
            ends_word && !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// Writes plain text as a code span, whatever backticks it holds.
pub fn code(plain: &str) -> String {
    let plain = one_line(plain);
    let runs = plain.split(|char| char != '`').map(str::len);
    let ticks = "`".repeat(1 + runs.max().unwrap_or_default());
    let gap = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    format!("{ticks}{gap}{plain}{gap}{ticks}")
}

/// Writes a value of a fence's info string, quoted. Markdown reads backslashes in it, and
/// then the reader of the attributes does again.
pub fn info_value(plain: &str) -> String {
    let quoted = one_line(plain).replace('\\', "\\\\").replace('"', "\\\"");
    let written = quoted.replace('\\', "\\\\").replace('&', "&amp;").replace('`', "&#96;");
    format!("\"{written}\"")
}

/// Text on one line, with single spaces.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a link with plain text as its words, or these words alone where it leads nowhere.
pub fn link(title: &str, href: Option<&str>, anchor: Option<&str>) -> String {
    let title = text(title);
    match (href, anchor) {
        (Some(href), Some(anchor)) => format!("[{title}]({href}#{anchor})"),
        (Some(href), None) => format!("[{title}]({href})"),
        (None, _) => title,
    }
}

/// Writes text into one cell of a table.
pub fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
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

/// Breaks text into lines of at most `room` characters, at spaces.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

/// Writes a text field of a project for a template: its links are resolved, as in
/// [`resolve_links`], and what looks like HTML in it is text.
pub fn field(text: &str, target: &dyn Fn(&str) -> Option<String>) -> String {
    resolve_links(&hold(text.trim()), target)
}

/// Replaces every `pattern:ID` link. `target` gives the address for an id; a link that has
/// none where this text goes becomes its words alone.
pub fn resolve_links(text: &str, target: &dyn Fn(&str) -> Option<String>) -> String {
    resolve_references(text, &|id, anchor| {
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        Some(target(id)? + &anchor)
    })
}

/// Replaces every `pattern:ID` link, as [`resolve_links`] does. `target` gets the anchor too,
/// which is empty where there is none.
pub fn resolve_references(text: &str, target: &dyn Fn(&str, &str) -> Option<String>) -> String {
    replace_references(text, &mut |words, id, anchor| match target(id, anchor) {
        Some(address) => format!("[{words}]({address})"),
        None => words.to_owned(),
    })
}

/// Replaces every `pattern:ID` link. `write` gets its words, the id, and the anchor, which is empty
/// where there is none.
pub fn replace_references(text: &str, write: &mut dyn FnMut(&str, &str, &str) -> String) -> String {
    if !text.contains("pattern:") {
        return text.to_owned();
    }
    let mut replaced = String::with_capacity(text.len());
    let mut copied = 0;
    for link in outline(text).links {
        let Some(reference) = link.destination.strip_prefix("pattern:") else { continue };
        let (id, anchor) = reference.split_once('#').unwrap_or((reference, ""));
        let written = &text[link.range.clone()];
        let Some(end_of_words) = written.rfind("](") else { continue };
        // No pattern is a picture; and one in the words of a link goes with them.
        if written.starts_with('!') || link.range.start < copied {
            continue;
        }
        replaced.push_str(&text[copied..link.range.start]);
        replaced.push_str(&write(&written[1..end_of_words], id, anchor));
        copied = link.range.end;
    }
    replaced.push_str(&text[copied..]);
    replaced
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
    use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

    use super::*;
    use crate::markdown::options;

    #[track_caller]
    fn check_text(plain: &str, expected: &str) {
        assert_eq!(text(plain), expected);
        let mut shown = String::new();
        for event in Parser::new_ext(&format!("# {}\n", text(plain)), options()) {
            match event {
                Event::Text(text) => shown.push_str(&text),
                Event::Code(code) => shown.push_str(&format!("`{code}`")),
                Event::Start(Tag::Heading { id: None, .. }) | Event::End(TagEnd::Heading(_)) => {}
                event => panic!("{event:?}"),
            }
        }
        assert_eq!(shown, one_line(plain));
    }

    #[test]
    fn plain_text_is_shown_as_it_is_written() {
        check_text("Use <TOKEN> here", "Use \\<TOKEN> here");
        check_text("<script>1</script>", "\\<script>1\\</script>");
        check_text("a & b &amp; &#60;", "a & b \\&amp; \\&#60;");
        check_text("[a](b) *c* **d** ~~e~~", "\\[a\\](b) \\*c\\* \\*\\*d\\*\\* \\~\\~e\\~\\~");
        check_text("invalid_grant _a_", "invalid_grant \\_a\\_");
        check_text("C:\\Users \\* \\", "C:\\Users \\\\\\* \\\\");
        check_text("C# a # {#id}", "C# a \\# &#123;#id}");
        check_text("1. a - b", "1\\. a - b");
        check_text("a\n\n# b", "a \\# b");
    }

    #[test]
    fn code_in_plain_text_stays_code() {
        check_text("Where `${user_config.KEY}` works", "Where `${user_config.KEY}` works");
        assert_eq!(text("`` ` `` *"), "`` ` `` \\*");
        check_text("an open ` tick and ``", "an open \\` tick and \\`\\`");
    }

    #[test]
    fn code_spans_hold_backticks() {
        assert_eq!(code("A_B"), "`A_B`");
        assert_eq!(code("`a` b"), "`` `a` b ``");
    }

    #[test]
    fn a_value_comes_out_of_an_info_string_as_it_went_in() {
        let name = "a \"b\\c\" &amp; `";
        let info = format!("json file={} dont", info_value(name));
        let text = fence(&info, "x");
        let mut events = Parser::new_ext(&text, options());
        let Some(Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info)))) = events.next() else {
            panic!("{text} is no fence");
        };
        assert_eq!(&*info, "json file=\"a \\\"b\\\\c\\\" &amp; `\" dont");
    }

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
        let image = "[![x](pattern:a)](pattern:a)";
        assert_eq!(resolve_links(image, &target), "[![x](pattern:a)](../x/a.md)");
        let elsewhere = "[![x](pattern:a)](https://x.example)";
        assert_eq!(resolve_links(elsewhere, &target), elsewhere);
    }

    #[test]
    fn empty_lines_in_a_fence_stay() {
        assert_eq!(tidy("a\n\n\n```\nx\n\n\ny\n```\n\n\n\nb"), "a\n\n```\nx\n\n\ny\n```\n\nb\n");
    }

    #[test]
    fn hung_lines_are_indented_but_empty_ones_are_not() {
        assert_eq!(hang("a\n\nb\n", 3), "a\n\n   b");
    }

    #[test]
    fn long_text_is_wrapped_at_spaces() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
    }
}
