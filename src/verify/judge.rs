//! Compares what came of a step with what must hold.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::plan::Check;
use crate::lab::files::in_work;
use crate::model::yaml::contract::When;
use crate::model::yaml::proof::{
    Exit, ExitKind, Expectation, FileExpectation, FileKind, Requests, Text, Token,
};
use crate::sandbox::archive::{Content, Item};
use crate::sandbox::process::End;
use crate::sandbox::run::Outcome;
use crate::value::Node;

/// What can be seen after a step.
#[derive(Debug)]
pub struct Observed<'a> {
    /// How the run went.
    pub outcome: &'a Outcome,
    /// The files in the working folder, when a check asks for files.
    pub files: &'a [Item],
    /// The requests that each lab received.
    pub requests: &'a BTreeMap<String, Vec<Value>>,
    /// The arguments of every program that was started.
    pub started: &'a [u8],
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The property that is broken, such as `P1`.
    pub property: Option<String>,
    /// What was expected, and what was seen.
    pub message: String,
    /// Whether it is about how the run ended, and not about what it did before.
    pub is_about_end: bool,
}

/// What came of judging.
#[derive(Debug, Default)]
pub struct Judgement {
    /// What does not hold.
    pub failures: Vec<Failure>,
    /// Whether something that had to be there was there, so that the code did some of its work.
    pub shows_life: bool,
}

/// What is found of one check.
#[derive(Debug, Default)]
struct Notes {
    messages: Vec<String>,
    shows_life: bool,
}

impl Notes {
    /// Notes something that must be there.
    fn want(&mut self, is_there: bool, message: impl FnOnce() -> String) {
        if is_there {
            self.shows_life = true;
        } else {
            self.messages.push(message());
        }
    }

    /// Notes something that must not be so.
    fn refuse(&mut self, is_so: bool, message: impl FnOnce() -> String) {
        if is_so {
            self.messages.push(message());
        }
    }
}

/// Holds what was seen against every check that applies.
pub fn judge(checks: &[Check], observed: &Observed<'_>) -> Judgement {
    let succeeded = observed.outcome.end == End::Exited(0);
    let applies = |check: &&Check| match check.when {
        When::Always => true,
        When::Success => succeeded,
        When::Failure => !succeeded,
    };
    let mut failures: Vec<Failure> = Vec::new();
    let mut shows_life = false;
    let mut expects_left = None;
    for check in checks.iter().filter(applies) {
        let mut notes = Notes::default();
        judge_end(&check.expect, observed.outcome, &mut notes);
        let about_end = notes.messages.len();
        judge_outputs(&check.expect, observed, &mut notes);
        for file in &check.expect.files {
            judge_files(file, observed.files, &mut notes);
        }
        for (lab, requests) in &check.expect.requests {
            let received = observed.requests.get(lab).map_or(&[][..], Vec::as_slice);
            judge_requests(lab, requests, received, &mut notes);
        }
        if check.expect.no_process_left {
            expects_left = Some(check.property.clone());
        }
        shows_life |= notes.shows_life;
        for (index, message) in notes.messages.into_iter().enumerate() {
            // One fault, such as an output that is no JSON, is a fault of the first property
            // that it breaks.
            if !failures.iter().any(|failure| failure.message == message) {
                let (property, is_about_end) = (check.property.clone(), index < about_end);
                failures.push(Failure { property, message, is_about_end });
            }
        }
    }
    if !observed.outcome.left.is_empty() {
        let message = format!("processes were left behind: {}", observed.outcome.left.join("; "));
        failures.push(Failure { property: expects_left.flatten(), message, is_about_end: false });
    }
    Judgement { failures, shows_life }
}

fn judge_end(expect: &Expectation, outcome: &Outcome, notes: &mut Notes) {
    let took = outcome.took.as_secs_f64();
    let is_right = match (outcome.end, &expect.exit) {
        (End::Exited(_), None) => true,
        (End::Exited(status), Some(Exit::Status(wanted))) => status == i32::from(*wanted),
        (End::Exited(status), Some(Exit::Kind(kind))) => match kind {
            ExitKind::Success => status == 0,
            ExitKind::Failure => status != 0,
            ExitKind::Any => true,
        },
        (_, wanted) => wanted.is_none() && expect.within.is_none(),
    };
    if !is_right {
        let wanted = match &expect.exit {
            Some(Exit::Status(status)) => format!("exit status {status}"),
            Some(Exit::Kind(ExitKind::Failure)) => "an exit status that is not 0".to_owned(),
            Some(Exit::Kind(ExitKind::Success)) => "exit status 0".to_owned(),
            Some(Exit::Kind(ExitKind::Any)) | None => "an end by itself".to_owned(),
        };
        notes.messages.push(format!("expected {wanted}, but {}", describe_end(outcome.end)));
    }
    if let Some(within) = expect.within
        && outcome.end != End::TooSlow
        && outcome.took > Duration::try_from_secs_f64(within).unwrap_or(Duration::MAX)
    {
        notes.messages.push(format!("it took {took:.1} s, and may take {within} s"));
    }
}

