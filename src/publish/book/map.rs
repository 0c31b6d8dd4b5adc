//! The map of all patterns, in the chapters that ask for it.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use crate::error::Error;
use crate::markdown::options;
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
    for (path, text) in pages.iter_mut() {
        let places = places(text);
        if places.is_empty() {
            continue;
        }

        let up = "../".repeat(path.matches('/').count());
        let link = |id: &str| homes.get(id).map(|home| format!("{up}{home}"));
        let target = Target { link: &link, script: &|_| None, is_page: true };
        let map = engine.render("book/map.md", &compare::guides(catalog, &target, None))?;
        for place in places.into_iter().rev() {
            text.replace_range(place, &map);
        }
    }
    Ok(())
}

/// Tells whether a page may ask for the map.
pub(super) fn is_in(text: &str) -> bool {
    text.contains(MARKER)
}

/// The lines of a page that say nothing but where the map goes.
fn places(text: &str) -> Vec<Range<usize>> {
    if !is_in(text) {
        return Vec::new();
    }
    let events = Parser::new_ext(text, options()).into_offset_iter();
    let is_place = |event: &Event<'_>| matches!(event, Event::Html(html) if html.trim() == MARKER);
    events.filter(|(event, _)| is_place(event)).map(|(_, range)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::{MARKER, places};

    #[test]
    fn only_a_line_of_its_own_is_a_place() {
        let text = format!("a\n\n{MARKER}\n\nb\n\n{MARKER}\n");
        let found: Vec<&str> = places(&text).into_iter().map(|place| &text[place]).collect();
        let line = format!("{MARKER}\n");
        assert_eq!(found, [line.as_str(), line.as_str()]);
        for text in
            [format!("a {MARKER}\n"), format!("`{MARKER}`\n"), format!("```\n{MARKER}\n```\n")]
        {
            assert!(places(&text).is_empty(), "{text}");
        }
    }
}
