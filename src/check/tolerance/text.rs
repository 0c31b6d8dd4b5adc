//! Rewritings that several languages share. All keep the number of lines.

use std::collections::BTreeSet;
use std::ops::Range;

/// The name of a placeholder is short; without a limit, `<<<…` would take quadratic time.
const MOST_PLACEHOLDER_LETTERS: usize = 80;

/// Replaces each `<placeholder>` by a plain word of the same length.
pub(in crate::check) fn without_placeholders(code: &str) -> String {
    replace_placeholders(code, 'x', |before, _| !before.ends_with('<'))
}

/// Replaces each `<placeholder>` by a number of the same length.
pub(in crate::check) fn placeholders_as_numbers(code: &str) -> String {
    replace_placeholders(code, '1', |_, _| true)
}

/// Replaces each `<placeholder>` of which `is_one` holds, given the text before it and itself.
pub(in crate::check) fn replace_placeholders(
    code: &str,
    fill: char,
    is_one: impl Fn(&str, &str) -> bool,
) -> String {
    let mut text = String::with_capacity(code.len());
    let mut at = 0;
    while let Some(start) = code[at..].find('<').map(|found| at + found) {
        text.push_str(&code[at..start]);
        match placeholder_length(&code[start..]) {
            Some(length) if is_one(&code[..start], &code[start..start + length]) => {
                text.extend(std::iter::repeat_n(fill, length));
                at = start + length;
            }
            _ => {
                text.push('<');
                at = start + 1;
            }
        }
    }
    text + &code[at..]
}

/// The bytes of the `<placeholder>` that `rest` starts with.
pub(in crate::check) fn placeholder_length(rest: &str) -> Option<usize> {
    let mut signs = rest.char_indices().skip(1).take(MOST_PLACEHOLDER_LETTERS);
    let (end, _) = signs.find(|(_, sign)| matches!(sign, '<' | '>' | '\n'))?;
    let name = rest[..end].strip_prefix('<')?;
    let is_name = name.starts_with(|first: char| first.is_alphanumeric() || first == '_')
        && !name.ends_with(' ')
        && name.chars().all(|sign| sign.is_alphanumeric() || " _-.:/|',@#+&=".contains(sign));
    (is_name && rest[end..].starts_with('>')).then_some(end + 1)
}

/// Puts `comment` in place of each line that says only that something was left out.
pub(in crate::check) fn without_ellipsis_lines(code: &str, comment: &str) -> String {
    let keep = |line: &str| !is_ellipsis(line);
    let lines: Vec<&str> =
        code.split('\n').map(|line| if keep(line) { line } else { comment }).collect();
    lines.join("\n")
}

/// Tells whether a line says only that something was left out.
pub(in crate::check) fn is_ellipsis(line: &str) -> bool {
    matches!(line.trim(), "..." | "…" | "[...]" | "[…]" | "(...)" | "(…)" | "....")
}

