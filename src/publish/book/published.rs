//! Where the pages of patterns stand in the web.

use std::collections::BTreeMap;

use super::assemble::home_paths;
use super::chapters::Problems;
use super::config::read_config;
use crate::model::Catalog;
use crate::publish::html;
use crate::publish::html::link::page_path;
use crate::source::Sources;

/// The address of each pattern's page in the published site, by the pattern's id; none where
/// `book.toml` does not say where that is.
pub fn published(catalog: &Catalog, sources: &Sources) -> BTreeMap<String, String> {
    let config = read_config(catalog, sources, &mut Problems::new());
    let root = html::address_of(&config).unwrap_or_default();
    // `site-url` may also be the path of a folder.
    if !root.starts_with("http") {
        return BTreeMap::new();
    }
    let homes = home_paths(catalog).into_iter();
    homes.map(|(id, path)| (id.to_owned(), format!("{root}{}", page_path(&path)))).collect()
}
