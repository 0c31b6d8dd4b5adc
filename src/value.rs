//! Data with positions: what YAML and JSON files say, and where they say it.
//!
//! One tree serves patterns, manifests, front matter and configuration files, so that
//! schemas and rules are written once and every finding has its exact place.

pub mod de;
pub mod json;
pub mod yaml;

use std::ops::Range;

/// A value and its place in the text.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it is, in bytes. An empty value has an empty range.
    pub range: Range<usize>,
}

/// The kinds of value that JSON has.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// Text.
    Text(Text),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// Text, and how it was written.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text.
    pub text: String,
    /// For a YAML literal block: where in the file each line of it starts.
    pub lines: Option<Vec<usize>>,
}

/// One key of a map with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is.
    pub key_range: Range<usize>,
    /// The value.
    pub node: Node,
}

impl Node {
    /// Finds the value of a key; `None` when this is no map or has no such key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Finds a key with its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text; `None` for anything else.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// Finds a node by a JSON Pointer (RFC 6901), or its nearest ancestor that exists.
    pub fn at(&self, pointer: &str) -> &Node {
        let mut node = self;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            let child = match &node.value {
                Value::List(items) => token.parse().ok().and_then(|index: usize| items.get(index)),
                _ => node.get(&token),
            };
            let Some(child) = child else { break };
            node = child;
        }
        node
    }

    /// Visits every text in this tree, keys left out.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match &mut self.value {
            Value::Text(text) => visit(&mut text.text),
            Value::List(items) => items.iter_mut().for_each(|item| item.each_text(visit)),
            Value::Map(entries) => {
                entries.iter_mut().for_each(|entry| entry.node.each_text(visit));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Forgets the positions.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => number.clone().into(),
            Value::Text(text) => text.text.clone().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json()));
                serde_json::Value::Object(pairs.collect())
            }
        }
    }
}
