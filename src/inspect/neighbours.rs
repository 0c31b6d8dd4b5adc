//! Lets rules ask about the files around a document, and about no other: on the disk, or of a
//! plugin that is in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::plugin::Plugin;
use crate::error::Error;
use crate::lint::document::{Entry, Neighbours};
use crate::lint::unit::SURROUNDINGS;
use crate::source::disk::{self, Folder, TEXT_LIMIT};

/// For each mark of surroundings, the nearest folder that holds it: this one or one above.
type Nearest = [Option<Arc<Path>>; SURROUNDINGS.len()];

/// The folders that documents may look around in. Each is asked for its marks once.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    nearest: Mutex<HashMap<PathBuf, Nearest>>,
    /// The plugin in memory that all documents are files of, if they are.
    plugin: Option<Arc<Plugin>>,
}

impl Surroundings {
    /// Those of the files of a plugin in memory.
    pub(super) fn of_plugin(plugin: Plugin) -> Self {
        Self { plugin: Some(Arc::new(plugin)), ..Self::default() }
    }

    /// The folder that the documents of a folder may look around in; both without links.
    fn root(&self, folder: &Path) -> PathBuf {
        let mut known = self.nearest.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = nearest(folder, &mut known);
        nearest.iter().flatten().next().map_or_else(|| folder.to_owned(), |root| root.to_path_buf())
    }
}

fn nearest(folder: &Path, known: &mut HashMap<PathBuf, Nearest>) -> Nearest {
    if let Some(nearest) = known.get(folder) {
        return nearest.clone();
    }
    let mut found = folder.parent().map(|above| nearest(above, known)).unwrap_or_default();
    for (mark, nearest) in SURROUNDINGS.iter().zip(&mut found) {
        if disk::holds(folder, mark) {
            *nearest = Some(folder.into());
        }
    }
    known.insert(folder.to_owned(), found.clone());
    found
}

/// Where a document stands, and what is around it.
pub(super) struct Around {
    /// What is in the folder that it may look around in.
    pub neighbours: Arc<dyn Neighbours>,
    /// The document's path below that folder.
    pub path: String,
    /// The name of the folder that it is in.
    pub parent: String,
}

impl Around {
    /// Finds the plugin of a document, or else its repository, or else its skill, or else the
    /// folder that it is in.
    pub(super) fn document(path: &Path, surroundings: &Surroundings) -> Result<Self, Error> {
        if let Some(plugin) = &surroundings.plugin {
            let neighbours = Arc::clone(plugin) as Arc<dyn Neighbours>;
            return Ok(Self::new(neighbours, disk::with_slashes(path), path));
        }
        let (folder, path) = Folder::around(path, |folder| surroundings.root(folder))?;
        let full = folder.root().join(&path);
        Ok(Self::new(Arc::new(folder), path, &full))
    }

    fn new(neighbours: Arc<dyn Neighbours>, path: String, full: &Path) -> Self {
        let parent = full.parent().and_then(Path::file_name).unwrap_or_default();
        Self { neighbours, path, parent: parent.to_string_lossy().into_owned() }
    }
}

impl Neighbours for Folder {
    fn entry(&self, path: &str) -> Option<Entry> {
        let (is_folder, is_executable) = self.kind(path)?;
        Some(Entry { is_folder, is_executable })
    }

    fn text(&self, path: &str) -> Option<String> {
        self.read(path, TEXT_LIMIT).ok()
    }

    fn files(&self, folder: &str) -> Vec<String> {
        self.all_files(folder).unwrap_or_default()
    }
}
