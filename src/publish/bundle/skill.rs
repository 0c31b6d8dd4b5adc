//! The folder of one skill: SKILL.md, a reference for each pattern, and the files to copy.
//!
//! No link leads out of the folder, which may be copied alone: what stands in another skill is
//! named, not linked.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::MARK;
use crate::error::Error;
use crate::model::yaml::manifest::{Manifest, Skill};
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
        link: &|id| Some(if names.contains(id) { format!("{id}.md") } else { elsewhere(id) }),
        script: &|example| script_path(pattern, example).map(|path| format!("../{path}")),
        is_page: false,
    };
    let view = view::pattern(pattern, catalog, &target);
    let text = engine.render("skill/reference.md", &view)?;
    let path = format!("references/{}.md", pattern.content.id.value);
    Ok((path, name_elsewhere(&text, &catalog.manifest)))
}

fn skill_text(
    skill: &Skill,
    catalog: &Catalog,
    names: &BTreeSet<&str>,
    scripts: Vec<ScriptView>,
    engine: &Engine,
) -> Result<String, Error> {
    let link = |id: &str| {
        Some(if names.contains(id) { format!("references/{id}.md") } else { elsewhere(id) })
    };
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
    let text = engine.render("skill/SKILL.md", &view)?;
    Ok(name_elsewhere(&text, &catalog.manifest))
}

/// The address of a pattern that is no part of the skill, until the whole text is there.
fn elsewhere(id: &str) -> String {
    format!("pattern:{id}")
}

/// Replaces each link to a pattern that is no part of the skill by its words, and the pattern's id
/// behind them; the first time with the name of a skill that has it. In none, the words stay alone.
fn name_elsewhere(text: &str, manifest: &Manifest) -> String {
    let mut named = BTreeSet::new();
    markdown::replace_references(text, &mut |words, id, _| {
        let has = |skill: &&Skill| skill.patterns.iter().any(|own| own.value == id);
        match manifest.skills.iter().find(has) {
            Some(skill) if named.insert(id.to_owned()) => {
                format!("{words} (skill `{}`, `{id}`)", skill.name.value)
            }
            Some(_) => format!("{words} (`{id}`)"),
            None => words.to_owned(),
        }
    })
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
