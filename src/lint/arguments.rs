//! What is given to `curl`, `wget` and `openssl`, and the secrets among it.

use std::ops::Range;

use super::script::{Command, ExpansionKind, Script, Word};
use super::secret::{names_secret, without_scheme, words};

/// The short options of `curl` that take a value.
const CURL_WITH_VALUE: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// Words in the name of a variable that holds options.
static OPTION_WORDS: &[&str] =
    &["opt", "opts", "option", "options", "arg", "args", "flag", "flags"];

/// An option of `curl`, by its long name where the rules need it.
pub(super) struct CurlOption<'a> {
    /// Such as `header`; a short option that no rule asks for is its letter.
    pub(super) name: &'a str,
    /// The value, when it has one.
    pub(super) value: Option<Value<'a>>,
}

/// The value of an option, and the word that it is part of.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    /// The text, without quotes.
    pub(super) text: &'a str,
    /// The word.
    pub(super) word: &'a Word,
}

/// A secret on a command line.
pub(super) struct Exposed {
    /// Where it is.
    pub(super) range: Range<usize>,
    /// The program that gets it.
    pub(super) program: String,
}

/// Reads the options of a `curl` command.
pub(super) fn curl_options(arguments: &[Word]) -> Vec<CurlOption<'_>> {
    let mut options = Vec::new();
    let mut index = 0;
    while let Some(word) = arguments.get(index) {
        index += 1;
        let next = arguments.get(index).map(|word| Value { text: &word.text, word });
        if let Some(name) = word.text.strip_prefix("--") {
            options.push(CurlOption { name, value: next });
        } else if let Some(cluster) = word.text.strip_prefix('-') {
            for (at, letter) in cluster.char_indices() {
                let end = at + letter.len_utf8();
                let name = long_name(&cluster[at..end]);
                if !CURL_WITH_VALUE.contains(letter) {
                    options.push(CurlOption { name, value: None });
                    continue;
                }
                let rest = &cluster[end..];
                let own = Value { text: rest, word };
                let value = if rest.is_empty() { next } else { Some(own) };
                index += usize::from(rest.is_empty());
                options.push(CurlOption { name, value });
                break;
            }
        }
    }
    options
}

/// Tells whether an option stands on the command line of `curl`, or may stand where the
/// text does not show it: in an array, in a variable, in a configuration file.
pub(super) fn may_have_option(script: &Script<'_>, command: &Command, names: &[&str]) -> bool {
    let options = curl_options(command.arguments());
    if options.iter().any(|option| names.contains(&option.name)) {
        return true;
    }
    if command.arguments().iter().any(|word| holds_options(script, word)) {
        return true;
    }
    let Some(config) = options.iter().find(|option| option.name == "config") else { return false };
    if config.value.is_none_or(|value| value.text != "-") {
        return true;
    }
    let Some(input) = input(command) else { return true };
    let is_shown = input
        .expansions
        .iter()
        .all(|expansion| input.text.trim() != &script.text[expansion.range.clone()]);
    !is_shown || names.iter().any(|name| input.text.contains(name))
}

/// Finds every secret that a command line of the script shows to `ps`.
pub(super) fn exposed_secrets(script: &Script<'_>) -> Vec<Exposed> {
    let mut exposed = Vec::new();
    for command in &script.commands {
        let program = command.name();
        let ranges = match program {
            "curl" => curl_secrets(command),
            "wget" => wget_secrets(command),
            "openssl" => openssl_secrets(command),
            _ => continue,
        };
        let program = program.to_owned();
        exposed.extend(ranges.into_iter().map(|range| Exposed { range, program: program.clone() }));
    }
    exposed
}

/// The name of the first variable whose name says secret and whose value is inserted.
pub(super) fn secret_variable(word: &Word) -> Option<&str> {
    let mut names = word.expansions.iter().filter_map(|expansion| expansion.whole_variable());
    names.find(|name| names_secret(name))
}

