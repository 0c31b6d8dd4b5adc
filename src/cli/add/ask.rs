//! Questions and answers in a terminal.

use std::io::{self, BufRead as _, Write as _};

use crate::diagnostic::printable;
use crate::model::yaml::add::AskedValue;
use crate::publish::add::Recipe;
use crate::publish::add::values::fault;

/// A person at a terminal.
pub(super) struct Dialogue;

impl Dialogue {
    pub(super) fn new() -> Self {
        Self
    }

    /// Asks until the answer is one that can be written; nothing, if the input ends.
    pub(super) fn ask(
        &self,
        recipe: &Recipe<'_>,
        value: &AskedValue,
    ) -> anyhow::Result<Option<String>> {
        let default = value.default.as_ref().map(|default| default.as_str());
        let shown = default.map_or_else(String::new, |default| format!(" [{default}]"));
        loop {
            let question = format!("{}{shown}: ", value.question);
            let Some(line) = self.line(&question)? else { return Ok(None) };
            let answer = match (line.trim(), default) {
                ("", Some(default)) => default,
                (answer, _) => answer,
            };
            match fault(recipe, value, answer) {
                None => return Ok(Some(answer.to_owned())),
                Some(fault) => writeln!(io::stdout(), "{}", printable(&fault))?,
            }
        }
    }

    /// Asks for a yes. The end of the input is none.
    pub(super) fn confirm(&self, question: &str) -> anyhow::Result<bool> {
        let line = self.line(&format!("{question} [y/N] "))?.unwrap_or_default();
        Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Reads a line; nothing, if the input ends before its end.
    fn line(&self, prompt: &str) -> anyhow::Result<Option<String>> {
        let mut out = io::stdout().lock();
        out.write_all(printable(prompt).as_bytes())?;
        out.flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        if !line.ends_with('\n') {
            writeln!(out)?;
            return Ok(None);
        }
        Ok(Some(line))
    }
}
