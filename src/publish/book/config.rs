//! The book's `book.toml`: read for our own build, and written for mdBook's.

use std::str::FromStr as _;

use mdbook_driver::config::Config;

use super::chapters::Problems;
use super::rules::{BOOK_COMMAND, BOOK_CONFIG};
use crate::diagnostic::{Diagnostic, count};
use crate::model::Catalog;
use crate::model::yaml::words::Level;
use crate::source::{Sources, Span};

/// Reads `book.toml`, and refuses one that names a program.
pub(super) fn read_config(catalog: &Catalog, sources: &Sources, problems: &mut Problems) -> Config {
    let text = config_source(catalog, sources);
    let place =
        |at: usize| Span::new(catalog.chapters.config.unwrap_or(catalog.manifest_file), at..at);
    // Read as plain TOML first: mdBook would take the names of programs from it.
    if let Ok(table) = toml::from_str::<toml::Table>(text) {
        for key in ["preprocessor", "output"] {
            if table.get(key).is_some_and(|value| !value.is_table()) {
                let message = format!("`{key}` is not a table");
                let help = format!("write `[{key}.NAME]`, or remove it");
                problems.push(Diagnostic::new(&BOOK_CONFIG, place(0), message).help(help));
                return Config::default();
            }
            let has_command = |value: &toml::Value| {
                let tables = value.as_table().into_iter().flat_map(toml::Table::values);
                key == "preprocessor" || tables.into_iter().any(|it| it.get("command").is_some())
            };
            if table.get(key).is_some_and(has_command) {
                let at = text.find(&format!("[{key}")).unwrap_or_default();
                let message = format!("`[{key}]` names a program that a build would run");
                let help = "remove it; `build --for mdbook` writes Markdown for mdBook itself";
                problems.push(Diagnostic::new(&BOOK_COMMAND, place(at), message).help(help));
                return Config::default();
            }
        }
    }
    let mut config = match Config::from_str(text) {
        Ok(config) => config,
        Err(error) => {
            let message = format!("{error:#}").lines().collect::<Vec<_>>().join(" ");
            let help = "write it as the guide of mdBook says, or remove what it does not know";
            problems.push(Diagnostic::new(&BOOK_CONFIG, place(0), message).help(help));
            return Config::default();
        }
    };
    // `links` would include any file of the machine; `index` is added by hand.
    config.build.use_default_preprocessors = false;
    if config.book.title.is_none() {
        config.book.title = Some(catalog.manifest.title.clone());
    }
    if config.book.description.is_none() {
        config.book.description = Some(catalog.manifest.description.clone());
    }
    for (key, value) in facts(catalog) {
        if let Err(error) = config.set(key, value) {
            let message = format!("{error:#}");
            let help = "write `[output.patternbook]` as a table, or remove it";
            problems.push(Diagnostic::new(&BOOK_CONFIG, place(0), message).help(help));
        }
    }
    config
}

/// What every page says at its end: which version this is, when its examples last ran, and where
/// it comes from.
fn facts(catalog: &Catalog) -> Vec<(&'static str, String)> {
    let version = catalog.manifest.bundle.as_ref().map(|bundle| bundle.version.clone());
    let date = catalog.proven.values().map(|proven| &proven.date).max().cloned();
    let facts = [
        ("output.patternbook.version", version),
        ("output.patternbook.proven", date),
        ("output.patternbook.repository", catalog.manifest.repository.clone()),
        ("output.patternbook.facts", Some(proven_examples(catalog))),
    ];
    facts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// What is proven, in a line: `72 patterns, 380 examples run or proven`.
fn proven_examples(catalog: &Catalog) -> String {
    let patterns = count(catalog.patterns.len(), "pattern");
    let ran = catalog.proven.values().filter(|proven| proven.level >= Level::Ran).count();
    match ran {
        0 => patterns,
        ran => format!("{patterns}, {} run or proven", count(ran, "example")),
    }
}

/// The `book.toml` for mdBook itself: the project's own, without what reads other files.
pub(super) fn config_text(catalog: &Catalog, sources: &Sources) -> String {
    let text = config_source(catalog, sources);
    let mut config: toml::Table = toml::from_str(text).expect("`read_config` has read it");
    let book = table_of(&mut config, "book");
    if !book.contains_key("title") {
        book.insert("title".to_owned(), catalog.manifest.title.clone().into());
    }
    // The pages stand in `src/`, wherever the project's own chapters are.
    book.remove("src");
    // `links` would put any file of the machine into a page; of mdBook's own, `index` remains.
    table_of(&mut config, "build").insert("use-default-preprocessors".to_owned(), false.into());
    table_of(&mut config, "preprocessor").insert("index".to_owned(), toml::Table::new().into());
    // For any other output mdBook would start a program of that name.
    let html = config
        .remove("output")
        .and_then(|mut output| output.as_table_mut().and_then(|outputs| outputs.remove("html")));
    if let Some(html) = html {
        table_of(&mut config, "output").insert("html".to_owned(), html);
    }
    toml::to_string(&config).expect("a table that was read can be written")
}

fn table_of<'a>(config: &'a mut toml::Table, key: &str) -> &'a mut toml::Table {
    let table = config.entry(key).or_insert_with(|| toml::Table::new().into());
    table.as_table_mut().expect("`read_config` takes nothing but tables here")
}

fn config_source<'a>(catalog: &Catalog, sources: &'a Sources) -> &'a str {
    catalog.chapters.config.map_or("", |file| sources.file(file).text.as_str())
}