/// How a run ended, in words.
pub fn describe_end(end: End) -> String {
    match end {
        End::Exited(status) if status > 128 => {
            format!("the exit status was {status} (signal {})", status - 128)
        }
        End::Exited(status) => format!("the exit status was {status}"),
        End::TooSlow => "it did not end, and was ended".to_owned(),
        End::TooMuchOutput => "it printed without end, and was ended".to_owned(),
        End::TooMuchMemory => "it used too much memory, and was ended".to_owned(),
    }
}

fn judge_outputs(expect: &Expectation, observed: &Observed<'_>, notes: &mut Notes) {
    let outcome = observed.outcome;
    for (name, text, bytes) in [
        ("standard output", &expect.stdout, &outcome.stdout),
        ("standard error", &expect.stderr, &outcome.stderr),
    ] {
        if let Some(text) = text {
            judge_text(name, text, bytes, notes);
        }
    }
    for word in &expect.not_in_arguments {
        if holds(observed.started, word.as_bytes()) {
            let line = String::from_utf8_lossy(observed.started).replace('\0', " ");
            let line = line.lines().find(|line| line.contains(word.as_str())).unwrap_or_default();
            notes
                .messages
                .push(format!("`{word}` stands in the arguments of a program: {}", cut(line)));
        }
    }
}

fn judge_text(name: &str, expect: &Text, bytes: &[u8], notes: &mut Notes) {
    let text = String::from_utf8_lossy(bytes);
    let shown = || cut(&text);
    if let Some(wanted) = &expect.is {
        let wanted = wanted.text.trim_end_matches('\n');
        let is_right = wanted == text.trim_end_matches('\n');
        let message = || format!("{name} should be `{}`, and is `{}`", wanted.trim(), shown());
        match wanted.is_empty() {
            true => notes.refuse(!is_right, message),
            false => notes.want(is_right, message),
        }
    }
    let is_empty = text.trim().is_empty();
    match expect.empty {
        Some(true) => {
            notes.refuse(!is_empty, || format!("{name} should be empty, and is `{}`", shown()));
        }
        Some(false) => notes.want(!is_empty, || format!("{name} is empty")),
        None => {}
    }
    for piece in &expect.has {
        let message = || format!("{name} should hold `{piece}`, and is `{}`", shown());
        notes.want(holds(bytes, piece.as_bytes()), message);
    }
    for piece in &expect.never {
        let message = || format!("{name} holds `{piece}`, which it must not");
        notes.refuse(holds(bytes, piece.as_bytes()), message);
    }
    for pattern in &expect.matches {
        let regex = RegexBuilder::new(&pattern.value).multi_line(true).build();
        let is_right = regex.is_ok_and(|regex| regex.is_match(&text));
        notes.want(is_right, || {
            format!("{name} should match `{}`, and is `{}`", pattern.value, shown())
        });
    }
    if expect.schema.is_none() && expect.token.is_none() {
        return;
    }
    let document: Value = match read_json(&text) {
        Ok(document) => document,
        Err(fault) => {
            let message = format!("{name} is not one JSON document: {fault}; it is `{}`", shown());
            notes.messages.push(message);
            return;
        }
    };
    if let Some(schema) = &expect.schema {
        hold(name, schema, &document, notes);
    }
    if let Some(token) = &expect.token {
        judge_token(name, token, &document, notes);
    }
}

/// Reads one JSON document; a key that stands twice in an object is a fault.
fn read_json(text: &str) -> Result<Value, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match crate::value::json::parse(text).as_ref().and_then(double_key) {
        Some(key) => Err(format!("the key `{key}` stands there twice")),
        None => Ok(value),
    }
}

fn double_key(node: &Node) -> Option<&str> {
    let entries = node.entries();
    let is_double = |index: usize| entries[..index].iter().any(|it| it.key == entries[index].key);
    let double = (0..entries.len()).find(|index| is_double(*index));
    let below = || entries.iter().map(|entry| &entry.node).chain(node.items()).find_map(double_key);
    double.map(|index| entries[index].key.as_str()).or_else(below)
}

fn judge_token(name: &str, expect: &Token, document: &Value, notes: &mut Notes) {
    let text = document.pointer(&expect.at).and_then(Value::as_str).unwrap_or_default();
    let token = text.rsplit(' ').next().unwrap_or_default();
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts.as_slice() else {
        notes.messages.push(format!(
            "{name} has no JSON Web Token at `{}`, but `{}`",
            expect.at,
            cut(text)
        ));
        return;
    };
    for (part, what, schema) in
        [(header, "header", &expect.header), (claims, "claims", &expect.claims)]
    {
        let Some(schema) = schema else { continue };
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        match serde_json::from_slice(&bytes) {
            Ok(value) => hold(&format!("the token's {what}"), schema, &value, notes),
            Err(_) => {
                notes.messages.push(format!("the token's {what} is no JSON: `{}`", cut(part)));
            }
        }
    }
}

