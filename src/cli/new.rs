//! `patternbook new`: the first lines of a pattern.

use std::io::{self, Write as _};

use serde::Serialize;

use super::{Outcome, project};
use crate::publish::tree;
use crate::render::{Engine, Templates};
use crate::source::disk::Folder;

/// Begin a pattern: write a file that checks clean and says what to fill in
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  patternbook new device-flow                  patterns/device-flow.yaml
  patternbook new device-flow --topic oauth    patterns/oauth/device-flow.yaml")]
pub(super) struct New {
    /// The pattern's id: lowercase words joined by hyphens
    #[arg(value_parser = parse_id)]
    id: String,
    /// The folder below `patterns/`
    #[arg(long, value_parser = parse_id)]
    topic: Option<String>,
}

/// What the template of a new pattern sees.
#[derive(Serialize)]
struct NewView<'a> {
    id: &'a str,
    title: String,
    /// Where the schema stands from the file, if the project has it.
    schema: Option<&'static str>,
}

impl New {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let folder = Folder::find_project(&project::current_folder()?)?;
        let name = format!("{}.yaml", self.id);
        let is_same = |path: &&String| path.rsplit('/').next() == Some(name.as_str());
        if let Some(path) = folder.files("patterns")?.iter().find(is_same) {
            anyhow::bail!("there is a pattern `{}` already: `{path}`", self.id);
        }
        let engine = Engine::new(&Templates::of_project(&folder)?)?;
        let (path, schema) = match &self.topic {
            Some(topic) => {
                (format!("patterns/{topic}/{}.yaml", self.id), "../../schema/pattern.json")
            }
            None => (format!("patterns/{}.yaml", self.id), "../schema/pattern.json"),
        };
        let schema = folder.has("schema/pattern.json").then_some(schema);
        let view = NewView { id: &self.id, title: title(&self.id), schema };
        let text = engine.render("new/pattern.yaml", &view)?;
        tree::create(&folder, &folder.root().join(&path), &text)?;
        let mut out = io::stdout().lock();
        writeln!(out, "wrote {path}")?;
        writeln!(
            out,
            "next: name `{}` in `patternbook.yaml`: in a part of a guide, and in a skill if agents \
             shall know it",
            self.id
        )?;
        Ok(Outcome::Clean)
    }
}

/// Makes a first title of an id: `device-flow` becomes `Device flow`.
pub(super) fn title(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

fn parse_id(id: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        !word.is_empty() && word.chars().all(is_letter)
    };
    match id.split('-').all(is_word) {
        true => Ok(id.to_owned()),
        false => Err("use lowercase letters and digits, in words joined by hyphens".to_owned()),
    }
}
