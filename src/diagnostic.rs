//! What is wrong, and where.

use std::ops::Range;

use crate::source::{Snippet, Span, bidi};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth reading.
    Note,
    /// Should be fixed.
    Warning,
    /// Must be fixed: the exit status is 1.
    Error,
}

/// Whose reading of a format a rule follows: a document may be good for one and bad for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Profile {
    /// Everybody's.
    #[value(skip)]
    Any,
    /// What the Agent Skills specification says, and every agent that keeps to it.
    Spec,
    /// What Claude Code reads.
    ClaudeCode,
}

/// A change that mends a finding and cannot change what the text means.
///
/// `Place` is a range of the snippet, or a span of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix<Place> {
    /// Writes other text in one place, within a line.
    Replace {
        /// What goes.
        at: Place,
        /// What comes instead.
        with: String,
    },
    /// Lets who may read a file execute it.
    MakeExecutable {
        /// The file, from the folder of the document.
        path: String,
    },
}

/// One kind of problem. Static, so that `explain`, the book and every report list the same.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case and permanent, such as `json-syntax`.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// For whom it holds.
    pub profile: Profile,
    /// One line, without a full stop.
    pub summary: &'static str,
    /// Markdown for `explain` and the book: why it matters, what to do, and a source.
    pub explanation: &'static str,
}

/// A rule's hit in a snippet, not yet placed in a file.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Bytes of the snippet.
    pub range: Range<usize>,
    /// What is wrong here.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What `check --fix` may do about it.
    pub fix: Option<Fix<Range<usize>>>,
}

/// A rule's hit in a file.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule.
    pub rule: &'static Rule,
    /// Where it is.
    pub span: Span,
    /// What is wrong here.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// What `check --fix` may do about it.
    pub fix: Option<Fix<Span>>,
}

impl Severity {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    /// Makes a finding without a help text.
    pub fn new(rule: &'static Rule, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { rule, range, message: message.into(), help: None, fix: None }
    }

    /// Adds what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds how the tool itself can mend it.
    pub fn fix(mut self, fix: Fix<Range<usize>>) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Moves the finding from the snippet to the file that the snippet was cut from.
    pub fn place(self, snippet: &Snippet) -> Diagnostic {
        let span = snippet.locate(self.range);
        // Where the file writes the text with escapes, there is no place to mend.
        let fix = self.fix.and_then(|fix| fix.place(|range| snippet.locate_exactly(range)));
        Diagnostic { rule: self.rule, span, message: self.message, help: self.help, fix }
    }
}

impl Fix<Range<usize>> {
    /// Moves the fix to the place that `locate` finds for its range, if there is one.
    pub fn place(self, locate: impl FnOnce(Range<usize>) -> Option<Span>) -> Option<Fix<Span>> {
        match self {
            Self::MakeExecutable { path } => Some(Fix::MakeExecutable { path }),
            Self::Replace { at, with } => Some(Fix::Replace { at: locate(at)?, with }),
        }
    }
}

impl Profile {
    /// The word in lists, and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Spec => "spec",
            Self::ClaudeCode => "claude-code",
        }
    }

    /// Tells whether a rule of this profile holds for who asks for `wanted`, or for everything.
    pub fn holds_for(self, wanted: Option<Self>) -> bool {
        self == Self::Any || wanted.is_none_or(|wanted| wanted == self)
    }
}

impl Diagnostic {
    /// Makes a diagnostic without a help text.
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Self {
        Self { rule, span, message: message.into(), help: None, fix: None }
    }

    /// Adds what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds how the tool itself can mend it.
    pub fn fix(mut self, fix: Fix<Span>) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// A text that cannot move the cursor of the terminal that shows it, nor change its colours, nor
/// the direction in which it is read.
pub fn printable(text: &str) -> String {
    let is_unsafe = |c: char| (c.is_control() && !matches!(c, '\t' | '\n')) || bidi::is_control(c);
    text.chars().map(|c| if is_unsafe(c) { '\u{fffd}' } else { c }).collect()
}

/// A name of a file in one line: what [`printable`] takes out, and line ends, are escaped as in
/// Rust.
pub fn printable_name(name: &str) -> String {
    let mut printable = String::with_capacity(name.len());
    for c in name.chars() {
        match c.is_control() || bidi::is_control(c) {
            true => printable.extend(c.escape_default()),
            false => printable.push(c),
        }
    }
    printable
}

/// Writes a number and a noun: `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Finds the word of `known` that was probably meant by `word`.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let closeness = |candidate: &str| strsim::damerau_levenshtein(word, candidate);
    let nearest = known.into_iter().min_by_key(|candidate| closeness(candidate))?;
    let limit = 1 + word.chars().count() / 4;
    (closeness(nearest) <= limit).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_nearest_word_only_when_it_is_near() {
        assert_eq!(suggest("pyhton", ["bash", "python"]), Some("python"));
        assert_eq!(suggest("go", ["bash", "python"]), None);
    }
}
