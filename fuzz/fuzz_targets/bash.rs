//! Bash and sh, with what is tolerated in documentation.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    patternbook_fuzz::language("bash", text);
    patternbook_fuzz::language("sh", text);
});
