//! The patterns that can be added: those of the project around, and the tool's own.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use crate::cli::project;
use crate::diagnostic::{Severity, printable, suggest};
use crate::error::Error;
use crate::model::Pattern;
use crate::model::load::{self, Loaded};
use crate::publish::add::Recipe;
use crate::source::Sources;
use crate::source::disk::Folder;

/// All patterns that there are.
pub(super) struct Shelf {
    project: Option<Loaded>,
    built_in: BTreeMap<String, Pattern>,
}

impl Shelf {
    pub(super) fn open() -> anyhow::Result<Self> {
        let project = match Folder::find_project(&project::current_folder()?) {
            Ok(folder) => Some(load::load(&folder)?),
            Err(Error::NoProject { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let built_in = load::built_in_patterns(&mut Sources::default());
        Ok(Self { project, built_in })
    }

    /// What a pattern adds, or why it cannot be added.
    pub(super) fn recipe(&self, id: &str) -> anyhow::Result<Recipe<'_>> {
        if let Some(loaded) = &self.project
            && let Some(pattern) = loaded.catalog.patterns.get(id)
            && let Some(recipe) = Recipe::of(pattern)
        {
            let file = pattern.file;
            let is_wrong = loaded
                .diagnostics
                .iter()
                .any(|found| found.span.file == file && found.rule.severity == Severity::Error);
            anyhow::ensure!(
                !is_wrong,
                "`{id}` of this project has errors; `patternbook check` shows them"
            );
            return Ok(recipe);
        }
        if let Some(recipe) = self.built_in.get(id).and_then(Recipe::of) {
            return Ok(recipe);
        }
        let is_known = self.project.as_ref().is_some_and(|it| it.catalog.patterns.contains_key(id));
        let all = self.all();
        match suggest(id, all.keys().map(String::as_str)) {
            _ if is_known => anyhow::bail!(
                "the pattern `{id}` does not say what it adds; give it a part `add`, or see `patternbook add`"
            ),
            near => {
                let near =
                    near.or_else(|| all.keys().map(String::as_str).find(|it| it.contains(id)));
                let near = near.map_or(String::new(), |near| format!(" did you mean `{near}`?"));
                let all: Vec<&str> = all.keys().map(String::as_str).collect();
                anyhow::bail!(
                    "no pattern `{id}` can be added;{near} there are `{}`; `patternbook add` says what each is",
                    all.join("`, `")
                )
            }
        }
    }

    /// Lists what can be added.
    pub(super) fn list(&self) -> anyhow::Result<()> {
        let all = self.all();
        let width = all.keys().map(|id| id.chars().count()).max().unwrap_or_default();
        let mut out = io::stdout().lock();
        for (id, recipe) in &all {
            let title = &recipe.pattern.content.title;
            let place = if recipe.makes_plugin() { "plugin" } else { "plugin or project" };
            writeln!(out, "{}", printable(&format!("{id:width$}  {title} ({place})")))?;
        }
        Ok(())
    }

    fn all(&self) -> BTreeMap<String, Recipe<'_>> {
        let own = self.project.iter().flat_map(|loaded| &loaded.catalog.patterns);
        let patterns = self.built_in.iter().chain(own);
        patterns.filter_map(|(id, pattern)| Some((id.clone(), Recipe::of(pattern)?))).collect()
    }
}
