//! Makes text safe inside HTML that is put together in Rust; templates escape by themselves.

/// Text that is safe between tags.
pub(super) fn escape_text(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 16);
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            _ => html.push(char),
        }
    }
    html
}

/// Text that is safe in an attribute with double quotes, and between tags.
pub(super) fn escape_attribute(text: &str) -> String {
    escape_text(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{escape_attribute, escape_text};

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escape_text("<a>'\"&amp;"), "&lt;a&gt;'\"&amp;amp;");
        assert_eq!(escape_attribute("\"><a b='c'>"), "&quot;&gt;&lt;a b='c'&gt;");
    }
}
