//! Holds data against a JSON Schema, with a finding for every fault, at its place.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value as Json;

use crate::diagnostic::{Finding, Profile, Rule, Severity, suggest};
use crate::value::Node;

/// A key that the schema does not know.
pub static UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a field that this kind of file does not have",
    explanation: "A field that is misspelt is a field that does nothing, silently. `patternbook schema` prints what a \
        pattern and a manifest may hold; the kinds of other files are in the table of kinds.",
};

/// A key that must be there and is not.
pub static MISSING_FIELD: Rule = Rule {
    id: "missing-field",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a required field is missing",
    explanation: "Add the field. The message stands at the first line of the map that lacks it; `patternbook schema` says \
        what each field of a pattern and of the manifest means.",
};

/// A value of another type than the schema wants.
pub static WRONG_TYPE: Rule = Rule {
    id: "wrong-type",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a value of the wrong type",
    explanation: "YAML reads `1.0`, `true` and `null` as a number, a boolean and nothing. Quote a value that is meant \
        as text, such as a version.",
};

/// A value of the right type that the schema does not allow.
pub static INVALID_VALUE: Rule = Rule {
    id: "invalid-value",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a value that is not allowed here",
    explanation: "The value has the right type but breaks a constraint: a fixed list of words, a pattern, a length.",
};

/// How many faults of one document are named. Nobody reads more, and each costs time.
const MOST_ERRORS: usize = 200;

/// How many unknown fields of one map are named: a file of another kind has hundreds.
const MOST_UNKNOWN: usize = 20;

/// The pattern of text on one line: it becomes a heading, a link or a cell.
pub const LINE: &str = r"^[^\r\n]+$";

/// The pattern of ids.
pub const WORDS: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// Every rule that holding data against a schema can break.
pub static RULES: &[&Rule] = &[&UNKNOWN_FIELD, &MISSING_FIELD, &WRONG_TYPE, &INVALID_VALUE];

/// A JSON Schema that is compiled on first use.
pub struct Schema {
    source: fn() -> Json,
    compiled: OnceLock<(Json, Validator)>,
}

impl Schema {
    /// Makes a schema from a function that gives its JSON.
    pub const fn new(source: fn() -> Json) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The schema itself.
    pub fn json(&self) -> Json {
        (self.source)()
    }

    /// Finds every place where `node` breaks the schema, in the order of the text.
    pub fn validate(&self, node: &Node) -> Vec<Finding> {
        let (json, validator) = self.compiled.get_or_init(|| {
            let json = (self.source)();
            let validator = jsonschema::validator_for(&json).expect("our own schemas compile");
            (json, validator)
        });
        let data = node.to_json();
        let mut found = Vec::new();
        for error in validator.iter_errors(&data).take(MOST_ERRORS) {
            describe(&error, json, node, &mut found);
        }
        found.sort_by(|a, b| (a.range.start, a.rule.id).cmp(&(b.range.start, b.rule.id)));
        found
    }
}

fn describe(error: &ValidationError<'_>, schema: &Json, root: &Node, found: &mut Vec<Finding>) {
    let node = root.at(error.instance_path().as_str());
    let range = short_range(node);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = known_fields(schema, error.schema_path().as_str());
            for key in unexpected.iter().take(MOST_UNKNOWN) {
                found.push(unknown_field(node, key, &known));
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let message = format!("the field `{name}` is missing");
            let finding = Finding::new(&MISSING_FIELD, range, message);
            found.push(finding.help(format!("add `{name}`")));
        }
        ValidationErrorKind::Type { kind } => {
            found.push(wrong_type(node, &expected_types(kind)));
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            nearest_branch(context, schema, root, node, found);
        }
        ValidationErrorKind::Enum { options } => {
            found.push(unknown_word(node, &words_of(options), ""));
        }
        ValidationErrorKind::Constant { expected_value } => {
            found.push(unknown_word(node, &[expected_value.as_str().unwrap_or_default()], ""));
        }
        ValidationErrorKind::Pattern { pattern } => {
            let is = node.text().unwrap_or_default();
            let finding =
                Finding::new(&INVALID_VALUE, range, format!("`{is}` is not allowed here"));
            found.push(finding.help(match pattern.as_str() {
                LINE => "write it on one line".to_owned(),
                WORDS => "use lowercase letters and digits, in words joined by hyphens".to_owned(),
                _ => format!("it must match `{pattern}`"),
            }));
        }
        ValidationErrorKind::MinItems { limit } => {
            found.push(wrong_length(node, "short", &format!("it must have at least {limit}")));
        }
        ValidationErrorKind::MaxItems { limit } => {
            found.push(wrong_length(node, "long", &format!("it may have at most {limit}")));
        }
        kind => {
            let finding = Finding::new(&INVALID_VALUE, range, error.to_string());
            found.push(finding.help(limit_help(kind)));
        }
    }
}

/// What to do about a value that is beyond a limit.
fn limit_help(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::MinLength { limit } => format!("write at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("write at most {limit} characters"),
        ValidationErrorKind::Minimum { limit } => format!("write {limit} or more"),
        ValidationErrorKind::Maximum { limit } => format!("write {limit} or less"),
        _ => "write a value that the message allows".to_owned(),
    }
}

