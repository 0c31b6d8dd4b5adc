//! Shell scripts and commands that readers are told to type.

use super::arguments::{exposed_secrets, secret_variable};
use super::mcp_config::NOT_RUNNABLE;
use super::script::{Command, Script, Sink, Word};
use super::secret::{find_query_secret, is_setting, names_secret};
use super::token::tokens;
use super::{Document, Kind, named_script};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// Any shell script, and commands in documentation.
pub(super) struct Shell;

pub(super) static PRINTS_SECRET: Rule = Rule {
    id: "shell-prints-secret",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a secret is printed to the terminal",
    explanation: "What is printed stays: in the scrollback, in a screen share, in the log of a CI job, in the \
        transcript of an agent that ran the command. To see whether a variable is set, print only that: `[ -n \
        \"${API_TOKEN:-}\" ] && echo set`.\n\nSource: CWE-532 (insertion of sensitive information into a log).",
};

pub(super) static EXPORT_XARGS: Rule = Rule {
    id: "shell-export-xargs",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`export $(… | xargs)` breaks values",
    explanation: "The shell cuts the text at every space and `xargs` removes quotes, so a password `p w#1` becomes \
        `p`; comment lines become arguments; and the status is 0 all the same. For a file that you trust write \
        `set -a; . ./.env; set +a`. With `env $(…)` the values are in the argument list too, for every user of the \
        machine to read.\n\nSource: POSIX shell, field splitting; seen with bash.",
};

pub(super) static LITERAL_SECRET: Rule = Rule {
    id: "shell-literal-secret",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a secret is typed into a command line",
    explanation: "A reader puts the real secret where the placeholder is, and the shell writes the line to its \
        history file. Read it without echo (`read -rs API_TOKEN && export API_TOKEN`), or keep it in a file with \
        mode 0600 or in the keychain and read it from there.\n\nSource: bash manual, `HISTFILE`; CWE-798.",
};

static SECRET_IN_ARGV: Rule = Rule {
    id: "shell-secret-in-argv",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a secret on the command line of a program",
    explanation: "While a program runs, every user of the machine can read its arguments (`ps`, `/proc`), and a \
        variable does not help: the shell puts its value there. Let `curl` read it from standard input: `curl -H @- \
        <<< \"Authorization: Bearer $API_TOKEN\"`, or `--config -` for more than headers. `<<<` and `printf` are parts \
        of the shell, with no process whose arguments could be seen.\n\nSource: curl manual, `--header` and `--config`; CWE-214.",
};

pub(super) static TOKEN_IN_QUERY: Rule = Rule {
    id: "shell-token-in-query",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a credential in the query of a URL",
    explanation: "URLs are written to the logs of servers and proxies, to the shell's history and to `Referer` \
        headers. Send the credential in the `Authorization` header. OAuth 2.1 has no token in a query, and MCP \
        forbids it.\n\nSource: RFC 6750 §5.3; RFC 9700 §4.3.2; MCP 2026-07-28 authorization, access token usage.",
};

static RULES: &[&Rule] = &[
    &PRINTS_SECRET,
    &EXPORT_XARGS,
    &LITERAL_SECRET,
    &SECRET_IN_ARGV,
    &TOKEN_IN_QUERY,
    &NOT_RUNNABLE,
];

impl Kind for Shell {
    fn name(&self) -> &'static str {
        "shell"
    }

    fn title(&self) -> &'static str {
        "Shell script, or commands to type"
    }

    fn languages(&self) -> &'static [&'static str] {
        &["bash", "sh", "shell", "zsh"]
    }

    fn recognizes(&self, path: &str) -> bool {
        path.ends_with(".sh") || path.ends_with(".bash")
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn lint(&self, document: &Document<'_>, found: &mut Vec<Finding>) {
        let script = Script::read(document.text);
        named_script::check(document, found);
        check_common(&script, found);
        for command in script.commands.iter().filter(|command| shows_output(&script, command)) {
            check_print(command, found);
        }
        for exposed in exposed_secrets(&script) {
            let message = format!(
                "while `{}` runs, every user of the machine can read this",
                exposed.program
            );
            let finding = Finding::new(&SECRET_IN_ARGV, exposed.range, message);
            found.push(finding.help(argv_help(&exposed.program)));
        }
    }
}

/// Checks commands of documentation. That a reader types a secret there is what a placeholder
/// means, and no finding.
pub(super) fn check_commands(code: &str, found: &mut Vec<Finding>) {
    let mut own = Vec::new();
    Shell.lint(&Document::snippet(code), &mut own);
    own.retain(|finding| finding.rule.id != LITERAL_SECRET.id);
    found.append(&mut own);
}

