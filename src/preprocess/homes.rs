//! Which chapter of the book holds which pattern.

use std::collections::BTreeMap;

use mdbook_preprocessor::book::{Book, Chapter};

use super::directive::{self, Kind};
use crate::source::address;
use crate::source::disk::with_slashes;

/// The chapters that hold patterns.
#[derive(Debug, Default)]
pub(super) struct Homes {
    chapters: BTreeMap<String, Home>,
}

#[derive(Debug)]
struct Home {
    /// The chapter's path below the folder of all chapters.
    path: String,
    /// Whether the chapter holds no other pattern, so that its anchors are the pattern's.
    is_alone: bool,
}

impl Homes {
    /// Finds them: the first chapter that puts a pattern into itself holds it.
    pub(super) fn of(book: &Book, has_index: bool) -> Self {
        let mut homes = Self::default();
        for chapter in book.chapters() {
            let Some(path) = place(chapter, has_index) else { continue };
            let mut found = directive::find(&chapter.content);
            found.retain(|it| it.kind == Kind::Pattern && !it.is_escaped);
            let is_alone = found.len() == 1;
            for directive in found {
                let home = || Home { path: path.clone(), is_alone };
                homes.chapters.entry(directive.name.to_owned()).or_insert_with(home);
            }
        }
        homes
    }

    /// The address of a pattern, or of a place in it, from a chapter.
    pub(super) fn address(&self, id: &str, within: &str, from: Option<&str>) -> Option<String> {
        let home = self.chapters.get(id)?;
        let anchor = match within {
            // Of several patterns in one chapter the headings are numbered.
            within if home.is_alone && !within.is_empty() => within.to_owned(),
            _ => anchor(id),
        };
        if from == Some(home.path.as_str()) {
            return Some(format!("#{anchor}"));
        }
        let up = "../".repeat(from.unwrap_or_default().matches('/').count());
        Some(format!("{up}{}#{anchor}", address::encode(&home.path)))
    }
}

/// The anchor of a pattern's title.
pub(super) fn anchor(id: &str) -> String {
    format!("pattern-{id}")
}

/// Where a chapter will stand. mdBook's `index` makes `index.md` of `README.md`, before or after.
pub(super) fn place(chapter: &Chapter, has_index: bool) -> Option<String> {
    let path = chapter.path.as_ref()?;
    let is_readme =
        path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("readme")) && has_index;
    Some(with_slashes(&if is_readme { path.with_file_name("index.md") } else { path.clone() }))
}
