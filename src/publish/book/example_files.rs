//! The examples that are files, published beside the pages, so that a reader can open them.
//!
//! Each stands there twice: as it is, and as plain text, which every browser shows and none
//! takes for a download.

use std::collections::BTreeMap;

use crate::model::{Catalog, Example, Pattern};
use crate::source::address::encode;

/// The folder of the site that they are in.
const FOLDER: &str = "files";

/// The path of an example's file below the site's root, if it has one.
fn path(pattern: &Pattern, example: &Example) -> Option<String> {
    let script = example.script.as_ref()?;
    Some(format!("{FOLDER}/{}/{}", pattern.content.id.value, script.name))
}

/// The address of an example's file from the site's root, if it has one.
pub(super) fn address(pattern: &Pattern, example: &Example) -> Option<String> {
    path(pattern, example).map(|path| encode(&path))
}

/// The files of all patterns, as text in memory, by their path in the site.
pub(super) fn files(catalog: &Catalog) -> BTreeMap<String, &str> {
    let mut files = BTreeMap::new();
    for pattern in catalog.patterns.values() {
        for example in &pattern.examples {
            let Some(path) = path(pattern, example) else { continue };
            files.insert(format!("{path}.txt"), example.snippet.text.as_str());
            files.insert(path, example.snippet.text.as_str());
        }
    }
    files
}
