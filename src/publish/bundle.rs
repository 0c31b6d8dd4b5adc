//! The plugin bundle: a plugin in `skills/`, with a folder for each skill, and the marketplace that
//! leads to it.
//!
//! An install copies the folder that a marketplace names, and all of it. So the plugin has a
//! folder of its own, and nothing else of the repository comes along.

mod plugin;
mod skill;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) use self::plugin::{json_text, marketplace};

use super::tree::{Content, Output, OwnedFolder};
use crate::error::Error;
use crate::inspect::plugin::{File, Plugin};
use crate::model::Catalog;
use crate::render::{Engine, Templates};
use crate::source::disk::{Folder, TEXT_LIMIT, with_slashes};

/// The folder of the plugin, below the project: other programs look for skills there.
pub(super) const FOLDER: &str = "skills";

/// How a skill's folder is known to be ours: its front matter says who wrote it.
const MARK: (&str, &str) = ("SKILL.md", "generator: patternbook");

/// Builds the bundle of a project: what goes where below `root`.
pub fn build(catalog: &Catalog, engine: &Engine, root: &Path) -> Result<Vec<Output>, Error> {
    let manifest = &catalog.manifest;
    let mut outputs = Vec::new();
    if let Some(bundle) = &manifest.bundle {
        outputs.extend(plugin::outputs(catalog, bundle, engine, root)?);
    }
    for skill in &manifest.skills {
        let folder = skill::build(skill, catalog, engine)?;
        let path = root.join(FOLDER).join(&skill.name.value);
        outputs.push(Output { path, content: Content::Folder(folder) });
    }
    Ok(outputs)
}

/// The plugin of a project as it will be; none where no bundle is asked for. `folder` is the
/// project's.
pub fn plugin(catalog: &Catalog, folder: &Folder) -> Result<Option<Plugin>, Error> {
    if catalog.manifest.bundle.is_none() {
        return Ok(None);
    }
    let engine = Engine::new(&Templates::of_project(folder)?)?;
    let outputs = build(catalog, &engine, folder.root())?;
    let mut plugin = Plugin::default();
    for output in outputs {
        let Some(path) = path_in_plugin(&output.path, folder.root()) else { continue };
        match output.content {
            Content::File { bytes, .. } => {
                plugin.files.insert(path, File { bytes, is_executable: false });
            }
            Content::Folder(OwnedFolder { files, executables, .. }) => {
                for (name, bytes) in files {
                    let is_executable = executables.contains(&name);
                    plugin.files.insert(format!("{path}/{name}"), File { bytes, is_executable });
                }
            }
        }
    }
    Ok(Some(plugin))
}

/// Finds the folders of the plugin that we wrote, and that are none of its outputs any more.
pub fn stale(outputs: &[Output], folder: &Folder) -> Result<Vec<PathBuf>, Error> {
    let paths = outputs.iter().filter_map(|output| path_in_plugin(&output.path, folder.root()));
    let wanted: BTreeSet<String> = paths.collect();
    let mut stale = Vec::new();
    for path in folder.all_files(FOLDER)? {
        let Some((name, file)) = path[FOLDER.len() + 1..].split_once('/') else { continue };
        let mark = [MARK, plugin::PART_MARK].into_iter().find(|(marked, _)| *marked == file);
        let Some((_, word)) = mark else { continue };
        let is_ours = || folder.read(&path, TEXT_LIMIT).is_ok_and(|text| text.contains(word));
        if !wanted.contains(name) && is_ours() {
            stale.push(folder.root().join(FOLDER).join(name));
        }
    }
    Ok(stale)
}

/// The folder of a skill among the outputs of [`build`].
pub fn skill<'a>(outputs: &'a [Output], name: &str) -> Option<&'a OwnedFolder> {
    outputs.iter().find_map(|output| match &output.content {
        Content::Folder(folder) if output.path.ends_with(name) => Some(folder),
        Content::Folder(_) | Content::File { .. } => None,
    })
}

/// The path in the plugin of an output of [`build`]; none for one that is no part of it.
pub(super) fn path_in_plugin(output: &Path, root: &Path) -> Option<String> {
    output.strip_prefix(root.join(FOLDER)).ok().map(with_slashes)
}
