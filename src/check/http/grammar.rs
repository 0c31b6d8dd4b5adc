//! The lines of an HTTP message: RFC 9112, with names and values from RFC 9110.

use super::{HTTP_HEADER, HTTP_LINE_FOLDING, HTTP_START_LINE};
use crate::check::character_at;
use crate::diagnostic::Finding;

/// What HTTP/2 sends instead of a start line; tools print it like headers.
static PSEUDO_HEADERS: &[&str] = &[":method", ":scheme", ":authority", ":path", ":status"];

/// Tells whether a line is rather a header than a start line.
pub(super) fn looks_like_header(line: &str) -> bool {
    let name = line[usize::from(line.starts_with(':'))..].split(':').next().unwrap_or_default();
    line.contains(':') && !name.contains([' ', '/']) && !name.is_empty()
        || name.ends_with(' ') && is_token(name.trim_end()) && line.contains(':')
}

/// Tells whether a line within a body starts the next message.
pub(super) fn is_start_line(line: &str) -> bool {
    start_line(0, line).is_none()
}

/// Tells whether a line is a method and a target without a version.
pub(super) fn is_short_request_line(line: &str) -> bool {
    let Some((method, target)) = line.split_once(' ') else { return false };
    is_method(method) && !target.is_empty() && !target.contains([' ', '\t'])
}

/// Says what is wrong with a request line or a status line.
pub(super) fn start_line(at: usize, line: &str) -> Option<Finding> {
    if let Some(control) = control_character(line) {
        return Some(control_finding(at, line, control));
    }
    if line.starts_with("HTTP/") { status_line(at, line) } else { request_line(at, line) }
}

/// Says what is wrong with a header line.
pub(super) fn header(at: usize, line: &str) -> Option<Finding> {
    if line.starts_with([' ', '\t']) {
        let range = at..at + 1;
        let finding =
            Finding::new(&HTTP_LINE_FOLDING, range, "this line goes on from the one before");
        return Some(finding.help("write the header in one line"));
    }
    let is_pseudo = PSEUDO_HEADERS
        .iter()
        .any(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    let colon = if is_pseudo { line[1..].find(':').map(|colon| colon + 1) } else { line.find(':') };
    let Some(colon) = colon else {
        let message = "this line is no header: it has no `:`";
        let finding = Finding::new(&HTTP_HEADER, at..at + line.trim_end().len(), message);
        return Some(finding.help("write `Name: value`, or an empty line before the body"));
    };
    let name = &line[..colon];
    if name.trim_end().len() < name.len() {
        let space = at + name.trim_end().len()..at + colon;
        let finding = Finding::new(&HTTP_HEADER, space, "there is a space before the `:`");
        return Some(finding.help("remove it: a server must refuse such a request"));
    }
    if !is_pseudo && let Some(finding) = name_problem(at, name) {
        return Some(finding);
    }
    control_character(line).map(|control| control_finding(at, line, control))
}

fn name_problem(at: usize, name: &str) -> Option<Finding> {
    if name.is_empty() {
        let message = "there is no name before the `:`";
        return Some(Finding::new(&HTTP_HEADER, at..at + 1, message).help("write `Name: value`"));
    }
    let (bad, sign) = name.char_indices().find(|(_, sign)| !is_token_sign(*sign))?;
    let range = at + bad..at + bad + sign.len_utf8();
    if "{[<\"".contains(sign) && bad == 0 {
        let finding = Finding::new(&HTTP_HEADER, range, "this line is no header");
        return Some(finding.help("put an empty line before the body"));
    }
    let message = match sign {
        ' ' | '\t' => "a header name has no space in it".to_owned(),
        sign if sign.is_control() => "a control character in a header name".to_owned(),
        sign => format!("`{sign}` cannot stand in a header name"),
    };
    Some(Finding::new(&HTTP_HEADER, range, message).help("use letters, digits and `-`"))
}

fn status_line(at: usize, line: &str) -> Option<Finding> {
    let (version, rest) = line.split_once(' ').unwrap_or((line, ""));
    if !is_version(version) {
        return Some(bad_version(at, version));
    }
    let status = rest.split(' ').next().unwrap_or_default();
    let is_status = status.len() == 3
        && status.bytes().all(|digit| digit.is_ascii_digit())
        && (b'1'..=b'5').contains(&status.as_bytes()[0]);
    if is_status {
        return None;
    }
    let start = at + version.len() + 1;
    let (range, message) = match status {
        "" => (at..at + version.len(), "the status code is missing".to_owned()),
        status => (start..start + status.len(), format!("`{status}` is no status code")),
    };
    let help = "write three digits from 100 to 599, and one space before them";
    Some(Finding::new(&HTTP_START_LINE, range, message).help(help))
}

fn request_line(at: usize, line: &str) -> Option<Finding> {
    let (method, rest) = line.split_once(' ').unwrap_or((line, ""));
    if !is_token(method) {
        let message = "this is neither a request line nor a status line nor a header";
        let range = at..at + line.trim_end().len();
        let finding = Finding::new(&HTTP_START_LINE, range, message);
        return Some(finding.help("start with `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`"));
    }
    let target_at = at + method.len() + 1;
    let (target, version) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    let whole = at..at + line.trim_end().len();
    if rest.trim().is_empty() {
        let finding =
            Finding::new(&HTTP_START_LINE, whole, "the target and the version are missing");
        return Some(finding.help(format!("write `{method} /path HTTP/1.1`")));
    }
    if !version.starts_with("HTTP/") {
        let finding = Finding::new(&HTTP_START_LINE, whole, "the request line has no version");
        return Some(finding.help("end it with ` HTTP/1.1`"));
    }
    if !is_version(version) {
        return Some(bad_version(target_at + target.len() + 1, version));
    }
    if let Some(space) = target.find([' ', '\t']) {
        let space = target_at + space..target_at + space + 1;
        let finding = Finding::new(&HTTP_START_LINE, space, "there is a space in the target");
        return Some(finding.help("write one space between the parts, and `%20` in the target"));
    }
    if target.is_empty() {
        return Some(Finding::new(&HTTP_START_LINE, whole, "the target is missing"));
    }
    None
}

fn bad_version(at: usize, version: &str) -> Finding {
    let message = format!("`{version}` is no version of HTTP");
    Finding::new(&HTTP_START_LINE, at..at + version.len(), message)
        .help("write `HTTP/1.1` or `HTTP/2`")
}

fn is_version(version: &str) -> bool {
    let digits = version.strip_prefix("HTTP/").unwrap_or_default();
    matches!(digits, "1.0" | "1.1" | "2" | "2.0" | "3" | "3.0")
}

/// A method in a request without a version must be recognizable, so it is in capitals.
fn is_method(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'-')
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_sign)
}

/// RFC 9110, section 5.6.2.
fn is_token_sign(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(sign)
}

fn control_character(line: &str) -> Option<usize> {
    line.find(|sign: char| sign.is_ascii_control() && sign != '\t')
}

fn control_finding(at: usize, line: &str, control: usize) -> Finding {
    let range = character_at(line, control);
    let message = "a control character in the head of a message";
    Finding::new(&HTTP_HEADER, at + range.start..at + range.end, message)
        .help("remove it: it can split one message into two")
}