/// Holds a JSON Schema against a value.
fn hold(name: &str, schema: &Value, value: &Value, notes: &mut Notes) {
    let Ok(validator) = jsonschema::validator_for(schema) else {
        notes.messages.push(format!("{name}: the JSON Schema of this test is none"));
        return;
    };
    if validator.is_valid(value) {
        notes.shows_life = true;
        return;
    }
    for error in validator.iter_errors(value).take(3) {
        let at = error.instance_path().to_string();
        let at = if at.is_empty() { String::new() } else { format!(" at `{at}`") };
        notes.messages.push(format!("{name}{at}: {}", cut(&error.to_string())));
    }
}

fn judge_files(expect: &FileExpectation, files: &[Item], notes: &mut Notes) {
    let path = in_work(&expect.path);
    let pattern = path.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*");
    let pattern = Regex::new(&format!("^{pattern}$")).expect("escaped text is a pattern");
    let is_meant = |item: &&Item| pattern.is_match(&item.path);
    let mut found: Vec<&Item> = files.iter().filter(is_meant).collect();
    // A folder is read in no order.
    found.sort_by(|a, b| a.path.cmp(&b.path));
    let count_is_right = match expect.count {
        Some(count) => found.len() == count,
        None => !found.is_empty(),
    };
    if !count_is_right {
        let wanted = expect.count.map_or("one or more".to_owned(), |count| count.to_string());
        let names: Vec<&str> = found.iter().map(|item| item.path.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        notes
            .messages
            .push(format!("`{}`: expected {wanted} of this name, found {names}", expect.path));
    }
    for item in found {
        if let Some(mode) = &expect.mode
            && u32::from_str_radix(mode, 8).ok() != Some(item.mode & 0o777)
        {
            let found = item.mode & 0o777;
            notes.messages.push(format!("`{}` has mode {found:04o}, not {mode}", item.path));
        }
        let kind = match item.content {
            Content::File(_) => Some(FileKind::File),
            Content::Folder => Some(FileKind::Folder),
            Content::Pipe => Some(FileKind::Pipe),
            Content::Link(_) | Content::Other => None,
        };
        if let Some(wanted) = expect.kind.filter(|wanted| Some(*wanted) != kind) {
            notes.messages.push(format!("`{}` is not {}", item.path, wanted.name()));
        }
        if let Some(text) = &expect.content {
            match &item.content {
                Content::File(bytes) => {
                    judge_text(&format!("`{}`", item.path), text, bytes, notes);
                }
                _ => notes.messages.push(format!("`{}` is no regular file", item.path)),
            }
        }
    }
}

fn judge_requests(lab: &str, expect: &Requests, received: &[Value], notes: &mut Notes) {
    if let Some(count) = expect.count {
        let is_right = count == received.len();
        let noun = if received.len() == 1 { "request" } else { "requests" };
        let message = || format!("`{lab}` received {} {noun}, not {count}", received.len());
        match count {
            0 => notes.refuse(!is_right, message),
            _ => notes.want(is_right, message),
        }
    }
    let count = |schema: &Value| {
        let validator = jsonschema::validator_for(schema).ok();
        let is_valid = |request: &&Value| validator.as_ref().is_some_and(|it| it.is_valid(request));
        received.iter().filter(is_valid).count()
    };
    if let Some(schema) = &expect.all {
        // Nothing received shows nothing.
        let odd = received.iter().find(|request| count_one(schema, request) == 0);
        if let Some(shown) = odd.or(received.last()) {
            hold(&format!("a request to `{lab}`"), schema, shown, notes);
        }
    }
    if let Some(schema) = &expect.some {
        notes.want(count(schema) > 0, || {
            let last = received.last().map(|last| cut(&last.to_string()));
            let last = last.unwrap_or_else(|| "none at all".to_owned());
            format!("`{lab}` received no request such as {schema}; the last: {last}")
        });
    }
    if let Some(schema) = &expect.none {
        let message = || format!("`{lab}` received a request such as {schema}");
        notes.refuse(count(schema) > 0, message);
    }
}

fn count_one(schema: &Value, request: &Value) -> usize {
    jsonschema::validator_for(schema).map_or(0, |it| usize::from(it.is_valid(request)))
}

fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    !piece.is_empty() && bytes.windows(piece.len()).any(|window| window == piece)
}

/// The beginning of a text in one line, for a message.
fn cut(text: &str) -> String {
    const MOST: usize = 300;
    let mut line = String::new();
    for (index, c) in text.trim().chars().enumerate() {
        match c {
            _ if index == MOST => return line + "…",
            '\n' => line.push_str("\\n"),
            c if c.is_control() => line.push('\u{fffd}'),
            c => line.push(c),
        }
    }
    line
}
