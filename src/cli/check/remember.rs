//! The cache of `check`, in the user's cache folder. Without one, everything is parsed again.

use std::path::PathBuf;

use crate::check::Strictness;
use crate::cli::shelf::{BUILD, Shelf};
use crate::inspect::cache::Cache;
use crate::publish::reference::all_rules;
use crate::source::disk;

/// What is remembered of a tree.
pub(super) struct Memory {
    cache: Cache,
    shelf: Shelf,
}

impl Memory {
    /// Opens what is remembered of these folders; nothing for single files, which are parsed
    /// before a cache is read.
    pub(super) fn open(paths: &[PathBuf], strictness: Strictness) -> Option<Self> {
        if paths.iter().all(|path| disk::is_file(path)) {
            return None;
        }
        let shelf = Shelf::of("check", paths, &format!("{strictness:?}"))?;
        let cache = Cache::open(shelf.read(), BUILD, strictness, &all_rules());
        Some(Self { cache, shelf })
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Writes what this run added.
    pub(super) fn keep(self, is_whole: bool) {
        if let Some(bytes) = self.cache.close(is_whole) {
            self.shelf.keep(&bytes);
        }
    }
}