fn unknown_field(node: &Node, key: &str, known: &[&str]) -> Finding {
    let range = node.entry(key).map_or(node.range.clone(), |entry| entry.key_range.clone());
    let finding = Finding::new(&UNKNOWN_FIELD, range, format!("unknown field `{key}`"));
    match suggest(key, known.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => finding.help("remove it"),
        None => finding.help(format!("known here: {}", known.join(", "))),
    }
}

fn wrong_type(node: &Node, expected: &str) -> Finding {
    let is = type_name(&node.to_json());
    let finding =
        Finding::new(&WRONG_TYPE, short_range(node), format!("expected {expected}, found {is}"));
    match (expected, is) {
        ("text", "a number" | "true or false" | "nothing") => finding.help("put it in quotes"),
        ("a list", _) => finding.help("put it in brackets: `[…]`"),
        ("a number" | "true or false", "text") => finding.help("take the quotes away"),
        _ => finding.help(format!("write {expected}")),
    }
}

/// Says that a list has too few or too many items. The validator would show all of them.
fn wrong_length(node: &Node, is_too: &str, help: &str) -> Finding {
    let range = node.items().first().map_or(node.range.clone(), short_range);
    let message = format!("a list of {} is too {is_too}", node.items().len());
    Finding::new(&INVALID_VALUE, range, message).help(help)
}

/// Says that a word is none of `words`; `others` is what may stand there besides them.
fn unknown_word(node: &Node, words: &[&str], others: &str) -> Finding {
    let is = node.text().map_or_else(|| node.to_json().to_string(), |text| format!("`{text}`"));
    let finding = Finding::new(&INVALID_VALUE, short_range(node), format!("unknown value {is}"));
    match suggest(node.text().unwrap_or_default(), words.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("one of: {}{others}", words.join(", "))),
    }
}

/// Explains a value that fits none of several shapes by the shape it came nearest to:
/// the one whose faults lie deepest, or else by the list of types.
fn nearest_branch(
    branches: &[Vec<ValidationError<'static>>],
    schema: &Json,
    root: &Node,
    node: &Node,
    found: &mut Vec<Finding>,
) {
    let is_type = |errors: &&Vec<ValidationError<'static>>| {
        let here = node.range.clone();
        !errors.iter().any(|error| {
            matches!(error.kind(), ValidationErrorKind::Type { .. })
                && root.at(error.instance_path().as_str()).range == here
        })
    };
    let mut types = Vec::new();
    for error in branches.iter().flatten() {
        if let ValidationErrorKind::Type { kind } = error.kind() {
            types.push(expected_types(kind));
        }
    }
    types.dedup();
    let fitting: Vec<_> = branches.iter().filter(is_type).collect();
    let words: Option<Vec<&str>> = fitting
        .iter()
        .map(|errors| allowed_words(errors))
        .try_fold(Vec::new(), |words, more| Some([words, more?].concat()));
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        let others = types.iter().map(|name| format!(", or {name}")).collect::<String>();
        found.push(unknown_word(node, &words, &others));
        return;
    }
    if let Some(errors) = fitting.iter().min_by_key(|errors| errors.len()) {
        for error in *errors {
            describe(error, schema, root, found);
        }
        return;
    }
    found.push(wrong_type(node, &types.join(" or ")));
}

/// The words of which a value should have been one, if that is all that is wrong with it.
fn allowed_words<'a>(errors: &'a [ValidationError<'static>]) -> Option<Vec<&'a str>> {
    let [error] = errors else { return None };
    match error.kind() {
        ValidationErrorKind::Constant { expected_value } => Some(vec![expected_value.as_str()?]),
        ValidationErrorKind::Enum { options } => Some(words_of(options)),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let mut words = Vec::new();
            for errors in context {
                words.extend(allowed_words(errors)?);
            }
            Some(words)
        }
        _ => None,
    }
}

fn words_of(options: &Json) -> Vec<&str> {
    options.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

/// Finds the names that the schema knows at the place of an `additionalProperties` error.
fn known_fields<'a>(schema: &'a Json, path: &str) -> Vec<&'a str> {
    let parent = path.strip_suffix("/additionalProperties").unwrap_or(path);
    let properties = schema.pointer(parent).and_then(|schema| schema.get("properties"));
    properties
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect()
}

/// A whole map as a range would underline half a file: its first line is enough.
fn short_range(node: &Node) -> std::ops::Range<usize> {
    match node.entries().first() {
        Some(first) => first.key_range.clone(),
        None => node.range.clone(),
    }
}

fn expected_types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => json_type(*one).to_owned(),
        TypeKind::Multiple(several) => {
            let names: Vec<&str> = several.iter().map(json_type).collect();
            names.join(" or ")
        }
    }
}

fn json_type(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer | JsonType::Number => "a number",
        JsonType::Null => "nothing",
        JsonType::Object => "a map",
        JsonType::String => "text",
    }
}

fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a map",
    }
}
