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
            Some(near) => anyhow::bail!("no pattern `{id}` can be added; did you mean `{near}`?"),
            None => anyhow::bail!(
                "no pattern `{id}` can be added; `patternbook add` lists those that can"
            ),
        }
    }

    /// Lists what can be added.
    pub(super) fn list(&self) -> anyhow::Result<()> {
        let all = self.all();
        let width = all.keys().map(|id| id.chars().count()).max().unwrap_or_default();
        let mut out = io::stdout().lock();
        for (id, recipe) in &all {
            let title = &recipe.pattern.content.title;
            writeln!(out, "{}", printable(&format!("{id:width$}  {title}")))?;
        }
        Ok(())
    }

    fn all(&self) -> BTreeMap<String, Recipe<'_>> {
        let own = self.project.iter().flat_map(|loaded| &loaded.catalog.patterns);
        let patterns = self.built_in.iter().chain(own);
        patterns.filter_map(|(id, pattern)| Some((id.clone(), Recipe::of(pattern)?))).collect()
    }
}
