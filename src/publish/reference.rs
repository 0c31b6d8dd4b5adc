//! The book's reference pages, from the tool's own tables: a test holds the committed pages
//! equal to these.

pub mod rules;

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::book;
use crate::check::{self, CHECKERS};
use crate::diagnostic::Rule;
use crate::lint::{self, KINDS};
use crate::render::markdown::cell;
use crate::value::yaml;
use crate::{inspect, model, schema, verify};

/// What stands at the head of each page, for who wants to edit it.
pub const NOTICE: &str = "<!-- Generated from the code; `BLESS=1 cargo test` writes it anew. -->";

/// Every rule of the tool, by id.
pub fn all_rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = Vec::new();
    rules.extend(yaml::RULES);
    rules.extend(schema::RULES);
    rules.extend(model::rules::RULES);
    rules.extend(inspect::rules::RULES);
    rules.extend(book::RULES);
    rules.extend(verify::rules::RULES);
    rules.extend([&check::UNKNOWN_LANGUAGE, &check::EMPTY_SNIPPET]);
    rules.push(&lint::leak::LITERAL_SECRET);
    rules.extend(CHECKERS.iter().flat_map(|checker| checker.rules()));
    rules.extend(KINDS.iter().flat_map(|kind| kind.rules()));
    rules.extend(lint::pages::rules());
    rules.sort_by_key(|rule| rule.id);
    // Languages share rules, such as the syntax of JSON and JSONC.
    rules.dedup_by_key(|rule| rule.id);
    rules
}

/// Writes the page of all languages and kinds.
pub fn languages_page() -> String {
    let mut page = format!("{NOTICE}\n\n# Languages and kinds\n\n{}\n\n", LANGUAGES_INTRO.trim());
    page.push_str("| language | names | what a snippet without errors is |\n|---|---|---|\n");
    for checker in CHECKERS {
        let names: Vec<String> = checker.names().iter().map(|name| format!("`{name}`")).collect();
        writeln!(
            page,
            "| {} | {} | {} |",
            checker.title(),
            names.join(", "),
            cell(checker.promise())
        )
        .expect("strings take any text");
    }
    page.push_str("\n## Kinds\n\n");
    page.push_str(KINDS_INTRO.trim());
    page.push_str("\n\n| kind | what it is | written in | rules |\n|---|---|---|---|\n");
    for kind in KINDS {
        let rules: Vec<String> = kind.rules().iter().map(|rule| rules::link(rule)).collect();
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            kind.name(),
            kind.title(),
            kind.languages().join(", "),
            rules.join(", ")
        )
        .expect("strings take any text");
    }
    page
}

/// Writes the page of a file format, from its JSON Schema.
///
/// `schemas` come with the headings of their parts.
pub fn format_page(schemas: &[(&str, Json)]) -> String {
    let mut page = format!("{NOTICE}\n\n# The file formats\n\n{}\n", FORMAT_INTRO.trim());
    for (heading, schema) in schemas {
        writeln!(page, "\n## {heading}\n").expect("strings take any text");
        write_object(&mut page, schema);
        let definitions = schema.get("$defs").and_then(Json::as_object);
        for (name, definition) in definitions.into_iter().flatten() {
            let title = format!("{heading}: `{name}`");
            writeln!(page, "\n### {title}\n").expect("strings take any text");
            write_object(&mut page, definition);
        }
    }
    page
}

fn write_object(page: &mut String, schema: &Json) {
    let description = schema.get("description").and_then(Json::as_str).unwrap_or_default();
    writeln!(page, "{description}\n").expect("strings take any text");
    if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
        page.push_str("| field | what it holds | meaning |\n|---|---|---|\n");
        let required = schema.get("required").and_then(Json::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
        for (name, field) in properties {
            let mark = if is_required(name) { " **(required)**" } else { "" };
            let meaning = field.get("description").and_then(Json::as_str).unwrap_or_default();
            writeln!(page, "| `{name}`{mark} | {} | {} |", type_of(field), cell(meaning))
                .expect("strings take any text");
        }
        return;
    }
    for choice in schema.get("oneOf").and_then(Json::as_array).into_iter().flatten() {
        let word = choice.get("const").and_then(Json::as_str).unwrap_or_default();
        let meaning = choice.get("description").and_then(Json::as_str).unwrap_or_default();
        writeln!(page, "- `{word}`: {meaning}").expect("strings take any text");
    }
}

fn type_of(field: &Json) -> String {
    if let Some(name) = field.get("$ref").and_then(Json::as_str) {
        return format!("`{}`", name.rsplit('/').next().unwrap_or_default());
    }
    for key in ["anyOf", "allOf", "oneOf"] {
        let choices = field.get(key).and_then(Json::as_array);
        let real = |choice: &&Json| choice.get("type").and_then(Json::as_str) != Some("null");
        if let Some(choice) = choices.and_then(|choices| choices.iter().find(real)) {
            return type_of(choice);
        }
    }
    let name = match field.get("type") {
        Some(Json::Array(types)) => types.first().and_then(Json::as_str),
        Some(Json::String(name)) => Some(name.as_str()),
        _ => None,
    };
    match name {
        Some("array") => {
            let items = field.get("items").map_or_else(String::new, type_of);
            format!("list of {items}")
        }
        Some("object") => "map of name to value".to_owned(),
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        _ => "anything".to_owned(),
    }
}

const LANGUAGES_INTRO: &str = "
A fence or an example names its language by one of these names, in any case. `text`, `plain`, `output` and `log` say that
there is none. A name that is not here is skipped and counted in a Markdown file, and an error in a pattern.";

const KINDS_INTRO: &str = "
A kind says what code is *for*: `kind: mcp-config` on an example, or the name of a file. More is checked then.";

const FORMAT_INTRO: &str = "
Each pattern is a file `patterns/TOPIC/ID.yaml`; the manifest is `patternbook.yaml`; the questions that lead to a pattern
are in `choose.yaml`; a contract is `contracts/ID.yaml`, a lab `labs/NAME/lab.yaml`. The same facts are in the JSON Schemas
below `schema/`, which an editor with a YAML language server reads from the first line of a file: it completes names, shows
their meaning and marks mistakes while you type.";
