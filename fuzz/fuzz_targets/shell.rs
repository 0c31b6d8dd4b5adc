//! The reader of shell scripts, and the rules of the kinds that are scripts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::lint::{self, Document, KINDS};

fuzz_target!(|text: &str| {
    for kind in KINDS.iter().filter(|kind| kind.languages().contains(&"bash")) {
        patternbook_fuzz::places(text, &lint::lint(*kind, &Document::snippet(text)));
    }
});
