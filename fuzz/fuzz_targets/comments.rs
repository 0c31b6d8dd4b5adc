//! Comments that suppress findings, in each form of file that may hold them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::check::Strictness;
use patternbook::inspect::{suppress, tree};
use patternbook::publish::reference;

fuzz_target!(|text: &str| {
    let known = reference::all_rules();
    for path in ["fuzz.md", "SKILL.md", "fuzz.yaml", "fuzz.sh", ".mcp.json"] {
        let (sources, mut inspection) =
            tree::inspect_text(path, text, Strictness::Documentation);
        let before = inspection.diagnostics.len();
        suppress::suppress(&sources, &known, &mut inspection);
        // Nothing is lost: what is not shown is counted.
        assert!(inspection.diagnostics.len() + inspection.suppressed.len() >= before);
        for diagnostic in inspection.diagnostics.iter().chain(&inspection.suppressed) {
            let span = &diagnostic.span;
            let text = &sources.file(span.file).text;
            assert!(text.get(span.start..span.end).is_some(), "{span:?}: {}", diagnostic.message);
        }
    }
});
