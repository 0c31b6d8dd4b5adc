//! Keeps what a project says from being HTML: a template's tags are tags, a pattern's are text.
//!
//! Whether a `<` stands in code, in text or in a template's tag is known only of the whole page:
//! a field may end in the middle of what the next one goes on with. So each `<` that may open a
//! tag is held back while a page is put together, and written at its end as its place wants it.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use crate::markdown::page_options;
use crate::source::bidi;

/// Stands for a `<`. Unicode gives it no meaning, now or ever.
const HELD: char = '\u{fdd0}';

/// Makes content ready for a template: a `<` that may open a tag is held back, and characters
/// that change the order of text are shown.
pub fn hold(text: &str) -> String {
    let shown = bidi::show(text);
    let mut held = String::with_capacity(shown.len());
    for (at, char) in shown.char_indices() {
        held.push(match char {
            '<' if may_open_tag(&shown[at + 1..]) => HELD,
            HELD => char::REPLACEMENT_CHARACTER,
            char => char,
        });
    }
    held
}

/// Tells whether a `<` before this may open a tag, now or with what comes behind the text.
/// Links such as `<https://example.com>` are none: no name of a tag ends in `:` or `@`.
fn may_open_tag(after: &str) -> bool {
    let is_of_address = |char: char| char.is_ascii_alphanumeric() || "+-._".contains(char);
    let rest = after.trim_start_matches(is_of_address);
    let opens =
        after.chars().next().is_none_or(|char| char.is_ascii_alphabetic() || "/!?".contains(char));
    opens && (rest.len() == after.len() || !rest.starts_with([':', '@']))
}

/// What a part of a page is read as, other than text.
enum Zone {
    Code,
    Html,
}

/// Writes what was held back in a whole page: as it is in code, as text elsewhere.
pub fn release(page: &str) -> String {
    if !page.contains(HELD) {
        return page.to_owned();
    }
    let zones = zones(page);
    let mut zones = zones.iter().peekable();
    let mut released = String::with_capacity(page.len());
    for (at, char) in page.char_indices() {
        if char != HELD {
            released.push(char);
            continue;
        }
        while zones.next_if(|(range, _)| range.end <= at).is_some() {}
        let zone = zones.peek().filter(|(range, _)| range.contains(&at));
        released.push_str(match zone {
            Some((_, Zone::Code)) => "<",
            Some((_, Zone::Html)) => "&lt;",
            None if is_escaped(&released) => "<",
            None => "\\<",
        });
    }
    released
}

/// The parts of a page that are code or HTML, in order.
fn zones(page: &str) -> Vec<(Range<usize>, Zone)> {
    let events = Parser::new_ext(page, page_options()).into_offset_iter();
    let zone = |(event, range)| match event {
        Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => Some((range, Zone::Code)),
        Event::Html(_) | Event::InlineHtml(_) => Some((range, Zone::Html)),
        _ => None,
    };
    events.filter_map(zone).collect()
}

/// Tells whether a backslash stands before what comes next, and is none itself.
fn is_escaped(before: &str) -> bool {
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Parser};

    use super::{hold, release};
    use crate::markdown::page_options;

    /// Checks what a page of two fields in one paragraph says, and that neither is HTML.
    #[track_caller]
    fn check(first: &str, second: &str, expected: &str) {
        let page = release(&format!("<i>{}</i> **Fix:** {}", hold(first), hold(second)));
        assert_eq!(page, format!("<i>{expected}"));
        for event in Parser::new_ext(&page, page_options()) {
            if let Event::Html(html) | Event::InlineHtml(html) = event {
                assert!(["<i>", "</i>"].contains(&&*html), "{html} in {page}");
            }
        }
    }

    #[test]
    fn tags_are_text_and_code_is_as_it_was() {
        check("<b>x</b>", "a < b <3", "\\<b>x\\</b></i> **Fix:** a < b <3");
        check("`<b>`", "\\<b> \\\\<b>", "`<b>`</i> **Fix:** \\<b> \\\\\\<b>");
        check("<https://x.example> <a@b.c>", "x", "<https://x.example> <a@b.c></i> **Fix:** x");
        check("x", "y\n\n```html\n<b>\n```", "x</i> **Fix:** y\n\n```html\n<b>\n```");
    }

    #[test]
    fn what_only_two_fields_together_would_make_is_text() {
        check("a <!--", "b -->", "a \\<!--</i> **Fix:** b -->");
        check("a `", "b `<img src=x>`", "a `</i> **Fix:** b `\\<img src=x>`");
        check("a <", "b>", "a \\<</i> **Fix:** b>");
    }

    #[test]
    fn in_a_tag_of_a_template_it_is_an_entity() {
        let page = format!("<p title=\"{}\">{}</p>\n", hold("<b>"), hold("</p>"));
        assert_eq!(release(&page), "<p title=\"&lt;b>\">&lt;/p></p>\n");
    }

    #[test]
    fn what_stands_for_a_sign_cannot_be_written() {
        assert_eq!(release(&hold("\u{fdd0}b>")), "\u{fffd}b>");
    }
}
