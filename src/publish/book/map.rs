//! The map of all patterns, in the chapters that ask for it.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::model::Catalog;
use crate::render::view::Target;
use crate::render::{Engine, compare};

/// Where the map goes, on a line of its own.
const MARKER: &str = "<!-- patternbook: map -->";

/// Puts the map into each page that has a place for it. `homes` are the pages of the patterns.
pub(super) fn place(
    pages: &mut BTreeMap<String, String>,
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<(), Error> {
    for (path, text) in pages.iter_mut().filter(|(_, text)| text.contains(MARKER)) {
        let up = "../".repeat(path.matches('/').count());
        let link = |id: &str| homes.get(id).map(|home| format!("{up}{home}"));
        let target = Target { link: &link, script: &|_| None, is_page: true };
        let map = engine.render("book/map.md", &compare::guides(catalog, &target, None))?;
        *text = text.replace(MARKER, map.trim_end());
    }
    Ok(())
}
