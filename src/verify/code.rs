//! The code that is run: an example's, or a changed one, and the file that it becomes.

use serde::Serialize;

use crate::check;
use crate::lab::files::in_work;
use crate::model::Example;
use crate::sandbox::archive::Item;

/// Code and the file that it is run as.
#[derive(Debug, Clone, Serialize)]
pub struct Code {
    /// The text.
    pub text: String,
    /// The path of the file, in the working folder.
    pub path: String,
    /// The first name of the language.
    pub language: String,
    /// Whether the file may be executed.
    pub is_executable: bool,
}

impl Code {
    /// The code of an example, as the page shows it.
    pub fn of(example: &Example) -> Self {
        let entry = &example.entry;
        let text = example.snippet.text.clone();
        let language = match check::checker(&entry.language.value) {
            Some(checker) => checker.names()[0],
            None => entry.language.value.as_str(),
        };
        let named = entry.file_name.as_ref().or(entry.source.as_ref());
        let path = match named {
            Some(name) => in_work(&name.value).to_owned(),
            None => format!("example.{}", ending(language)),
        };
        let is_executable = match &example.script {
            Some(script) => script.is_executable,
            None => text.starts_with("#!"),
        };
        Self { text, path, language: language.to_owned(), is_executable }
    }

    /// The command that runs it, for `sh`; `None` when the language is not one that runs.
    pub fn command(&self) -> Option<String> {
        let path = shell_word(&format!("./{}", self.path));
        if self.is_executable {
            return Some(path);
        }
        let program = match self.language.as_str() {
            "bash" => "bash",
            "javascript" => "node",
            "python" => "python3",
            // A tool of the lab `typescript`.
            "typescript" => "run-ts",
            _ => return None,
        };
        Some(format!("{program} {path}"))
    }

    /// The file.
    pub fn item(&self) -> Item {
        let mode = if self.is_executable { 0o755 } else { 0o644 };
        Item { mode, ..Item::file(self.path.as_str(), self.text.as_str()) }
    }
}

fn ending(language: &str) -> &str {
    match language {
        "bash" => "sh",
        "javascript" => "mjs",
        "typescript" => "ts",
        "python" => "py",
        other => other,
    }
}

/// Quotes a text where a shell would take it for anything else than one word.
pub fn shell_argument(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@+,-".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => shell_word(text),
    }
}

/// Quotes a text so that a shell takes it for one word, whatever it holds.
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
