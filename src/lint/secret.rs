//! What is a secret: by the name of its place, or by how its value looks.
//!
//! Wrong alarms teach people to ignore the tool, so both questions are answered `no` when
//! in doubt. No function here gives a secret back for a message.

use std::ops::Range;

/// Words that end the name of a secret.
static SECRET_WORDS: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "jwt",
    "bearer",
    "cookie",
    "credential",
    "credentials",
    "authorization",
    "apikey",
    "accesstoken",
    "authtoken",
];

/// A `key` is a secret behind one of these; others name a place, such as `CACHE_KEY`.
static KEY_WORDS: &[&str] = &[
    "api",
    "secret",
    "access",
    "private",
    "signing",
    "master",
    "service",
    "auth",
    "encryption",
    "hmac",
    "app",
    "account",
    "subscription",
];

/// A `token` behind one of these opens nothing.
static HARMLESS_TOKENS: &[&str] =
    &["next", "page", "continuation", "cancel", "sync", "max", "csrf"];

/// How secrets of well-known services start, and how many characters follow at least.
static PREFIXES: &[(&str, usize)] = &[
    ("sk-ant-", 12),
    ("sk-", 20),
    ("sk_live_", 12),
    ("sk_test_", 12),
    ("rk_live_", 12),
    ("ghp_", 12),
    ("gho_", 12),
    ("ghu_", 12),
    ("ghs_", 12),
    ("ghr_", 12),
    ("github_pat_", 12),
    ("glpat-", 12),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xapp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("eyJ", 12),
    ("npm_", 30),
    ("hf_", 30),
    ("NRAK-", 20),
];

/// Texts inside values that only stand for a secret.
static PLACEHOLDER_TEXTS: &[&str] = &[
    "...",
    "…",
    "<",
    "{{",
    "***",
    "xxx",
    "your",
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "replace",
    "redacted",
    "insert",
    "todo",
    "-here",
    "_here",
    "dummy",
    "fake",
    "invalid",
    "bogus",
    "wrong",
    "expired",
    "test-",
    "not-a-",
    "abc123",
    "s3cr3t-or",
];

/// Texts of conditions and of regular expressions.
static EXPRESSION_TEXTS: &[&str] = &[
    " == ", " != ", " =~ ", " and ", " or ", "[^", "[a-", "[A-", "[0-", "[[:", "(?", ".*", ".+",
    "\\s", "\\d", "\\w",
];

/// Tells whether a variable, header, option or parameter of this name holds a secret.
pub(super) fn names_secret(name: &str) -> bool {
    let words = words(name);
    // `is_token` is an answer and `legal_token` a condition.
    if words.first().is_some_and(|first| matches!(first.as_str(), "is" | "has" | "legal")) {
        return false;
    }
    let before = words.len().checked_sub(2).map_or("", |index| words[index].as_str());
    match words.last().map(String::as_str) {
        Some("token") => !HARMLESS_TOKENS.contains(&before),
        // `PAT` alone is more often a pattern.
        Some("pat") => !before.is_empty(),
        Some("key") => KEY_WORDS.contains(&before),
        Some(last) => SECRET_WORDS.contains(&last),
        None => false,
    }
}

/// Tells whether a value, at a place whose name says secret, is one written out.
pub(super) fn is_literal_secret(value: &str) -> bool {
    let value = without_scheme(value);
    !value.is_empty() && !is_placeholder(value) && !is_setting(value)
}

/// Tells whether a value stands for a secret that the reader is to fill in.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_one_word = SECRET_WORDS.contains(&lower.as_str()) || lower == "key";
    let is_shouting = value.contains('_')
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && names_secret(value);
    let is_repeated = lower.chars().all(|next| next == lower.chars().next().unwrap_or_default());
    is_one_word
        || is_shouting
        || is_repeated
        || value.starts_with('$')
        || PLACEHOLDER_TEXTS.iter().any(|text| lower.contains(text))
}

/// Tells whether a value is no secret by its form: a path, a number, a switch, a
/// condition or a regular expression.
pub(super) fn is_setting(value: &str) -> bool {
    let is_path = value.starts_with(['/', '~', '.']) || value.contains(":\\");
    let is_word = matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null" | "auto" | "bearer"
    );
    let is_expression = EXPRESSION_TEXTS.iter().any(|text| value.contains(text));
    is_path || is_word || is_expression || value.parse::<f64>().is_ok()
}

/// Finds a secret of a well-known service, by its prefix.
pub(super) fn find_known_secret(text: &str) -> Option<Range<usize>> {
    PREFIXES.iter().find_map(|(prefix, length)| find_prefix(text, prefix, *length))
}

