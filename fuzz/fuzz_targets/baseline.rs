//! A baseline as a stranger may have written it. What is read and written is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::inspect::baseline::Baseline;

fuzz_target!(|text: &str| {
    match Baseline::read(text) {
        Ok(baseline) => {
            let written = baseline.write();
            let again = Baseline::read(&written).expect("what was written can be read");
            assert_eq!(again.write(), written);
            assert_eq!(again.len(), baseline.len());
        }
        Err(fault) => assert!(text.get(fault.range.clone()).is_some(), "{:?}", fault.range),
    }
});
