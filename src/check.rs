//! One checker per language, behind [`Checker`].
//!
//! To add a language: write `check/<name>.rs`, then add it to the `mod` list and to
//! [`CHECKERS`] below, and put cases into `tests/data/check/<name>/`.

mod bash;
mod console;
mod dotenv;
mod go;
mod http;
mod json;
mod markdown;
mod nesting;
mod python;
mod rust;
mod script;
mod toml;
pub mod tolerance;
mod wrong_language;
mod yaml;

use std::ops::Range;

use self::tolerance::behind::behind;
use self::tolerance::{Filled, Tolerance};
use self::wrong_language::WRONG_LANGUAGE;
use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};

/// Checks code in one language. Pure: no files, no processes, no clock.
pub trait Checker: Sync {
    /// The names that a fence or an example may use, the canonical one first.
    fn names(&self) -> &'static [&'static str];

    /// How people write the language's name, such as `TypeScript`.
    fn title(&self) -> &'static str;

    /// What a snippet without findings has been shown to be, in one sentence.
    fn promise(&self) -> &'static str;

    /// Every rule that this checker can find broken.
    fn rules(&self) -> &'static [&'static Rule];

    /// Appends the problems of `code` to `found`.
    fn check(&self, code: &str, found: &mut Vec<Finding>);

    /// Every tolerance of this checker. It has none by default.
    fn tolerances(&self) -> &'static [&'static Tolerance] {
        &[]
    }

    /// Finds the tolerances under which code with findings is good; none if it stays broken.
    /// Tolerates nothing by default.
    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        let _ = code;
        Vec::new()
    }

    /// Fills in what is tolerated, in one way or several, and checks again: where broken code
    /// is broken then is where it is broken indeed. Fills in nothing by default.
    fn filled(&self, code: &str) -> Vec<Filled> {
        let _ = code;
        Vec::new()
    }
}

/// Every checker, in the order in which the book lists them.
pub static CHECKERS: &[&dyn Checker] = &[
    &bash::Bash,
    &console::Console,
    &dotenv::Dotenv,
    &go::Go,
    &http::Http,
    &script::JAVASCRIPT,
    &json::Json,
    &json::Jsonc,
    &script::JSX,
    &markdown::Markdown,
    &python::Python,
    &rust::Rust,
    &toml::Toml,
    &script::TSX,
    &script::TYPESCRIPT,
    &yaml::Yaml,
];

/// What came out for one snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No error was found.
    Valid,
    /// An error was found.
    Invalid,
    /// Not valid alone, but good documentation, by these tolerances.
    Tolerated(Vec<&'static Tolerance>),
    /// A mistake shown on purpose, and the id of the rule that flags it as it should.
    Flagged(&'static str),
    /// Not checked, and why.
    Skipped(String),
}

impl Verdict {
    /// The word in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Tolerated(_) => "tolerated",
            Self::Flagged(_) => "flagged",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Why it is tolerated, flagged or skipped.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Valid | Self::Invalid => None,
            Self::Tolerated(tolerances) => {
                let summaries: Vec<_> = tolerances.iter().map(|one| one.summary).collect();
                Some(summaries.join("; "))
            }
            Self::Flagged(rule) => Some(format!("a don't that `{rule}` flags, as it should")),
            Self::Skipped(reason) => Some(reason.clone()),
        }
    }
}

/// Whether documentation may show what a machine would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Placeholders, ellipses and fragments are tolerated.
    Documentation,
    /// Every snippet must be complete.
    Strict,
}

/// A language name that no checker knows.
pub static UNKNOWN_LANGUAGE: Rule = Rule {
    id: "unknown-language",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "no checker knows this language",
    explanation: "An example of a pattern must name a language of the table of languages, or `text` when it is none. \
        In a Markdown file of any other origin an unknown language is skipped and counted.",
};

/// Code that is nothing but white space.
pub static EMPTY_SNIPPET: Rule = Rule {
    id: "empty-snippet",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a snippet without code",
    explanation: "Nothing is in it that could be right or wrong, yet most parsers accept it, so it would count as checked. \
        Write the code, or remove the block. To show that a file is empty, say so in words.",
};

/// Longer code is no documentation, and is read no more than it must be.
const MOST_BYTES_TO_FILL: usize = 64 << 10;

/// Names for text that is in no language.
static PLAIN: &[&str] = &["text", "plain", "plaintext", "txt", "output", "log"];

/// The rules that no checker has.
pub static RULES: &[&Rule] = &[&UNKNOWN_LANGUAGE, &EMPTY_SNIPPET, &WRONG_LANGUAGE];

/// Every tolerance of every checker, by id.
pub fn tolerances() -> Vec<&'static Tolerance> {
    let mut all: Vec<&'static Tolerance> =
        CHECKERS.iter().flat_map(|checker| checker.tolerances()).copied().collect();
    all.sort_by_key(|tolerance| tolerance.id);
    all.dedup();
    all
}

/// Finds the checker for a language name, in any case.
pub fn checker(name: &str) -> Option<&'static dyn Checker> {
    let name = name.to_ascii_lowercase();
    CHECKERS.iter().copied().find(|checker| checker.names().contains(&name.as_str()))
}

/// Tells whether a name says that the text is in no language.
pub fn is_plain(name: &str) -> bool {
    PLAIN.contains(&name.to_ascii_lowercase().as_str())
}

