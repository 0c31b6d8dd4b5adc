//! Where something stands that its type keeps no place for, such as a key of a map.
//!
//! The file is read once more for it. Only a fault asks, so files without one cost nothing.

use std::ops::Range;

use crate::source::{Sources, Span};
use crate::value::{Node, yaml};

/// A part of a YAML file.
pub(super) struct Place<'a> {
    sources: &'a Sources,
    /// The value by which its map is known: an id, or the name of a test.
    pub(super) near: Span,
    /// What leads from that map to the part, as a JSON Pointer.
    pointer: String,
}

impl<'a> Place<'a> {
    /// The map that holds the value at `near`.
    pub(super) fn of(sources: &'a Sources, near: Span) -> Self {
        Self { sources, near, pointer: String::new() }
    }

    /// What stands at a key or an index of this part.
    pub(super) fn below(&self, name: &str) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        let pointer = format!("{}/{name}", self.pointer);
        Self { sources: self.sources, near: self.near.clone(), pointer }
    }

    /// The place of a key of this part; that of the value nearby where it cannot be had.
    pub(super) fn key(&self, key: &str) -> Span {
        self.find(|part| Some(part.entry(key)?.key_range.clone()))
    }

    /// The place of this part; that of the value nearby where it cannot be had.
    pub(super) fn span(&self) -> Span {
        self.find(|part| Some(part.range.clone()))
    }

    fn find(&self, range: impl Fn(&Node) -> Option<Range<usize>>) -> Span {
        let file = self.near.file;
        let (root, _) = yaml::parse(&self.sources.file(file).text);
        let near = self.near.start..self.near.end;
        let map = root.as_ref().and_then(|root| map_of(root, &near));
        let range = map.and_then(|map| range(map.at(&self.pointer)));
        range.map_or_else(|| self.near.clone(), |range| Span::new(file, range))
    }
}

/// The map in which a value has this range.
fn map_of<'n>(node: &'n Node, value: &Range<usize>) -> Option<&'n Node> {
    if node.entries().iter().any(|entry| entry.node.range == *value) {
        return Some(node);
    }
    let below = node.entries().iter().map(|entry| &entry.node).chain(node.items());
    below.filter(|node| node.range.contains(&value.start)).find_map(|node| map_of(node, value))
}
