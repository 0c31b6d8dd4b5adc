//! JSON as data with places, and the kinds that are written in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::lint::{self, Document, KINDS};
use patternbook::value::json;

fuzz_target!(|text: &str| {
    if let Some(node) = json::parse(text) {
        patternbook_fuzz::nodes(text, &node);
    }
    for kind in KINDS.iter().filter(|kind| kind.languages().contains(&"json")) {
        patternbook_fuzz::places(text, &lint::lint(*kind, &Document::snippet(text)));
    }
    patternbook_fuzz::language("json", text);
    patternbook_fuzz::language("jsonc", text);
});
