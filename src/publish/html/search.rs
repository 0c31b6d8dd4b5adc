//! The search index: the text of every section, loaded by the script when someone searches.
//!
//! The script looks through the plain text, which needs no stemmer and no tables, and finds
//! `invalid_grant` and `401` as they stand. `templates/site/site.js` is its only reader.

use serde::Serialize;

use crate::publish::html::markdown::Section;

/// The file that holds the index, at the site's root.
pub(super) const INDEX_PATH: &str = "search-index.json";

/// A page in the index.
#[derive(Serialize)]
struct PageRecord<'a> {
    url: &'a str,
    title: &'a str,
    sections: Vec<SectionRecord>,
}

/// Anchor, heading, text.
#[derive(Serialize)]
struct SectionRecord(String, String, String);

/// The index entry of one page, as JSON. Of a page that only leads to others the headings are
/// enough: its text would be found before the pages that it leads to.
pub(super) fn page_json(url: &str, title: &str, sections: &[Section], leads_on: bool) -> String {
    let record = |section: &Section| {
        let is_list = leads_on && section.level > 1;
        section_record(section, if is_list { "" } else { &section.text })
    };
    let sections = sections.iter().filter_map(record).collect();
    let record = PageRecord { url, title, sections };
    serde_json::to_string(&record).expect("strings and lists are always JSON")
}

/// Joins the entries of all pages, in reading order.
pub(super) fn index_json(pages: &[String]) -> String {
    format!("[{}]\n", pages.join(",\n"))
}

fn section_record(section: &Section, text: &str) -> Option<SectionRecord> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    if text.is_empty() && section.title.is_empty() {
        return None;
    }
    Some(SectionRecord(section.id.clone(), section.title.clone(), text))
}

#[cfg(test)]
mod tests {
    use super::{Section, index_json, page_json};

    #[test]
    fn index_lists_sections_with_plain_text() {
        let section = Section {
            level: 2,
            id: "a".to_owned(),
            title: "A".to_owned(),
            text: "b\n  invalid_grant ".to_owned(),
        };
        let sections = [Section::default(), section];
        let page = page_json("p.html", "P", &sections, false);
        let expected = "[{\"url\":\"p.html\",\"title\":\"P\",\
                        \"sections\":[[\"a\",\"A\",\"b invalid_grant\"]]}]\n";
        assert_eq!(index_json(&[page]), expected);
        let page = page_json("p.html", "P", &sections, true);
        assert_eq!(index_json(&[page]), expected.replace("b invalid_grant", ""));
    }
}
