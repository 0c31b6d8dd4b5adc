//! The answers of a user: what one may be, and how it takes the place of a text.

use std::collections::BTreeMap;

use super::{Part, Recipe, is_json, readme};
use crate::model::added::whole;
use crate::model::yaml::add::AskedValue;

/// What is written for which text.
#[derive(Debug, Default)]
pub struct Answers {
    /// By the text that each takes the place of, the longest first.
    by_text: Vec<(String, String)>,
}

/// What patterns write for the folder of a plugin.
const PLUGIN_ROOT: &str = "${CLAUDE_PLUGIN_ROOT}";

/// The same for a project. Without the default it is empty for a `headersHelper`.
pub const PROJECT_ROOT: &str = "${CLAUDE_PROJECT_DIR:-.}";

impl Answers {
    /// The answers to what a recipe asks, by the name of the value; where each file goes, for the
    /// texts that name it; and what the folder is called there, which is a plugin or a project.
    pub fn new(recipe: &Recipe<'_>, answers: &BTreeMap<String, String>, is_plugin: bool) -> Self {
        let mut by_text = Vec::new();
        for value in recipe.values() {
            if let Some(answer) = answers.get(value.name.as_str()) {
                by_text.extend(pairs(value, answer));
            }
        }
        if !is_plugin {
            by_text.push((PLUGIN_ROOT.to_owned(), PROJECT_ROOT.to_owned()));
        }
        let longest_first = |(text, _): &(String, String)| std::cmp::Reverse(text.len());
        by_text.sort_by_key(longest_first);
        let mut answers = Self { by_text };
        let moved: Vec<(String, String)> = recipe
            .parts()
            .filter_map(|part| {
                let name = part.example.entry.file_name.as_ref()?;
                part.file.to.as_ref().map(|to| (name.value.clone(), answers.fill(&to.value)))
            })
            .collect();
        answers.by_text.extend(moved);
        answers.by_text.sort_by_key(longest_first);
        answers
    }

    /// Tells whether a text depends on an answer.
    pub(super) fn decide(&self, text: &str) -> bool {
        self.by_text.iter().any(|(replaced, _)| text.contains(replaced))
    }

    /// Puts the answers into a text, in one go: what an answer holds is not replaced again.
    pub(super) fn fill(&self, text: &str) -> String {
        self.fill_as(text, &str::to_owned)
    }

    /// Puts the answers into JSON, as they are written in its strings.
    pub(super) fn fill_json(&self, text: &str) -> String {
        self.fill_as(text, &|answer| {
            let written = serde_json::Value::from(answer).to_string();
            written[1..written.len() - 1].to_owned()
        })
    }

    fn fill_as(&self, text: &str, write: &dyn Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            match self.by_text.iter().find(|(text, _)| rest.starts_with(text)) {
                Some((text, answer)) => {
                    filled.push_str(&write(answer));
                    rest = &rest[text.len()..];
                }
                None => {
                    filled.push(next);
                    rest = &rest[next.len_utf8()..];
                }
            }
        }
        filled
    }
}

/// What is wrong with an answer, if anything is; what the pattern says and, whatever that is,
/// what a script can hold.
pub fn fault(recipe: &Recipe<'_>, value: &AskedValue, answer: &str) -> Option<String> {
    let is_match = whole(&value.matches.value).is_ok_and(|pattern| pattern.is_match(answer));
    if !is_match {
        return Some(format!("it must be {}", value.must));
    }
    if answer.chars().any(|c| c.is_control() || crate::source::bidi::is_control(c)) {
        return Some("it must be plain text in one line".to_owned());
    }
    let is_path = |part: &Part<'_>| pairs(value, answer).any(|(text, _)| part.path.contains(&text));
    if recipe.parts().any(|part| is_path(&part)) && !is_name(answer) {
        return Some(
            "it stands in the name of a file: use letters, digits, `-` and `_`".to_owned(),
        );
    }
    let section = readme::section(recipe, &Answers::default());
    let is_in_code = pairs(value, answer).any(|(text, _)| {
        let mut code = recipe.parts().filter(|part| !is_json(part.example));
        code.any(|part| part.example.snippet.text.contains(&text))
            || section.as_ref().is_some_and(|section| section.holds(&text))
    });
    if is_in_code && !answer.chars().all(is_plain) {
        return Some(
            "it stands in a script or the README: use letters, digits and `-._~:/@%+=,`".to_owned(),
        );
    }
    None
}

/// Tells whether the name of a file takes an answer as it is, and goes nowhere else by it.
fn is_name(answer: &str) -> bool {
    !answer.is_empty()
        && answer.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Tells whether a shell, Markdown and a program take a character as it is, wherever it stands.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/@%+=,".contains(c)
}

/// The texts that a value replaces, each with what is written there.
fn pairs<'a>(
    value: &'a AskedValue,
    answer: &'a str,
) -> impl Iterator<Item = (String, String)> + use<'a> {
    let text = value.text.as_str();
    let as_is = std::iter::once((text.to_owned(), answer.to_owned()));
    let in_capitals = |text: &str| text.to_uppercase().replace('-', "_");
    let cases =
        [(in_capitals(text), in_capitals(answer)), (with_capital(text), with_capital(answer))];
    as_is.chain(cases.into_iter().filter(|_| value.each_case))
}

fn with_capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.into_iter().chain(std::iter::once(letters.as_str().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn what_an_answer_holds_is_not_replaced_again() {
        let pair = |text: &str, answer: &str| (text.to_owned(), answer.to_owned());
        let by_text = vec![pair("https://acme", "https://corp.acme"), pair("acme", "corp")];
        let answers = Answers { by_text };
        assert_eq!(answers.fill("acme: https://acme/é"), "corp: https://corp.acme/é");
    }

    #[test]
    fn json_stays_json_whatever_an_answer_holds() {
        let answer = "\"\\\n$(id)</script>";
        let answers = Answers { by_text: vec![("acme".to_owned(), answer.to_owned())] };
        let text = answers.fill_json(r#"{"a": "acme"}"#);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["a"], answer);
    }
}
