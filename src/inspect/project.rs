//! Inspects a project: examples, don'ts, prose, and hand-written chapters.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::rules::{
    DONT_NOT_FLAGGED, KIND_LANGUAGE, LEVEL_NOT_REACHED, MUTATION_BREAKS_CODE, NOT_PROVEN,
};
use super::{Inspection, inspect_fences, inspect_markdown, inspect_order, inspect_snippet};
use crate::check::{self, Strictness, UNKNOWN_LANGUAGE, Verdict};
use crate::diagnostic::{Diagnostic, Finding, Rule, Severity};
use crate::lint::{self, Document};
use crate::model::code::block_snippet;
use crate::model::expectations::{describe, mutate};
use crate::model::references::unknown;
use crate::model::yaml::ExampleEntry;
use crate::model::yaml::words::Level;
use crate::model::{BadExample, Catalog, Example, Pattern, Proven};
use crate::source::{FileId, Snippet, Sources, Span};
use crate::value::de::Located;

/// Inspects every pattern. Nothing is tolerated here: our own examples are complete.
///
/// `rules` are all rules that a don't may name.
pub fn inspect(catalog: &Catalog, rules: &[&'static Rule]) -> Inspection {
    let patterns: Vec<&Pattern> = catalog.patterns.values().collect();
    let inspections: Vec<Inspection> =
        patterns.par_iter().map(|pattern| inspect_pattern(pattern, rules)).collect();
    let mut all = Inspection::default();
    for inspection in inspections {
        all.append(inspection);
    }
    all
}

/// Inspects the fences of the hand-written chapters, and the chapters as Markdown.
pub fn inspect_chapters(catalog: &Catalog, sources: &Sources) -> Inspection {
    let mut inspection = Inspection::default();
    for (_, file) in &catalog.chapters.markdown {
        let text = Snippet::whole(&sources.file(*file).text, *file);
        inspect_markdown(&text, Strictness::Strict, &mut inspection);
    }
    inspection
}

/// Inspects what holds for every text of a project, whatever it is.
pub fn inspect_texts(sources: &Sources) -> Inspection {
    let mut inspection = Inspection::default();
    for file in sources.ids() {
        inspect_order(&Snippet::whole(&sources.file(file).text, file), &mut inspection);
    }
    inspection
}

fn inspect_pattern(pattern: &Pattern, rules: &[&'static Rule]) -> Inspection {
    let mut inspection = Inspection::default();
    for example in &pattern.examples {
        inspect_example(example, pattern.file, &mut inspection);
    }
    for example in &pattern.bad_examples {
        inspect_bad_example(example, pattern.file, rules, &mut inspection);
    }
    for block in pattern.content.prose() {
        // Most prose has no fence, and reading Markdown for nothing costs time.
        if block.text.contains("```") || block.text.contains("~~~") {
            let text = block_snippet(block, pattern.file);
            inspect_fences(&text, Strictness::Strict, 1, &mut inspection);
        }
    }
    inspection
}

fn inspect_example(example: &Example, file: FileId, inspection: &mut Inspection) {
    let entry = &example.entry;
    let language = &entry.language;
    report_unknown_language(language, file, inspection);
    let kind = entry.kind.as_ref().and_then(|kind| find_kind(kind, language, file, inspection));
    let verdict =
        inspect_snippet(&example.snippet, &language.value, kind, Strictness::Strict, inspection);
    check_mutations(example, file, inspection);
    let reached = level_reached(entry);
    // What only a run can show is another question: see `check_claims`.
    let is_too_much = |claimed: &Level| *claimed > reached && *claimed <= Level::Checked;
    let Some(claimed) = entry.level.filter(is_too_much) else { return };
    let has_unknown_kind = entry.kind.is_some() && kind.is_none();
    if verdict != Verdict::Invalid && !has_unknown_kind {
        let span = Span::new(file, entry.id.range.clone());
        let (id, claimed, reached) = (&entry.id.value, claimed.name(), reached.name());
        let message = format!("the example `{id}` claims to be {claimed}, but is only {reached}");
        let help = "claim less, or name a language that a checker knows and a `kind`";
        inspection.diagnostics.push(Diagnostic::new(&LEVEL_NOT_REACHED, span, message).help(help));
    }
}

/// Finds mutations after which the code no longer parses: of such code any test fails.
fn check_mutations(example: &Example, file: FileId, inspection: &mut Inspection) {
    let entry = &example.entry;
    let parses = |code: &str| {
        let mut found = Vec::new();
        let verdict = check::check(&entry.language.value, code, Strictness::Strict, &mut found);
        verdict != Verdict::Invalid
    };
    for mutation in &entry.mutations {
        // One that does not fit the code was found when the pattern was read.
        let Ok(code) = mutate(mutation, &example.snippet.text) else { continue };
        if !parses(&code) && parses(&example.snippet.text) {
            let at = mutation.remove.as_ref().unwrap_or(&mutation.fails);
            let span = Span::new(file, at.range.clone());
            let message = format!("{} the code does not parse", describe(mutation));
            let help = "change it so that it still runs, without the one thing";
            let diagnostic = Diagnostic::new(&MUTATION_BREAKS_CODE, span, message).help(help);
            inspection.diagnostics.push(diagnostic);
        }
    }
}

/// How far an example without errors is proven.
pub fn level_reached(entry: &ExampleEntry) -> Level {
    let kind = entry.kind.as_ref().and_then(|kind| lint::kind(&kind.value));
    match (check::checker(&entry.language.value), kind) {
        (Some(_), Some(kind)) if is_written_in(kind, &entry.language.value) => Level::Checked,
        (Some(_), _) => Level::Parsed,
        (None, _) => Level::Shown,
    }
}

/// Finds examples that claim to have run, or to be proven, and are not so by the ledger.
pub fn check_claims(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for pattern in catalog.patterns.values() {
        for example in &pattern.examples {
            let reached = level_of(pattern, example, &catalog.proven);
            let claimed = example.entry.level.filter(|level| *level > Level::Checked);
            let Some(claimed) = claimed.filter(|claimed| *claimed > reached) else { continue };
            let span = Span::new(pattern.file, example.entry.id.range.clone());
            let id = format!("{}/{}", pattern.content.id.value, example.entry.id.value);
            let (claimed, reached) = (claimed.name(), reached.name());
            let message = format!("`{id}` claims {claimed}, and the ledger shows {reached}");
            let help = format!("run `patternbook test {id}`, and commit the ledger");
            diagnostics.push(Diagnostic::new(&NOT_PROVEN, span, message).help(help));
        }
    }
    diagnostics
}

/// How far an example is proven, by itself or by what the ledger says (`PATTERN/EXAMPLE`).
pub fn level_of(pattern: &Pattern, example: &Example, proven: &BTreeMap<String, Proven>) -> Level {
    let id = format!("{}/{}", pattern.content.id.value, example.entry.id.value);
    let stated = proven.get(&id).map(|proven| proven.level);
    level_reached(&example.entry).max(stated.unwrap_or(Level::Shown))
}

fn inspect_bad_example(
    example: &BadExample,
    file: FileId,
    rules: &[&'static Rule],
    inspection: &mut Inspection,
) {
    let entry = &example.entry;
    let Some(language) = &entry.language else { return };
    report_unknown_language(language, file, inspection);
    let kind = entry.kind.as_ref().and_then(|kind| find_kind(kind, language, file, inspection));
    let Some(flagged_by) = &entry.flagged_by else {
        // An attack shows that it is bad, when it is run.
        let (text, mut found) = (&example.snippet.text, Vec::new());
        let verdict = check::check(&language.value, text, Strictness::Strict, &mut found);
        inspection.add(&example.snippet, &language.value, verdict, found);
        return;
    };
    if !rules.iter().any(|rule| rule.id == flagged_by.value) {
        let known = rules.iter().map(|rule| rule.id);
        let span = Span::new(file, flagged_by.range.clone());
        inspection.diagnostics.push(unknown("rule", &flagged_by.value, known, span));
        return;
    }
    let mut found = Vec::new();
    check::check(&language.value, &example.snippet.text, Strictness::Strict, &mut found);
    // A don't is bad in the one way that it shows; code that does not parse shows nothing.
    let is_broken = |finding: &Finding| finding.rule.severity == Severity::Error;
    let broken: Vec<Finding> = found.iter().filter(|finding| is_broken(finding)).cloned().collect();
    if !broken.is_empty() && !found.iter().any(|finding| finding.rule.id == flagged_by.value) {
        inspection.add(&example.snippet, &language.value, Verdict::Invalid, broken);
        return;
    }
    if let Some(kind) = kind {
        found.extend(lint::lint(kind, &Document::snippet(&example.snippet.text)));
    }
    if let Some(finding) = found.iter().find(|finding| finding.rule.id == flagged_by.value) {
        let verdict = Verdict::Flagged(finding.rule.id);
        inspection.add(&example.snippet, &language.value, verdict, Vec::new());
        return;
    }
    let message = format!("`{}` does not flag this code", flagged_by.value);
    let finding = Finding::new(&DONT_NOT_FLAGGED, 0..first_line(&example.snippet), message);
    let finding = finding.help(flagging_rules(&found));
    inspection.add(&example.snippet, &language.value, Verdict::Invalid, vec![finding]);
}

fn flagging_rules(found: &[Finding]) -> String {
    let mut ids: Vec<&str> = found.iter().map(|finding| finding.rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.as_slice() {
        [] => "no rule flags it; name its `kind`, or describe the mistake in words".to_owned(),
        ids => format!("these rules do: {}", ids.join(", ")),
    }
}

fn first_line(snippet: &Snippet) -> usize {
    snippet.text.find('\n').unwrap_or(snippet.text.len())
}

fn find_kind(
    kind: &Located<String>,
    language: &Located<String>,
    file: FileId,
    inspection: &mut Inspection,
) -> Option<&'static dyn lint::Kind> {
    let found = lint::kind(&kind.value);
    if found.is_none() {
        let known = lint::KINDS.iter().map(|kind| kind.name());
        let span = Span::new(file, kind.range.clone());
        inspection.diagnostics.push(unknown("kind", &kind.value, known, span));
    }
    let found = found?;
    if !is_written_in(found, &language.value) {
        let span = Span::new(file, kind.range.clone());
        let message = format!("`{}` is not written in `{}`", kind.value, language.value);
        let help = format!("it is written in: {}", found.languages().join(", "));
        inspection.diagnostics.push(Diagnostic::new(&KIND_LANGUAGE, span, message).help(help));
        return None;
    }
    Some(found)
}

/// Tells whether documents of a kind are written in a language, by whichever of its names.
fn is_written_in(kind: &dyn lint::Kind, language: &str) -> bool {
    let checker = check::checker(language);
    checker
        .is_some_and(|checker| checker.names().iter().any(|name| kind.languages().contains(name)))
}

fn report_unknown_language(language: &Located<String>, file: FileId, inspection: &mut Inspection) {
    if !check::is_known(&language.value) {
        let (message, help) = check::unknown_language(&language.value);
        let span = Span::new(file, language.range.clone());
        inspection.diagnostics.push(Diagnostic::new(&UNKNOWN_LANGUAGE, span, message).help(help));
    }
}
