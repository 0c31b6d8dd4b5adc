//! What an editor may offer at a place: fields and words of a project's files by their schemas,
//! and the names of languages, kinds and rules wherever they are written.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent,
    MarkupKind, TextEdit,
};
use serde_json::Value as Json;

use super::documents::OpenDocument;
use super::outline::{self, Slot, Step};
use super::text::Lines;
use crate::check::CHECKERS;
use crate::inspect::suppress::KEYWORD;
use crate::lint::KINDS;
use crate::markdown;
use crate::model::choose::CHOOSE_SCHEMA;
use crate::model::equipment::{CONTRACT_SCHEMA, LAB_SCHEMA};
use crate::model::load::{MANIFEST, MANIFEST_SCHEMA, PATTERN_SCHEMA};
use crate::publish::reference::all_rules;
use crate::source::disk::Folder;

/// What may be written, and what it means.
struct Offer {
    word: String,
    meaning: String,
    /// What is put behind it.
    tail: &'static str,
    kind: CompletionItemKind,
}

/// Lists what may be written at a place.
pub(super) fn complete(
    document: &OpenDocument,
    lines: &Lines<'_>,
    at: usize,
) -> Vec<CompletionItem> {
    let line = lines.line_of(at);
    let before = &document.text[lines.start_of(line)..at.max(lines.start_of(line))];
    let offers = offers(document, lines, line, before);
    let start = at - before.len() + word_start(before);
    // Behind `key:` without a space the word would be part of the key.
    let head = if before.ends_with(':') { " " } else { "" };
    let range = lines.range(&(start..at));
    offers
        .into_iter()
        .map(|offer| CompletionItem {
            kind: Some(offer.kind),
            documentation: (!offer.meaning.is_empty()).then(|| {
                let kind = MarkupKind::Markdown;
                Documentation::MarkupContent(MarkupContent { kind, value: offer.meaning })
            }),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(
                range,
                format!("{head}{}{}", offer.word, offer.tail),
            ))),
            label: offer.word,
            ..CompletionItem::default()
        })
        .collect()
}

fn offers(document: &OpenDocument, lines: &Lines<'_>, line: usize, before: &str) -> Vec<Offer> {
    if let Some((_, rest)) = before.rsplit_once(&format!("{KEYWORD} ")) {
        return if is_name(rest) { rules() } else { Vec::new() };
    }
    let name = document.name();
    if markdown::is_file(&name) {
        let fence = before.trim_start_matches([' ', '\t', '>']);
        let signs = fence.trim_start_matches(['`', '~']);
        let is_fence = fence.len() - signs.len() >= 3 && is_name(signs);
        return if is_fence && opens(lines, line) { languages() } else { Vec::new() };
    }
    let Some(schema) = schema_of(document) else { return Vec::new() };
    match outline::slot(lines, line, before) {
        Some(Slot::Key { path, written }) => {
            let places = resolve(&schema, &path);
            let mut offers = fields(&schema, &places, &written);
            if path.last() == Some(&Step::Item) {
                offers.extend(values(&places, &path));
            }
            offers
        }
        Some(Slot::Value { path }) => values(&resolve(&schema, &path), &path),
        None => Vec::new(),
    }
}

/// Tells whether a fence in a line would open a block: the number of fences before it is even.
fn opens(lines: &Lines<'_>, line: usize) -> bool {
    let is_fence = |line: &usize| {
        let text = lines.line(*line).trim_start_matches([' ', '\t', '>']);
        text.starts_with("```") || text.starts_with("~~~")
    };
    (0..line).filter(is_fence).count() % 2 == 0
}

/// The schema of a file of a project.
fn schema_of(document: &OpenDocument) -> Option<Json> {
    let path = document.path.as_deref()?;
    let folder = Folder::find_project(path.parent()?).ok()?;
    let below = path.strip_prefix(folder.root()).ok()?.to_str()?;
    let schema = match below {
        MANIFEST => &MANIFEST_SCHEMA,
        "choose.yaml" => &CHOOSE_SCHEMA,
        _ if !below.ends_with(".yaml") => return None,
        _ if below.starts_with("patterns/") => &PATTERN_SCHEMA,
        _ if below.starts_with("contracts/") => &CONTRACT_SCHEMA,
        _ if below.starts_with("labs/") && below.ends_with("/lab.yaml") => &LAB_SCHEMA,
        _ => return None,
    };
    Some(schema.json())
}

