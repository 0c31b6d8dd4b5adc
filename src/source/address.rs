//! Paths as addresses write them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands as `%XX` in a path: all but letters, digits and `-._~/` (RFC 3986 §2.3, §3.3).
const NOT_PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Writes a path as part of an address.
pub fn encode(path: &str) -> String {
    utf8_percent_encode(path, NOT_PLAIN).to_string()
}

/// Takes out `%20` and its like; nothing, if that leaves no UTF-8.
pub fn decode(text: &str) -> Option<String> {
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

/// The scheme of an address, such as `https`; one without is a path.
pub fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let mut chars = scheme.chars();
    let is_scheme = chars.next().is_some_and(|first| first.is_ascii_alphabetic())
        && chars.all(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

/// Tells whether a reader may be led to an address: a path, a page of the web, or a mailbox. A
/// browser would run `javascript:`, and start programs for others.
pub fn is_safe(address: &str) -> bool {
    let is_one_of_ours = |scheme: &str| {
        ["http", "https", "mailto"].iter().any(|ours| scheme.eq_ignore_ascii_case(ours))
    };
    scheme(address).is_none_or(is_one_of_ours)
}

/// Tells whether a picture may come from an address: a link may lead there, or it is the picture.
pub fn is_safe_picture(address: &str) -> bool {
    is_safe(address) || address.starts_with("data:image/")
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, is_safe};

    #[test]
    fn readers_are_led_to_pages_and_mailboxes() {
        for address in ["a/b.md", "#a", "//x.example", "HTTPS://x.example", "mailto:a@x.example"] {
            assert!(is_safe(address), "{address}");
        }
        for address in ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vscode:x"] {
            assert!(!is_safe(address), "{address}");
        }
    }

    #[test]
    fn what_is_no_code_stays() {
        assert_eq!(decode("a%20b%C3%A4").as_deref(), Some("a bä"));
        assert_eq!(decode("100%, %zz%2").as_deref(), Some("100%, %zz%2"));
        assert_eq!(decode("%ff"), None);
    }
    #[test]
    fn a_path_keeps_its_slashes() {
        assert_eq!(encode("files/a-b/get c#.sh"), "files/a-b/get%20c%23.sh");
        assert_eq!(encode("ä~._%"), "%C3%A4~._%25");
    }
}
