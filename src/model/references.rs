//! Checks what patterns and the manifest say of each other and of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::chapters::{BOOK_SOURCE, Chapters};
use super::code::{block_snippet, check_code, check_literal};
use super::flow;
use super::rules::{
    DEPRECATED_WITHOUT_REPLACEMENT, DUPLICATE_ID, EMPTY_PROJECT, EXAMPLE_CODE, FLOW_MESSAGE,
    ID_MISMATCH, PATTERN_OUTDATED, SOURCE_ORIGIN, TOPIC_NOT_COVERED, UNKNOWN_REFERENCE,
    UNSAFE_LINK, UNUSED_PATTERN,
};
use super::yaml::manifest::Manifest;
use super::yaml::words::Status;
use super::yaml::{PatternFile, Shown, Source};
use super::{Catalog, Pattern, added, file_stem, tabs};
use crate::diagnostic::{Diagnostic, suggest};
use crate::markdown::{self, Link};
use crate::source::{FileId, Sources, Span, address};
use crate::value::de::{Block, Located};

/// The ids that exist, whether or not their files could be read.
pub(super) struct Known {
    stems: BTreeSet<String>,
    /// The patterns that were read, with where their ids stand.
    claimed: BTreeMap<String, Span>,
}

impl Known {
    pub(super) fn of(files: &[(String, FileId)]) -> Self {
        let stems = files.iter().map(|(path, _)| file_stem(path).to_owned()).collect();
        Self { stems, claimed: BTreeMap::new() }
    }

    /// Notes that a pattern has an id; false when another one has it already.
    pub(super) fn claim(
        &mut self,
        pattern: &Pattern,
        sources: &Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let id = &pattern.content.id;
        let span = Span::new(pattern.file, id.range.clone());
        let Some(other) = self.claimed.get(&id.value) else {
            self.claimed.insert(id.value.clone(), span);
            return true;
        };
        let file = sources.file(other.file);
        let (path, line) = (&file.path, file.position(other.start).line);
        let message = format!("`{path}` has the id `{}` already, in line {line}", id.value);
        let help = "rename one of the two files and its id";
        diagnostics.push(Diagnostic::new(&DUPLICATE_ID, span, message).help(help));
        false
    }

    /// Reports the id of a pattern that does not exist.
    pub(super) fn check(
        &self,
        name: &Located<String>,
        file: FileId,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        if !self.stems.contains(&name.value) {
            let known = self.stems.iter().map(String::as_str);
            let span = Span::new(file, name.range.clone());
            diagnostics.push(unknown("pattern", &name.value, known, span));
        }
    }
}

/// Reports a name that is not among `known`.
pub(super) fn check_name<'a>(
    what: &str,
    name: &Located<String>,
    known: impl Iterator<Item = &'a str> + Clone,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if known.clone().any(|known| known == name.value) {
        return;
    }
    let span = Span::new(file, name.range.clone());
    diagnostics.push(unknown(what, &name.value, known, span));
}

