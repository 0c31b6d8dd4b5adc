//! Rewrites what documentation shows as shell code into shell code.

/// The name of a placeholder is short; without a limit, `<<<…` would take quadratic time.
const MOST_PLACEHOLDER_LETTERS: usize = 80;

/// Replaces each `<placeholder>` by a plain word of the same length.
pub(super) fn without_placeholders(code: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find('<') {
        let is_redirection = rest[..start].ends_with('<');
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        match placeholder_length(rest) {
            Some(length) if !is_redirection => {
                text.extend(std::iter::repeat_n('x', length));
                rest = &rest[length..];
            }
            _ => {
                text.push('<');
                rest = &rest[1..];
            }
        }
    }
    text + rest
}

/// The bytes of the `<placeholder>` that `rest` starts with.
fn placeholder_length(rest: &str) -> Option<usize> {
    let mut signs = rest.char_indices().take(MOST_PLACEHOLDER_LETTERS);
    let (end, _) = signs.find(|(_, sign)| matches!(sign, '>' | '\n'))?;
    let name = rest[..end].strip_prefix('<')?;
    let is_name = name.starts_with(char::is_alphabetic)
        && !name.ends_with(' ')
        && name.chars().all(|sign| sign.is_alphanumeric() || " _-.:/|'".contains(sign));
    (is_name && rest[end..].starts_with('>')).then_some(end + 1)
}

/// Makes comments of the lines that say only that something was left out.
pub(super) fn without_ellipsis_lines(code: &str) -> String {
    let keep = |line: &str| !crate::check::is_ellipsis(line);
    let lines: Vec<&str> =
        code.split('\n').map(|line| if keep(line) { line } else { "#" }).collect();
    lines.join("\n")
}

/// Splits a console session into what was typed at each `$ ` prompt.
///
/// Each part holds the lines up to the next prompt; which of them are the command and
/// which its output, only the shell can tell. `None` if the text starts with no prompt.
pub(super) fn console_parts(code: &str) -> Option<Vec<Vec<&str>>> {
    let mut parts: Vec<Vec<&str>> = Vec::new();
    for line in code.lines() {
        if let Some(command) = line.trim_start().strip_prefix("$ ") {
            parts.push(vec![command]);
        } else if let Some(part) = parts.last_mut() {
            part.push(line.strip_prefix("> ").unwrap_or(line));
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            return None;
        }
    }
    (!parts.is_empty()).then_some(parts)
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
}
