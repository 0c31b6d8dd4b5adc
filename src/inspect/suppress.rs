//! Takes back findings that a comment in the file suppresses, with a reason.
//!
//! `patternbook-ignore RULE[, RULE]: reason` holds for the next block of Markdown, the next line
//! of code, the next entry of YAML; `patternbook-ignore-file` for the whole file. What is wrong
//! with a comment, and one that is of no use, is a finding that no comment suppresses.

mod directive;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use rayon::prelude::*;

pub use self::directive::KEYWORD;
use self::directive::{Directive, Form, MOST_COMMENTS};
use super::rules::{IGNORE_UNKNOWN_RULE, IGNORE_UNUSED, IGNORE_WITHOUT_REASON, SKIPPED_SNIPPET};
use super::{Inspection, inspect_markdown};
use crate::check::{Strictness, Verdict};
use crate::diagnostic::{Diagnostic, Rule, suggest};
use crate::source::{FileId, Snippet, Sources, Span};

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
    let mut found: BTreeMap<FileId, Vec<Directive>> = ids.par_iter().filter_map(read).collect();
    if found.is_empty() {
        return;
    }
    let mut wrong = Vec::new();
    for (file, directives) in &mut found {
        if let Some(first) = directives.get(MOST_COMMENTS) {
            let message =
                format!("this comment and those below are not read: they are over {MOST_COMMENTS}");
            let span = Span::new(*file, first.range.clone());
            let help = "write one `patternbook-ignore-file` in their place";
            wrong.push(Diagnostic::new(&IGNORE_UNUSED, span, message).help(help));
        }
        directives.truncate(MOST_COMMENTS);
    }
    let silences: BTreeMap<FileId, Silences<'_>> =
        found.iter().map(|(file, directives)| (*file, silences(directives))).collect();
    let holds = |diagnostic: &Diagnostic| {
        let of_rule = silences.get(&diagnostic.span.file).and_then(|it| it.get(diagnostic.rule.id));
        of_rule.is_some_and(|ranges| is_in(ranges, diagnostic.span.start))
    };
    let (taken, kept) = std::mem::take(&mut inspection.diagnostics).into_iter().partition(holds);
    inspection.diagnostics = kept;
    inspection.suppressed.extend::<Vec<_>>(taken);
    let uses = Uses::of(sources, inspection, &found);
    for (file, directives) in &found {
        for directive in directives {
            report(directive, *file, rules, &uses, &mut wrong);
        }
    }
    inspection.diagnostics.extend(wrong);
}

/// Tells whether a text may hold comments of this tool.
pub(super) fn may_concern(text: &str) -> bool {
    static FINDER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(KEYWORD));
    FINDER.find(text.as_bytes()).is_some()
}

/// Where findings of each rule are suppressed in a file: in order, and apart from one another.
type Silences<'a> = BTreeMap<&'a str, Vec<Range<usize>>>;

fn silences(directives: &[Directive]) -> Silences<'_> {
    let mut silences: Silences<'_> = BTreeMap::new();
    for directive in directives.iter().filter(|directive| directive.is_whole()) {
        for (rule, _) in &directive.rules {
            if OWN.iter().all(|own| own.id != rule) {
                silences.entry(rule).or_default().push(directive.reach());
            }
        }
    }
    for ranges in silences.values_mut() {
        ranges.sort_by_key(|range| range.start);
        ranges.dedup_by(|next, range| {
            let is_joined = next.start <= range.end;
            if is_joined {
                range.end = range.end.max(next.end);
            }
            is_joined
        });
    }
    silences
}

/// Tells whether a place is in one of some ranges, which are in order and apart.
fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let before = ranges.partition_point(|range| range.start <= at);
    ranges[..before].last().is_some_and(|range| range.contains(&at))
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

/// What comments may have been of use for, in the files that have any: the places of findings of
/// each rule, in order.
#[derive(Default)]
struct Uses<'a> {
    found: BTreeMap<(FileId, &'a str), Vec<usize>>,
}

impl<'a> Uses<'a> {
    fn of(
        sources: &Sources,
        inspection: &'a Inspection,
        found: &BTreeMap<FileId, Vec<Directive>>,
    ) -> Self {
        let mut uses = Self::default();
        for one in &inspection.suppressed {
            uses.found.entry((one.span.file, one.rule.id)).or_default().push(one.span.start);
        }
        let mut tolerant = BTreeSet::new();
        for snippet in inspection.snippets.iter().filter(|it| found.contains_key(&it.file)) {
            match &snippet.verdict {
                Verdict::Tolerated(_) => drop(tolerant.insert(snippet.file)),
                Verdict::Skipped(_) => {
                    let key = (snippet.file, SKIPPED_SNIPPET.id);
                    uses.found.entry(key).or_default().push(snippet.offset);
                }
                _ => {}
            }
        }
        // A comment may be there for `--strict`, which finds more.
        for file in tolerant {
            let mut strict = Inspection::default();
            let text = Snippet::whole(&sources.file(file).text, file);
            inspect_markdown(&text, Strictness::Strict, &mut strict);
            for one in strict.diagnostics {
                uses.found.entry((file, one.rule.id)).or_default().push(one.span.start);
            }
        }
        uses.found.values_mut().for_each(|places| places.sort_unstable());
        uses
    }

    fn holds(&self, directive: &Directive, name: &str, file: FileId) -> bool {
        let Some(places) = self.found.get(&(file, name)) else { return false };
        let reach = directive.reach();
        let first = places.partition_point(|at| *at < reach.start);
        places.get(first).is_some_and(|at| *at < reach.end)
    }
}
