//! `patternbook show`: one pattern, to read in a terminal.

use std::io::{self, Write as _};

use super::{Outcome, project};
use crate::diagnostic::suggest;
use crate::render::view::{self, Target};
use crate::render::{Engine, Templates};

/// Show one pattern as Markdown
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The pattern's id; `patternbook list` lists them
    id: String,
}

impl Show {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let project = project::open(&project::current_folder()?)?;
        let catalog = &project.catalog;
        let Some(pattern) = catalog.patterns.get(&self.id) else {
            let hint = match suggest(&self.id, catalog.patterns.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`patternbook list` lists them".to_owned(),
            };
            anyhow::bail!("there is no pattern `{}`; {hint}", self.id);
        };
        let engine = Engine::new(&Templates::of_project(&project.folder)?)?;
        // A link keeps its id, which is what the reader would `show` next.
        let link = |id: &str| Some(format!("pattern:{id}"));
        let target = Target { link: &link, script: &|_| None, is_page: false };
        let view = view::pattern(pattern, catalog, &target);
        let text = engine.render("skill/reference.md", &view)?;
        io::stdout().lock().write_all(text.as_bytes())?;
        Ok(Outcome::Clean)
    }
}
