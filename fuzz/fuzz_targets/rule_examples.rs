//! The files of a rule's example.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::inspect::examples;

fuzz_target!(|text: &str| {
    let example = examples::read(text);
    let files = example.bad.iter().chain(&example.good).chain(&example.both);
    assert!(files.map(|file| file.text.len()).sum::<usize>() <= 2 * text.len());
});
