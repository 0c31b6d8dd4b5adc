//! The plugins and skills that files belong to, and the scripts that configurations around them
//! name: as the disk tells, so that it is the same for a file, for its folder and for an editor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::lint;
use crate::lint::document::join;
use crate::lint::unit::{CONFIGURATIONS, MANIFEST, PLUGINS, SKILL};
use crate::source::disk::{self, DATA_LIMIT};

/// What is known of the folders that files are in.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// By the path of the folder as a report shows it, without the `/` behind it.
    folders: BTreeMap<String, Around>,
    /// Scripts that some configuration runs for the headers of a server, without links.
    helpers: BTreeSet<PathBuf>,
    /// Whether all files are of one plugin.
    is_plugin: bool,
}

/// What is around a folder.
#[derive(Debug)]
struct Around {
    /// Where it is, without links.
    place: PathBuf,
    is: Membership,
}

/// What a folder belongs to, itself or by a folder above it.
#[derive(Debug, Clone, Copy, Default)]
struct Membership {
    /// A skill, or a plugin that has a manifest: its texts go out together.
    is_published: bool,
    /// One of these, or a marketplace: its pages lead to one another.
    is_linked: bool,
}

impl Units {
    /// What is known of the files of a plugin.
    pub(super) fn of_plugin() -> Self {
        Self { is_plugin: true, ..Self::default() }
    }

    /// Looks at the folders that files are in, and at those above. Each file comes with its path
    /// as a report shows it.
    pub(super) fn around<'f>(files: impl Iterator<Item = (&'f str, &'f Path)>) -> Self {
        let mut units = Self::default();
        let mut known = BTreeMap::new();
        for (name, path) in files {
            let folder = folder_of(name);
            if !units.folders.contains_key(folder) {
                let place = disk::place_of_folder(path.parent().unwrap_or(path));
                let is = units.look_at(&place, &mut known);
                units.folders.insert(folder.to_owned(), Around { place, is });
            }
        }
        units
    }

    fn look_at(&mut self, place: &Path, known: &mut BTreeMap<PathBuf, Membership>) -> Membership {
        let mut is = Membership::default();
        let mut new = Vec::new();
        for folder in place.ancestors() {
            if let Some(above) = known.get(folder) {
                is = *above;
                break;
            }
            new.push(folder);
        }
        for folder in new.into_iter().rev() {
            self.read_configurations(folder);
            let is_skill = disk::holds(folder, SKILL);
            let has_plugins = disk::holds(folder, PLUGINS);
            is.is_published |= is_skill || has_plugins && disk::holds(folder, MANIFEST);
            is.is_linked |= is_skill || has_plugins;
            known.insert(folder.to_owned(), is);
        }
        is
    }

    fn read_configurations(&mut self, folder: &Path) {
        for name in CONFIGURATIONS {
            let Ok(text) = disk::read(&folder.join(name), DATA_LIMIT) else { continue };
            let scripts = lint::helper_scripts(&text);
            let below = scripts.iter().filter_map(|script| join("", script));
            self.helpers.extend(below.map(|script| folder.join(script)));
        }
    }

    /// Tells whether a file is part of a plugin or a skill.
    pub(super) fn is_published(&self, path: &str) -> bool {
        self.is_plugin || self.of(path).is_some_and(|around| around.is.is_published)
    }

    /// Tells whether the links of a page may lead through a plugin, a skill or a marketplace.
    pub(super) fn is_linked(&self, path: &str) -> bool {
        self.is_plugin || self.of(path).is_some_and(|around| around.is.is_linked)
    }

    /// Tells whether some configuration runs a file for the headers of a server.
    pub(super) fn is_helper(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_named = |around: &Around| self.helpers.contains(&around.place.join(name));
        !self.helpers.is_empty() && self.of(path).is_some_and(is_named)
    }

    /// The path of a file from two folders above it: so many say at the most what it is. None where
    /// `path` names them itself.
    pub(super) fn with_folders(&self, path: &str) -> Option<String> {
        if path.matches('/').count() >= 2 && !path.contains("../") {
            return None;
        }
        let place = &self.of(path)?.place;
        let base = place.ancestors().nth(2).unwrap_or(Path::new(""));
        let folders = disk::with_slashes(place.strip_prefix(base).ok()?);
        Some(format!("{folders}/{}", path.rsplit('/').next().unwrap_or_default()))
    }

    fn of(&self, path: &str) -> Option<&Around> {
        self.folders.get(folder_of(path))
    }
}

/// The folder of a path that a report shows.
fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => "",
    }
}
