//! Credentials of well-known services and standards, by how they look.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::secret::{is_placeholder, is_random, is_random_body};

/// A credential that stands in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it is.
    pub(super) range: Range<usize>,
    /// What it is, such as `GitHub token`.
    pub(super) title: &'static str,
}

/// How the credentials of one service look.
struct Form {
    prefix: &'static str,
    title: &'static str,
    /// How many characters follow at least.
    least: usize,
}

const fn form(prefix: &'static str, title: &'static str, least: usize) -> Form {
    Form { prefix, title, least }
}

/// The longer prefix first, where one starts another.
static FORMS: &[Form] = &[
    form("sk-ant-", "an Anthropic API key", 20),
    form("sk-", "an API key (`sk-`)", 20),
    form("sk_live_", "a Stripe key", 16),
    form("sk_test_", "a Stripe key", 16),
    form("rk_live_", "a Stripe key", 16),
    form("whsec_", "a webhook secret", 24),
    form("ghp_", "a GitHub token", 30),
    form("gho_", "a GitHub token", 30),
    form("ghu_", "a GitHub token", 30),
    form("ghs_", "a GitHub token", 30),
    form("ghr_", "a GitHub token", 30),
    form("github_pat_", "a GitHub token", 30),
    form("glpat-", "a GitLab token", 18),
    form("xoxb-", "a Slack token", 20),
    form("xoxp-", "a Slack token", 20),
    form("xapp-", "a Slack token", 20),
    form("AKIA", "an AWS access key", 16),
    form("ASIA", "an AWS access key", 16),
    form("AIza", "a Google API key", 33),
    form("eyJ", "a JSON Web Token", 60),
    form("npm_", "an npm token", 34),
    form("hf_", "a Hugging Face token", 30),
    form("NRAK-", "a New Relic key", 24),
    form("dop_v1_", "a DigitalOcean token", 48),
    form("shpat_", "a Shopify token", 30),
    form("lin_api_", "a Linear key", 32),
    form("pypi-AgEI", "a PyPI token", 50),
    form("ATATT3", "an Atlassian token", 60),
    form("SG.", "a SendGrid key", 50),
];

/// What documents of the services show, and everyone may.
static PUBLIC: &[&str] = &[
    // The payload of the token that jwt.io shows, `{"sub":"1234567890"`.
    "eyJzdWIiOiIxMjM0NTY3ODkwI",
    "4eC39HqLyjWDarjtT1zdp7dc",
    "BQokikJOvBiI2HlWgH4olfQ2",
    "IOSFODNN7EXAMPLE",
];

/// What else starts a credential: a scheme of HTTP and the line before a private key.
const SCHEME: &str = "Bearer ";
const PRIVATE_KEY: &str = "-----BEGIN ";

/// The length of a secret in a place that is not documentation, at least.
const LEAST_LENIENT: usize = 12;

/// The first two bytes of everything that is looked for.
static PAIRS: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut pairs = vec![false; 1 << 16];
    let prefixes = FORMS.iter().map(|form| form.prefix).chain([SCHEME, "bearer ", PRIVATE_KEY]);
    for prefix in prefixes {
        pairs[pair(prefix.as_bytes(), 0)] = true;
    }
    pairs
});

/// Finds a credential of a well-known service in a value that is no documentation: it need not
/// be as long as the service makes them.
pub(super) fn find_token(text: &str) -> Option<Range<usize>> {
    FORMS.iter().find_map(|form| {
        text.match_indices(form.prefix).find_map(|(start, _)| {
            let token = token_at(text, start)?;
            let body = text.get(start + form.prefix.len()..token.end)?;
            let has_digit = body.bytes().any(|byte| byte.is_ascii_digit());
            let least = if form.prefix == "sk-" { form.least } else { LEAST_LENIENT };
            let is_real = !is_placeholder(body) && !is_public(&text[token.clone()]);
            let is_secret = body.len() >= least && has_digit && is_real;
            is_secret.then_some(token)
        })
    })
}

/// Finds every credential of a text that cannot be taken for an example of one.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if !PAIRS[pair(bytes, at)] {
            at += 1;
            continue;
        }
        match token(text, at) {
            Some(token) => {
                at = token.range.end;
                found.push(token);
            }
            None => at += 1,
        }
    }
    found
}

fn pair(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])
}

/// The credential that starts at a byte, if one does.
fn token(text: &str, start: usize) -> Option<Token> {
    let rest = text.get(start..)?;
    if rest.starts_with(PRIVATE_KEY) {
        return private_key(text, start);
    }
    let range = token_at(text, start)?;
    if rest.starts_with(SCHEME) || rest.starts_with("bearer ") {
        return bearer(text, start + SCHEME.len());
    }
    let form = FORMS.iter().find(|form| rest.starts_with(form.prefix))?;
    let word = &text[range.clone()];
    let body = word.get(form.prefix.len()..)?;
    let is_whole = match form.prefix {
        "AKIA" | "ASIA" => {
            body.len() == form.least && !body.contains(|c: char| c.is_ascii_lowercase())
        }
        "eyJ" => is_jwt(word),
        _ => body.len() >= form.least && is_random_body(body),
    };
    let is_secret = is_whole && is_random_body(body) && !is_public(word);
    is_secret.then_some(Token { range, title: form.title })
}

