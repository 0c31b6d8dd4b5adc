//! Characters that change the order in which text is shown, and are not seen themselves.
//!
//! With them a line reads otherwise than a program runs it: <https://trojansource.codes/>.

use std::borrow::Cow;

/// Tells whether a character changes the order of those around it (Unicode's `Bidi_Control`).
pub fn is_control(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Finds every such character of a text, with the byte where it stands.
pub fn find(text: &str) -> impl Iterator<Item = (usize, char)> {
    // In UTF-8 they begin with one of these two bytes, and nothing goes on with them.
    let starts = memchr::memchr2_iter(0xd8, 0xe2, text.as_bytes());
    let chars = starts.filter_map(|at| Some((at, text[at..].chars().next()?)));
    chars.filter(|(_, char)| is_control(*char))
}

/// Writes such characters so that they are seen, as `‹U+202E›`, and so that they do nothing.
pub fn show(text: &str) -> Cow<'_, str> {
    let Some((first, _)) = find(text).next() else { return Cow::Borrowed(text) };
    let mut shown = text[..first].to_owned();
    for char in text[first..].chars() {
        match is_control(char) {
            true => shown.push_str(&format!("‹U+{:04X}›", u32::from(char))),
            false => shown.push(char),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::{find, show};

    #[test]
    fn what_changes_the_order_is_found_and_shown() {
        let text = "é\u{202e}a\u{2066}\u{61c}";
        let found: Vec<_> = find(text).collect();
        assert_eq!(found, [(2, '\u{202e}'), (6, '\u{2066}'), (9, '\u{61c}')]);
        assert_eq!(show(text), "é‹U+202E›a‹U+2066›‹U+061C›");
        assert_eq!(show("שלום, “a”\u{200b}"), "שלום, “a”\u{200b}");
    }
}
