//! Checks what a pattern would write into somebody's plugin.

use std::collections::BTreeSet;

use regex::Regex;

use super::code::block_snippet;
use super::references::check_name;
use super::rules::ADD_DEFINITION;
use super::yaml::add::{Add, AskedValue, ReadmeSection};
use super::{Example, Pattern};
use crate::diagnostic::Diagnostic;
use crate::markdown;
use crate::source::Span;
use crate::value::de::Located;

/// Checks the part `add` of a pattern.
pub(super) fn check(pattern: &Pattern, diagnostics: &mut Vec<Diagnostic>) {
    let Some(add) = &pattern.content.add else { return };
    let mut checker = Checker { pattern, diagnostics };
    checker.check_files(add);
    checker.check_values(add);
    if let Some(readme) = &add.readme {
        checker.check_readme(readme);
    }
}

struct Checker<'a> {
    pattern: &'a Pattern,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    fn check_files(&mut self, add: &Add) {
        let mut paths = BTreeSet::new();
        for file in &add.files {
            let id = &file.example;
            self.check_example(id);
            let Some(example) = self.pattern.example(&id.value) else { continue };
            let name = &example.entry.file_name;
            let path = name.as_ref().and(file.to.as_ref().or(name.as_ref()));
            let place = file.to.as_ref().unwrap_or(id);
            match path {
                None => {
                    let message = format!("the example `{}` has no file to go to", id.value);
                    self.report(id, message, "give the example a `file-name`");
                }
                Some(path) if !stays_below(&path.value) => {
                    let message = format!("`{}` leads out of the plugin", path.value);
                    self.report(place, message, "name a file that stands in the plugin");
                }
                Some(path)
                    if add.readme.is_some() && path.value.eq_ignore_ascii_case("README.md") =>
                {
                    let message = "the README is written already, by `readme`".to_owned();
                    self.report(id, message, "put the text of the example into `readme`");
                }
                Some(path) if !paths.insert(path.value.clone()) => {
                    let message = format!("two files go to `{}`", path.value);
                    self.report(place, message, "name one example for each file");
                }
                Some(_) => {}
            }
            let first = file.new_only.first().or(file.leave_out.first());
            if let Some(first) = first
                && example.entry.language.value != "json"
            {
                let message = "only of a JSON file can a part be left out";
                self.report(first, message.to_owned(), "leave `new-only` and `leave-out` out");
                continue;
            }
            let Ok(json) = serde_json::from_str(&example.snippet.text) else { continue };
            let json: serde_json::Value = json;
            for pointer in &file.leave_out {
                self.check_pointer(pointer, &json);
            }
        }
    }

    fn check_pointer(&mut self, pointer: &Located<String>, json: &serde_json::Value) {
        let parent = key_of_pointer(&pointer.value).and_then(|(parent, _)| json.pointer(parent));
        let message = if json.pointer(&pointer.value).is_none() {
            format!("`{}` is not there to be left out", pointer.value)
        } else if !parent.is_some_and(serde_json::Value::is_object) {
            format!("`{}` is no key of an object, so it cannot be left out", pointer.value)
        } else {
            return;
        };
        self.report(pointer, message, "write a JSON Pointer, such as `/userConfig/workspace`");
    }

    fn check_values(&mut self, add: &Add) {
        let mut names = BTreeSet::new();
        for value in &add.values {
            if !names.insert(value.name.as_str()) {
                let message = format!("the value `{}` stands here a second time", value.name.value);
                self.report(&value.name, message, "rename one");
            }
            let mut examples = add.files.iter().filter_map(|file| self.written(&file.example));
            if !examples.any(|example| example.snippet.text.contains(value.text.as_str())) {
                let message = format!("`{}` stands in none of the files", value.text.value);
                self.report(&value.text, message, "copy a text of the examples");
            }
            self.check_answers(value);
        }
    }

    fn check_answers(&mut self, value: &AskedValue) {
        let pattern = match whole(&value.matches.value) {
            Ok(pattern) => pattern,
            Err(error) => {
                let error = error.to_string();
                let error = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let message = format!("this is no regular expression: {error}");
                return self.report(
                    &value.matches,
                    message,
                    "write one that the regex crate reads",
                );
            }
        };
        if let Some(default) = &value.default
            && !pattern.is_match(&default.value)
        {
            let message = format!("the default does not match `{}`", value.matches.value);
            self.report(default, message, "change the default, or what an answer must match");
        }
    }

    fn check_readme(&mut self, readme: &ReadmeSection) {
        for id in &readme.examples {
            self.check_example(id);
        }
        let settings = self.pattern.content.settings.iter().map(|setting| setting.name.as_str());
        for name in &readme.settings {
            check_name("setting", name, settings.clone(), self.pattern.file, self.diagnostics);
        }
        for link in markdown::links(&readme.text.text) {
            if link.destination.starts_with("pattern:") {
                let span = block_snippet(&readme.text, self.pattern.file).locate(link.range);
                let message = "a README has no link to a pattern";
                let help = "say it in words, or link to the page's address";
                self.diagnostics.push(Diagnostic::new(&ADD_DEFINITION, span, message).help(help));
            }
        }
    }

    fn check_example(&mut self, id: &Located<String>) {
        let known = self.pattern.content.examples.iter().map(|entry| entry.id.as_str());
        check_name("example", id, known, self.pattern.file, self.diagnostics);
    }

    fn written(&self, id: &Located<String>) -> Option<&Example> {
        self.pattern.example(&id.value)
    }

    fn report(&mut self, place: &Located<String>, message: String, help: &str) {
        let span = Span::new(self.pattern.file, place.range.clone());
        self.diagnostics.push(Diagnostic::new(&ADD_DEFINITION, span, message).help(help));
    }
}

/// The expression that a whole answer must match.
pub(crate) fn whole(expression: &str) -> Result<Regex, regex::Error> {
    // Alone first: `a)|(b` would fit between the brackets.
    Regex::new(expression)?;
    Regex::new(&format!(r"\A(?:{expression})\z"))
}

/// The pointer to the object that a JSON Pointer leads into, and the key there. The empty pointer,
/// which is the whole, has none.
pub(crate) fn key_of_pointer(pointer: &str) -> Option<(&str, String)> {
    let (parent, key) = pointer.rsplit_once('/')?;
    // In this order, or `~01` would become `/`.
    Some((parent, key.replace("~1", "/").replace("~0", "~")))
}

/// Tells whether a path leads to a file below the folder that it starts from.
pub(crate) fn stays_below(path: &str) -> bool {
    let is_name =
        |name: &str| !matches!(name, "" | "." | "..") && !name.eq_ignore_ascii_case(".git");
    !path.starts_with('~') && !path.contains('\\') && path.split('/').all(is_name)
}
