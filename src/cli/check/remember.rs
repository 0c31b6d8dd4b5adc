//! The cache of `check`, in the user's cache folder. Without one, everything is parsed again.

use std::path::{Path, PathBuf};

use crate::check::Strictness;
use crate::cli::machine::{cache_folder, variable};
use crate::inspect::cache::Cache;
use crate::inspect::tree;
use crate::publish::reference::all_rules;
use crate::publish::tree::keep;
use crate::source::disk;

/// What made this program: its version, and a hash of its source.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("PATTERNBOOK_BUILD"));

/// How many trees are remembered.
const MOST_TREES: usize = 32;

/// The most that is read of a cache, in bytes.
const MOST_BYTES: u64 = 300 << 20;

/// What is remembered of a tree.
pub(super) struct Memory {
    cache: Cache,
    folder: PathBuf,
    name: String,
}

impl Memory {
    /// Opens what is remembered of these folders; nothing for single files, which are parsed
    /// before a cache is read.
    pub(super) fn open(paths: &[PathBuf], strictness: Strictness) -> Option<Self> {
        if paths.iter().all(|path| disk::is_file(path)) {
            return None;
        }
        let folder = match variable("PATTERNBOOK_CACHE") {
            Some(folder) => PathBuf::from(folder),
            None => cache_folder().ok()?.join("check"),
        };
        let mut hasher = blake3::Hasher::new();
        for path in paths {
            hasher.update(tree::display(&disk::canonical(path).ok()?).as_bytes());
            hasher.update(&[0]);
        }
        hasher.update(format!("{strictness:?}").as_bytes());
        let name = format!("{}.cache", &hasher.finalize().to_hex()[..32]);
        let bytes = read(&folder.join(&name));
        Some(Self { cache: Cache::open(bytes, BUILD, strictness, &all_rules()), folder, name })
    }

    pub(super) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Writes what this run added. A cache that cannot be written is no fault: the next run only
    /// takes longer.
    pub(super) fn keep(self, is_whole: bool) {
        if let Some(bytes) = self.cache.close(is_whole) {
            let _ = keep(&self.folder, &self.name, &bytes, MOST_TREES);
        }
    }
}

fn read(path: &Path) -> Vec<u8> {
    disk::read_own(path, MOST_BYTES).unwrap_or_default()
}