/// Tells whether a word stands for options: `"${options[@]}"`, `$CURL_OPTS`.
fn holds_options(script: &Script<'_>, word: &Word) -> bool {
    let raw = &script.text[word.range.clone()];
    let is_unquoted = raw.starts_with('$');
    word.expansions.iter().any(|expansion| {
        let ExpansionKind::Variable { name, operator } = &expansion.kind else { return false };
        let is_list = operator.starts_with("[@]") || operator.starts_with("[*]") || name.is_empty();
        let names_options = words(name).iter().any(|word| OPTION_WORDS.contains(&word.as_str()));
        is_list || (is_unquoted && names_options)
    })
}

/// What the command reads, when the text shows it.
fn input(command: &Command) -> Option<&Word> {
    command.redirects.iter().rev().find_map(|redirect| match redirect.operator {
        "<<<" => Some(&redirect.target),
        "<<" | "<<-" => redirect.body.as_ref(),
        _ => None,
    })
}

fn long_name(letter: &str) -> &str {
    match letter {
        "H" => "header",
        "d" => "data",
        "u" => "user",
        "U" => "proxy-user",
        "b" => "cookie",
        "F" => "form",
        "f" => "fail",
        "m" => "max-time",
        "K" => "config",
        "w" => "write-out",
        _ => letter,
    }
}

fn curl_secrets(command: &Command) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for option in curl_options(command.arguments()) {
        let Some(value) = option.value else { continue };
        let is_secret = match option.name {
            "header" | "proxy-header" => is_secret_header(value),
            "user" | "proxy-user" => is_secret_user(value),
            "oauth2-bearer" | "pass" => !value.text.is_empty(),
            "cookie" => secret_variable(value.word).is_some(),
            "json" => !value.text.starts_with('@') && secret_variable(value.word).is_some(),
            name if name.starts_with("data") || name.starts_with("form") => is_secret_data(value),
            _ => false,
        };
        if is_secret {
            ranges.push(value.word.range.clone());
        }
    }
    ranges
}

fn wget_secrets(command: &Command) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for word in command.arguments() {
        let Some((name, text)) = word.text.split_once('=') else { continue };
        let value = Value { text, word };
        let is_secret = match name {
            "--header" => is_secret_header(value),
            "--password" | "--http-password" | "--proxy-password" => !text.is_empty(),
            "--post-data" => is_secret_data(value),
            _ => false,
        };
        if is_secret {
            ranges.push(word.range.clone());
        }
    }
    ranges
}

fn openssl_secrets(command: &Command) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for pair in command.arguments().windows(2) {
        let value = &pair[1].text;
        let is_secret = match pair[0].text.as_str() {
            "-hmac" | "-k" | "-K" => !value.starts_with('-'),
            "-pass" | "-passin" | "-passout" => value.starts_with("pass:"),
            "-macopt" => value.starts_with("key:") || value.starts_with("hexkey:"),
            _ => false,
        };
        if is_secret {
            ranges.push(pair[1].range.clone());
        }
    }
    ranges
}

fn is_secret_header(value: Value<'_>) -> bool {
    if value.text.starts_with('@') {
        return false;
    }
    if secret_variable(value.word).is_some() {
        return true;
    }
    let Some((name, credential)) = value.text.split_once(':') else { return false };
    names_secret(name) && is_real(without_scheme(credential))
}

fn is_secret_user(value: Value<'_>) -> bool {
    if secret_variable(value.word).is_some() {
        return true;
    }
    let password = value.text.split_once(':').map_or("", |(_, password)| password);
    is_real(password)
}

fn is_secret_data(value: Value<'_>) -> bool {
    if value.text.starts_with('@') {
        return false;
    }
    if secret_variable(value.word).is_some() {
        return true;
    }
    value.text.split('&').any(|pair| match pair.split_once('=') {
        Some((name, value)) => names_secret(name) && !names_file(value) && is_real(value),
        None => false,
    })
}

/// `curl` reads `@file` and `<file`; `<password>` is a placeholder.
fn names_file(value: &str) -> bool {
    value.starts_with('@') || (value.starts_with('<') && !value.contains('>'))
}

/// Tests of a refusal send a credential that is wrong on purpose.
fn is_real(credential: &str) -> bool {
    let lower = credential.to_ascii_lowercase();
    let wrong = ["invalid", "bogus", "wrong", "expired", "fake", "dummy", "garbage", "not-a-"];
    !lower.is_empty() && !wrong.iter().any(|word| lower.contains(word))
}