/// Says that a name is unknown, and which one was probably meant, or what there is.
pub fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
    span: Span,
) -> Diagnostic {
    let message = format!("there is no {what} `{name}`");
    let diagnostic = Diagnostic::new(&UNKNOWN_REFERENCE, span, message);
    let known: Vec<&str> = known.collect();
    match (suggest(name, known.iter().copied()), what) {
        (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
        (None, "pattern") => diagnostic.help("`patternbook list` lists what there is"),
        (None, "rule") => diagnostic.help("`patternbook explain` lists what there is"),
        (None, _) if known.is_empty() => diagnostic.help(format!("add the {what} first")),
        (None, _) => diagnostic.help(format!("one of: {}", known.join(", "))),
    }
}

/// Checks one pattern.
pub(super) fn check_pattern(
    pattern: &Pattern,
    sources: &Sources,
    known: &Known,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let content = &pattern.content;
    let file = pattern.file;
    check_id(pattern, sources, diagnostics);
    check_status(content, file, diagnostics);
    check_examples(content, file, diagnostics);
    check_flow(content, file, diagnostics);
    added::check(pattern, diagnostics);
    for source in &content.sources {
        check_origin(source, file, diagnostics);
    }
    let instead = content.avoid_when.iter().filter_map(|avoid| avoid.instead.as_ref());
    for name in content.related.iter().chain(&content.replaced_by).chain(instead) {
        known.check(name, file, diagnostics);
    }
    for block in content.prose() {
        check_block(block, known, file, diagnostics);
    }
}

/// Checks what a pattern names of the manifest.
pub(super) fn check_against_manifest(
    pattern: &Pattern,
    manifest: &Manifest,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (content, file) = (&pattern.content, pattern.file);
    for spec in content.sources.iter().filter_map(|source| source.spec.as_ref()) {
        let known = manifest.specs.keys().map(String::as_str);
        check_name("specification", spec, known, file, diagnostics);
    }
    check_versions(content, manifest, file, diagnostics);
    check_topics(&content.covers, manifest, file, diagnostics);
}

fn check_id(pattern: &Pattern, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let id = &pattern.content.id;
    let stem = file_stem(&sources.file(pattern.file).path);
    if id.value != stem {
        let span = Span::new(pattern.file, id.range.clone());
        let message = format!("the id is `{}`, but the file is named `{stem}.yaml`", id.value);
        let help = format!("rename the file to `{}.yaml`, or the id to the file's name", id.value);
        diagnostics.push(Diagnostic::new(&ID_MISMATCH, span, message).help(help));
    }
}

fn check_status(content: &PatternFile, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    if content.status == Status::Deprecated && content.replaced_by.is_none() {
        let span = Span::new(file, content.id.range.clone());
        let message = "this pattern is deprecated and does not say what to use instead";
        let help = "add `replaced-by:` with the id of the pattern to use";
        diagnostics
            .push(Diagnostic::new(&DEPRECATED_WITHOUT_REPLACEMENT, span, message).help(help));
    }
}

fn check_examples(content: &PatternFile, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for entry in &content.examples {
        check_code(entry, file, diagnostics);
        if !seen.insert(entry.id.value.as_str()) {
            let span = Span::new(file, entry.id.range.clone());
            let message = format!("the example `{}` stands here a second time", entry.id.value);
            diagnostics.push(Diagnostic::new(&DUPLICATE_ID, span, message).help("rename one"));
        }
    }
    for name in content.shown().flat_map(Shown::ids) {
        check_name("example", name, seen.iter().copied(), file, diagnostics);
    }
    tabs::check(content, file, diagnostics);
    for entry in &content.donts {
        let Some(code) = &entry.code else { continue };
        check_literal(code, file, diagnostics);
        let is_shown_bad = entry.flagged_by.is_some() || entry.attack.is_some();
        if entry.language.is_none() || !is_shown_bad {
            let span = Span::new(file, entry.text.range.clone());
            let message =
                "this don't has code, but not `language` and one of `flagged-by` and `attack`";
            let help =
                "name the code's language, and what shows that it is bad: a rule or an attack";
            diagnostics.push(Diagnostic::new(&EXAMPLE_CODE, span, message).help(help));
        }
    }
}

fn check_versions(
    content: &PatternFile,
    manifest: &Manifest,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (name, stated) in &content.checked {
        let span = Span::new(file, stated.range.clone());
        let Some(present) = manifest.version_of(name) else {
            // A project that states no versions at all has nothing to hold this against.
            if !manifest.versions.is_empty() {
                let known = manifest.versions.keys().chain(manifest.specs.keys());
                let known = known.map(String::as_str);
                diagnostics.push(unknown("version or specification", name, known, span));
            }
            continue;
        };
        if stated.value != present {
            let stated = &stated.value;
            let message =
                format!("this was checked against {name} {stated}; today it is {present}");
            let help = "read the page against it, run its tests, and state the new version here";
            diagnostics.push(Diagnostic::new(&PATTERN_OUTDATED, span, message).help(help));
        }
    }
}

fn check_topics(
    topics: &[Located<String>],
    manifest: &Manifest,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if manifest.topics.is_empty() {
        return;
    }
    let known = || manifest.topics.iter().flat_map(|group| group.topics.keys());
    for topic in topics {
        check_name("topic", topic, known().map(String::as_str), file, diagnostics);
    }
}

fn check_flow(content: &PatternFile, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let Some(flow) = &content.flow else { return };
    for message in &flow.messages {
        if let Err(problem) = flow::parse(&message.value.text(), &flow.participants) {
            let span = Span::new(file, message.range.clone());
            let help = format!("the participants are: {}", flow.participants.join(", "));
            diagnostics.push(Diagnostic::new(&FLOW_MESSAGE, span, problem).help(help));
        }
    }
}

fn check_origin(source: &Source, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let origins = [
        source.rfc.is_some(),
        source.spec.is_some(),
        source.url.is_some(),
        source.observed.is_some(),
    ];
    let count = origins.iter().filter(|is_there| **is_there).count();
    if count != 1 {
        let span = Span::new(file, source.claim.range.clone());
        let message = format!("this source names {count} origins");
        let help = "name exactly one of `rfc`, `spec`, `url` and `observed`";
        diagnostics.push(Diagnostic::new(&SOURCE_ORIGIN, span, message).help(help));
    }
}

/// Checks the links of a piece of prose in a YAML file.
pub(super) fn check_block(
    block: &Block,
    known: &Known,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let place = |range| block_snippet(block, file).locate(range);
    check_links(&block.text, known, &place, diagnostics);
}

/// Checks the links of the book's hand-written chapters: those to patterns, and whether a page
/// may have the others.
pub(super) fn check_chapters(
    chapters: &Chapters,
    sources: &Sources,
    known: &Known,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let is_of_book = |(path, _): &&(String, FileId)| path.starts_with(BOOK_SOURCE);
    for (_, file) in chapters.markdown.iter().filter(is_of_book) {
        let place = |range| Span::new(*file, range);
        check_links(&sources.file(*file).text, known, &place, diagnostics);
    }
}

fn check_links(
    text: &str,
    known: &Known,
    place: &dyn Fn(Range<usize>) -> Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for link in markdown::links(text) {
        let Some(target) = link.destination.strip_prefix("pattern:") else {
            check_scheme(&link, place, diagnostics);
            continue;
        };
        let id = target.split('#').next().unwrap_or_default();
        if !known.stems.contains(id) {
            let stems = known.stems.iter().map(String::as_str);
            diagnostics.push(unknown("pattern", id, stems, place(link.range)));
        }
    }
}

fn check_scheme(
    link: &Link,
    place: &dyn Fn(Range<usize>) -> Span,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(scheme) = address::scheme(&link.destination) else { return };
    if address::is_safe_picture(&link.destination) {
        return;
    }
    let message = format!("no page links to a `{scheme}:` address");
    let help = "write `https:`, `mailto:` or a path, or show the address as code";
    let span = place(link.range.clone());
    diagnostics.push(Diagnostic::new(&UNSAFE_LINK, span, message).help(help));
}

/// Checks the manifest's references, and that every pattern is in a guide.
pub(super) fn check_manifest(catalog: &Catalog, known: &Known, diagnostics: &mut Vec<Diagnostic>) {
    let file = catalog.manifest_file;
    if known.stems.is_empty() {
        let span = Span::new(file, 0..0);
        let message = "there is no pattern below `patterns/`";
        let help = "`patternbook new ID` writes the first lines of one";
        diagnostics.push(Diagnostic::new(&EMPTY_PROJECT, span, message).help(help));
    }
    let summaries = catalog.manifest.guides.iter().map(|guide| &guide.summary);
    let intros = catalog.manifest.skills.iter().filter_map(|skill| skill.intro.as_ref());
    let bundle = catalog.manifest.bundle.as_ref();
    for block in summaries.chain(intros).chain(bundle.and_then(|bundle| bundle.readme.as_ref())) {
        check_block(block, known, file, diagnostics);
    }
    if let Some(bundle) = bundle {
        super::bundle::check(catalog, bundle, diagnostics);
    }
    let mut shown = BTreeSet::new();
    for guide in &catalog.manifest.guides {
        check_topics(&guide.covers, &catalog.manifest, file, diagnostics);
        let names: Vec<_> = guide.parts.iter().flat_map(|part| &part.patterns).collect();
        check_unique("pattern", names.iter().copied(), file, diagnostics);
        for name in names {
            known.check(name, file, diagnostics);
            shown.insert(name.value.as_str());
        }
    }
    for skill in &catalog.manifest.skills {
        check_unique("pattern", skill.patterns.iter(), file, diagnostics);
        for name in &skill.patterns {
            known.check(name, file, diagnostics);
        }
    }
    // What a pattern that cannot be read covers, nobody knows.
    if catalog.unread.is_empty() {
        report_uncovered(catalog, diagnostics);
    }
    let guides = catalog.manifest.guides.iter().map(|guide| &guide.id);
    check_unique("guide", guides, file, diagnostics);
    let skills = catalog.manifest.skills.iter().map(|skill| &skill.name);
    check_unique("skill", skills, file, diagnostics);
    for (id, pattern) in &catalog.patterns {
        if !shown.contains(id.as_str()) {
            let span = Span::new(pattern.file, pattern.content.id.range.clone());
            let message = format!("no guide shows the pattern `{id}`");
            let help = "name it in a part of a guide in `patternbook.yaml`";
            diagnostics.push(Diagnostic::new(&UNUSED_PATTERN, span, message).help(help));
        }
    }
}

fn report_uncovered(catalog: &Catalog, diagnostics: &mut Vec<Diagnostic>) {
    let by_patterns = catalog.patterns.values().flat_map(|pattern| &pattern.content.covers);
    let by_guides = catalog.manifest.guides.iter().flat_map(|guide| &guide.covers);
    let covered: BTreeSet<&str> = by_patterns.chain(by_guides).map(Located::as_str).collect();
    for group in &catalog.manifest.topics {
        let missing = group.topics.iter().filter(|(id, _)| !covered.contains(id.as_str()));
        for (id, title) in missing {
            let span = Span::new(catalog.manifest_file, group.title.range.clone());
            let message = format!("no pattern covers the topic {id}: {title}");
            let help =
                format!("add `{id}` to the `covers` of the pattern that holds it, or write one");
            diagnostics.push(Diagnostic::new(&TOPIC_NOT_COVERED, span, message).help(help));
        }
    }
}

/// Reports names that stand in a list a second time.
pub(super) fn check_unique<'a>(
    what: &str,
    names: impl Iterator<Item = &'a Located<String>>,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(&name.value) {
            let span = Span::new(file, name.range.clone());
            let message = format!("the {what} `{}` stands here a second time", name.value);
            diagnostics.push(Diagnostic::new(&DUPLICATE_ID, span, message).help("rename one"));
        }
    }
}
