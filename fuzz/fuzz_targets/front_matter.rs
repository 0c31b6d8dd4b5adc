//! The front matter of a skill, its YAML, and the rules about it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::lint::{self, Document, front_matter};

fuzz_target!(|text: &str| {
    if let Some(range) = front_matter::find(text) {
        assert!(text.get(range.clone()).is_some(), "{range:?} is no range of the text");
    }
    for name in ["skill", "agent", "command"] {
        let Some(kind) = lint::kind(name) else { continue };
        patternbook_fuzz::places(text, &lint::lint(kind, &Document::snippet(text)));
    }
});
