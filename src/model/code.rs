//! The code of examples: cut out of its file, and checked to be where it should.

use super::rules::{CODE_NEEDS_LITERAL_BLOCK, EXAMPLE_CODE};
use super::yaml::ExampleEntry;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Snippet, Span};
use crate::value::de::Block;

/// Cuts a block out of its file.
pub fn block_snippet(block: &Block, file: FileId) -> Snippet {
    let text = block.text.clone();
    match &block.lines {
        Some(lines) => Snippet::new(text, file, lines.clone()),
        // A plain text of one line stands in the file as it is.
        None if block.range.len() == text.len() => {
            Snippet::new(text, file, vec![block.range.start])
        }
        None => Snippet::within(text, file, block.range.clone()),
    }
}

/// Finds faults in where an example's code is.
pub(super) fn check_code(entry: &ExampleEntry, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let span = Span::new(file, entry.id.range.clone());
    let id = &entry.id.value;
    match (&entry.code, &entry.source) {
        (Some(_), Some(_)) => {
            let message = format!("the example `{id}` has both `code` and `source`");
            diagnostics
                .push(Diagnostic::new(&EXAMPLE_CODE, span, message).help("keep one of them"));
        }
        (None, None) => {
            let message = format!("the example `{id}` has neither `code` nor `source`");
            let help = "add `code: |`, or `source:` with a file of the pattern's folder";
            diagnostics.push(Diagnostic::new(&EXAMPLE_CODE, span, message).help(help));
        }
        (Some(code), None) => check_literal(code, file, diagnostics),
        (None, Some(_)) => {}
    }
}

/// Finds code that is not in a literal block.
pub(super) fn check_literal(code: &Block, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    if code.lines.is_none() {
        let span = Span::new(file, code.range.clone());
        let message = "this code is not in a literal block";
        diagnostics.push(
            Diagnostic::new(&CODE_NEEDS_LITERAL_BLOCK, span, message)
                .help("write `code: |` and the code below it, indented"),
        );
    }
}