fn bearer(text: &str, start: usize) -> Option<Token> {
    let range = token_at(text, start)?;
    let word = &text[range.clone()];
    if let Some(known) = FORMS.iter().find(|form| word.starts_with(form.prefix)) {
        let token = token(text, start)?;
        return (token.title == known.title).then_some(token);
    }
    let is_secret = word.len() >= 24 && is_random(word) && !is_public(word);
    is_secret.then_some(Token { range, title: "a bearer token" })
}

/// A private key, when the key is there and not only the line before it.
fn private_key(text: &str, start: usize) -> Option<Token> {
    let rest = &text[start + PRIVATE_KEY.len()..];
    let label = &rest[..rest.find("-----").filter(|length| *length < 40)?];
    if !label.ends_with("PRIVATE KEY") {
        return None;
    }
    let body = &rest[label.len() + "-----".len()..];
    let key =
        body.trim_start_matches(|next: char| next.is_whitespace() || "\nr\"'>#*".contains(next));
    let is_part = |next: char| next.is_ascii_alphanumeric() || "+/=".contains(next);
    let length = key.find(|next| !is_part(next)).unwrap_or(key.len());
    let end = start + PRIVATE_KEY.len() + label.len() + "-----".len();
    let is_key = length >= 40 && key[..length].chars().collect::<BTreeSet<_>>().len() >= 12;
    is_key.then_some(Token { range: start..end, title: "a private key" })
}

/// Three parts, of which the first two are JSON.
fn is_jwt(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let is_object = |part: &&str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        serde_json::from_slice::<serde_json::Value>(&bytes).is_ok_and(|value| value.is_object())
    };
    parts.len() == 3
        && parts[..2].iter().all(is_object)
        && parts[2].len() >= 20
        && is_random_body(parts[2])
}

/// Tells whether a word was published on purpose, or only in part.
fn is_public(word: &str) -> bool {
    word.contains("...") || PUBLIC.iter().any(|known| word.contains(known))
}

/// How many bytes of a word are looked at.
const MOST_LETTERS: usize = 2048;

/// The word at a place, if it starts there.
fn token_at(text: &str, start: usize) -> Option<Range<usize>> {
    let before = text[..start].chars().next_back();
    if before.is_some_and(|before| before.is_alphanumeric() || "_-".contains(before)) {
        return None;
    }
    let is_part = |next: char| next.is_ascii_alphanumeric() || "_-.~+/=".contains(next);
    // No credential is longer than that, and no text makes this slow.
    let rest = &text[start..text.floor_char_boundary(start + MOST_LETTERS)];
    let length = rest.find(|next| !is_part(next)).unwrap_or(rest.len());
    let length = rest[..length].trim_end_matches(['.', '/', '=', '-']).len();
    Some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> =
            tokens(text).iter().map(|token| &text[token.range.clone()]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn tokens_of_services_are_found_in_prose() {
        check(
            "use `ghp_Zq8Wv3Lk9Tn2Rx7Bc4Mf6Hj1Dp5Sg0Ya8Ue` now",
            &["ghp_Zq8Wv3Lk9Tn2Rx7Bc4Mf6Hj1Dp5Sg0Ya8Ue"],
        );
        check("AKIAQ7WZ3LK9TN2RX7BC", &["AKIAQ7WZ3LK9TN2RX7BC"]);
        check("Authorization: Bearer f3a91c07be52d8e4416b9a0d", &["f3a91c07be52d8e4416b9a0d"]);
        check(
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n",
            &["-----BEGIN PRIVATE KEY-----"],
        );
    }

    #[test]
    fn a_token_may_hold_a_word_of_a_placeholder() {
        check(
            "ghp_Zq8todoLk9xxxRx7Bc4Mf6abc123p5Sg0Ya8",
            &["ghp_Zq8todoLk9xxxRx7Bc4Mf6abc123p5Sg0Ya8"],
        );
    }

    #[test]
    fn what_documents_show_is_no_token() {
        for text in [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "ghp_your_github_token_goes_here_and_is_long",
            "sk-1234567890abcdef1234567890abcdef",
            "sk_live_abc123xyz",
            "AIzaSyA1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q",
            "Bearer ZjFmZGJkN..................1NjBhYzc2MDRlYg==",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
            "Bearer ${API_TOKEN_OF_THE_SERVER_2}",
            "Bearer 0123456789abcdef0123456789abcdef01234567",
            "grep 'BEGIN RSA PRIVATE KEY' | -----BEGIN PRIVATE KEY-----\n...",
            "task-management-for-2-teams-and-more",
            "sk-budgets-2026-03-13-and-other-words",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_configuration_needs_less() {
        assert_eq!(find_token("a ghp_0123456789abcdefXY b"), Some(2..24));
        assert_eq!(find_token("ghp_xxxxxxxxxxxxxxxxxxx1"), None);
        assert_eq!(find_token("task-management-for-2-teams-and-more"), None);
    }
}
