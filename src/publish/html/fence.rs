//! Reads the info string of a fenced code block: `json file=".mcp.json" dont`.
//!
//! To add an attribute, add a field to [`FenceInfo`] and an arm to `set`. Unknown attributes
//! are ignored here; reporting them is the work of the checks.

use std::iter::Peekable;
use std::str::Chars;

/// What the info string of a code block says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::publish) struct FenceInfo {
    /// The first word, in lower case; empty if there is none.
    pub(super) language: String,
    /// The file name to show above the code.
    pub(in crate::publish) file: Option<String>,
    /// The address of the file that the code is, from the page.
    pub(super) open: Option<String>,
    /// How far the example is proven.
    pub(super) level: Option<String>,
    /// The code shows what not to do.
    pub(super) is_dont: bool,
}

impl FenceInfo {
    /// Reads an info string; never fails.
    pub(in crate::publish) fn parse(info: &str) -> Self {
        let mut fence_info = Self::default();
        let mut chars = info.chars().peekable();
        let mut is_first = true;
        while let Some((name, value)) = next_attribute(&mut chars) {
            if is_first && value.is_none() {
                fence_info.language = name.to_lowercase();
            } else {
                fence_info.set(&name, value);
            }
            is_first = false;
        }
        fence_info
    }

    fn set(&mut self, name: &str, value: Option<String>) {
        match (name, value) {
            ("file", Some(file)) => self.file = Some(file),
            ("open", Some(open)) => self.open = Some(open),
            ("level", Some(level)) => self.level = Some(level),
            ("dont", None) => self.is_dont = true,
            _ => {}
        }
    }
}

/// Takes the next `name`, `name=value` or `name="value"`.
fn next_attribute(chars: &mut Peekable<Chars<'_>>) -> Option<(String, Option<String>)> {
    while chars.next_if(|&char| is_separator(char)).is_some() {}
    chars.peek()?;
    let name = take_while(chars, |char| char != '=' && !is_separator(char));
    if chars.next_if_eq(&'=').is_none() {
        return Some((name, None));
    }
    let value = match chars.next_if_eq(&'"') {
        Some(_) => quoted_value(chars),
        None => take_while(chars, |char| !is_separator(char)),
    };
    Some((name, Some(value)))
}

/// Takes the rest of a quoted value; a missing closing quote ends it with the info string.
fn quoted_value(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut value = String::new();
    while let Some(char) = chars.next() {
        match char {
            '"' => break,
            '\\' => value.extend(chars.next()),
            _ => value.push(char),
        }
    }
    value
}

fn take_while(chars: &mut Peekable<Chars<'_>>, belongs: impl Fn(char) -> bool) -> String {
    let mut taken = String::new();
    while let Some(char) = chars.next_if(|&char| belongs(char)) {
        taken.push(char);
    }
    taken
}

/// mdBook separates attributes with commas (`rust,ignore`), others with spaces.
fn is_separator(char: char) -> bool {
    char == ',' || char.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::FenceInfo;

    #[track_caller]
    fn check(info: &str, language: &str, file: &str, level: &str, is_dont: bool) {
        let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let expected = FenceInfo {
            language: language.to_owned(),
            file: text(file),
            level: text(level),
            open: None,
            is_dont,
        };
        assert_eq!(FenceInfo::parse(info), expected, "{info}");
    }

    #[test]
    fn first_word_is_the_language() {
        check("", "", "", "", false);
        check("JSON", "json", "", "", false);
        check("rust,ignore", "rust", "", "", false);
    }

    #[test]
    fn attributes_follow_in_any_order() {
        check(r#"json file=".mcp.json""#, "json", ".mcp.json", "", false);
        check(r#"bash dont level=checked file="a b.sh""#, "bash", "a b.sh", "checked", true);
        check("ts level=proven,dont", "ts", "", "proven", true);
    }

    #[test]
    fn attribute_without_language_is_not_a_language() {
        check("file=a.txt", "", "a.txt", "", false);
    }

    #[test]
    fn escaped_quote_is_part_of_the_value() {
        check(r#"text file="a\"b""#, "text", "a\"b", "", false);
    }

    #[test]
    fn malformed_attributes_are_tolerated() {
        check(r#"json file="open"#, "json", "open", "", false);
        check("json =x dont=yes unknown", "json", "", "", false);
    }
}
