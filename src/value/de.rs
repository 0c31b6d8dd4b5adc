//! Turns positioned data into Rust types, keeping positions where a type asks for them.
//!
//! A field of type [`Located`] or [`Block`] gets its place; every other type is read as
//! serde would read it from JSON.

use std::fmt;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer, forward_to_deserialize_any};

use super::{Entry, Node, Value};

/// A value together with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is.
    pub range: Range<usize>,
}

/// Text of one or more lines, together with the place of each line.
#[derive(Debug, Clone)]
pub struct Block {
    /// The text.
    pub text: String,
    /// Where the block is.
    pub range: Range<usize>,
    /// Where each line starts, when the text is a YAML literal block (`|`).
    pub lines: Option<Vec<usize>>,
}

/// Why a value did not fit a type. Schemas say it better; this is the last resort.
#[derive(Debug)]
pub struct Mismatch(String);

/// Reads a value of type `T`.
pub fn from_node<T: for<'de> Deserialize<'de>>(node: &Node) -> Result<T, Mismatch> {
    T::deserialize(node)
}

impl Located<String> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

// These names tell `Deserializer for &Node` that positions are wanted. No other
// deserializer knows them, which is well: positions exist in a `Node` only.
const LOCATED: &str = "patternbook::Located";
const BLOCK: &str = "patternbook::Block";

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match number.as_u64() {
                Some(whole) => visitor.visit_u64(whole),
                None => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            },
            Value::Text(text) => visitor.visit_str(&text.text),
            Value::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Value::Map(entries) => {
                let pair = |entry: &'de Entry| (entry.key.as_str(), &entry.node);
                visitor.visit_map(MapDeserializer::new(entries.iter().map(pair)))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let word: StrDeserializer<'_, Mismatch> =
            self.text().unwrap_or_default().into_deserializer();
        visitor.visit_enum(word)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        if name == LOCATED || name == BLOCK {
            return visitor.visit_seq(Parts { node: self, next: 0 });
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Mismatch> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A node as the sequence start, end, lines, value.
struct Parts<'de> {
    node: &'de Node,
    next: usize,
}

impl<'de> Parts<'de> {
    /// Where each line of a literal block starts; nothing for any other value.
    fn lines(&self) -> std::iter::Copied<std::slice::Iter<'de, usize>> {
        let lines = match &self.node.value {
            Value::Text(text) => text.lines.as_deref(),
            _ => None,
        };
        lines.unwrap_or_default().iter().copied()
    }
}

impl<'de> SeqAccess<'de> for Parts<'de> {
    type Error = Mismatch;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(self.node.range.start.into_deserializer()),
            2 => seed.deserialize(self.node.range.end.into_deserializer()),
            3 => seed.deserialize(SeqDeserializer::<_, Mismatch>::new(self.lines())),
            _ => seed.deserialize(self.node),
        }
        .map(Some)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LocatedVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for LocatedVisitor<T> {
            type Value = Located<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Located<T>, A::Error> {
                let (range, _) = place(&mut parts)?;
                let value = parts.next_element()?.ok_or_else(|| de::Error::custom("no value"))?;
                Ok(Located { value, range })
            }
        }
        deserializer.deserialize_newtype_struct(LOCATED, LocatedVisitor(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Block {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BlockVisitor;
        impl<'de> Visitor<'de> for BlockVisitor {
            type Value = Block;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text with its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Block, A::Error> {
                let (range, lines) = place(&mut parts)?;
                let text = parts.next_element()?.ok_or_else(|| de::Error::custom("no text"))?;
                Ok(Block { text, range, lines })
            }
        }
        deserializer.deserialize_newtype_struct(BLOCK, BlockVisitor)
    }
}

/// Where a value is, and where each of its lines starts if it is a literal block.
type Place = (Range<usize>, Option<Vec<usize>>);

/// Reads the first three parts: start, end and lines.
fn place<'de, A: SeqAccess<'de>>(parts: &mut A) -> Result<Place, A::Error> {
    let missing = || de::Error::custom("no place");
    let start = parts.next_element()?.ok_or_else(missing)?;
    let end = parts.next_element()?.ok_or_else(missing)?;
    let lines: Vec<usize> = parts.next_element()?.ok_or_else(missing)?;
    Ok((start..end, (!lines.is_empty()).then_some(lines)))
}

/// Writes the value alone: what is written does not change when lines move.
impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// Writes the text alone.
impl Serialize for Block {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

impl JsonSchema for Block {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::value::yaml;

    #[derive(Debug, Deserialize)]
    struct Sample {
        id: Located<String>,
        code: Block,
        count: Option<u32>,
    }

    #[test]
    fn positions_come_with_the_values() {
        let text = "id: abc\ncode: |\n  one\n  two\n";
        let (node, _) = yaml::parse(text);
        let sample: Sample = from_node(&node.unwrap()).unwrap();
        assert_eq!(&text[sample.id.range], "abc");
        assert_eq!(sample.code.lines, Some(vec![18, 24]));
        assert_eq!(sample.code.text, "one\ntwo\n");
        assert_eq!(sample.count, None);
    }
}