/// Finds the password of `scheme://user:password@host`, when it is written out.
pub(super) fn find_url_password(text: &str) -> Option<Range<usize>> {
    let start = text.find("://")? + 3;
    let authority = text[start..].split(['/', '?', '#', '"', ' ']).next()?;
    let user = authority.rsplit_once('@')?.0;
    let colon = user.find(':')?;
    let password = &user[colon + 1..];
    let is_literal = is_literal_secret(password) && !matches!(password, "pass" | "pwd");
    is_literal.then(|| start + colon + 1..start + user.len())
}

/// Finds `name=value` in the query of a URL in `text`, when the name says secret. The URL
/// may start with a variable.
pub(super) fn find_query_secret(text: &str) -> Option<Range<usize>> {
    let url = text.find("://").or_else(|| text.find('$'))?;
    let query = url + text[url..].find('?')? + 1;
    if text[url..query].contains(char::is_whitespace) {
        return None;
    }
    let mut start = query;
    for pair in text[query..].split('&') {
        let pair = pair.split([' ', '"', '\'', '#']).next().unwrap_or_default();
        let name = pair.split('=').next().unwrap_or_default();
        let value = pair.get(name.len() + 1..).unwrap_or_default();
        let is_secret = names_secret(name) || matches!(name, "key" | "auth" | "sig");
        if is_secret && !value.is_empty() {
            return Some(start..start + pair.len());
        }
        start += pair.len() + 1;
        if start > text.len() || !text.is_char_boundary(start) {
            return None;
        }
    }
    None
}

/// The credential without `Bearer ` or another scheme of HTTP before it.
pub(super) fn without_scheme(value: &str) -> &str {
    let value = value.trim();
    let Some((scheme, rest)) = value.split_once(' ') else { return value };
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "basic" | "token" | "apikey" | "dpop" => rest.trim(),
        _ => value,
    }
}

/// Cuts `apiKey`, `X-API-Key` and `API_KEY_2` into lower-case words.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let starts_word = character.is_uppercase() && was_lower;
        was_lower = character.is_lowercase();
        if starts_word || !character.is_alphabetic() {
            words.push(String::new());
        }
        if character.is_alphabetic() {
            let last = words.len() - 1;
            words[last].extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn find_prefix(text: &str, prefix: &str, length: usize) -> Option<Range<usize>> {
    for (start, _) in text.match_indices(prefix) {
        let before = text[..start].chars().next_back();
        if before.is_some_and(|before| before.is_alphanumeric() || "_-".contains(before)) {
            continue;
        }
        let is_part = |next: char| next.is_ascii_alphanumeric() || "_-.".contains(next);
        let rest = &text[start + prefix.len()..];
        let rest = &rest[..rest.find(|next| !is_part(next)).unwrap_or(rest.len())];
        let has_digit = rest.bytes().any(|byte| byte.is_ascii_digit());
        let end = start + prefix.len() + rest.len();
        if rest.len() >= length && has_digit && !is_placeholder(&text[start..end]) {
            return Some(start..end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "API_TOKEN",
            "apiKey",
            "X-API-Key",
            "Authorization",
            "DB_PASSWORD",
            "GITHUB_PAT",
            "token",
        ] {
            assert!(names_secret(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_sound_secret() {
        for name in [
            "TOKEN_FILE",
            "is_token",
            "HAS_API_TOKEN",
            "CACHE_KEY",
            "MAX_TOKENS",
            "next_token",
            "AUTH_URL",
            "KEY_ID",
            "PATH",
            "PAT",
            "",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn placeholders_are_no_secrets() {
        for value in [
            "<token>",
            "Bearer YOUR_TOKEN",
            "sk-...",
            "xxxx",
            "API_TOKEN",
            "${X}",
            "true",
            "/run/x",
            "type == \"string\" and length > 0",
            "^[A-Za-z0-9._~+/-]+=*$",
            "",
        ] {
            assert!(!is_literal_secret(value), "{value}");
        }
        assert!(is_literal_secret("Bearer hunter2"));
    }

    #[test]
    fn well_known_secrets_are_found_by_prefix() {
        assert_eq!(find_known_secret("a ghp_0123456789abcdefXY b"), Some(2..24));
        assert_eq!(find_known_secret("task-management-for-2-teams-and-more"), None);
        assert_eq!(find_known_secret("ghp_xxxxxxxxxxxxxxxxxxx1"), None);
    }

    #[test]
    fn secrets_in_urls() {
        assert_eq!(find_query_secret("https://h/p?a=1&api_key=x y"), Some(16..25));
        assert_eq!(find_query_secret("$URL?token=x"), Some(5..12));
        assert_eq!(find_query_secret("https://h is what?token=x"), None);
        assert_eq!(find_query_secret("https://h/p?page_token=x"), None);
        assert_eq!(find_url_password("postgres://me:hunter2@db/x"), Some(14..21));
        assert_eq!(find_url_password("postgres://me:${PW}@db/x"), None);
    }
}
