//! The plugin bundle: manifests, and a folder for each skill.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::tree::{Content, FileTree, Output, OwnedFolder};
use crate::error::Error;
use crate::model::yaml::manifest::{Bundle, Skill};
use crate::model::{Catalog, Example, Pattern};
use crate::render::view::{self, LinkView, Target};
use crate::render::{Engine, markdown};
use crate::source::disk::{Folder, TEXT_LIMIT};

/// How a skill's folder is known to be ours: its front matter says who wrote it.
const MARK: (&str, &str) = ("SKILL.md", "generator: patternbook");

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

/// Builds the bundle of a project: what goes where below `root`.
pub fn build(catalog: &Catalog, engine: &Engine, root: &Path) -> Result<Vec<Output>, Error> {
    let manifest = &catalog.manifest;
    let mut outputs = Vec::new();
    if let Some(bundle) = &manifest.bundle {
        let folder = root.join(".claude-plugin");
        outputs.push(json_file(folder.join("plugin.json"), &plugin(catalog, bundle), bundle));
        let marketplace = marketplace(bundle, &json!("./"));
        outputs.push(json_file(folder.join("marketplace.json"), &marketplace, bundle));
    }
    for skill in &manifest.skills {
        let folder = build_skill(skill, catalog, engine)?;
        let path = root.join("skills").join(&skill.name.value);
        outputs.push(Output { path, content: Content::Folder(folder) });
    }
    Ok(outputs)
}

/// Finds the folders of skills that we wrote and that the manifest no longer names.
pub fn stale(catalog: &Catalog, folder: &Folder) -> Result<Vec<PathBuf>, Error> {
    let (file, word) = MARK;
    let mut stale = Vec::new();
    for path in folder.files("skills")? {
        let Some(skill) = path.strip_suffix(&format!("/{file}")) else { continue };
        let name = skill.strip_prefix("skills/").unwrap_or(skill);
        let is_wanted = catalog.manifest.skills.iter().any(|skill| skill.name.value == name);
        let is_ours = folder.read(&path, TEXT_LIMIT).is_ok_and(|text| text.contains(word));
        if !is_wanted && is_ours && !name.contains('/') {
            stale.push(folder.root().join(skill));
        }
    }
    Ok(stale)
}

fn plugin(catalog: &Catalog, bundle: &Bundle) -> serde_json::Value {
    let mut plugin = json!({
        "name": bundle.name,
        "version": bundle.version,
        "description": bundle.description,
        "author": author(bundle),
        "license": bundle.license,
        "keywords": bundle.keywords,
    });
    if let Some(repository) = &catalog.manifest.repository {
        plugin["repository"] = json!(repository);
    }
    plugin
}

/// A marketplace with one plugin, the bundle. `source` says where it is.
pub(super) fn marketplace(bundle: &Bundle, source: &serde_json::Value) -> serde_json::Value {
    json!({
        "name": bundle.name,
        "owner": author(bundle),
        "metadata": {"description": bundle.description},
        "plugins": [{
            "name": bundle.name,
            "source": source,
            "description": bundle.description,
            "version": bundle.version,
            "license": bundle.license,
            "keywords": bundle.keywords,
        }],
    })
}

fn author(bundle: &Bundle) -> serde_json::Value {
    match &bundle.author.url {
        Some(url) => json!({"name": bundle.author.name, "url": url}),
        None => json!({"name": bundle.author.name}),
    }
}

/// Writes JSON for a file.
pub(super) fn json_text(value: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value of text keys is JSON");
    text.push('\n');
    text
}

fn json_file(path: PathBuf, value: &serde_json::Value, bundle: &Bundle) -> Output {
    let text = json_text(value);
    // Both files name the plugin; one that names another is somebody else's.
    let mark = format!("\"name\": {}", json!(bundle.name));
    Output { path, content: Content::File { bytes: text.into_bytes(), mark } }
}

fn build_skill(skill: &Skill, catalog: &Catalog, engine: &Engine) -> Result<OwnedFolder, Error> {
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
