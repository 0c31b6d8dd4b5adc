//! The anchors of a page: ids of its headings, unique on the page and stable between builds, and
//! those that its author wrote.

use std::collections::BTreeSet;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd};

use super::{page_options, slug};

/// The ids given out on one page.
#[derive(Debug, Default)]
pub struct Slugs {
    used: BTreeSet<String>,
}

impl Slugs {
    /// Makes a free id from the text of a heading.
    pub fn add_heading(&mut self, text: &str) -> String {
        let slug = slug(text);
        self.add_id(if slug.is_empty() { "section" } else { &slug })
    }

    /// Takes an id that the author chose, with a number added if it is taken.
    pub fn add_id(&mut self, id: &str) -> String {
        let mut free = id.to_owned();
        let mut number = 1;
        while !self.used.insert(free.clone()) {
            free = format!("{id}-{number}");
            number += 1;
        }
        free
    }
}

/// Every anchor of the page that a Markdown text becomes on the site.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let mut slugs = Slugs::default();
    let mut anchors = BTreeSet::new();
    let mut heading: Option<(Option<CowStr<'_>>, String)> = None;
    for event in Parser::new_ext(text, page_options()) {
        match event {
            Event::Start(Tag::Heading { id, .. }) => heading = Some((id, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                let Some((id, title)) = heading.take() else { continue };
                anchors.insert(match id {
                    Some(id) => slugs.add_id(&id),
                    None => slugs.add_heading(title.trim()),
                });
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some((_, title)) = &mut heading {
                    title.push_str(&part);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, title)) = &mut heading {
                    title.push(' ');
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                anchors.extend(html_ids(&html).into_iter().map(str::to_owned));
            }
            _ => {}
        }
    }
    anchors
}

/// How many bytes of an id are looked at.
const MOST_LETTERS: usize = 512;

/// The values of `id="…"` and `name="…"`.
pub fn html_ids(html: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    for name in ["id=", "name="] {
        for (at, _) in html.match_indices(name) {
            let start = at + name.len();
            let value = &html[start..html.floor_char_boundary(start + MOST_LETTERS)];
            let value = value.trim_start_matches(['"', '\'']);
            let end = value.find(['"', '\'', '>', ' ']).unwrap_or(value.len());
            ids.push(&value[..end]);
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::Slugs;

    #[track_caller]
    fn check(headings: &[&str], expected: &[&str]) {
        let mut slugs = Slugs::default();
        let ids: Vec<String> = headings.iter().map(|text| slugs.add_heading(text)).collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn slug_keeps_letters_digits_and_dashes() {
        check(&["Use `invalid_grant` (RFC 6749)"], &["use-invalid_grant-rfc-6749"]);
        check(&["Über uns: ja"], &["über-uns-ja"]);
    }

    #[test]
    fn repeated_headings_get_numbers() {
        check(&["Steps", "Steps", "Steps"], &["steps", "steps-1", "steps-2"]);
        check(&["a", "a-1", "a", "a"], &["a", "a-1", "a-2", "a-3"]);
    }

    #[test]
    fn heading_without_letters_gets_an_id() {
        check(&["?!", "…"], &["section", "section-1"]);
    }
}
