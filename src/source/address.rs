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

#[cfg(test)]
mod tests {
    use super::{decode, encode};

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
