//! Checks the sets of examples that a reader chooses from by their tabs.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::EXAMPLE_TABS;
use super::yaml::{ExampleEntry, PatternFile, Shown};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::value::de::Located;

/// Checks what a pattern's steps and sections show in tabs.
pub(super) fn check(content: &PatternFile, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let entries = content.examples.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let mut checker = Checker { entries, placed: BTreeSet::new(), file, diagnostics };
    for shown in content.shown() {
        checker.check_set(shown);
    }
}

struct Checker<'a> {
    entries: BTreeMap<&'a str, &'a ExampleEntry>,
    /// The examples that have a tab already.
    placed: BTreeSet<&'a str>,
    file: FileId,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn check_set(&mut self, shown: Shown<'a>) {
        if let (Some(example), [_, ..]) = (shown.example, shown.tabs) {
            let message = "this shows an example and tabs as well";
            let help =
                format!("name `{}` under `tabs` too, or leave one of the two out", example.value);
            self.report(example, message.to_owned(), &help);
        }
        if let [only] = shown.tabs {
            let message = "one tab alone leaves nothing to choose";
            let help = format!("write `example: {}`, or name another example", only.value);
            self.report(only, message.to_owned(), &help);
        }
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for id in shown.tabs {
            if !self.placed.insert(id.as_str()) {
                let message = format!("the example `{}` has a tab already", id.value);
                self.report(
                    id,
                    message,
                    "leave one of the two out: the link to a tab leads to one place",
                );
                continue;
            }
            let Some(entry) = self.entries.get(id.as_str()) else { continue };
            let name = entry.tab_name().trim();
            if name.is_empty() {
                let message = format!("the tab of `{}` has no name", id.value);
                self.report(id, message, "write it behind `tab:`, or leave `tab` out");
            } else if let Some(other) = names.insert(name, id.as_str()) {
                let message = format!(
                    "the tabs of `{other}` and `{}` have the same name, `{name}`",
                    id.value
                );
                let help = "give one of the examples another name with `tab: NAME`";
                self.report(id, message, help);
            }
        }
    }

    fn report(&mut self, place: &Located<String>, message: String, help: &str) {
        let span = Span::new(self.file, place.range.clone());
        self.diagnostics.push(Diagnostic::new(&EXAMPLE_TABS, span, message).help(help));
    }
}