/// What starts and ends a template's mark.
const MARKS: [(&str, &str); 6] = [
    ("${{", "}}"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("<%", "%>"),
    // The includes of MkDocs.
    ("{!", "!}"),
    ("{*", "*}"),
];

/// Replaces each template mark by `fill` at the same length, and a line of marks alone by
/// `comment`.
pub(in crate::check) fn without_templates(code: &str, fill: char, comment: &str) -> String {
    let code = without_template_comments(code, comment);
    let mut text = String::with_capacity(code.len());
    for line in code.split_inclusive('\n') {
        let mut blank = String::new();
        fill_marks(line, ' ', &mut blank);
        let visible = line.trim_start();
        if blank.trim().is_empty() && visible.starts_with(['{', '<']) {
            text.push_str(comment);
            text.push_str(if line.ends_with('\n') { "\n" } else { "" });
        } else {
            fill_marks(line, fill, &mut text);
        }
    }
    text
}

/// Puts `comment` in place of the lines of each `{{/* … */}}` of Go that goes over several.
fn without_template_comments(code: &str, comment: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((start, length)) = next_template_comment(rest) {
        let line = rest[..start].rfind('\n').map_or(0, |at| at + 1);
        let mark = &rest[start..start + length];
        text.push_str(&rest[..start]);
        match rest[line..start].trim().is_empty() && mark.contains('\n') {
            true => text.push_str(&vec![comment; mark.split('\n').count()].join("\n")),
            false => text.push_str(mark),
        }
        rest = &rest[start + length..];
    }
    text + rest
}

/// Where the next `{{/* … */}}` is, and its length.
fn next_template_comment(code: &str) -> Option<(usize, usize)> {
    let start = ["{{/*", "{{- /*"].iter().filter_map(|open| code.find(open)).min()?;
    let close = start + code[start..].find("*/")? + 2;
    let end = close + code[close..].find("}}")? + 2;
    code[close..end - 2].trim_matches([' ', '-']).is_empty().then_some((start, end - start))
}

/// Replaces each `{Name}` by a name of the same length, if one touches another word or stands
/// where nothing but a name may stand: `class {Name}Test`, `import { {Name} }`, `<{Name} />`.
pub(in crate::check) fn without_braced_names(code: &str) -> String {
    let names = braced_names(code);
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let is_telling = |(range, _): &&(Range<usize>, &str)| {
        let before = &code[..range.start];
        code[range.end..].starts_with(is_name)
            || before.ends_with(is_name)
            || NAME_FOLLOWS.iter().any(|one| before.ends_with(one))
    };
    let sure: BTreeSet<&str> = names.iter().filter(is_telling).map(|(_, name)| *name).collect();
    let mut text = String::with_capacity(code.len());
    let mut at = 0;
    for (range, name) in names.into_iter().filter(|(_, name)| sure.contains(name)) {
        text.push_str(&code[at..range.start]);
        text.push_str(&format!("_{name}_"));
        at = range.end;
    }
    text + &code[at..]
}

/// What only a name may follow.
const NAME_FOLLOWS: [&str; 6] = ["<", "</", "{ ", "class ", "def ", "typeof "];

/// Each `{Name}` and where it is.
fn braced_names(code: &str) -> Vec<(Range<usize>, &str)> {
    let mut names = Vec::new();
    for (start, _) in code.match_indices('{') {
        let rest = &code[start + 1..];
        let length = rest
            .bytes()
            .take(MOST_PLACEHOLDER_LETTERS)
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        let is_name = rest.starts_with(|first: char| first.is_ascii_alphabetic());
        let is_string = code[..start].ends_with('$');
        if is_name && !is_string && rest[length..].starts_with('}') {
            names.push((start..start + length + 2, &rest[..length]));
        }
    }
    names
}

fn fill_marks(line: &str, fill: char, text: &mut String) {
    let mut rest = line;
    while let Some(start) = rest.find(['$', '{', '<']) {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let mark = MARKS.iter().find(|(open, _)| rest.starts_with(open));
        let length = mark.and_then(|(open, close)| {
            rest[open.len()..].find(close).map(|at| open.len() + at + close.len())
        });
        match length {
            Some(length) => {
                text.extend(std::iter::repeat_n(fill, rest[..length].chars().count()));
                rest = &rest[length..];
            }
            // A mark that is never closed would be looked for again at each brace.
            None if mark.is_some() => break,
            None => {
                text.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_words_and_redirections_stay() {
        assert_eq!(without_placeholders("a <your-token> <b"), "a xxxxxxxxxxxx <b");
        assert_eq!(without_placeholders("cat <<EOF >x"), "cat <<EOF >x");
        assert_eq!(without_placeholders("diff <(a) <(b) > c"), "diff <(a) <(b) > c");
        assert_eq!(without_placeholders("a < b > c"), "a < b > c");
    }

    #[test]
    fn names_in_braces_become_names_where_only_a_name_may_stand() {
        let text = "import { {A} } from 'a';\nf(<{A}B x={y} />, {z})";
        let filled = "import { _A_ } from 'a';\nf(<_A_B x={y} />, {z})";
        assert_eq!(without_braced_names(text), filled);
        assert_eq!(without_braced_names("<A>{b}</A>"), "<A>{b}</A>");
    }

    #[test]
    fn templates_become_words_or_comments() {
        let filled = |code| without_templates(code, 'x', "#");
        assert_eq!(filled("a: {{ b }}-{{c}}\n"), "a: xxxxxxx-xxxxx\n");
        assert_eq!(filled("a: ${{ b }}\n"), "a: xxxxxxxx\n");
        assert_eq!(filled("{{- if a }}\nb: 1\n"), "#\nb: 1\n");
        assert_eq!(filled("{{ a }} [ {{ b }}"), "xxxxxxx [ xxxxxxx");
        assert_eq!(filled("a: {{ b\n"), "a: {{ b\n");
        assert_eq!(filled("{{/*\na: [\n*/}}\nb: 1\n"), "#\n#\n#\nb: 1\n");
        assert_eq!(filled("{{/*\na: [\n*/\nb: 1\n"), "{{/*\na: [\n*/\nb: 1\n");
    }
}
