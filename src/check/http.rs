//! Checks HTTP messages as documentation shows them: a request, a response, or headers.
//!
//! The grammar is that of RFC 9112 for HTTP/1.1. A start line of HTTP/2 or HTTP/3 is
//! fine too, because tools print messages of those versions in the same form.

mod grammar;

use super::Checker;
use super::tolerance::{
    ELLIPSIS, PLACEHOLDER, Rewrite, Sample, TEMPLATE, Tolerance, fewest_rewrites, text, when,
};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The first line is neither a request line nor a status line.
pub(super) static HTTP_START_LINE: Rule = Rule {
    id: "http-start-line",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the first line of the message is malformed",
    explanation: "A request starts with `METHOD target HTTP/1.1`, a response with `HTTP/1.1 200 OK`, with one space between the \
        parts ([RFC 9112, sections 3 and 4](https://www.rfc-editor.org/rfc/rfc9112#section-3)). A space in the target must be \
        written as `%20`.",
};

/// A header line is malformed.
pub(super) static HTTP_HEADER: Rule = Rule {
    id: "http-header",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a header line is malformed",
    explanation: "A header is `Name: value`. The name is a token: letters, digits, and a few signs, no space. A space before the \
        colon has been used to smuggle requests, so a server must answer it with 400 \
        ([RFC 9112, section 5.1](https://www.rfc-editor.org/rfc/rfc9112#section-5.1)). A body comes after an empty line.",
};

/// A header goes on in the next line.
pub(super) static HTTP_LINE_FOLDING: Rule = Rule {
    id: "http-line-folding",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a line goes on in the next one",
    explanation: "A line that starts with white space continued the header before it. \
        [RFC 9112, section 5.2](https://www.rfc-editor.org/rfc/rfc9112#section-5.2) removed that: a server must refuse it or \
        replace it. In documentation it is tolerated as a way to show a long line.",
};

static RULES: &[&Rule] = &[&HTTP_START_LINE, &HTTP_HEADER, &HTTP_LINE_FOLDING];

/// The checker for HTTP messages.
pub(super) struct Http;

impl Checker for Http {
    fn names(&self) -> &'static [&'static str] {
        &["http", "https"]
    }

    fn title(&self) -> &'static str {
        "HTTP"
    }

    fn promise(&self) -> &'static str {
        "Start lines and headers follow RFC 9112; bodies are not read."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let mut part = Part::Start;
        for (at, line) in super::lines(code) {
            let (next, finding) = part.read(at, line);
            part = next;
            found.extend(finding);
        }
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        fewest_rewrites(code, REWRITES, |text| when(is_clean(text)))
    }
}

static TOLERANCES: &[&Tolerance] =
    &[&HTTP_FOLDED, &HTTP_NO_VERSION, &PLACEHOLDER, &TEMPLATE, &ELLIPSIS];

static REWRITES: &[Rewrite] = &[
    (&HTTP_FOLDED, unfold),
    (&HTTP_NO_VERSION, with_versions),
    (&PLACEHOLDER, text::without_placeholders),
    (&TEMPLATE, |code| text::without_templates(code, 'x', "a: b")),
    (&ELLIPSIS, without_ellipses),
];

/// A long line on several.
static HTTP_FOLDED: Tolerance = Tolerance {
    id: "http-folded-line",
    summary: "a long line goes on in the next ones",
    explanation: "A header or a request line that goes on in lines which start with a space, as specifications show long ones. \
        A real message has each on one line.",
    accepts: Sample {
        language: "http",
        code: "GET /authorize?response_type=code\n  &client_id=a HTTP/1.1\nHost: b",
    },
    refuses: Sample {
        language: "http",
        code: "GET /authorize?response_type=code\n&client_id=a HTTP/1.1\nHost: b",
    },
};

/// A request line that ends early.
static HTTP_NO_VERSION: Tolerance = Tolerance {
    id: "http-no-version",
    summary: "a request line without its version",
    explanation: "`GET /path` as the first line, without ` HTTP/1.1`: people read it as well. A server would take it for HTTP/0.9.",
    accepts: Sample { language: "http", code: "GET /me\nAuthorization: Bearer a" },
    refuses: Sample { language: "http", code: "GET /me\nAuthorization Bearer a" },
};

fn without_ellipses(code: &str) -> String {
    let keep = |line: &&str| !text::is_ellipsis(line);
    code.split_inclusive('\n').filter(keep).collect()
}

/// Where in a message the next line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A start line, or a header if the snippet has only those.
    Start,
    Headers,
    /// The body, right after an empty line or further on.
    Body {
        after_empty_line: bool,
    },
}

impl Part {
    /// Reads one line; gives what comes after it, and what is wrong with it.
    fn read(self, at: usize, line: &str) -> (Self, Option<Finding>) {
        let is_empty = line.trim().is_empty();
        match self {
            Self::Start if is_empty => (Self::Start, None),
            Self::Start => match grammar::looks_like_header(line) {
                true => (Self::Headers, grammar::header(at, line)),
                false => (Self::Headers, grammar::start_line(at, line)),
            },
            Self::Headers if is_empty => (Self::Body { after_empty_line: true }, None),
            Self::Headers => (Self::Headers, grammar::header(at, line)),
            Self::Body { after_empty_line: true } if grammar::is_start_line(line) => {
                (Self::Headers, grammar::start_line(at, line))
            }
            Self::Body { .. } => (Self::Body { after_empty_line: is_empty }, None),
        }
    }
}

fn is_clean(code: &str) -> bool {
    let mut found = Vec::new();
    Http.check(code, &mut found);
    found.is_empty()
}

/// Joins lines of the head that start with white space to the line before.
fn unfold(code: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut in_body = false;
    for (_, line) in super::lines(code) {
        in_body = (in_body || line.trim().is_empty()) && !grammar::is_start_line(line);
        let is_folded = line.starts_with([' ', '\t']) && !in_body && !text.is_empty();
        if is_folded {
            text.truncate(text.trim_end().len());
            // In a header the parts are separate words; in a target they are one.
            text.push_str(if text.lines().next_back().is_some_and(grammar::looks_like_header) {
                " "
            } else {
                ""
            });
            text.push_str(line.trim_start_matches([' ', '\t']));
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// Adds ` HTTP/1.1` to a request line that ends with its target.
fn with_versions(code: &str) -> String {
    let mut text = String::with_capacity(code.len() + 16);
    let mut is_first = true;
    for (_, line) in super::lines(code) {
        let is_short = grammar::is_short_request_line(line);
        text.push_str(line);
        if is_short && is_first {
            text.push_str(" HTTP/1.1");
        }
        text.push('\n');
        is_first &= line.trim().is_empty();
    }
    text
}
