//! YAML as data with places, and held against the schema of a pattern.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::model::load::PATTERN_SCHEMA;
use patternbook::value::yaml;

fuzz_target!(|text: &str| {
    let (node, mut found) = yaml::parse(text);
    if let Some(node) = node {
        patternbook_fuzz::nodes(text, &node);
        found.extend(PATTERN_SCHEMA.validate(&node));
    }
    patternbook_fuzz::places(text, &found);
    patternbook_fuzz::language("yaml", text);
});
