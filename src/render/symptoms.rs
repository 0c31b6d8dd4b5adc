//! What the template of the index of symptoms may see. A contract, as in [`view`].

use std::collections::BTreeMap;

use serde::Serialize;

use super::view::{self, LinkView, Target};
use crate::markdown::slug;
use crate::model::Catalog;

/// Everything that users see when something fails.
#[derive(Debug, Serialize)]
pub struct SymptomsView {
    /// The symptoms by the letter that they begin with, in order.
    pub groups: Vec<GroupView>,
}

/// Symptoms that begin alike.
#[derive(Debug, Serialize)]
pub struct GroupView {
    /// The letter, or what stands for all digits.
    pub title: String,
    /// The symptoms.
    pub symptoms: Vec<SymptomView>,
}

/// A symptom.
#[derive(Debug, Serialize)]
pub struct SymptomView {
    /// The words that users see.
    pub words: String,
    /// The pages that explain it, each with the anchor of its section.
    pub pages: Vec<PageView>,
}

/// A page that explains a symptom.
#[derive(Debug, Serialize)]
pub struct PageView {
    /// The pattern.
    pub link: LinkView,
    /// The id of the section.
    pub anchor: String,
}

/// Makes the view of all symptoms of a catalog.
pub fn symptoms(catalog: &Catalog, target: &Target<'_>) -> SymptomsView {
    let mut symptoms: BTreeMap<String, SymptomView> = BTreeMap::new();
    for (id, pattern) in &catalog.patterns {
        for trouble in &pattern.content.troubleshooting {
            let words = &trouble.symptom;
            let link = view::link(id, catalog, target);
            let page = PageView { link, anchor: slug(words) };
            let new = || SymptomView { words: words.clone(), pages: Vec::new() };
            symptoms.entry(key(words)).or_insert_with(new).pages.push(page);
        }
    }
    let mut groups: Vec<GroupView> = Vec::new();
    for symptom in symptoms.into_values() {
        let title = initial(&symptom.words);
        match groups.last_mut() {
            Some(group) if group.title == title => group.symptoms.push(symptom),
            _ => groups.push(GroupView { title, symptoms: vec![symptom] }),
        }
    }
    SymptomsView { groups }
}

/// What symptoms are sorted by: neither case nor punctuation at the beginning counts.
fn key(words: &str) -> String {
    words.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn initial(words: &str) -> String {
    match key(words).chars().next() {
        Some(digit) if digit.is_ascii_digit() => "0–9".to_owned(),
        Some(letter) => letter.to_uppercase().collect(),
        None => "Other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{initial, key};

    #[test]
    fn quotes_and_case_do_not_count() {
        assert_eq!(key("\"Invalid token\""), key("invalid token\""));
        assert_eq!(initial("`needs-auth`"), "N");
        assert_eq!(initial("401 Unauthorized"), "0–9");
        assert_eq!(initial("…"), "Other");
    }
}
