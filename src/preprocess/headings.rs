//! The headings of a chapter, and those of what is put below one of them.

use pulldown_cmark::{Event, Parser, Tag};

use crate::markdown::page_options;

/// The deepest level that Markdown has.
const DEEPEST: usize = 6;

/// Where each heading of a text begins, and its level.
pub(super) fn levels(text: &str) -> Vec<(usize, usize)> {
    let events = Parser::new_ext(text, page_options()).into_offset_iter();
    let level = |(event, range): (Event<'_>, std::ops::Range<usize>)| match event {
        Event::Start(Tag::Heading { level, .. }) => Some((range.start, level as usize)),
        _ => None,
    };
    events.filter_map(level).collect()
}

/// The level of the heading that a place stands below; 0 where there is none.
pub(super) fn level_at(levels: &[(usize, usize)], at: usize) -> usize {
    levels.iter().take_while(|(start, _)| *start < at).last().map_or(0, |(_, level)| *level)
}

/// A page with its headings below those of a level, and an anchor at the first.
pub(super) fn below(page: &str, level: usize, anchor: &str) -> String {
    let mut shifted = String::with_capacity(page.len());
    let mut copied = 0;
    let mut anchor = Some(anchor);
    for (event, range) in Parser::new_ext(page, page_options()).into_offset_iter() {
        let Event::Start(Tag::Heading { level: own, id, .. }) = event else { continue };
        shifted.push_str(&page[copied..range.start]);
        copied = range.end;
        let written = &page[range];
        let text = match written.starts_with('#') {
            true => written.trim_start_matches('#').trim().to_owned(),
            // The line below such a heading is what makes it one.
            false => {
                let mut lines: Vec<&str> = written.trim_end().lines().map(str::trim).collect();
                lines.pop();
                lines.join(" ")
            }
        };
        shifted.push_str(&"#".repeat((own as usize + level).min(DEEPEST)));
        shifted.push(' ');
        shifted.push_str(&text);
        if let Some(anchor) = anchor.take().filter(|_| id.is_none()) {
            shifted.push_str(&format!(" {{#{anchor}}}"));
        }
        if written.ends_with('\n') {
            shifted.push('\n');
        }
    }
    shifted.push_str(&page[copied..]);
    shifted
}

#[cfg(test)]
mod tests {
    use super::{below, level_at, levels};

    #[test]
    fn headings_go_below_that_of_the_chapter() {
        let page = "# A `#` b\n\n```sh\n# c\n```\n\n## D\nE\n===\n\n- #### f\n\n##### g\n";
        let expected =
            "### A `#` b {#x}\n\n```sh\n# c\n```\n\n#### D\n### E\n\n- ###### f\n\n###### g\n";
        assert_eq!(below(page, 2, "x"), expected);
    }

    #[test]
    fn a_place_is_below_the_last_heading() {
        let levels = levels("a\n\n# b\n\nc\n\n## d\n\n```\n# e\n```\n");
        assert_eq!([0, 8, 14].map(|at| level_at(&levels, at)), [0, 1, 2]);
    }
}
