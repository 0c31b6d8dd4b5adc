//! Finds directives in a chapter, written and escaped as those of mdBook are.

use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser, Tag};
use regex::Regex;

use crate::markdown::page_options;

/// What a directive puts into a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pattern,
    Example,
}

/// A place in a chapter that is to be replaced.
#[derive(Debug)]
pub(super) struct Directive<'a> {
    pub(super) kind: Kind,
    /// With the backslash, if there is one.
    pub(super) range: Range<usize>,
    /// Whether a backslash says that it is text.
    pub(super) is_escaped: bool,
    /// What it names; empty where it names nothing.
    pub(super) name: &'a str,
    /// Where the name stands, or should.
    pub(super) name_range: Range<usize>,
}

static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    let directive = r"\\?\{\{\s*#(pattern|example)((?:[ \t][^}\n]*)?)\}\}";
    Regex::new(directive).expect("the expression is well-formed")
});

/// What may stand before a directive on its line for all of what it becomes to stand there.
static MARKERS: LazyLock<Regex> = LazyLock::new(|| {
    let markers = r"^[ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*$";
    Regex::new(markers).expect("the expression is well-formed")
});

/// Finds every directive of a text, in order.
pub(super) fn find(text: &str) -> Vec<Directive<'_>> {
    if !text.contains("{{") {
        return Vec::new();
    }
    let directive = |found: regex::Captures<'_>| {
        let whole = found.get(0).expect("this is the match");
        let rest = found.get(2).expect("it may be empty, and is there");
        let inside = &text[rest.range()];
        let start = rest.end() - inside.trim_start().len();
        let name = text[start..rest.end()].trim_end();
        Directive {
            kind: if &found[1] == "pattern" { Kind::Pattern } else { Kind::Example },
            range: whole.range(),
            is_escaped: text[whole.range()].starts_with('\\'),
            name,
            name_range: start..start + name.len(),
        }
    };
    DIRECTIVE.captures_iter(text).map(directive).collect()
}

/// A text in which every directive is escaped, without the backslashes.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut copied = 0;
    for directive in find(text).into_iter().filter(|it| it.is_escaped) {
        plain.push_str(&text[copied..directive.range.start]);
        copied = directive.range.start + 1;
    }
    plain + &text[copied..]
}

/// By how much the lines after the first are indented, so that they stay in the list item that a
/// directive stands in. None where other text stands on its line.
pub(super) fn indent(text: &str, directive: &Range<usize>) -> Option<usize> {
    let start = text[..directive.start].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[start..directive.start];
    let after = text[directive.end..].lines().next().unwrap_or_default();
    (MARKERS.is_match(before) && after.trim().is_empty()).then_some(before.len())
}

/// Where blocks of code are in a text.
pub(super) fn code_blocks(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, page_options()).into_offset_iter();
    let block = |(event, range)| matches!(event, Event::Start(Tag::CodeBlock(_))).then_some(range);
    events.filter_map(block).collect()
}

/// What mdBook 0.5 takes for a directive, wherever it stands.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    let link = r"\{\{\s*(#[a-zA-Z0-9_]+\s+[^}]+\}\})";
    Regex::new(link).expect("the expression is well-formed")
});

/// Keeps mdBook's `links` from reading directives in a text: it takes the backslash away again.
pub(super) fn guard(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len());
    let mut copied = 0;
    let mut is_escaped = false;
    for found in LINK.captures_iter(text) {
        let (whole, rest) = (found.get(0).expect("this is the match"), &found[1]);
        let between = &text[copied..whole.start()];
        guarded.push_str(between);
        // On its line everything up to the last braces is text, once the first is escaped.
        is_escaped &= !between.contains('\n');
        // No backslash holds for a directive over two lines, so it becomes one line.
        if is_escaped {
            guarded.push_str(&whole.as_str().replace(['\n', '\r'], " "));
        } else {
            guarded.push_str("\\{{");
            guarded.push_str(&rest.replace(['\n', '\r'], " "));
        }
        is_escaped = true;
        copied = whole.end();
    }
    guarded + &text[copied..]
}

#[cfg(test)]
mod tests {
    use super::{find, guard, indent};

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, bool)]) {
        let found = find(text);
        let found: Vec<_> =
            found.iter().map(|it| (&text[it.range.clone()], it.name, it.is_escaped)).collect();
        assert_eq!(found, expected);
        for directive in find(text) {
            assert_eq!(&text[directive.name_range.clone()], directive.name);
        }
    }

    #[test]
    fn directives_are_found_as_mdbook_finds_its_own() {
        check("a {{#pattern b}} c", &[("{{#pattern b}}", "b", false)]);
        check("{{ #example\ta/b  }}", &[("{{ #example\ta/b  }}", "a/b", false)]);
        check("\\{{#pattern b}}", &[("\\{{#pattern b}}", "b", true)]);
        check(
            "{{#pattern}}{{#example a b}}",
            &[("{{#pattern}}", "", false), ("{{#example a b}}", "a b", false)],
        );
        check("{{#patterns b}} {{#include b}} {{pattern b}} {{#pattern b} } {{#pattern\nb}}", &[]);
    }

    #[test]
    fn list_items_hold_what_is_put_into_them() {
        assert_eq!(indent("a\n1. - {{}} \nb", &(7..11)), Some(5));
        assert_eq!(indent("   {{}}", &(3..7)), Some(3));
        assert_eq!(indent("a {{}}", &(2..6)), None);
        assert_eq!(indent("{{}}.", &(0..4)), None);
        assert_eq!(indent("> {{}}", &(2..6)), None);
    }

    #[test]
    fn what_is_guarded_comes_out_of_mdbook_as_it_was() {
        assert_eq!(guard("a\nb {{ #include x}} {{#y z}}\n"), "a\nb \\{{#include x}} {{#y z}}\n");
        assert_eq!(guard("${{ x }} {{y}}"), "${{ x }} {{y}}");
        assert_eq!(guard("${{ x }} {{#include /p}}"), "${{ x }} \\{{#include /p}}");
        assert_eq!(guard("{{{#include /p}}"), "{\\{{#include /p}}");
        assert_eq!(guard("{{\n#include /p}}"), "\\{{#include /p}}");
        assert_eq!(guard("{{#include\n/p}}\n{{#x y}}"), "\\{{#include /p}}\n\\{{#x y}}");
    }
}
