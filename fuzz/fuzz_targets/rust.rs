//! Rust, with what is tolerated in documentation.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    patternbook_fuzz::language("rust", text);
});
