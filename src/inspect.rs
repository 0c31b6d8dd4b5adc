//! Gives every snippet of a project or a tree a verdict, and places what was found.
//!
//! Languages and kinds know nothing of files; this module finds the snippets, asks, and
//! puts the findings where the snippets stand.

pub mod baseline;
pub mod cache;
pub mod changes;
pub mod examples;
pub mod fingerprint;
pub mod fix;
mod label;
mod neighbours;
pub mod plugin;
pub mod project;
mod roles;
pub mod rules;
pub mod suppress;
pub mod tree;
mod units;

use std::collections::BTreeMap;

use crate::check::{self, Strictness, Verdict};
use crate::diagnostic::{Diagnostic, Finding, Fix, Profile, Severity};
use crate::lint::{self, Document};
use crate::markdown;
use crate::source::{FileId, Snippet, Span, bidi};

/// How many findings of one file are kept: a report for people shows fewer, and no reader has
/// use for more.
const MOST_FINDINGS: usize = 1_000;

/// How deep fences in fences are looked into.
const MAX_NESTING: usize = 4;

/// What came out for every snippet that was looked at.
#[derive(Debug, Default)]
pub struct Inspection {
    /// Every snippet, in the order of the files.
    pub snippets: Vec<Inspected>,
    /// What is wrong, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// What comments in the files suppress.
    pub suppressed: Vec<Diagnostic>,
    /// How many findings a baseline holds.
    pub baselined: usize,
    /// What was looked at, if not everything: `12 of 300 files, changed since main`.
    pub scope: Option<String>,
}

/// A snippet and its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The file that it stands in.
    pub file: FileId,
    /// The first byte of its code in that file.
    pub offset: usize,
    /// The language, as written.
    pub language: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What would name the language of a block that plainly is in one.
    pub naming: Option<Fix<Span>>,
}

impl From<Vec<Diagnostic>> for Inspection {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics, ..Self::default() }
    }
}

impl Inspection {
    /// Appends what another inspection found.
    pub fn append(&mut self, other: Inspection) {
        self.snippets.extend(other.snippets);
        self.diagnostics.extend(other.diagnostics);
        self.suppressed.extend(other.suppressed);
    }

    /// How many snippets were not skipped.
    pub fn checked(&self) -> usize {
        let is_checked = |snippet: &&Inspected| !matches!(snippet.verdict, Verdict::Skipped(_));
        self.snippets.iter().filter(is_checked).count()
    }

    /// Makes every snippet that was skipped an error.
    pub fn refuse_skipped(&mut self) {
        for snippet in &self.snippets {
            // `text` is a choice, not an omission.
            if check::is_plain(&snippet.language) {
                continue;
            }
            if let Verdict::Skipped(reason) = &snippet.verdict {
                let span = Span::new(snippet.file, snippet.offset..snippet.offset);
                let message = format!("this snippet was not checked: {reason}");
                let help = "name a language of the table of languages, or `text`";
                let mut diagnostic = Diagnostic::new(&rules::SKIPPED_SNIPPET, span, message);
                diagnostic.fix = snippet.naming.clone();
                self.diagnostics.push(diagnostic.help(help));
            }
        }
    }

    /// Drops what breaks a rule of another profile.
    pub fn keep_profile(&mut self, wanted: Option<Profile>) {
        self.diagnostics.retain(|diagnostic| diagnostic.rule.profile.holds_for(wanted));
        self.suppressed.retain(|diagnostic| diagnostic.rule.profile.holds_for(wanted));
    }

    /// Sorts by place, so that the same input gives the same report.
    pub fn sort(&mut self) {
        self.snippets.sort_by_key(|snippet| (snippet.file, snippet.offset));
        self.diagnostics.sort_by(|a, b| {
            (&a.span, a.rule.id, &a.message).cmp(&(&b.span, b.rule.id, &b.message))
        });
        self.diagnostics
            .dedup_by(|a, b| a.span == b.span && a.rule.id == b.rule.id && a.message == b.message);
    }

    /// Keeps the first findings of each file for a report, and says how many there are besides.
    /// What is sorted is to be limited, when nothing more is taken out of it.
    pub fn limit(&mut self) {
        let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
        let mut last = BTreeMap::new();
        self.diagnostics.retain(|diagnostic| {
            let count = counts.entry(diagnostic.span.file).or_default();
            *count += 1;
            if *count == MOST_FINDINGS {
                last.insert(diagnostic.span.file, diagnostic.span.clone());
            }
            *count <= MOST_FINDINGS
        });
        for (file, span) in last {
            let more = counts[&file] - MOST_FINDINGS;
            if more > 0 {
                let message = format!("{more} more findings in this file are left out");
                let diagnostic = Diagnostic::new(&rules::TOO_MANY_FINDINGS, span, message);
                self.diagnostics.push(diagnostic.help("mend those above, and run it again"));
            }
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span.clone());
    }

