//! Reads JSON and JSONC into positioned data.
//!
//! This reader is tolerant (comments, trailing commas), because `check` has already said
//! what is not JSON; rules that look at the data then still have something to look at.

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Entry, Node, Text, Value};

/// Reads a JSON or JSONC text; `None` when not even a tolerant reader can.
pub fn parse(text: &str) -> Option<Node> {
    let ast = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    Some(node(&ast.value?))
}

fn node(ast: &Ast<'_>) -> Node {
    let range = ast.range().start..ast.range().end;
    let value = match ast {
        Ast::NullKeyword(_) => Value::Null,
        Ast::BooleanLit(literal) => Value::Bool(literal.value),
        Ast::NumberLit(literal) => match literal.value.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Null,
        },
        Ast::StringLit(literal) => {
            Value::Text(Text { text: literal.value.to_string(), lines: None })
        }
        Ast::Array(array) => Value::List(array.elements.iter().map(node).collect()),
        Ast::Object(object) => Value::Map(object.properties.iter().map(entry).collect()),
    };
    Node { value, range }
}

fn entry(property: &jsonc_parser::ast::ObjectProp<'_>) -> Entry {
    let (key, range) = match &property.name {
        ObjectPropName::String(literal) => (literal.value.to_string(), literal.range),
        ObjectPropName::Word(literal) => (literal.value.to_owned(), literal.range),
    };
    Entry { key, key_range: range.start..range.end, node: node(&property.value) }
}