/// Checks what is wrong in a credential helper as well.
pub(super) fn check_common(script: &Script<'_>, found: &mut Vec<Finding>) {
    for command in &script.commands {
        check_export(script, command, found);
        check_urls(script, command, found);
        if command.sink == Sink::Stderr {
            check_print(command, found);
        }
    }
    for assignment in &script.assignments {
        let value = assignment.value.text.as_str();
        // `$1` is no expansion that the rules know.
        let is_literal = assignment.value.expansions.is_empty()
            && !value.trim().is_empty()
            && !value.contains('$');
        if is_literal
            && names_secret(&assignment.name)
            && !is_setting(value)
            && tokens(value).is_empty()
        {
            let message = format!("`{}` is written out here", assignment.name);
            let finding = Finding::new(&LITERAL_SECRET, assignment.range.clone(), message);
            let name = &assignment.name;
            found.push(
                finding.help(format!(
                    "use `read -rs {name} && export {name}`, or a file with mode 0600"
                )),
            );
        }
    }
}

/// What to do instead of an argument.
pub(super) fn argv_help(program: &str) -> &'static str {
    match program {
        "curl" => "use `-H @-` or `--config -`, and give it on standard input",
        "wget" => "use a configuration file with mode 0600 (`--config`)",
        _ => "give it on standard input or in a file with mode 0600",
    }
}

/// Tells whether a person or a log gets to see what a command prints. A script with a `#!` line
/// may print a token alone that it has fetched: its caller reads it. One that it was given in the
/// environment the caller has.
fn shows_output(script: &Script<'_>, command: &Command) -> bool {
    if !script.reaches_output(command) {
        return false;
    }
    let Some(name) = printed_alone(script, command) else { return true };
    !(script.is_file() && script.assignments_to(name).next().is_some())
}

/// The variable whose value alone a command prints.
fn printed_alone<'a>(script: &Script<'_>, command: &'a Command) -> Option<&'a str> {
    let words = command.arguments();
    let is_alone = |word: &&Word| {
        let mut expansions = word.expansions.iter();
        expansions.any(|expansion| word.text == script.text[expansion.range.clone()])
    };
    let word = words.iter().find(is_alone).filter(|_| words.len() <= 2)?;
    word.expansions.first()?.whole_variable()
}

fn check_print(command: &Command, found: &mut Vec<Finding>) {
    let is_print = matches!(command.name(), "echo" | "printf");
    for word in command.arguments() {
        let name = match secret_variable(word) {
            // A log of GitHub Actions hides what stands behind this.
            Some(_) if word.text.starts_with("::add-mask::") => continue,
            // Headers for a program; that they are put together so is another rule's matter.
            Some(_) if word.text.trim_start().starts_with('{') => continue,
            Some(name) if is_print => name,
            None if command.name() == "printenv" && names_secret(&word.text) => &word.text,
            _ => continue,
        };
        let message = format!("`{name}` is printed");
        let finding = Finding::new(&PRINTS_SECRET, word.range.clone(), message);
        found.push(
            finding.help(format!(
                "print only whether it is set: `[ -n \"${{{name}:-}}\" ] && echo set`"
            )),
        );
    }
}

fn check_export(script: &Script<'_>, command: &Command, found: &mut Vec<Finding>) {
    let is_export =
        command.words.first().is_some_and(|word| matches!(word.text.as_str(), "export" | "env"));
    if !is_export {
        return;
    }
    for word in &command.words[1..] {
        let has_xargs = word
            .expansions
            .iter()
            .any(|expansion| script.inside(&expansion.range).any(|inner| inner.name() == "xargs"));
        if has_xargs {
            let message = "values with a space, a quote or `#` arrive broken";
            let finding = Finding::new(&EXPORT_XARGS, word.range.clone(), message);
            found.push(finding.help("write `set -a; . ./.env; set +a`"));
        }
    }
}

fn check_urls(script: &Script<'_>, command: &Command, found: &mut Vec<Finding>) {
    for word in command.texts() {
        // A line of documentation that is only a URL requests nothing.
        if command.words.first().is_some_and(|first| first.range == word.range) {
            continue;
        }
        let raw = &script.text[word.range.clone()];
        let Some(pair) = find_query_secret(raw) else { continue };
        let range = word.range.start + pair.start..word.range.start + pair.end;
        let finding =
            Finding::new(&TOKEN_IN_QUERY, range, "the query of the URL holds a credential");
        found.push(finding.help("send it in the `Authorization` header"));
    }
}
