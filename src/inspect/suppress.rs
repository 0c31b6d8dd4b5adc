//! Takes back findings that a comment in the file suppresses, with a reason.
//!
//! `patternbook-ignore RULE[, RULE]: reason` holds for the next block of Markdown, the next line
//! of code, the next entry of YAML; `patternbook-ignore-file` for the whole file. What is wrong
//! with a comment, and one that is of no use, is a finding that no comment suppresses.

mod directive;

use std::collections::BTreeMap;

use rayon::prelude::*;

use self::directive::{Directive, Form, KEYWORD, MOST_COMMENTS};
use super::Inspection;
use super::rules::{IGNORE_UNKNOWN_RULE, IGNORE_UNUSED, IGNORE_WITHOUT_REASON, SKIPPED_SNIPPET};
use crate::check::Verdict;
use crate::diagnostic::{Diagnostic, Rule, suggest};
use crate::source::{FileId, Sources, Span};

/// The rules about these comments.
static OWN: [&Rule; 3] = [&IGNORE_WITHOUT_REASON, &IGNORE_UNKNOWN_RULE, &IGNORE_UNUSED];

/// Moves what is suppressed out of the findings, and reports what is wrong with the comments.
///
/// `rules` are all that a comment may name. May be done again when findings were added.
pub fn suppress(sources: &Sources, rules: &[&'static Rule], inspection: &mut Inspection) {
    let ids: Vec<FileId> = sources.ids().collect();
    let read = |id: &FileId| {
        let file = sources.file(*id);
        may_concern(&file.text).then(|| (*id, directive::directives(&file.path, &file.text)))
    };
    let found: BTreeMap<FileId, Vec<Directive>> = ids.par_iter().filter_map(read).collect();
    if found.is_empty() {
        return;
    }
    let holds = |diagnostic: &Diagnostic| {
        let mut of_file = found.get(&diagnostic.span.file).into_iter().flatten();
        of_file.any(|directive| directive.suppresses(diagnostic))
    };
    let (taken, kept) = std::mem::take(&mut inspection.diagnostics).into_iter().partition(holds);
    inspection.diagnostics = kept;
    inspection.suppressed.extend::<Vec<_>>(taken);
    let mut wrong = Vec::new();
    let uses = Uses::of(inspection, &found);
    for (file, directives) in &found {
        for directive in directives {
            report(directive, *file, rules, &uses, &mut wrong);
        }
        if let Some(last) = directives.get(MOST_COMMENTS - 1) {
            let message = "this file has more such comments than are read; those below are not";
            let span = Span::new(*file, last.range.clone());
            let help = "write one `patternbook-ignore-file` in their place";
            wrong.push(Diagnostic::new(&IGNORE_UNUSED, span, message).help(help));
        }
    }
    inspection.diagnostics.extend(wrong);
}

/// Tells whether a text may hold comments of this tool.
pub(super) fn may_concern(text: &str) -> bool {
    text.contains(KEYWORD)
}

impl Directive {
    fn suppresses(&self, diagnostic: &Diagnostic) -> bool {
        let rule = diagnostic.rule;
        let is_own = OWN.iter().any(|own| own.id == rule.id);
        self.covers(diagnostic.span.start) && self.is_whole() && !is_own && self.names(rule.id)
    }

    fn names(&self, rule: &str) -> bool {
        self.rules.iter().any(|(name, _)| name == rule)
    }
}

/// Says what is wrong with a comment: it suppresses nothing as it is.
fn report(
    directive: &Directive,
    file: FileId,
    rules: &[&'static Rule],
    uses: &Uses<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let whole = Span::new(file, directive.range.clone());
    if let Form::Unknown(word) = &directive.form {
        let message = format!("`{word}` is no comment of this tool");
        let help = format!("write `{KEYWORD}`, or `{KEYWORD}-file` for the whole file");
        wrong.push(Diagnostic::new(&IGNORE_UNKNOWN_RULE, whole, message).help(help));
        return;
    }
    if directive.rules.is_empty() {
        let help = "name each rule whose finding is to be left: `patternbook explain` lists them";
        let message = "this comment names no rule";
        wrong.push(Diagnostic::new(&IGNORE_UNKNOWN_RULE, whole, message).help(help));
        return;
    }
    if !directive.has_reason {
        let message = "this comment does not say why, and so suppresses nothing";
        let rule = &directive.rules[0].0;
        let help = format!("add the reason: `{KEYWORD} {rule}: why it is right here`");
        wrong.push(Diagnostic::new(&IGNORE_WITHOUT_REASON, whole, message).help(help));
        return;
    }
    for (name, range) in &directive.rules {
        let span = Span::new(file, range.clone());
        if let Some(problem) = problem(name, rules) {
            let (message, help) = problem;
            wrong.push(Diagnostic::new(&IGNORE_UNKNOWN_RULE, span, message).help(help));
        } else if !uses.holds(directive, name, file) {
            let message = format!("`{name}` finds nothing here that this comment could suppress");
            let help = match directive.scope.is_empty() && directive.form == Form::Next {
                true => "nothing follows it; put it before what it is about, or remove it",
                false => "remove it, or put it straight before what it is about",
            };
            wrong.push(Diagnostic::new(&IGNORE_UNUSED, span, message).help(help));
        }
    }
}

/// Says why a name is no rule that can be suppressed, and what to do.
fn problem(name: &str, rules: &[&'static Rule]) -> Option<(String, String)> {
    if OWN.iter().any(|own| own.id == name) {
        let help = "mend the comment that it is about".to_owned();
        return Some((format!("`{name}` cannot be suppressed"), help));
    }
    if rules.iter().any(|rule| rule.id == name) {
        return None;
    }
    let help = match suggest(name, rules.iter().map(|rule| rule.id)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name each rule: `patternbook explain` lists them".to_owned(),
    };
    Some((format!("there is no rule `{name}`"), help))
}

/// What comments may have been of use for, in the files that have any.
struct Uses<'a> {
    /// The rule and the place of each suppressed finding.
    suppressed: BTreeMap<FileId, Vec<(&'a str, usize)>>,
    /// The place of each snippet in which `--strict` finds more, and of what rule, if of one only.
    strict: BTreeMap<FileId, Vec<(Option<&'a str>, usize)>>,
}

impl<'a> Uses<'a> {
    fn of(inspection: &'a Inspection, found: &BTreeMap<FileId, Vec<Directive>>) -> Self {
        let mut uses = Self { suppressed: BTreeMap::new(), strict: BTreeMap::new() };
        for one in &inspection.suppressed {
            if found.contains_key(&one.span.file) {
                let places = uses.suppressed.entry(one.span.file).or_default();
                places.push((one.rule.id, one.span.start));
            }
        }
        for snippet in &inspection.snippets {
            let rule = match &snippet.verdict {
                Verdict::Tolerated(_) => None,
                Verdict::Skipped(_) => Some(SKIPPED_SNIPPET.id),
                _ => continue,
            };
            if found.contains_key(&snippet.file) {
                uses.strict.entry(snippet.file).or_default().push((rule, snippet.offset));
            }
        }
        uses
    }

    fn holds(&self, directive: &Directive, name: &str, file: FileId) -> bool {
        let mut suppressed = self.suppressed.get(&file).into_iter().flatten();
        let mut strict = self.strict.get(&file).into_iter().flatten();
        suppressed.any(|(rule, at)| directive.covers(*at) && *rule == name)
            || strict
                .any(|(rule, at)| directive.covers(*at) && rule.is_none_or(|rule| rule == name))
    }
}
