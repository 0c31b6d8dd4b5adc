//! What is a secret: by the name of its place, or by how its value looks.
//!
//! Wrong alarms teach people to ignore the tool, so both questions are answered `no` when
//! in doubt. No function here gives a secret back for a message.

use std::collections::BTreeSet;
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

/// Words that only stand for a secret, between other words or alone.
static PLACEHOLDER_WORDS: &[&str] = &[
    "your",
    "my",
    "here",
    "change",
    "changeme",
    "replace",
    "replaceme",
    "redacted",
    "insert",
    "todo",
    "dummy",
    "fake",
    "mock",
    "invalid",
    "bogus",
    "wrong",
    "expired",
    "test",
    "sample",
    "demo",
    "foo",
    "not",
    "paste",
    "masked",
    "hidden",
    "qwerty",
];

/// Parts of words that no random text has by chance.
static PLACEHOLDER_PARTS: &[&str] = &["example", "placeholder", "changeme", "redacted"];

/// Signs that something was left out.
static PLACEHOLDER_SIGNS: &[&str] = &["...", "…", "<", "{{", "***", "•••", "s3cr3t-or"];

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
///
/// The value is judged as a whole: a word such as `todo` inside of a random text means nothing.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_one_word = SECRET_WORDS.contains(&lower.as_str()) || lower == "key";
    let is_shouting = value.contains('_')
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && names_secret(value);
    if is_one_word || is_shouting || value.starts_with('$') {
        return true;
    }
    if PLACEHOLDER_SIGNS.iter().any(|sign| lower.contains(sign)) {
        return true;
    }
    // A long row is what somebody writes who needs a value that works as one.
    let is_row = !without_sequences(value).contains(char::is_alphanumeric)
        && (value.len() < LEAST_ROW || value.chars().collect::<BTreeSet<_>>().len() < 4);
    let mut pieces = words(value);
    pieces.extend(alphanumeric_runs(&lower).map(str::to_owned));
    let has_placeholder = pieces.iter().any(|piece| is_placeholder_word(piece));
    is_row || has_placeholder && !is_random(value)
}

/// Tells whether a text looks as if a machine had drawn it: long, with digits among letters or
/// letters of both cases, and neither words nor a row such as `1234abcd`.
pub(super) fn is_random(text: &str) -> bool {
    looks_drawn(text, 3)
}

/// The same for what stands behind the prefix of a service: one in thousands of real ones has
/// longer parts.
pub(super) fn is_random_body(text: &str) -> bool {
    looks_drawn(text, 4)
}

fn looks_drawn(text: &str, longest_part: usize) -> bool {
    let rest = without_sequences(text);
    let is_example = PLACEHOLDER_PARTS.iter().any(|part| rest.to_ascii_lowercase().contains(part));
    let runs: Vec<&str> = alphanumeric_runs(&rest)
        .filter(|run| !is_placeholder_word(&run.to_ascii_lowercase()))
        .collect();
    let length: usize = runs.iter().map(|run| run.len()).sum();
    let distinct: BTreeSet<char> = runs.iter().flat_map(|run| run.chars()).collect();
    let is_long = length >= LEAST_RANDOM && distinct.len() >= LEAST_DISTINCT;
    is_long && !is_example && !is_woven(text) && runs.iter().any(|run| is_mixed(run, longest_part))
}

/// How many characters a random text has at least, and how many different ones.
const LEAST_RANDOM: usize = 12;
const LEAST_DISTINCT: usize = 8;

/// From this length on `1234567890abcdef…` in a configuration is no placeholder.
const LEAST_ROW: usize = 24;

/// Tells whether digits stand among letters, or small letters among capitals, as in no words
/// written together: `MyPassword123` has long parts, a random text short ones.
fn is_mixed(run: &str, longest_part: usize) -> bool {
    let mut parts = 1;
    for pair in run.as_bytes().windows(2) {
        let starts_word = pair[0].is_ascii_uppercase() && pair[1].is_ascii_lowercase();
        let class = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
        parts += usize::from(class(pair[0]) != class(pair[1]) && !starts_word);
    }
    run.len() >= 8 && parts >= 3 && run.len() <= parts * longest_part
}

