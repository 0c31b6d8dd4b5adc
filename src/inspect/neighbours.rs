//! Lets rules ask about the files around a document, and about no other.

use std::path::Path;

use crate::error::Error;
use crate::lint::document::{Entry, Neighbours};
use crate::lint::unit;
use crate::source::disk::{Folder, TEXT_LIMIT};

/// Where a document stands, and what is around it.
pub(super) struct Around {
    folder: Folder,
    /// The document's path below `folder`.
    pub path: String,
    /// The name of the folder that it is in.
    pub parent: String,
}

impl Around {
    /// Finds the plugin of a document, or else its repository, or else its skill, or else the
    /// folder that it is in.
    pub(super) fn document(path: &Path) -> Result<Self, Error> {
        let (folder, path) = Folder::unit_of(path, &unit::SURROUNDINGS)?;
        let parents = folder.root().join(&path);
        let parent = parents.parent().and_then(Path::file_name).unwrap_or_default();
        let parent = parent.to_string_lossy().into_owned();
        Ok(Self { folder, path, parent })
    }
}

impl Neighbours for Around {
    fn entry(&self, path: &str) -> Option<Entry> {
        let (is_folder, is_executable) = self.folder.kind(path)?;
        Some(Entry { is_folder, is_executable })
    }

    fn text(&self, path: &str) -> Option<String> {
        self.folder.read(path, TEXT_LIMIT).ok()
    }

    fn files(&self, folder: &str) -> Vec<String> {
        self.folder.all_files(folder).unwrap_or_default()
    }
}
