//! Secrets that are written out, in any text that is published: prose, fences, code, settings.
//!
//! Documents of a kind have rules of their own for the places of their secrets; this one looks
//! at the text alone.

use std::ops::Range;

use super::file_name;
use super::secret::{find_url_password, is_random, names_secret};
use super::token::tokens;
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// A secret in a text.
pub static LITERAL_SECRET: Rule = Rule {
    id: "literal-secret",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a secret is written out in a text that is published",
    explanation: "A skill or a plugin is copied to everyone who installs it, and an agent reads it aloud. The text has the \
        form of a real credential: the prefix of its service, the length, and no order in its characters. Revoke it \
        first, since removing it leaves it in the history and in every copy; then write a placeholder such as \
        `<your-token>`, or let the code read an environment variable, a file with mode 0600 or the keychain. Values \
        that are plainly made up pass: `ghp_xxxx…`, `sk-your-key-here`, `AKIAIOSFODNN7EXAMPLE`.\n\nSource: CWE-798; \
        RFC 6750 §5.3 (safeguard bearer tokens).",
};

/// What ends the names of files that are scanned, besides Markdown and the documents of a kind.
static ENDINGS: &[&str] = &[
    "py", "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "rb", "go", "rs", "php", "ps1",
    "sh", "bash", "zsh", "json", "jsonc", "yaml", "yml", "toml", "ini", "cfg", "conf", "txt",
    "env",
];

/// What a value has at least, to be a secret by the name before it.
const LEAST_VALUE: usize = 16;

/// Tells whether the text of a file is one to scan.
pub fn is_scanned(path: &str) -> bool {
    let name = file_name(path);
    let is_env = name == ".env" || name.starts_with(".env.");
    // A lock file holds thousands of hashes, and nobody writes it.
    let is_lock = name.contains("lock");
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !is_lock && (is_env || ENDINGS.contains(&ending))
}

/// Finds the secrets of any text, by their form.
pub fn check_text(text: &str, found: &mut Vec<Finding>) {
    for token in tokens(text) {
        let message = format!("this has the form of {}", token.title);
        found.push(finding(token.range, message));
    }
}

/// Finds the secrets of code or of settings, by the names before them too.
pub fn check_code(text: &str, found: &mut Vec<Finding>) {
    check_text(text, found);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let named = named_secret(line).or_else(|| Some(("a URL".to_owned(), real_password(line)?)));
        if let Some((name, range)) = named {
            let range = start + range.start..start + range.end;
            if !found.iter().any(|finding| overlap(&finding.range, &range)) {
                found.push(finding(range, format!("{name} holds a secret that is written out")));
            }
        }
        start += line.len();
    }
}

fn finding(range: Range<usize>, message: String) -> Finding {
    let help = "revoke it, and write a placeholder such as `<your-token>`, or read it from the environment";
    Finding::new(&LITERAL_SECRET, range, message).help(help)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// How many bytes of a value are looked at.
const MOST_LETTERS: usize = 2048;

/// Finds `NAME = "value"` in a line, when the name says secret and the value looks like one.
fn named_secret(line: &str) -> Option<(String, Range<usize>)> {
    let mut from = 0;
    while let Some(at) = line[from..].find(['=', ':']).map(|at| from + at) {
        from = at + 1;
        let before = line[..at].trim_end().trim_end_matches(['"', '\'', '`', '?']);
        let is_part = |next: char| next.is_ascii_alphanumeric() || "_-".contains(next);
        let name = &before[before.trim_end_matches(is_part).len()..];
        if !names_secret(name) && !is_login(name) {
            continue;
        }
        let after = &line[from..line.floor_char_boundary(from + MOST_LETTERS)];
        let value = after.trim_start_matches([' ', '\t']);
        let start = from + after.len() - value.len();
        let (start, value) = match value.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => {
                (start + 1, value[1..].split(quote).next().unwrap_or_default())
            }
            // Without quotes it is an expression, but for a variable of the environment.
            _ if after.len() == value.len() && is_variable(name) => {
                (start, value.split([' ', '`', '\n', '"', '\'']).next().unwrap_or_default())
            }
            _ => continue,
        };
        let (start, value) = match value.split_once(':') {
            Some((_, password)) if is_login(name) => {
                (start + value.len() - password.len(), password)
            }
            _ => (start, value),
        };
        let is_plain =
            value.bytes().all(|next| next.is_ascii_graphic() && !b"(){}[]<>$ ;,".contains(&next));
        // A bare `token` is often one of a page or of a query.
        let least = if name == "token" { 2 * LEAST_VALUE } else { LEAST_VALUE };
        if value.len() >= least
            && is_plain
            && is_random(value)
            && !is_address(value)
            && !value.starts_with("eyJ")
        {
            return Some((format!("`{name}`"), start..start + value.len()));
        }
    }
    None
}

/// An option of `curl`, whose value is `name:password`.
fn is_login(name: &str) -> bool {
    matches!(name, "user" | "proxy-user")
}

fn is_variable(name: &str) -> bool {
    let is_part = |next: u8| next.is_ascii_uppercase() || next.is_ascii_digit() || next == b'_';
    name.contains('_') && name.bytes().all(is_part)
}

/// Tells whether a value names a place and is no secret.
fn is_address(value: &str) -> bool {
    value.contains("://") || value.contains("::") || value.matches(['/', '.']).count() > 2
}

fn real_password(line: &str) -> Option<Range<usize>> {
    let range = find_url_password(line)?;
    (range.len() >= LEAST_VALUE && is_random(&line[range.clone()])).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, expected: &[&str]) {
        let mut found = Vec::new();
        check_code(code, &mut found);
        let texts: Vec<&str> = found.iter().map(|finding| &code[finding.range.clone()]).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_name_and_a_random_value_make_a_secret() {
        check("API_KEY = 'k8Jh2Qx7Zp4Wm9Vt1'\n", &["k8Jh2Qx7Zp4Wm9Vt1"]);
        check("  \"client_secret\": \"k8Jh2Qx7Zp4Wm9Vt1\",\n", &["k8Jh2Qx7Zp4Wm9Vt1"]);
        check("use `A_TOKEN=k8Jh2Qx7Zp4Wm9Vt1`.", &["k8Jh2Qx7Zp4Wm9Vt1"]);
        check("`user = \"me:k8Jh2Qx7Zp4Wm9Vt1\"`", &["k8Jh2Qx7Zp4Wm9Vt1"]);
        check("DB_PASSWORD=k8Jh2Qx7Zp4Wm9Vt1\n", &["k8Jh2Qx7Zp4Wm9Vt1"]);
        check("x = \"postgres://app:k8Jh2Qx7Zp4Wm9Vt1@db/app\"", &["k8Jh2Qx7Zp4Wm9Vt1"]);
    }

    #[test]
    fn code_is_no_secret() {
        for code in [
            "token = response2.data1.accessToken3.value4Of5\n",
            "const token = getToken2FromStore3(a1b2c3)\n",
            "apiKey: \"YOUR_API_KEY_1234567890\"\n",
            "API_KEY=your-api-key-here-12345\n",
            "database_password: \"MySecurePassword123!\"\n",
            "token: \"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\"\n",
            "password: 'correct horse battery'\n",
            "token_url = 'https://a1b2c3d4e5f6.example/x9y8z7'\n",
        ] {
            check(code, &[]);
        }
    }

    #[test]
    fn files_to_scan() {
        assert!(is_scanned("a/.env.example") && is_scanned("x/server.mjs"));
        assert!(
            !is_scanned("package-lock.json") && !is_scanned("logo.png") && !is_scanned("Makefile")
        );
    }
}
