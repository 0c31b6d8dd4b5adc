//! Rewritings that several languages share. All keep the number of lines.

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
    fn templates_become_words_or_comments() {
        let filled = |code| without_templates(code, 'x', "#");
        assert_eq!(filled("a: {{ b }}-{{c}}\n"), "a: xxxxxxx-xxxxx\n");
        assert_eq!(filled("a: ${{ b }}\n"), "a: xxxxxxxx\n");
        assert_eq!(filled("{{- if a }}\nb: 1\n"), "#\nb: 1\n");
        assert_eq!(filled("{{ a }} [ {{ b }}"), "xxxxxxx [ xxxxxxx");
        assert_eq!(filled("a: {{ b\n"), "a: {{ b\n");
    }
}
