//! Gives recursive parsers the stack that the code can make them use.
//!
//! A parser that calls itself for each level of nesting overflows the stack on hostile
//! code, and that aborts the whole process. So each parser gets an upper bound of its
//! levels, and a thread with enough stack when the bound is not small.

use std::thread;

use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The code is nested deeper, or is longer, than a parser can read safely.
pub(super) static NESTING_TOO_DEEP: Rule = Rule {
    id: "nesting-too-deep",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the code is too deep, or too long, to be checked",
    explanation: "A parser needs stack for each level of nesting, and some need time that doubles with each level. \
        The limits are far above what a reader could follow. Nest less, or split the snippet.",
};

/// How much stack a parser needs.
pub(super) struct StackBudget {
    /// The most that one level was seen to take in a debug build, with room to spare.
    pub(super) bytes_per_level: usize,
    /// Up to here, the stack of any thread is enough (Rust gives a thread 2 MB).
    pub(super) levels_in_place: usize,
    /// From here on, the code is refused.
    pub(super) most_levels: usize,
}

/// Runs `parse` with stack for so many levels; `None` if that cannot be had.
pub(super) fn with_stack<T: Send>(
    levels: usize,
    budget: &StackBudget,
    parse: impl FnOnce() -> T + Send,
) -> Option<T> {
    if levels <= budget.levels_in_place {
        return Some(parse());
    }
    if levels > budget.most_levels {
        return None;
    }
    // Only the pages that are touched take memory.
    let stack_size = (1 << 20) + levels * budget.bytes_per_level;
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(stack_size);
        builder.spawn_scoped(scope, parse).ok()?.join().ok()
    })
}

/// Says that the code was not read.
pub(super) fn too_deep(code: &str) -> Finding {
    let message = "this nests deeper, or is longer, than can be read safely: it was not checked";
    Finding::new(&NESTING_TOO_DEEP, super::character_at(code, 0), message)
        .help("nest less, or split the snippet; data can stand in a file of its own")
}

/// Counts words and punctuation: no parser nests deeper than its tokens are many.
pub(super) fn tokens_at_most(code: &str) -> usize {
    let mut in_word = false;
    let mut count = 0;
    for byte in code.bytes() {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        let goes_on = is_word && in_word;
        if !goes_on && !byte.is_ascii_whitespace() {
            count += 1;
        }
        in_word = is_word;
    }
    count
}

/// The deepest that brackets nest, if those in strings and comments count too.
pub(super) fn brackets_at_most(code: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in code.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The most `<` that are open at one place, if each may start a list of types. What stands in
/// quotes on one line does not count.
pub(super) fn angles_at_most(code: &str) -> usize {
    let bytes = code.as_bytes();
    let mut depth = 0_usize;
    let mut deepest = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'<' => depth += 1,
            b'>' if at > 0 && bytes[at - 1] != b'=' => depth = depth.saturating_sub(1),
            b'"' | b'\'' => at += quoted_length(&bytes[at + 1..], *byte),
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

/// The length of a quoted text with its closing quote; nothing when the line ends before.
fn quoted_length(text: &[u8], quote: u8) -> usize {
    match text.iter().position(|byte| *byte == quote || *byte == b'\n') {
        Some(end) if text[end] == quote => end + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_that_close_or_are_quoted_do_not_add_up() {
        assert_eq!(angles_at_most("a<b<c>>; x => y; a<'>' | b<\"<\">"), 2);
        assert_eq!(angles_at_most("it's a<b\na<'"), 2);
    }

    #[test]
    fn each_sign_and_each_word_counts() {
        assert_eq!(tokens_at_most("ab.c(  [\n12"), 6);
    }

    #[test]
    fn brackets_that_close_do_not_add_up() {
        assert_eq!(brackets_at_most("f(a)[b]({c: []})"), 3);
    }
}