    /// Adds the secrets of a file that no rule about their place has found.
    fn add_missed(&mut self, file: FileId, mut leaks: Vec<Diagnostic>) {
        let is_about_secrets = |found: &&Diagnostic| {
            let id = found.rule.id;
            found.span.file == file && (id.ends_with("literal-secret") || id.starts_with("mcp-"))
        };
        let known = self.diagnostics.iter().filter(is_about_secrets);
        let mut known: Vec<(usize, usize)> =
            known.map(|found| (found.span.start, found.span.end)).collect();
        known.sort_unstable();
        leaks.sort_by_key(|leak| leak.span.start);
        // Both go forward: how far that reaches which begins before the end of a leak.
        let (mut next, mut reach) = (0, 0);
        for leak in leaks {
            while let Some((_, end)) = known.get(next).filter(|(start, _)| *start < leak.span.end) {
                reach = reach.max(*end);
                next += 1;
            }
            if reach <= leak.span.start {
                reach = reach.max(leak.span.end);
                self.diagnostics.push(leak);
            }
        }
    }

    fn add(&mut self, snippet: &Snippet, language: &str, verdict: Verdict, found: Vec<Finding>) {
        self.snippets.push(Inspected {
            file: snippet.file,
            offset: snippet.start(),
            language: language.to_owned(),
            verdict,
            naming: None,
        });
        self.diagnostics.extend(found.into_iter().map(|finding| finding.place(snippet)));
    }
}

/// Checks a snippet in its language and by the rules of its kind, and every fence in it.
fn inspect_snippet(
    snippet: &Snippet,
    language: &str,
    kind: Option<&dyn lint::Kind>,
    strictness: Strictness,
    inspection: &mut Inspection,
) -> Verdict {
    let mut found = Vec::new();
    let mut verdict = check::check(language, &snippet.text, strictness, &mut found);
    if let Some(kind) = kind {
        found.extend(lint::lint(kind, &Document::snippet(&snippet.text)));
        let is_error = |finding: &Finding| finding.rule.severity == Severity::Error;
        if found.iter().any(is_error) {
            verdict = Verdict::Invalid;
        }
    }
    inspection.add(snippet, language, verdict.clone(), found);
    if is_markdown(language) {
        inspect_fences(snippet, strictness, 1, inspection);
    }
    verdict
}

fn is_markdown(language: &str) -> bool {
    check::checker(language).is_some_and(|checker| checker.names()[0] == "markdown")
}

/// Checks a Markdown file: its own form, and every fence.
fn inspect_markdown(text: &Snippet, strictness: Strictness, inspection: &mut Inspection) {
    // A page that is not written yet is no mistake.
    if text.text.trim().is_empty() {
        return;
    }
    let mut found = Vec::new();
    check::check("markdown", &text.text, strictness, &mut found);
    inspection.diagnostics.extend(found.into_iter().map(|finding| finding.place(text)));
    inspect_fences(text, strictness, 1, inspection);
}

/// Finds what makes a text look like another one.
fn inspect_order(text: &Snippet, inspection: &mut Inspection) {
    for (at, char) in bidi::find(&text.text) {
        let code = u32::from(char);
        let message = format!("U+{code:04X} stands here: it changes the order of what is shown");
        let help =
            format!("take it out, or write `\\u{code:04x}` in code, `&#x{code:04x};` in text");
        let finding = Finding::new(&rules::BIDI_CONTROL, at..at + char.len_utf8(), message);
        inspection.diagnostics.push(finding.help(help).place(text));
    }
}

/// Holds the commands of a document of a plugin or a skill against the rules of shell scripts: an
/// agent runs them as they are.
fn inspect_commands(text: &Snippet, inspection: &mut Inspection) {
    for fence in markdown::outline(&text.text).fences {
        let snippet = text.cut(fence.code, &fence.origins);
        let mut found = Vec::new();
        lint::check_commands(&fence.language, &snippet.text, &mut found);
        inspection.diagnostics.extend(found.into_iter().map(|finding| finding.place(&snippet)));
    }
}

/// Checks every fence of a Markdown text.
fn inspect_fences(
    text: &Snippet,
    strictness: Strictness,
    depth: usize,
    inspection: &mut Inspection,
) {
    for mut fence in markdown::outline(&text.text).fences {
        let snippet = text.cut(std::mem::take(&mut fence.code), &fence.origins);
        let mut found = Vec::new();
        let mut verdict = check::check(&fence.language, &snippet.text, strictness, &mut found);
        let before = found.len();
        lint::check_fence(&fence.language, &snippet.text, &mut found);
        if found[before..].iter().any(|finding| finding.rule.severity == Severity::Error) {
            verdict = Verdict::Invalid;
        }
        inspection.add(&snippet, &fence.language, verdict, found);
        label::judge(text, &fence, &snippet, strictness, inspection);
        if is_markdown(&fence.language) && depth < MAX_NESTING {
            inspect_fences(&snippet, strictness, depth + 1, inspection);
        }
    }
}
