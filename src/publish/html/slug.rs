//! Makes ids for headings that are unique on their page and stable between builds.

use std::collections::BTreeSet;

use crate::markdown::slug;

/// The ids given out on one page.
#[derive(Debug, Default)]
pub(super) struct Slugs {
    used: BTreeSet<String>,
}

impl Slugs {
    /// Makes a free id from the text of a heading.
    pub(super) fn add_heading(&mut self, text: &str) -> String {
        let slug = slug(text);
        self.add_id(if slug.is_empty() { "section" } else { &slug })
    }

    /// Takes an id that the author chose, with a number added if it is taken.
    pub(super) fn add_id(&mut self, id: &str) -> String {
        let mut free = id.to_owned();
        let mut number = 1;
        while !self.used.insert(free.clone()) {
            free = format!("{id}-{number}");
            number += 1;
        }
        free
    }
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