/// Checks one snippet and appends its problems to `found`.
///
/// ```
/// use patternbook::check::{Strictness, Verdict, check};
///
/// let mut found = Vec::new();
/// let verdict = check("json", "{\"port\": 80}", Strictness::Strict, &mut found);
/// assert_eq!((verdict, found.len()), (Verdict::Valid, 0));
///
/// let verdict = check("json", "{\"port\" 80}", Strictness::Strict, &mut found);
/// assert_eq!(verdict, Verdict::Invalid);
/// assert_eq!((found[0].rule.id, found[0].range.clone()), ("json-syntax", 8..10));
/// ```
pub fn check(
    language: &str,
    code: &str,
    strictness: Strictness,
    found: &mut Vec<Finding>,
) -> Verdict {
    let mut new = Vec::new();
    let verdict = check_whole(language, code, &mut new);
    let Some(checker) = checker(language).filter(|_| verdict == Verdict::Invalid) else {
        found.append(&mut new);
        return verdict;
    };
    let is_empty = new.iter().any(|finding| finding.rule.id == EMPTY_SNIPPET.id);
    let tolerances = if is_empty { Vec::new() } else { checker.tolerate(code) };
    if strictness == Strictness::Documentation && !tolerances.is_empty() {
        return Verdict::Tolerated(tolerances);
    }
    // A fragment is in its language all the same.
    if !tolerances.iter().all(|one| wrong_language::TOLERANCES.contains(&one.id)) {
        found.append(&mut new);
        return Verdict::Invalid;
    }
    match wrong_language::find(checker, code) {
        Some(finding) => found.push(finding),
        None => {
            let is_short = code.len() <= MOST_BYTES_TO_FILL;
            let is_lenient = strictness == Strictness::Documentation && !is_empty && is_short;
            let first = new.first().filter(|_| is_lenient);
            let behind = first.and_then(|first| behind(code, first, checker.filled(code)));
            found.append(&mut behind.unwrap_or(new));
        }
    }
    Verdict::Invalid
}

/// Checks code that is a file of its own, whose language its name tells: nothing is tolerated,
/// and no label can be wrong.
pub fn check_file(language: &str, code: &str, found: &mut Vec<Finding>) -> Verdict {
    let before = found.len();
    let verdict = check_whole(language, code, found);
    for finding in &mut found[before..] {
        finding.help = finding.help.take().map(|help| for_file(&help));
    }
    verdict
}

/// Says of a file what a help says of a block, which has a label and neighbours.
fn for_file(help: &str) -> String {
    const WORDS: [(&str, &str); 6] = [
        (", or label the block `jsonc`", ""),
        (", or label the block with the language that it is in", ""),
        ("keep one value a block, or put them into a list", "keep one, or put them into a list"),
        (", or show them in two blocks", ""),
        ("split the snippet", "split the file"),
        ("remove the block", "remove the file"),
    ];
    WORDS.iter().fold(help.to_owned(), |help, (block, file)| help.replace(block, file))
}

/// Checks code as it is, with nothing tolerated.
fn check_whole(language: &str, code: &str, found: &mut Vec<Finding>) -> Verdict {
    if is_plain(language) {
        return Verdict::Skipped("plain text".to_owned());
    }
    let Some(checker) = checker(language) else {
        return Verdict::Skipped(match language {
            "" => "no language is named".to_owned(),
            _ => format!("no checker for `{language}`"),
        });
    };
    let before = found.len();
    match empty_finding(code) {
        Some(finding) => found.push(finding),
        None => checker.check(code, found),
    }
    let is_broken = found[before..].iter().any(|new| new.rule.severity == Severity::Error);
    if is_broken { Verdict::Invalid } else { Verdict::Valid }
}

/// Says that there is no code, if there is none: that is an error in every language.
pub(crate) fn empty_finding(code: &str) -> Option<Finding> {
    let is_empty = code.trim_start_matches('\u{feff}').trim().is_empty();
    let finding = Finding::new(&EMPTY_SNIPPET, character_at(code, 0), "the snippet is empty");
    is_empty.then(|| finding.help("write the code, or remove the block"))
}

/// Says that no checker knows a language, and which one was probably meant.
pub fn unknown_language(language: &str) -> (String, String) {
    let known = CHECKERS.iter().flat_map(|checker| checker.names().iter().copied());
    let help = match suggest(language, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "use a name from the table of languages, or `text`".to_owned(),
    };
    (format!("unknown language `{language}`"), help)
}

/// Tells whether a name is a language or says that there is none.
pub fn is_known(language: &str) -> bool {
    is_plain(language) || checker(language).is_some()
}

/// Checks each text in which something was filled in.
fn check_filled(checker: &dyn Checker, texts: Vec<String>) -> Vec<Filled> {
    let check = |text: String| {
        let mut found = Vec::new();
        checker.check(&text, &mut found);
        Filled { text, found }
    };
    texts.into_iter().map(check).collect()
}

/// The range of the character at a byte, or an empty one at the end of the code.
fn character_at(code: &str, at: usize) -> Range<usize> {
    let start = code.floor_char_boundary(at.min(code.len()));
    let end = code[start..].chars().next().map_or(start, |next| start + next.len_utf8());
    start..end
}

/// The lines of `code` without their line ends, and where each starts.
fn lines(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    code.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (at, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// Starts a message of a parser in lower case, as this tool does; `JSX` stays.
fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            format!("{}{}", first.to_ascii_lowercase(), &message[first.len_utf8()..])
        }
        _ => message.to_owned(),
    }
}
