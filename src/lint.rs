//! What a snippet is for, beyond its language: one kind of document a file, behind [`Kind`].

use crate::diagnostic::{Finding, Rule};

/// A kind of document, with a schema and rules of its own.
pub trait Kind: Sync {
    /// The name that an example uses, such as `mcp-config`.
    fn name(&self) -> &'static str;

    /// How people call it.
    fn title(&self) -> &'static str;

    /// The languages that such a document is written in, the usual one first.
    fn languages(&self) -> &'static [&'static str];

    /// Tells whether a file of this path is such a document.
    fn recognizes(&self, path: &str) -> bool;

    /// Every rule that this kind can find broken.
    fn rules(&self) -> &'static [&'static Rule];

    /// Appends the problems of `code` to `found`.
    fn lint(&self, code: &str, found: &mut Vec<Finding>);
}

/// Every kind, in the order in which the book lists them.
pub static KINDS: &[&dyn Kind] = &[];

/// Finds a kind by its name.
pub fn kind(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// Finds the kind of the document at a path.
pub fn recognize(path: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.recognizes(path))
}
