//! Scripts that print the headers of an MCP server: `headersHelper` of Claude Code.

mod failure;
mod rules;

use std::collections::BTreeSet;
use std::ops::Range;

use super::arguments::{curl_options, exposed_secrets, may_have_option};
use super::documented::Documents;
use super::mcp_config::Home;
use super::script::{Command, Expansion, ExpansionKind, Script, Sink, Word};
use super::{Document, Kind, file_name, helper_cache, named_script, secret, shell};
use crate::diagnostic::{Finding, Rule};

/// A script for `headersHelper`.
pub(super) struct CredentialHelper;

/// After so many seconds Claude Code ends a helper.
const CLIENT_LIMIT: f64 = 10.0;

/// Claude Code removes variables with one of these words in their name from the
/// environment of a helper that comes from a plugin or a project.
static STRIPPED_WORDS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "KEY",
    "AUTH",
    "COOKIE",
    "PAT",
    "DSN",
    "CREDENTIAL",
    "CREDENTIALS",
];

impl Kind for CredentialHelper {
    fn name(&self) -> &'static str {
        "credential-helper"
    }

    fn title(&self) -> &'static str {
        "Script that prints headers for an MCP server (`headersHelper`)"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["bash", "sh"]
    }

    fn recognizes(&self, path: &str) -> bool {
        let name = file_name(path);
        let Some(stem) = name.strip_suffix(".sh").or_else(|| name.strip_suffix(".bash")) else {
            return false;
        };
        secret::words(stem).iter().any(|word| word == "headers")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let code = document.text;
        let script = Script::read(code);
        shell::check_common(&script, found);
        for command in &script.commands {
            check_json(command, found);
            check_request(&script, command, found);
            if matches!(command.name(), "ping" | "ping6") {
                let range = command.program()[0].range.clone();
                let finding = Finding::new(
                    &rules::PING,
                    range,
                    "ping does not show that the service answers",
                );
                found.push(finding.help("make the request itself, with `--connect-timeout 2`"));
            }
        }
        for exposed in exposed_secrets(&script) {
            let message = format!(
                "while `{}` runs, every user of the machine can read this",
                exposed.program
            );
            let finding = Finding::new(&rules::SECRET_IN_ARGV, exposed.range, message);
            found.push(finding.help(shell::argv_help(&exposed.program)));
        }
        check_environment(&script, found);
        check_documented(document, &script, found);
        failure::check(&script, found);
        named_script::check(document, found);
        check_options(&script, found);
        helper_cache::check(&script, &rules::CACHE, found);
    }
}

fn check_json(command: &Command, found: &mut Vec<Finding>) {
    if command.sink == Sink::Stderr || !interpolates_json(command) {
        return;
    }
    let message = "a quote or a backslash in the value makes this another object, or none";
    let finding = Finding::new(&rules::JSON_BY_INTERPOLATION, command.range.clone(), message);
    found.push(finding.help("let `jq -n --arg` or `jq -R` write the object"));
}

fn interpolates_json(command: &Command) -> bool {
    let arguments = command.arguments();
    let has_expansion = |words: &[Word]| words.iter().any(|word| !word.expansions.is_empty());
    match command.name() {
        "echo" => {
            let texts: Vec<&str> = arguments.iter().map(|word| word.text.as_str()).collect();
            is_json_object(&texts.join(" ")) && has_expansion(arguments)
        }
        "printf" => arguments.iter().any(|format| {
            let inserts_text = format.text.contains("%s") || format.text.contains("%b");
            is_json_object(&format.text) && (inserts_text || !format.expansions.is_empty())
        }),
        "cat" => command.redirects.iter().any(|redirect| {
            let text = redirect.body.as_ref().unwrap_or(&redirect.target);
            redirect.operator.starts_with("<<")
                && is_json_object(&text.text)
                && !text.expansions.is_empty()
        }),
        _ => false,
    }
}

/// Tells whether a text has `{ "key":` in it.
fn is_json_object(text: &str) -> bool {
    let text = text.replace("\\n", " ");
    text.split('{').skip(1).any(|rest| {
        let key = rest.trim_start().strip_prefix('"');
        let after = key.and_then(|key| key.split_once('"'));
        after.is_some_and(|(_, after)| after.trim_start().starts_with(':'))
    })
}

fn check_request(script: &Script<'_>, command: &Command, found: &mut Vec<Finding>) {
    let Some(program) = command.program().first() else { return };
    let range = program.range.clone();
    match command.name() {
        "curl" => {
            let has_limit =
                command.has_timeout() || may_have_option(script, command, &["max-time"]);
            if !has_limit {
                let finding =
                    Finding::new(&rules::NO_TIME_LIMIT, range.clone(), "this request may hang");
                found.push(finding.help("add `--connect-timeout 2 --max-time 7`"));
            }
            check_limit(script, command, found);
            let handled = ["fail", "fail-with-body", "write-out"];
            if !may_have_option(script, command, &handled) {
                let message = "an error page would be taken for the token";
                let finding = Finding::new(&rules::IGNORES_HTTP_ERRORS, range, message);
                found.push(finding.help("add `--fail`"));
            }
        }
        "wget" => {
            let is_limit =
                |word: &Word| word.text.contains("timeout") || word.text.starts_with("-T");
            if !command.has_timeout() && !command.arguments().iter().any(is_limit) {
                let finding = Finding::new(&rules::NO_TIME_LIMIT, range, "this request may hang");
                found.push(finding.help("add `--timeout=7 --tries=1`"));
            }
        }
        _ => {}
    }
}

