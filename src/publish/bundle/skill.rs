//! The folder of one skill: SKILL.md, a reference for each pattern, and the files to copy.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::MARK;
use crate::error::Error;
use crate::model::yaml::manifest::Skill;
use crate::model::{Catalog, Example, Pattern};
use crate::publish::tree::{FileTree, OwnedFolder};
use crate::render::view::{self, LinkView, Target};
use crate::render::{Engine, markdown};

/// What the template of a SKILL.md sees.
#[derive(Serialize)]
struct SkillView {
    front_matter: String,
    title: String,
    intro: Option<String>,
    /// The address of the repository that holds the tool.
    repository: Option<String>,
    patterns: Vec<LinkView>,
    scripts: Vec<ScriptView>,
}

#[derive(Serialize)]
struct ScriptView {
    path: String,
    title: String,
}

/// Builds the folder of a skill.
pub(super) fn build(
    skill: &Skill,
    catalog: &Catalog,
    engine: &Engine,
) -> Result<OwnedFolder, Error> {
    let patterns: Vec<&Pattern> =
        skill.patterns.iter().filter_map(|id| catalog.patterns.get(&id.value)).collect();
    let names: BTreeSet<&str> = skill.patterns.iter().map(|id| id.value.as_str()).collect();
    let mut files = FileTree::new();
    let mut executables = BTreeSet::new();
    let mut scripts = Vec::new();
    for pattern in &patterns {
        for example in &pattern.examples {
            let Some(path) = script_path(pattern, example) else { continue };
            files.insert(path.clone(), example.snippet.text.clone().into_bytes());
            if example.script.as_ref().is_some_and(|script| script.is_executable) {
                executables.insert(path.clone());
            }
            let title = format!("{}: {}", pattern.content.title, example.entry.title);
            scripts.push(ScriptView { path, title });
        }
    }
    let references: Vec<(String, String)> = patterns
        .par_iter()
        .map(|pattern| reference(pattern, catalog, &names, engine))
        .collect::<Result<_, Error>>()?;
    files.extend(references.into_iter().map(|(path, text)| (path, text.into_bytes())));
    let text = skill_text(skill, catalog, &names, scripts, engine)?;
    files.insert("SKILL.md".to_owned(), text.into_bytes());
    Ok(OwnedFolder { files, executables, mark: MARK })
}

fn reference(
    pattern: &Pattern,
    catalog: &Catalog,
    names: &BTreeSet<&str>,
    engine: &Engine,
) -> Result<(String, String), Error> {
    let target = Target {
        link: &|id| names.contains(id).then(|| format!("{id}.md")),
        script: &|example| script_path(pattern, example).map(|path| format!("../{path}")),
        is_page: false,
    };
    let view = view::pattern(pattern, catalog, &target);
    let text = engine.render("skill/reference.md", &view)?;
    Ok((format!("references/{}.md", pattern.content.id.value), text))
}

fn skill_text(
    skill: &Skill,
    catalog: &Catalog,
    names: &BTreeSet<&str>,
    scripts: Vec<ScriptView>,
    engine: &Engine,
) -> Result<String, Error> {
    let link = |id: &str| names.contains(id).then(|| format!("references/{id}.md"));
    let target = Target { link: &link, script: &|_| None, is_page: false };
    let links = skill.patterns.iter().map(|id| view::link(&id.value, catalog, &target));
    let intro = skill.intro.as_ref();
    let view = SkillView {
        front_matter: front_matter(skill, catalog),
        title: skill.title.clone(),
        intro: intro.map(|intro| markdown::field(&intro.text, &link)),
        repository: catalog.manifest.repository.clone(),
        patterns: links.collect(),
        scripts,
    };
    engine.render("skill/SKILL.md", &view)
}

/// Writes the front matter. JSON strings are YAML strings too, whatever they hold.
fn front_matter(skill: &Skill, catalog: &Catalog) -> String {
    let mut lines = vec![
        "---".to_owned(),
        format!("name: {}", json!(skill.name.value)),
        format!("description: {}", json!(skill.description.trim())),
    ];
    if let Some(bundle) = &catalog.manifest.bundle {
        lines.push(format!("license: {}", json!(bundle.license)));
    }
    lines.push("metadata:".to_owned());
    lines.push("  generator: patternbook".to_owned());
    lines.push("---".to_owned());
    lines.join("\n")
}

/// Where the file of an example stands in a skill. Scripts and modules are shipped as they
/// are; configuration stays in the text, where an agent reads it.
fn script_path(pattern: &Pattern, example: &Example) -> Option<String> {
    let script = example.script.as_ref()?;
    // Each pattern has a folder: several patterns have a `get-headers.sh`.
    Some(format!("scripts/{}/{}", pattern.content.id.value, script.name))
}
