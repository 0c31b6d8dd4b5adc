//! Gives a body to each header that has none.

use super::indentation;

/// Words that start a block.
const BLOCKS: &[&str] = &[
    "def", "class", "async", "if", "elif", "else", "for", "while", "with", "try", "except",
    "finally",
];

/// Far more lines than a header has.
const MOST_HEADER_LINES: usize = 100;

/// Adds `: ...` or `...` after each header without a body.
pub(super) fn with_bodies(code: &str) -> String {
    let lines: Vec<&str> = code.split('\n').collect();
    let mut headers = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        match header(&lines, at) {
            Some(header) => {
                at = header.last + 1;
                headers.push(header);
            }
            None => at += 1,
        }
    }
    let mut headers = headers.iter().peekable();
    let rewritten = lines.iter().enumerate().map(|(number, line)| {
        while headers.next_if(|header| header.last < number).is_some() {}
        match headers.peek().filter(|header| header.first <= number) {
            Some(header) => header.rewrite(line, number),
            None => (*line).to_owned(),
        }
    });
    rewritten.collect::<Vec<_>>().join("\n")
}

/// The lines of a header that has no body.
struct Header {
    first: usize,
    last: usize,
    /// A signature without `def`: the length of its name.
    name_length: Option<usize>,
    has_colon: bool,
}

impl Header {
    fn rewrite(&self, line: &str, number: usize) -> String {
        let mut text = line.to_owned();
        if number == self.last {
            text.truncate(without_comment(line).len());
            text.push_str(if self.has_colon { " ..." } else { ": ..." });
        }
        if let (true, Some(length)) = (number == self.first, self.name_length) {
            let indent = indentation(line);
            let start = line.len() - without_target(&line[indent.len()..]).len();
            let name = line[start..start + length].replace('.', "_");
            text = format!("{indent}def {name}{}", &text[start + length..]);
        }
        text
    }
}

/// Reads the header that starts at a line, if it has no body.
fn header(lines: &[&str], first: usize) -> Option<Header> {
    let visible = without_target(lines[first].trim_start());
    let word = visible.split(|sign: char| !sign.is_ascii_alphanumeric()).next()?;
    let name_length = match BLOCKS.contains(&word) {
        true => None,
        false => Some(callable_name(visible)?),
    };
    let last = last_line(lines, first)?;
    let text = lines[first..=last].join("\n");
    let end = without_comment(lines[last]);
    let has_colon = end.ends_with(':');
    let is_definition = matches!(word, "def" | "class" | "async");
    if name_length.is_some() {
        // Anything else is an ordinary call.
        let is_signature = match visible.len() == lines[first].trim_start().len() {
            true => end.contains("->") || text.contains(": "),
            false => names_a_type(&text),
        };
        return (is_signature && !has_colon).then_some(Header {
            first,
            last,
            name_length,
            has_colon,
        });
    }
    if has_colon {
        let is_shown = lacks_body(&lines[last + 1..], indentation(lines[first]), is_definition);
        return is_shown.then_some(Header { first, last, name_length, has_colon });
    }
    let after = text.rsplit(')').next().unwrap_or_default();
    let is_whole = if text.contains(')') { after.contains(": ") } else { text.contains(": ") };
    (is_definition && !is_whole).then_some(Header { first, last, name_length, has_colon })
}

/// Tells whether the first argument of a call is `name: Type`.
fn names_a_type(call: &str) -> bool {
    let arguments = call.split_once('(').map_or("", |(_, arguments)| arguments.trim_start());
    let is_name = |name: &str| name.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    arguments.split_once(": ").is_some_and(|(name, _)| !name.is_empty() && is_name(name))
}

/// Takes away the `name = ` in front of a call.
fn without_target(line: &str) -> &str {
    let is_name = |text: &str| text.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    line.split_once(" = ").filter(|(name, _)| is_name(name)).map_or(line, |(_, call)| call)
}

/// The length of the `a.b.c` before a `(`.
fn callable_name(line: &str) -> Option<usize> {
    let length = line.find(|sign: char| !sign.is_alphanumeric() && !"_.".contains(sign))?;
    (length > 0 && line[length..].starts_with('(')).then_some(length)
}

/// The line on which all brackets are closed again.
fn last_line(lines: &[&str], first: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, line) in lines.iter().enumerate().skip(first).take(MOST_HEADER_LINES) {
        for sign in without_comment(line).bytes() {
            match sign {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
        }
        if depth <= 0 {
            return (depth == 0).then_some(at);
        }
    }
    None
}

/// Tells whether what follows a header shows that its body was left out on purpose. Code that
/// should have been indented does not.
fn lacks_body(after: &[&str], indent: &str, is_definition: bool) -> bool {
    let is_deeper = |line: &str| indentation(line).len() > indent.len();
    let is_code = |line: &&&str| !without_comment(line).trim().is_empty();
    let Some(next) = after.iter().find(is_code) else { return true };
    if is_deeper(next) {
        return false;
    }
    let has_comment = after[0].trim_start().starts_with('#') && is_deeper(after[0]);
    let starts_anew = ["def ", "class ", "async def ", "@"]
        .iter()
        .any(|word| next.trim_start().starts_with(word));
    has_comment || is_definition && (starts_anew || after[0].trim().is_empty())
}

fn without_comment(line: &str) -> &str {
    let code = match line.find(" #") {
        Some(at) => &line[..at],
        None if line.trim_start().starts_with('#') => "",
        None => line,
    };
    code.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_get_bodies() {
        assert_eq!(with_bodies("def f(a) -> b  # c"), "def f(a) -> b: ...");
        assert_eq!(with_bodies("if a:\n    # b\nc(d)"), "if a: ...\n    # b\nc(d)");
        assert_eq!(with_bodies("a.b(\n  c: d,\n) -> e"), "def a_b(\n  c: d,\n) -> e: ...");
        assert_eq!(with_bodies("s = a.b(c: d)"), "def a_b(c: d): ...");
        assert_eq!(with_bodies("def f(): return 1"), "def f(): return 1");
    }
}