/// A limit that is not under the client's own is none.
fn check_limit(script: &Script<'_>, command: &Command, found: &mut Vec<Finding>) {
    for option in curl_options(command.arguments()) {
        let Some(value) = option.value.filter(|_| option.name == "max-time") else { continue };
        let variable = value.word.expansions.first().and_then(Expansion::whole_variable);
        let assignment = variable.and_then(|name| script.assignments_to(name).next());
        let text = assignment.map_or(value.text, |assignment| &assignment.value.text);
        if text.parse::<f64>().is_ok_and(|seconds| seconds >= CLIENT_LIMIT) {
            let message = "the client ends the helper after 10 seconds, before this limit";
            let finding = Finding::new(&rules::NO_TIME_LIMIT, value.word.range.clone(), message);
            found.push(finding.help("write `--max-time 7`"));
        }
    }
}

fn check_environment(script: &Script<'_>, found: &mut Vec<Finding>) {
    for (name, range) in unset_variables(script) {
        if !is_stripped(name) {
            continue;
        }
        let message = format!("`{name}` is never set when a plugin or a project runs this");
        let finding = Finding::new(&rules::STRIPPED_VARIABLE, range, message);
        found.push(finding.help("read the secret from a file with mode 0600 or from the keychain"));
    }
}

/// A variable that the user must set is of no use when nobody says so.
fn check_documented(document: &Document<'_>, script: &Script<'_>, found: &mut Vec<Finding>) {
    let Some(place) = document.place else { return };
    let home = Home::of_script(place);
    let documents = Documents::new(home.place.neighbours, &home.root);
    for (name, range) in unset_variables(script) {
        let is_setting = name.len() > 2 && name.bytes().all(|byte| !byte.is_ascii_lowercase());
        if !is_setting || is_stripped(name) || documents.explain(name) {
            continue;
        }
        let message = format!("no document of this {} names `{name}`", home.word());
        let finding = Finding::new(&rules::UNDOCUMENTED_VARIABLE, range, message);
        found.push(finding.help("say in the README what it is, or give it a default"));
    }
}

/// The variables that a script takes from its environment, each where it is first used.
fn unset_variables<'a>(script: &'a Script<'_>) -> Vec<(&'a str, Range<usize>)> {
    // What these run may assign anything.
    let is_open =
        script.commands.iter().any(|command| matches!(command.name(), "." | "source" | "eval"));
    if is_open {
        return Vec::new();
    }
    let mut known: BTreeSet<&str> =
        script.assignments.iter().map(|assignment| assignment.name.as_str()).collect();
    let assigning =
        ["read", "mapfile", "readarray", "printf", "getopts", "for", "select", "local", "declare"];
    for command in script.commands.iter().filter(|command| assigning.contains(&command.name())) {
        known.extend(command.arguments().iter().map(|word| word.text.as_str()));
    }
    let mut unset = Vec::new();
    for word in script.commands.iter().flat_map(Command::texts) {
        for expansion in &word.expansions {
            let ExpansionKind::Variable { name, operator } = &expansion.kind else { continue };
            let has_default = operator.trim_start_matches(':').starts_with(['-', '='])
                && operator.trim_start_matches(':').len() > 1;
            if !has_default && !name.starts_with(['#', '!']) && known.insert(name) {
                unset.push((name.as_str(), expansion.range.clone()));
            }
        }
    }
    unset
}

fn is_stripped(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    // Git's own `GIT_CONFIG_KEY_<n>` is kept.
    let is_kept = name.starts_with("GIT_CONFIG_KEY_");
    let is_listed = name == "ANTHROPIC_CUSTOM_HEADERS";
    is_listed || !is_kept && name.split('_').any(|part| STRIPPED_WORDS.contains(&part))
}

fn check_options(script: &Script<'_>, found: &mut Vec<Finding>) {
    let Some(first) = script.commands.first() else { return };
    let mut options = script.shebang().map(shebang_options).unwrap_or_default();
    for command in script.commands.iter().filter(|command| command.name() == "set") {
        let arguments: Vec<&str> =
            command.arguments().iter().map(|word| word.text.as_str()).collect();
        options.push_str(&short_options(&arguments));
    }
    let is_posix = script.shebang().is_some_and(is_posix_shell);
    let wanted = [('e', "-e"), ('u', "-u"), ('p', "-o pipefail")];
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(letter, _)| !options.contains(*letter) && (*letter != 'p' || !is_posix))
        .map(|(_, name)| *name)
        .collect();
    if missing.is_empty() {
        return;
    }
    let range = script.shebang().map_or(first.range.clone(), |line| 0..line.len());
    let message =
        format!("the script goes on after a failure: `set {}` is missing", missing.join(" "));
    let help = if is_posix { "write `set -eu`" } else { "write `set -euo pipefail`" };
    found.push(Finding::new(&rules::UNSAFE_OPTIONS, range, message).help(help));
}

/// The letters that `set` is given, with `p` for `pipefail`.
fn short_options(arguments: &[&str]) -> String {
    let mut letters = String::new();
    for argument in arguments {
        match *argument {
            "pipefail" => letters.push('p'),
            "errexit" => letters.push('e'),
            "nounset" => letters.push('u'),
            cluster => {
                let cluster = cluster.strip_prefix('-').unwrap_or_default();
                letters.extend(cluster.chars().filter(|letter| "eu".contains(*letter)));
            }
        }
    }
    letters
}

/// A POSIX shell need not know `pipefail`.
fn is_posix_shell(shebang: &str) -> bool {
    shebang
        .trim_start_matches("#!")
        .split_whitespace()
        .any(|word| matches!(file_name(word), "sh" | "dash"))
}

fn shebang_options(line: &str) -> String {
    let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
    short_options(&arguments)
}
