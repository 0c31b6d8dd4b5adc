//! Finds the `$(`, `${` or `$[` that a script never closes.
//!
//! The tokenizer of `brush-parser` says only that there is one.

/// The byte and the text of the innermost expansion that is still open at the end.
pub(super) fn unclosed(code: &str) -> Option<(usize, &'static str)> {
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let bytes = code.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let top = open.last().map_or("", |(_, opener)| *opener);
        let in_double_quotes = top == "\"";
        match bytes[at] {
            b'\\' => at += 1,
            b'\'' if !in_double_quotes => at += code[at + 1..].find('\'').map_or(0, |end| end + 1),
            b'#' if !in_double_quotes && starts_a_word(bytes, at) && top != "${" => {
                at += code[at..].find('\n').unwrap_or(code.len() - at);
            }
            b'"' if in_double_quotes => drop(open.pop()),
            b'"' => open.push((at, "\"")),
            b'$' => {
                if let Some(opener) = expansion(&code[at..]) {
                    open.push((at, opener));
                    at += opener.len() - 1;
                }
            }
            b'(' if matches!(top, "$(" | "(") => open.push((at, "(")),
            b')' if matches!(top, "$(" | "(") => drop(open.pop()),
            b'}' if top == "${" => drop(open.pop()),
            b']' if top == "$[" => drop(open.pop()),
            _ => {}
        }
        at += 1;
    }
    open.into_iter().rev().find(|(_, opener)| opener.starts_with('$'))
}

fn expansion(rest: &str) -> Option<&'static str> {
    ["$(", "${", "$["].into_iter().find(|opener| rest.starts_with(opener))
}

fn starts_a_word(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| matches!(bytes[before], b' ' | b'\t' | b'\n' | b';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_open_expansion_is_found() {
        assert_eq!(unclosed("echo $(a) \"${b # $(c) "), Some((11, "${")));
        assert_eq!(unclosed("a $(b $(c) (d)"), Some((2, "$(")));
        assert_eq!(unclosed("a '$(' \\$( # $("), None);
    }
}
