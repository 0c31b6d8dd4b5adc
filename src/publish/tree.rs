//! Files in memory, before anything is written.

use std::collections::BTreeMap;

/// The files of a target: path with `/` to bytes.
pub type FileTree = BTreeMap<String, Vec<u8>>;
