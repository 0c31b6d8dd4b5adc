//! What every target holds to be true of what it gets back.

use patternbook::check::{self, Strictness, Verdict};
use patternbook::diagnostic::{Finding, Fix, Severity};
use patternbook::value::{Node, Value};

/// Checks a text in a language, with and without tolerance.
pub fn language(name: &str, text: &str) {
    let mut strict = Vec::new();
    let refused = check::check(name, text, Strictness::Strict, &mut strict);
    places(text, &strict);
    let is_error = |finding: &Finding| finding.rule.severity == Severity::Error;
    let is_broken = strict.iter().any(is_error);
    assert_eq!(refused == Verdict::Invalid, is_broken, "verdict and findings differ");

    let mut found = Vec::new();
    let verdict = check::check(name, text, Strictness::Documentation, &mut found);
    places(text, &found);
    // What holds strictly needs no tolerance.
    assert!(is_broken || verdict == Verdict::Valid, "{verdict:?}");
}

/// Every finding stands in the text, between characters, and so does its fix.
pub fn places(text: &str, found: &[Finding]) {
    for finding in found {
        let range = finding.range.clone();
        assert!(text.get(range.clone()).is_some(), "{range:?}: {}", finding.message);
        assert!(!finding.message.is_empty());
        if let Some(Fix::Replace { at, .. }) = &finding.fix {
            assert!(text.get(at.clone()).is_some(), "{at:?}: {}", finding.message);
        }
    }
}

/// Every node stands in the text, between characters.
pub fn nodes(text: &str, node: &Node) {
    assert!(text.get(node.range.clone()).is_some(), "{:?}", node.range);
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                assert!(text.get(entry.key_range.clone()).is_some(), "{:?}", entry.key_range);
                nodes(text, &entry.node);
            }
        }
        Value::List(items) => items.iter().for_each(|item| nodes(text, item)),
        _ => {}
    }
}
