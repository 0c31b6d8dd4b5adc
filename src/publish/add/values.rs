//! The answers of a user: what one may be, and how it takes the place of a text.

use std::collections::BTreeMap;

use super::{Part, Recipe, is_json, readme};
use crate::model::added::whole;
use crate::model::yaml::add::AskedValue;

/// What is written for which text.
#[derive(Debug, Default)]
pub struct Answers {
    /// The longest text first.
    replacements: Vec<Replacement>,
}

#[derive(Debug)]
struct Replacement {
    text: String,
    by: String,
    of: Origin,
}

/// Whose text is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A value that is asked for.
    Value,
    /// The folder that paths begin with.
    Root,
    /// A file that goes elsewhere than its name says.
    File,
}

impl Replacement {
    /// Tells whether its text begins at a place of another. The name of a file does so only as a
    /// whole: `run.sh` stands neither in `dryrun.sh` nor in `run.sh.bak`.
    fn begins_at(&self, text: &str, at: usize) -> bool {
        let Some(after) = text[at..].strip_prefix(&self.text) else { return false };
        let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let starts = !text[..at].ends_with(|c: char| is_of_name(c) || c == '.');
        // A full stop ends a sentence.
        let ends = !after.trim_start_matches('.').starts_with(|c: char| is_of_name(c) || c == '/');
        self.of != Origin::File || (starts && ends)
    }
}

/// What patterns write for the folder of a plugin.
const PLUGIN_ROOT: &str = "${CLAUDE_PLUGIN_ROOT}";

/// The same for a project. Without the default it is empty for a `headersHelper`.
pub const PROJECT_ROOT: &str = "${CLAUDE_PROJECT_DIR:-.}";

impl Answers {
    /// The answers to what a recipe asks, by the name of the value; where each file goes, for the
    /// texts that name it; and what the folder is called there, which is a plugin or a project.
    pub fn new(recipe: &Recipe<'_>, answers: &BTreeMap<String, String>, is_plugin: bool) -> Self {
        let mut replacements = Vec::new();
        for value in recipe.values() {
            if let Some(answer) = answers.get(value.name.as_str()) {
                let replace = |(text, by)| Replacement { text, by, of: Origin::Value };
                replacements.extend(pairs(value, answer).map(replace));
            }
        }
        if !is_plugin {
            let (text, by) = (PLUGIN_ROOT.to_owned(), PROJECT_ROOT.to_owned());
            replacements.push(Replacement { text, by, of: Origin::Root });
        }
        let mut answers = Self::from(replacements);
        let moved = |part: Part<'_>| {
            let text = part.example.entry.file_name.as_ref()?.value.clone();
            let by = answers.fill_path(part.path);
            part.file.to.as_ref().map(|_| Replacement { text, by, of: Origin::File })
        };
        let moved: Vec<Replacement> = recipe.parts().filter_map(moved).collect();
        answers.replacements.extend(moved);
        Self::from(answers.replacements)
    }

    fn from(mut replacements: Vec<Replacement>) -> Self {
        replacements.sort_by_key(|replacement| std::cmp::Reverse(replacement.text.len()));
        Self { replacements }
    }

    /// Tells whether a text depends on an answer.
    pub(super) fn decide(&self, text: &str) -> bool {
        let mut values = self.replacements.iter().filter(|it| it.of == Origin::Value);
        values.any(|it| text.contains(&it.text))
    }

    /// Puts the answers into a text, in one go: what an answer holds is not replaced again.
    pub(super) fn fill(&self, text: &str) -> String {
        self.fill_as(text, &|_| true, &str::to_owned)
    }

    /// Puts the answers into the path of a file: of a path that is one already, nothing else is
    /// replaced.
    pub(super) fn fill_path(&self, path: &str) -> String {
        self.fill_as(path, &|origin| origin == Origin::Value, &str::to_owned)
    }

    /// Puts the answers into JSON, as they are written in its strings.
    pub(super) fn fill_json(&self, text: &str) -> String {
        self.fill_as(text, &|_| true, &|answer| {
            let written = serde_json::Value::from(answer).to_string();
            written[1..written.len() - 1].to_owned()
        })
    }

    fn fill_as(
        &self,
        text: &str,
        is_meant: &dyn Fn(Origin) -> bool,
        write: &dyn Fn(&str) -> String,
    ) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let mut found = self.replacements.iter().filter(|it| is_meant(it.of));
            match found.find(|it| it.begins_at(text, at)) {
                Some(replacement) => {
                    filled.push_str(&write(&replacement.by));
                    at += replacement.text.len();
                }
                None => {
                    filled.push(next);
                    at += next.len_utf8();
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
    use super::{Answers, Origin, Replacement};

    fn answers(of: Origin, pairs: &[(&str, &str)]) -> Answers {
        let replace = |(text, by): &(&str, &str)| {
            let (text, by) = ((*text).to_owned(), (*by).to_owned());
            Replacement { text, by, of }
        };
        Answers::from(pairs.iter().map(replace).collect())
    }

    #[test]
    fn what_an_answer_holds_is_not_replaced_again() {
        let pairs = [("acme", "corp"), ("https://acme", "https://corp.acme")];
        let answers = answers(Origin::Value, &pairs);
        assert_eq!(answers.fill("acme: https://acme/é"), "corp: https://corp.acme/é");
    }

    #[test]
    fn json_stays_json_whatever_an_answer_holds() {
        let answer = "\"\\\n$(id)</script>";
        let text = answers(Origin::Value, &[("acme", answer)]).fill_json(r#"{"a": "acme"}"#);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["a"], answer);
    }

    #[test]
    fn the_name_of_a_file_is_replaced_only_as_a_whole() {
        let answers = answers(Origin::File, &[("run.sh", "bin/run.sh")]);
        for same in ["dryrun.sh", ".run.sh", "run.sh.bak", "run.sh-1", "érun.sh", "run.sh/a"] {
            assert_eq!(answers.fill(same), same);
        }
        let text = "\"./run.sh\", `run.sh`, and at the end run.sh.";
        let filled = "\"./bin/run.sh\", `bin/run.sh`, and at the end bin/run.sh.";
        assert_eq!(answers.fill(text), filled);
        assert_eq!(answers.fill_path("run.sh"), "run.sh");
    }
}
