//! Failures of a helper that its exit status does not show.

use super::rules;
use crate::diagnostic::Finding;
use crate::lint::script::{Command, Script, Sink};
use crate::lint::secret::names_secret;

/// Programs that get a credential from somewhere.
static FETCHERS: &[&str] = &[
    "curl",
    "wget",
    "http",
    "security",
    "secret-tool",
    "pass",
    "op",
    "gcloud",
    "aws",
    "az",
    "vault",
    "jq",
    "gh",
    "cat",
    "keyring",
];

/// Appends the places where a failure is turned into a success.
pub(super) fn check(script: &Script<'_>, found: &mut Vec<Finding>) {
    for pair in script.commands.windows(2) {
        let [failed, next] = pair else { continue };
        let between = script.text.get(failed.range.end..next.range.start).unwrap_or_default();
        if between.trim() == "||" && FETCHERS.contains(&failed.name()) && is_nothing(next) {
            report(next, "the status of the failed command is lost", found);
        }
        let is_message = failed.sink == Sink::Stderr && matches!(failed.name(), "echo" | "printf");
        let is_success = next.name() == "exit"
            && next.arguments().first().is_some_and(|status| status.text == "0");
        if is_message && is_success && failed.function == next.function {
            report(next, "an error message, and then the status of a success", found);
        }
    }
    for assignment in script.assignments.iter().filter(|assignment| names_secret(&assignment.name))
    {
        let end = assignment.range.end;
        let after = script.text.get(end..).unwrap_or_default().trim_start_matches([' ', '\t']);
        let is_fetched =
            script.inside(&assignment.value.range).any(|inner| FETCHERS.contains(&inner.name()));
        let next = script.commands.iter().find(|command| command.range.start >= end);
        if let Some(next) = next
            && is_fetched
            && after.starts_with("||")
            && is_nothing(next)
        {
            report(next, "the status of the failed command is lost", found);
        }
    }
}

fn report(command: &Command, message: &str, found: &mut Vec<Finding>) {
    let finding = Finding::new(&rules::HIDES_FAILURE, command.range.clone(), message);
    found.push(finding.help("write a message to standard error, and `exit 1`"));
}

/// Tells whether a command does nothing, prints nothing or prints an empty object.
fn is_nothing(command: &Command) -> bool {
    let texts: Vec<&str> = command.arguments().iter().map(|word| word.text.trim()).collect();
    match command.name() {
        "true" | ":" => true,
        "echo" | "printf" => {
            command.sink != Sink::Stderr && matches!(texts.as_slice(), [] | ["" | "{}"])
        }
        "exit" => texts == ["0"],
        _ => false,
    }
}