/// Finds every schema that holds where `path` leads to.
fn resolve<'a>(schema: &'a Json, path: &[Step]) -> Vec<&'a Json> {
    let mut places = expand(schema, schema);
    for step in path {
        let next = |place: &&'a Json| match step {
            Step::Key(key) => place["properties"]
                .get(key)
                .or_else(|| place.get("additionalProperties").filter(|more| more.is_object())),
            Step::Item => place.get("items"),
        };
        let inner: Vec<&Json> = places.iter().filter_map(next).collect();
        places = inner.into_iter().flat_map(|place| expand(schema, place)).collect();
    }
    places
}

/// A schema with what it refers to, and with its alternatives.
fn expand<'a>(root: &'a Json, schema: &'a Json) -> Vec<&'a Json> {
    let mut places = vec![schema];
    // Our schemas are a tree, or else this would not end.
    let mut next = 0;
    while let Some(place) = places.get(next).copied().filter(|_| next < 100) {
        next += 1;
        let reference = place["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
        places.extend(reference.and_then(|name| root.pointer(name)));
        for key in ["anyOf", "allOf", "oneOf"] {
            places.extend(place[key].as_array().into_iter().flatten());
        }
    }
    places
}

fn fields(root: &Json, places: &[&Json], written: &[String]) -> Vec<Offer> {
    let mut offers = Vec::new();
    for place in places {
        let properties = place["properties"].as_object();
        for (name, field) in properties.into_iter().flatten() {
            if written.contains(name) {
                continue;
            }
            let described = expand(root, field);
            let mut meanings = described.iter().filter_map(|place| place["description"].as_str());
            let meaning = meanings.next().unwrap_or_default();
            let required = place["required"].as_array();
            let is_required = required.is_some_and(|names| names.iter().any(|is| is == name));
            let mark = if is_required { "\n\n*Required.*" } else { "" };
            offers.push(Offer {
                word: name.clone(),
                meaning: format!("{meaning}{mark}"),
                tail: ": ",
                kind: CompletionItemKind::FIELD,
            });
        }
    }
    offers
}

fn values(places: &[&Json], path: &[Step]) -> Vec<Offer> {
    let keys = path.iter().rev().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Item => None,
    });
    match keys.into_iter().next() {
        Some("language") => return languages(),
        Some("kind")
            if places.iter().any(|place| place["type"] == "string" || place["type"].is_array()) =>
        {
            return kinds();
        }
        Some("flagged-by") => return rules(),
        _ => {}
    }
    let mut offers = Vec::new();
    for place in places {
        let meaning = place["description"].as_str().unwrap_or_default();
        let words = place["enum"].as_array().into_iter().flatten();
        for word in words.chain(place.get("const")).filter_map(Json::as_str) {
            let meaning = if place.get("const").is_some() { meaning } else { "" };
            offers.push(value(word, meaning.to_owned()));
        }
        if place["type"] == "boolean" {
            offers.extend(["true", "false"].map(|word| value(word, String::new())));
        }
    }
    offers
}

fn languages() -> Vec<Offer> {
    let of_checker = |checker: &&'static dyn crate::check::Checker| {
        let meaning = format!("{}. {}", checker.title(), checker.promise());
        checker.names().iter().map(move |name| value(name, meaning.clone())).collect::<Vec<_>>()
    };
    let plain = value("text", "In no language: not checked.".to_owned());
    CHECKERS.iter().flat_map(of_checker).chain([plain]).collect()
}

fn kinds() -> Vec<Offer> {
    let of_kind = |kind: &&'static dyn crate::lint::Kind| {
        let languages = kind.languages().join(", ");
        value(kind.name(), format!("{}. Written in: {languages}.", kind.title()))
    };
    KINDS.iter().map(of_kind).collect()
}

fn rules() -> Vec<Offer> {
    let of_rule = |rule: &'static crate::diagnostic::Rule| {
        value(rule.id, format!("{} ({})", rule.summary, rule.severity.name()))
    };
    all_rules().into_iter().map(of_rule).collect()
}

fn value(word: &str, meaning: String) -> Offer {
    Offer { word: word.to_owned(), meaning, tail: "", kind: CompletionItemKind::VALUE }
}

/// Tells whether a text may be the beginning of a name.
fn is_name(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
}

/// Where the word begins that a text ends with.
fn word_start(before: &str) -> usize {
    let is_of_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let word = before.trim_end_matches(is_of_word).len();
    // `- ` and `--` are no words.
    word + (before[word..].len() - before[word..].trim_start_matches('-').len())
}
