//! Checks the sets of examples that a reader chooses from by their tabs.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::EXAMPLE_TABS;
use super::yaml::{ExampleEntry, PatternFile, Shown};
use crate::diagnostic::{Diagnostic, Finding};
use crate::schema::WRONG_TYPE;
use crate::source::{FileId, Span};
use crate::value::Node;
use crate::value::de::Located;

/// Checks what a pattern's steps and sections show in tabs.
pub(super) fn check(content: &PatternFile, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let entries = content.examples.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let mut checker = Checker { entries, placed: BTreeSet::new(), file, diagnostics };
    for shown in content.shown() {
        checker.check_set(shown);
    }
}

/// Finds names for tabs that are not there; they would be dropped in silence.
pub(super) fn check_unplaced(content: &PatternFile, found: &mut Vec<Finding>) {
    let placed: BTreeSet<&str> =
        content.shown().flat_map(|shown| shown.tabs).map(Located::as_str).collect();
    let is_known = |id: &&&str| content.examples.iter().any(|entry| entry.id.value == **id);
    // A name that nobody knows may mean any of them.
    if placed.iter().filter(is_known).count() < placed.len() {
        return;
    }
    for entry in &content.examples {
        let Some(tab) = &entry.tab else { continue };
        let id = &entry.id.value;
        if !placed.contains(id.as_str()) {
            let message = format!("the example `{id}` has a `tab`, and stands in no tabs");
            let help = "name it under `tabs` of a step or a section, or take `tab` out";
            found.push(Finding::new(&EXAMPLE_TABS, tab.range.clone(), message).help(help));
        }
    }
}

/// Says of each list that stands where the id of one example belongs how to show several.
pub(super) fn explain_lists(pattern: &Node, found: &mut [Finding]) {
    for part in ["steps", "sections"].iter().filter_map(|name| pattern.get(name)) {
        for example in part.items().iter().filter_map(|item| item.get("example")) {
            let is_of_list = |finding: &&mut Finding| {
                finding.rule.id == WRONG_TYPE.id && finding.range.start == example.range.start
            };
            let ids: Vec<&str> = example.items().iter().filter_map(Node::text).collect();
            if let ([_, ..], Some(finding)) = (&*ids, found.iter_mut().find(is_of_list)) {
                "one example stands here, and a list of them in tabs"
                    .clone_into(&mut finding.message);
                finding.help = Some(match &*ids {
                    [only] => format!("write `example: {only}`"),
                    ids => format!("write `tabs: [{}]`", ids.join(", ")),
                });
            }
        }
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
