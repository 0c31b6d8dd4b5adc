//! Finds the hand-written chapters, and checks that no page hides another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::example_files;
use super::rules::BOOK_COLLISION;
use crate::diagnostic::Diagnostic;
use crate::markdown::page_options;
use crate::model::Catalog;
use crate::model::chapters::BOOK_SOURCE;
use crate::publish::html;
use crate::publish::html::link::page_path;
use crate::source::{FileId, Span};

/// What is wrong with the book's files.
pub type Problems = Vec<Diagnostic>;

/// The file of a hand-written chapter, by its path below the book's `src/`.
pub(super) fn chapter(catalog: &Catalog, name: &str) -> Option<FileId> {
    let path = format!("{BOOK_SOURCE}{name}");
    let chapters = &catalog.chapters.markdown;
    chapters.iter().find(|(chapter, _)| *chapter == path).map(|(_, file)| *file)
}

/// Finds what mdBook would replace by the text of a file. Directives of `patternbook mdbook` may be
/// shown, in code.
pub(super) fn includes(text: &str) -> Vec<usize> {
    let ours = ["{{#pattern ", "{{#example "];
    let mut shown: Vec<Range<usize>> = Vec::new();
    if ours.iter().any(|directive| text.contains(directive)) {
        let events = Parser::new_ext(text, page_options()).into_offset_iter();
        let is_code =
            |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
        shown.extend(events.filter(|(event, _)| is_code(event)).map(|(_, range)| range));
    }
    let is_shown = |at: usize| {
        ours.iter().any(|directive| text[at..].starts_with(directive))
            && shown.iter().any(|range| range.contains(&at))
    };
    text.match_indices("{{#").map(|(at, _)| at).filter(|at| !is_shown(*at)).collect()
}

/// Reports files that would get the same address in the site. `place` is for those that have
/// none of their own.
pub(super) fn check_collisions(
    catalog: &Catalog,
    hand_written: &BTreeSet<&str>,
    generated: &BTreeSet<String>,
    place: &Span,
    problems: &mut Problems,
) {
    let mut report = |span: Span, message: String| {
        let help = "rename the one that you wrote";
        problems.push(Diagnostic::new(&BOOK_COLLISION, span, message).help(help));
    };
    for guide in &catalog.manifest.guides {
        for id in guide.parts.iter().flat_map(|part| &part.patterns) {
            if id.value == "index" {
                let span = Span::new(catalog.manifest_file, id.range.clone());
                report(span, "the pattern `index` has the address of the guide's overview".into());
            }
        }
    }
    let reserved = html::OWN_FILES.iter().map(|path| ((*path).to_owned(), "a page of the site"));
    let mut taken: BTreeMap<String, &str> = reserved.collect();
    taken.extend(generated.iter().map(|path| (page_path(path), path.as_str())));
    for name in hand_written {
        let span = chapter(catalog, name).map_or(place.clone(), |file| Span::new(file, 0..0));
        if let Some(other) = taken.insert(page_path(name), name) {
            report(span, format!("`{name}` has the address of {other}", other = quoted(other)));
        }
    }
    taken.extend(
        example_files::files(catalog).into_keys().map(|path| (path, "the file of an example")),
    );
    // Without a chapter of that name it is the way to the first page.
    taken.entry("index.html".to_owned()).or_insert("a page of the site");
    for (name, _) in &catalog.chapters.assets {
        if let Some(other) = taken.get(name) {
            let message = format!("`{BOOK_SOURCE}{name}` has the address of {}", quoted(other));
            report(place.clone(), message);
        }
    }
}

fn quoted(page: &str) -> String {
    if page.ends_with(".md") { format!("`{page}`") } else { page.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::includes;

    #[test]
    fn only_code_may_show_directives_and_only_ours() {
        let text =
            "`{{#pattern a}}` {{#pattern b}} `{{#include c}}`\n\n```md\n{{#example d/e}}\n```\n";
        assert_eq!(includes(text), [17, 33]);
    }
}
