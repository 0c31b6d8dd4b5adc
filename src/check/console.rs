//! Checks console sessions: each command after a prompt, as Bash.

use super::bash::{Bash, first_problem};
use super::tolerance::{PLACEHOLDER, Rewrite, TEMPLATE, Tolerance, fewest_rewrites, text, when};
use super::{Checker, lines};
use crate::diagnostic::{Finding, Rule};

static TOLERANCES: &[&Tolerance] = &[&PLACEHOLDER, &TEMPLATE];

static REWRITES: &[Rewrite] = &[
    (&PLACEHOLDER, text::without_placeholders),
    (&TEMPLATE, |code| text::without_templates(code, 'x', "#")),
];

/// The checker for console sessions.
pub(super) struct Console;

impl Checker for Console {
    fn names(&self) -> &'static [&'static str] {
        &["console", "shell-session", "shellsession", "sh-session", "bash-session", "terminal"]
    }

    fn title(&self) -> &'static str {
        "Console session"
    }

    fn promise(&self) -> &'static str {
        "Bash can parse each command after a `$ ` prompt; output and other prompts are not read."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        Bash.rules()
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let lines: Vec<(usize, &str)> = lines(code).collect();
        let prompts: Vec<usize> =
            (0..lines.len()).filter(|at| prompt_length(lines[*at].1).is_some()).collect();
        for (number, first) in prompts.iter().enumerate() {
            let end = prompts.get(number + 1).copied().unwrap_or(lines.len());
            let (start, line) = lines[*first];
            let prompt = prompt_length(line).unwrap_or_default();
            let mut part = vec![&line[prompt..]];
            let more = lines[first + 1..end].iter().map(|(_, line)| *line);
            part.extend(more.map(|line| line.strip_prefix("> ").unwrap_or(line)));
            if let Some(mut finding) = first_problem(&part) {
                // What is wrong further down is most often the output.
                let limit = start + line.len();
                finding.range.start = (start + prompt + finding.range.start).min(limit);
                finding.range.end = (start + prompt + finding.range.end).min(limit);
                found.push(finding);
            }
        }
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        fewest_rewrites(code, REWRITES, |text| {
            let mut found = Vec::new();
            self.check(text, &mut found);
            when(found.is_empty())
        })
    }
}

/// The bytes up to the command of a line: `$ `, `user@host:~$ `, with white space before it.
fn prompt_length(line: &str) -> Option<usize> {
    let at = line.find("$ ")?;
    let before = line[..at].trim_start();
    let is_host = before.contains('@') && !before.contains(' ');
    (before.is_empty() || is_host).then_some(at + 2)
}
