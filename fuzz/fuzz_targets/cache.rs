//! A cache with wrong bytes in it. It may forget, and may not name a place that is not there.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use patternbook::check::Strictness;
use patternbook::inspect::cache::Cache;
use patternbook::inspect::tree;
use patternbook::publish::reference;

const TEXT: &str = "# A page\n\n```json\n{\"a\": 1,, }\n```\n\n```bash\nif true; then\n```\n";

/// A cache that knows the text.
static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let cache = open(Vec::new());
    let (_, inspection) = tree::inspect_text("a.md", TEXT, Strictness::Documentation);
    cache.put(Cache::key(TEXT), &inspection);
    cache.close(true).expect("something was added")
});

fn open(bytes: Vec<u8>) -> Cache {
    Cache::open(bytes, "fuzz", Strictness::Documentation, &reference::all_rules())
}

// Bytes to write over those of a good cache, and from where; then the bytes alone.
fuzz_target!(|input: (u16, &[u8])| {
    let (at, wrong) = input;
    let mut bytes = GOOD.clone();
    let at = usize::from(at) % bytes.len();
    for (byte, wrong) in bytes[at..].iter_mut().zip(wrong) {
        *byte = *wrong;
    }
    let (sources, _) = tree::inspect_text("a.md", TEXT, Strictness::Documentation);
    let file = sources.ids().next().expect("it is one file");
    for bytes in [bytes, wrong.to_vec()] {
        let cache = open(bytes);
        let Some(known) = cache.get(&Cache::key(TEXT), file) else { continue };
        for diagnostic in known.diagnostics {
            let span = diagnostic.span;
            assert!(TEXT.get(span.start..span.end).is_some(), "{span:?}");
        }
    }
});
