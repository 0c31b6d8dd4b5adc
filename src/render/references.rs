//! What the template of the page of sources may see. A contract, as in [`view`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::view::{self, LinkView, Target};
use crate::model::Catalog;

/// What the patterns rest on, and were checked against.
#[derive(Debug, Serialize)]
pub struct ReferencesView {
    /// Specifications with a revision.
    pub specifications: Vec<ReferenceView>,
    /// RFCs, by number.
    pub rfcs: Vec<ReferenceView>,
    /// Programs and packages.
    pub programs: Vec<ReferenceView>,
}

/// Something that patterns rest on.
#[derive(Debug, Serialize)]
pub struct ReferenceView {
    /// Its name for people.
    pub title: String,
    /// What it is called there, for an RFC that the manifest has a title of.
    pub name: Option<String>,
    /// Its revision or version; an RFC has none.
    pub version: Option<String>,
    /// Its address.
    pub href: Option<String>,
    /// The pages that cite it, or were checked against it.
    pub pages: Vec<LinkView>,
}

/// Makes the view of everything that the patterns of a catalog name.
pub fn references(catalog: &Catalog, target: &Target<'_>) -> ReferencesView {
    let manifest = &catalog.manifest;
    let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut by_rfc: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    for (id, pattern) in &catalog.patterns {
        for source in &pattern.content.sources {
            if let Some(spec) = &source.spec {
                by_name.entry(spec.as_str()).or_default().insert(id);
            }
            if let Some(rfc) = &source.rfc {
                by_rfc.entry(rfc.value).or_default().insert(id);
            }
        }
        for name in pattern.content.checked.keys() {
            by_name.entry(name).or_default().insert(id);
        }
    }
    let pages = |ids: Option<&BTreeSet<&str>>| {
        ids.into_iter().flatten().map(|id| view::link(id, catalog, target)).collect::<Vec<_>>()
    };
    let specifications = manifest.specs.iter().map(|(name, spec)| ReferenceView {
        title: spec.title.clone(),
        name: None,
        version: Some(spec.revision.clone()),
        href: Some(spec.url.clone()),
        pages: pages(by_name.get(name.as_str())),
    });
    let rfcs = by_rfc.iter().map(|(number, ids)| ReferenceView {
        title: format!("RFC {number}"),
        name: manifest.rfcs.get(&number.to_string()).cloned(),
        version: None,
        href: Some(format!("https://www.rfc-editor.org/rfc/rfc{number}.html")),
        pages: pages(Some(ids)),
    });
    let programs = manifest.versions.iter().map(|(name, version)| ReferenceView {
        title: version.title.clone(),
        name: None,
        version: Some(version.version.clone()),
        href: None,
        pages: pages(by_name.get(name.as_str())),
    });
    ReferencesView {
        specifications: specifications.collect(),
        rfcs: rfcs.collect(),
        programs: programs.collect(),
    }
}
