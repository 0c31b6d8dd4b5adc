//! A file in the user's cache folder, for what a later run may know already. Where there is none,
//! or somebody else's, everything is done again.

use std::path::PathBuf;

use super::machine::{cache_folder, variable};
use crate::inspect::tree;
use crate::publish::tree::keep;
use crate::source::disk;

/// What made this program: its version, and a hash of its source.
pub(super) const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("PATTERNBOOK_BUILD"));

/// How many files of one kind are kept.
const MOST_FILES: usize = 32;

/// The most that is read of a file, in bytes.
const MOST_BYTES: u64 = 300 << 20;

/// A place for the bytes of one kind about some folders and files.
pub(super) struct Shelf {
    folder: PathBuf,
    name: String,
}

impl Shelf {
    /// The place for what is known about `paths`, and no other paths; none where they or the
    /// cache folder cannot be found. `option` is what else it depends on.
    pub(super) fn of(kind: &str, paths: &[PathBuf], option: &str) -> Option<Self> {
        let folder = match variable("PATTERNBOOK_CACHE") {
            Some(folder) => PathBuf::from(folder),
            None => cache_folder().ok()?.join(kind),
        };
        let mut hasher = blake3::Hasher::new();
        for path in paths {
            hasher.update(tree::display(&disk::canonical(path).ok()?).as_bytes());
            hasher.update(&[0]);
        }
        hasher.update(option.as_bytes());
        let name = format!("{}.{kind}", &hasher.finalize().to_hex()[..32]);
        Some(Self { folder, name })
    }

    /// What an earlier run kept; nothing where none did.
    pub(super) fn read(&self) -> Vec<u8> {
        disk::read_own(&self.folder.join(&self.name), MOST_BYTES).unwrap_or_default()
    }

    /// Keeps bytes for the next run. That they cannot be written is no fault: it only takes
    /// longer. More than is read again is not kept.
    pub(super) fn keep(&self, bytes: &[u8]) {
        if bytes.len() as u64 > MOST_BYTES {
            return;
        }
        let _ = keep(&self.folder, &self.name, bytes, MOST_FILES);
    }
}
