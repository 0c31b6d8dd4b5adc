//! The pages over the patterns of all guides: questions that lead to one, a comparison, indexes.
//!
//! To add one: write its view in `render/`, its template in `templates/book/`, and a line in
//! [`INDEXES`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::error::Error;
use crate::model::Catalog;
use crate::render::view::Target;
use crate::render::{Engine, choose, compare, references, symptoms, topics};

/// A page over all patterns.
struct Index {
    path: &'static str,
    title: &'static str,
    /// The part of the summary that it stands in.
    part: Part,
    /// Whether a project has it.
    is_there: fn(&Catalog) -> bool,
    /// Renders it. It is only called where the page is there.
    render: fn(&Pages<'_>) -> Result<String, Error>,
}

/// Where a page stands in the summary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Before the guides.
    Entrance,
    /// Behind the guides.
    Background,
}

/// What pages are made from.
struct Pages<'a> {
    catalog: &'a Catalog,
    target: Target<'a>,
    engine: &'a Engine,
}

/// The questions of `choose.yaml`.
const CHOOSE: &str = "choose.md";
/// All patterns side by side.
const COMPARE: &str = "compare.md";

/// Every such page, in the order to read.
static INDEXES: &[Index] = &[
    Index {
        path: CHOOSE,
        title: "Choose a pattern",
        part: Part::Entrance,
        is_there: |catalog| catalog.decisions.is_some(),
        render: |pages| {
            let Some(path) = &pages.catalog.decisions else { return Ok(String::new()) };
            let compare = pages.address(COMPARE);
            let view = choose::path(path, pages.catalog, &pages.target, compare);
            pages.engine.render("book/choose.md", &view)
        },
    },
    Index {
        path: COMPARE,
        title: "Compare the patterns",
        part: Part::Entrance,
        // There is nothing to compare one pattern with.
        is_there: |catalog| catalog.patterns.len() > 1,
        render: |pages| {
            let choose = pages.address(CHOOSE);
            let view = compare::guides(pages.catalog, &pages.target, choose);
            pages.engine.render("book/compare.md", &view)
        },
    },
    Index {
        path: "symptoms.md",
        title: "Find it by what you see",
        part: Part::Entrance,
        is_there: |catalog| {
            catalog.patterns.values().any(|pattern| !pattern.content.troubleshooting.is_empty())
        },
        render: |pages| {
            let view = symptoms::symptoms(pages.catalog, &pages.target);
            pages.engine.render("book/symptoms.md", &view)
        },
    },
    Index {
        path: "references.md",
        title: "Specifications and versions",
        part: Part::Background,
        is_there: |catalog| {
            let mut sources = catalog.patterns.values().flat_map(|it| &it.content.sources);
            let manifest = &catalog.manifest;
            !manifest.specs.is_empty()
                || !manifest.versions.is_empty()
                || sources.any(|source| source.rfc.is_some())
        },
        render: |pages| {
            let view = references::references(pages.catalog, &pages.target);
            pages.engine.render("book/references.md", &view)
        },
    },
    Index {
        path: "topics.md",
        title: "What the guides cover",
        part: Part::Background,
        is_there: |catalog| !catalog.manifest.topics.is_empty(),
        render: |pages| {
            let view = topics::topics(pages.catalog, &pages.target);
            pages.engine.render("book/topics.md", &view)
        },
    },
];

impl Pages<'_> {
    /// The address of another page, where the project has it.
    fn address(&self, path: &str) -> Option<String> {
        existing(self.catalog).any(|index| index.path == path).then(|| path.to_owned())
    }
}

fn existing(catalog: &Catalog) -> impl Iterator<Item = &'static Index> {
    // A project without a guide has no page that could be led to.
    let has_guides = !catalog.manifest.guides.is_empty();
    INDEXES.iter().filter(move |index| has_guides && (index.is_there)(catalog))
}

/// The paths of these pages.
pub(super) fn paths(catalog: &Catalog) -> Vec<String> {
    existing(catalog).map(|index| index.path.to_owned()).collect()
}

/// Tells whether some project has such a page at a path.
pub(super) fn has(path: &str) -> bool {
    INDEXES.iter().any(|index| index.path == path)
}

/// The summary's lines for these pages, under a heading of their own.
pub(super) fn summary(catalog: &Catalog, part: Part) -> String {
    let heading = match part {
        Part::Entrance => "Find what you need",
        Part::Background => "Behind the pages",
    };
    let mut text = String::new();
    for index in existing(catalog).filter(|index| index.part == part) {
        writeln!(text, "- [{}]({})", index.title, index.path).expect("strings take any text");
    }
    if text.is_empty() { text } else { format!("# {heading}\n\n{text}\n") }
}

/// Renders these pages.
pub(super) fn pages(
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<Vec<(String, String)>, Error> {
    let paths = existing(catalog).map(|index| index.path);
    let render = |path| Ok((path, page(path, catalog, homes, engine)?));
    let pages: Result<Vec<_>, Error> = paths.map(render).collect();
    let pages = pages?.into_iter();
    Ok(pages.filter_map(|(path, text)| Some((path.to_owned(), text?))).collect())
}

/// Renders one of these pages; none where the project has no such page.
pub(super) fn page(
    path: &str,
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<Option<String>, Error> {
    let link = |id: &str| homes.get(id).cloned();
    let target = Target { link: &link, script: &|_| None, is_page: true };
    let pages = Pages { catalog, target, engine };
    let index = existing(catalog).find(|index| index.path == path);
    index.map(|index| (index.render)(&pages)).transpose()
}
