//! Fences and links of a Markdown text, fences in fences, and each with its place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use patternbook::check::Strictness;
use patternbook::inspect::tree;
use patternbook::markdown;

fuzz_target!(|text: &str| {
    let outline = markdown::outline(text);
    for fence in &outline.fences {
        for origin in &fence.origins {
            assert!(text.is_char_boundary(*origin), "{origin} is within a character");
        }
    }
    for link in &outline.links {
        assert!(text.get(link.range.clone()).is_some(), "{:?}", link.range);
    }
    patternbook_fuzz::language("markdown", text);
    let (sources, inspection) = tree::inspect_text("fuzz.md", text, Strictness::Documentation);
    for diagnostic in &inspection.diagnostics {
        let (start, end) = (diagnostic.span.start, diagnostic.span.end);
        let text = &sources.file(diagnostic.span.file).text;
        assert!(text.get(start..end).is_some(), "{start}..{end}: {}", diagnostic.message);
    }
});
