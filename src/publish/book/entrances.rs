//! The pages that lead to the patterns of all guides: questions to answer, and a comparison.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::model::Catalog;
use crate::render::view::Target;
use crate::render::{Engine, choose, compare};

/// The page with the questions of `choose.yaml`.
const CHOOSE: &str = "choose.md";
/// The page with all patterns side by side.
const COMPARE: &str = "compare.md";

/// The pages that this project has, with their titles, in the order to read.
fn entrances(
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
) -> Vec<(&'static str, &'static str)> {
    let mut pages = Vec::new();
    if catalog.decisions.is_some() {
        pages.push((CHOOSE, "Choose a pattern"));
    }
    // There is nothing to compare one pattern with.
    if homes.len() > 1 {
        pages.push((COMPARE, "Compare the patterns"));
    }
    pages
}

/// The paths of these pages.
pub(super) fn paths(catalog: &Catalog, homes: &BTreeMap<&str, String>) -> Vec<String> {
    entrances(catalog, homes).iter().map(|(path, _)| (*path).to_owned()).collect()
}

/// The summary's lines for these pages: a part of their own, before the guides.
pub(super) fn summary(catalog: &Catalog, homes: &BTreeMap<&str, String>) -> String {
    let pages = entrances(catalog, homes);
    if pages.is_empty() {
        return String::new();
    }
    let lines: String =
        pages.iter().map(|(path, title)| format!("- [{title}]({path})\n")).collect();
    format!("# Find what you need\n\n{lines}\n")
}

/// Renders these pages.
pub(super) fn pages(
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<Vec<(String, String)>, Error> {
    let link = |id: &str| homes.get(id).cloned();
    let target = Target { link: &link, script: &|_| None, is_page: true };
    let entrances = entrances(catalog, homes);
    let address = |page: &str| {
        let is_there = entrances.iter().any(|(path, _)| *path == page);
        is_there.then(|| page.to_owned())
    };
    let mut pages = Vec::new();
    if let Some(path) = &catalog.decisions {
        let view = choose::path(path, catalog, &target, address(COMPARE));
        pages.push((CHOOSE.to_owned(), engine.render("book/choose.md", &view)?));
    }
    if address(COMPARE).is_some() {
        let view = compare::guides(catalog, &target, address(CHOOSE));
        pages.push((COMPARE.to_owned(), engine.render("book/compare.md", &view)?));
    }
    Ok(pages)
}