/// Tells whether the letters, or the digits between them, are a row: `A1B2C3D4`.
fn is_woven(text: &str) -> bool {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    letters.len() >= 4 && without_sequences(&letters).len() * 2 < letters.len()
}

fn is_placeholder_word(word: &str) -> bool {
    PLACEHOLDER_WORDS.contains(&word)
        || PLACEHOLDER_PARTS.iter().any(|part| word.contains(part))
        || word.len() >= 2 && word.bytes().all(|byte| byte == b'x')
        || word.starts_with("your")
        || word.starts_with("xxx")
        || word.len() > 4 && word.ends_with("here")
}

/// Takes out rows of three and more, such as `abc`, `987` and `xxx`.
fn without_sequences(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let step = |at: usize| {
        let [a, b] = [at, at + 1].map(|at| characters.get(at).map(char::to_ascii_lowercase));
        let (a, b) = (u32::from(a?), u32::from(b?));
        // On a keyboard 0 comes behind 9.
        let b = if (a, b) == (u32::from('9'), u32::from('0')) { a + 1 } else { b };
        let step = i64::from(b) - i64::from(a);
        (step.abs() <= 1).then_some(step)
    };
    let mut rest = String::new();
    let mut at = 0;
    while at < characters.len() {
        let mut end = at + 1;
        if let Some(first) = step(at) {
            while step(end - 1) == Some(first) {
                end += 1;
            }
        }
        if end - at < 3 {
            rest.push(characters[at]);
            end = at + 1;
        }
        at = end;
    }
    rest
}

fn alphanumeric_runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|next: char| !next.is_ascii_alphanumeric()).filter(|run| !run.is_empty())
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
    for whole in text[query..].split('&') {
        let pair = whole.split([' ', '"', '\'', '#']).next().unwrap_or_default();
        let name = pair.split('=').next().unwrap_or_default();
        let value = pair.get(name.len() + 1..).unwrap_or_default();
        // `key=CRISPR` searches for a word; a key of Google's names a project, and is public.
        let is_project = name == "key" && text.contains(".googleapis.com/");
        let is_key = matches!(name, "key" | "auth" | "sig")
            && !is_project
            && (value.contains('$')
                || names_secret(value)
                || is_placeholder(value)
                || is_random(value));
        let is_secret = names_secret(name) || is_key;
        if is_secret && !value.is_empty() {
            return Some(start..start + pair.len());
        }
        start += whole.len() + 1;
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
    fn a_value_is_judged_as_a_whole() {
        for value in
            ["abc123", "1234567890abcdef", "your-github-token-here", "my_password", "yourTokenHere"]
        {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["hunter2", "R4todo8XkQ2vLm9Z", "kT7xxxQ2mW9abc123Lp4Rz", "password1987"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn words_and_rows_are_not_random() {
        for text in
            ["sk-budgets-2026-03-13", "0123456789abcdef0123456789abcdef", "IOSFODNN7EXAMPLE"]
        {
            assert!(!is_random(text), "{text}");
        }
        for text in ["Zq8Wv3Lk9Tn2", "f3a91c07be52d8", "AbQwErTyUiOpLkJhGf"] {
            assert!(is_random(text), "{text}");
        }
    }

    #[test]
    fn secrets_in_urls() {
        assert_eq!(find_query_secret("https://h/p?a=1&api_key=x y"), Some(16..25));
        assert_eq!(find_query_secret("$URL?token=x"), Some(5..12));
        assert_eq!(find_query_secret("https://h/p?a='é'&api_key=x"), Some(19..28));
        assert_eq!(find_query_secret("https://h is what?token=x"), None);
        assert_eq!(find_query_secret("https://h/p?page_token=x"), None);
        assert_eq!(find_query_secret("https://h/p?key=CRISPR"), None);
        assert_eq!(find_query_secret("https://x.googleapis.com/v1?key=$API_KEY"), None);
        assert_eq!(find_url_password("postgres://me:hunter2@db/x"), Some(14..21));
        assert_eq!(find_url_password("postgres://me:${PW}@db/x"), None);
    }
}
