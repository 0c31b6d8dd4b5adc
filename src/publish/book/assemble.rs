//! Puts the book together from the catalog and the hand-written chapters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use mdbook_driver::config::Config;
use mdbook_summary::{Summary, SummaryItem, parse_summary};
use rayon::prelude::*;
use serde::Serialize;

use super::Book;
use super::chapters::{Problems, chapter, check_collisions, includes};
use super::config::{config_text, read_config};
use super::rules::{BOOK_INCLUDE, BOOK_SUMMARY};
use super::{example_files, indexes, links, map};
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Error;
use crate::model::chapters::BOOK_SOURCE;
use crate::model::yaml::manifest::{Guide, Part};
use crate::model::{Catalog, Example, Pattern};
use crate::publish::tree::FileTree;
use crate::render::view::{self, LinkView, Target};
use crate::render::{Engine, markdown};
use crate::source::disk::Folder;
use crate::source::{FileId, Sources, Span, bidi};

/// Where the generated chapters go in `SUMMARY.md`.
const MARKER: &str = "<!-- patternbook: guides -->";

#[derive(Serialize)]
struct GuideView {
    title: String,
    summary: String,
    parts: Vec<PartView>,
}

#[derive(Serialize)]
struct PartView {
    title: String,
    patterns: Vec<LinkView>,
}

/// The book without the pages of patterns and guides.
struct Frame {
    config: Config,
    hand_written: BTreeMap<String, String>,
    summary: Summary,
    summary_text: String,
    /// The pages of the book, as Markdown files; none where the summary cannot be read.
    pages: Option<BTreeSet<String>>,
}

/// Finds what is wrong with the book's own files, and with the links of its pages. Of these it
/// renders those alone whose headings it has to know. `folder` is the project's.
pub fn inspect(catalog: &Catalog, sources: &mut Sources, folder: &Folder) -> Problems {
    let (frame, mut problems) = frame(catalog, sources);
    if let Some(pages) = &frame.pages {
        links::check(catalog, sources, pages, folder, &mut problems);
    }
    problems
}

/// Puts the book together. There is none when its own files are at fault.
pub fn assemble(
    catalog: &Catalog,
    sources: &Sources,
    engine: &Engine,
) -> Result<Option<Book>, Error> {
    let (frame, problems) = frame(catalog, sources);
    if problems.iter().any(|problem| problem.rule.severity == Severity::Error) {
        return Ok(None);
    }
    let homes = home_paths(catalog);
    let mut pages = frame.hand_written;
    map::place(&mut pages, catalog, &homes, engine)?;
    let (indexes, (guides, patterns)) = rayon::join(
        || indexes::pages(catalog, &homes, engine),
        || rayon::join(|| guide_pages(catalog, engine), || pattern_pages(catalog, engine)),
    );
    for more in [indexes, guides, patterns] {
        pages.extend(more?);
    }
    let config_text = config_text(catalog, sources);
    let (config, summary, summary_text) = (frame.config, frame.summary, frame.summary_text);
    let mut assets: FileTree = catalog.chapters.assets.iter().cloned().collect();
    let files = example_files::files(catalog).into_iter();
    assets.extend(files.map(|(path, text)| (path, text.as_bytes().to_vec())));
    let origins = origins(catalog, sources);
    Ok(Some(Book { config, config_text, summary, summary_text, pages, assets, origins }))
}

/// The file that somebody edits to change a page, by the page's path. Both are below the book's
/// `src/`, or lead out of it.
fn origins(catalog: &Catalog, sources: &Sources) -> BTreeMap<String, String> {
    let up = "../".repeat(BOOK_SOURCE.matches('/').count());
    let above = |file: FileId| format!("{up}{}", sources.file(file).path);
    let mut origins = BTreeMap::new();
    for (path, _) in &catalog.chapters.markdown {
        let Some(name) = path.strip_prefix(BOOK_SOURCE) else { continue };
        origins.insert(name.to_owned(), name.to_owned());
    }
    for guide in &catalog.manifest.guides {
        origins.insert(format!("{}/index.md", guide.id.value), above(catalog.manifest_file));
    }
    for (id, path) in home_paths(catalog) {
        origins.insert(path, above(catalog.patterns[id].file));
    }
    origins
}

fn frame(catalog: &Catalog, sources: &Sources) -> (Frame, Problems) {
    let mut problems = Problems::new();
    let config = read_config(catalog, sources, &mut problems);
    let mut hand_written = hand_written(catalog, sources, &mut problems);
    let summary_file = chapter(catalog, "SUMMARY.md").unwrap_or(catalog.manifest_file);
    let place = Span::new(summary_file, 0..0);
    // Without this title mdBook would take the first guide's for that of the whole summary.
    let default = || format!("# Summary\n\n{MARKER}");
    let template = hand_written.remove("SUMMARY.md").unwrap_or_else(default);
    if !template.contains(MARKER) && !catalog.manifest.guides.is_empty() {
        let message = "no line says where the guides go, so no pattern would be shown";
        let help = format!("write `{MARKER}` on a line of its own");
        problems.push(Diagnostic::new(&BOOK_SUMMARY, place.clone(), message).help(help));
    }
    let summary_text = template.replace(MARKER, &bidi::show(guide_summary(catalog).trim_end()));
    let generated = page_paths(catalog);
    let names: BTreeSet<&str> = hand_written.keys().map(String::as_str).collect();
    check_collisions(catalog, &names, &generated, &place, &mut problems);
    let mut pages = None;
    let summary = match parse_summary(&summary_text) {
        Ok(summary) => {
            let has_page = |path: &str| hand_written.contains_key(path) || generated.contains(path);
            let mut named = check_summary(&summary, &has_page, &place, &mut problems);
            named.extend(generated);
            pages = Some(named);
            summary
        }
        Err(error) => {
            let diagnostic = Diagnostic::new(&BOOK_SUMMARY, place, format!("{error:#}"));
            problems.push(diagnostic.help("write lists of links, each with a file of its own"));
            Summary::default()
        }
    };
    (Frame { config, hand_written, summary, summary_text, pages }, problems)
}

/// The paths of all generated pages.
fn page_paths(catalog: &Catalog) -> BTreeSet<String> {
    let homes = home_paths(catalog);
    let guides = catalog.manifest.guides.iter();
    let overviews = guides.map(|guide| format!("{}/index.md", guide.id.value));
    indexes::paths(catalog).into_iter().chain(overviews).chain(homes.into_values()).collect()
}

/// The path of each pattern's page: it stands in the first guide that names it.
pub(super) fn home_paths(catalog: &Catalog) -> BTreeMap<&str, String> {
    let mut homes = BTreeMap::new();
    for guide in &catalog.manifest.guides {
        for id in guide.parts.iter().flat_map(|part| &part.patterns) {
            // A pattern `index` would be reported a second time, by mdBook.
            if catalog.patterns.contains_key(&id.value) && id.value != "index" {
                let path = format!("{}/{}.md", guide.id.value, id.value);
                homes.entry(id.value.as_str()).or_insert(path);
            }
        }
    }
    homes
}

fn hand_written(
    catalog: &Catalog,
    sources: &Sources,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let homes = home_paths(catalog);
    let mut pages = BTreeMap::new();
    for (path, file) in &catalog.chapters.markdown {
        let Some(name) = path.strip_prefix(BOOK_SOURCE) else { continue };
        let text = &sources.file(*file).text;
        for at in includes(text) {
            let span = Span::new(*file, at..at + 3);
            let message = "files are not included here";
            let help = "write the text out, or make it an example of a pattern";
            problems.push(Diagnostic::new(&BOOK_INCLUDE, span, message).help(help));
        }
        let up = "../".repeat(name.matches('/').count());
        let text =
            markdown::resolve_links(text, &|id| homes.get(id).map(|path| format!("{up}{path}")));
        pages.insert(name.to_owned(), bidi::show(&text).into_owned());
    }
    pages
}

/// The summary's lines for the pages that lead to patterns, and for the guides: a part each,
/// with a group for each of its parts.
fn guide_summary(catalog: &Catalog) -> String {
    let homes = home_paths(catalog);
    let mut text = indexes::summary(catalog, indexes::Part::Entrance);
    for guide in &catalog.manifest.guides {
        let id = &guide.id.value;
        writeln!(text, "# {}\n\n- [Overview]({id}/index.md)", markdown::text(&guide.title))
            .expect("strings take any text");
        for part in &guide.parts {
            writeln!(text, "- [{}]()", markdown::text(&part.title)).expect("strings take any text");
            for name in &part.patterns {
                let path = format!("{id}/{}.md", name.value);
                let Some(pattern) = catalog.patterns.get(&name.value) else { continue };
                if homes.get(name.value.as_str()) == Some(&path) {
                    let title = markdown::text(&pattern.content.title);
                    writeln!(text, "  - [{title}]({path})").expect("strings take any text");
                }
            }
        }
        text.push('\n');
    }
    text + &indexes::summary(catalog, indexes::Part::Background)
}

fn guide_pages(catalog: &Catalog, engine: &Engine) -> Result<Vec<(String, String)>, Error> {
    let homes = home_paths(catalog);
    let guides = catalog.manifest.guides.iter();
    let page = |guide: &Guide| {
        let text = guide_page(guide, catalog, &homes, engine)?;
        Ok((format!("{}/index.md", guide.id.value), text))
    };
    guides.map(page).collect()
}

fn guide_page(
    guide: &Guide,
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<String, Error> {
    let link = |id: &str| homes.get(id).map(|path| format!("../{path}"));
    let target = Target { link: &link, script: &|_| None, is_page: true };
    let part = |part: &Part| PartView {
        title: part.title.clone(),
        patterns: {
            let ids = part.patterns.iter();
            ids.map(|id| view::link(&id.value, catalog, &target)).collect()
        },
    };
    let view = GuideView {
        title: guide.title.clone(),
        summary: markdown::field(&guide.summary.text, &link),
        parts: guide.parts.iter().map(part).collect(),
    };
    engine.render("book/guide.md", &view)
}

fn pattern_pages(catalog: &Catalog, engine: &Engine) -> Result<Vec<(String, String)>, Error> {
    let homes = home_paths(catalog);
    let patterns: Vec<(&String, &Pattern)> = catalog.patterns.iter().collect();
    let pages: Result<Vec<_>, Error> = patterns
        .par_iter()
        .filter_map(|(id, pattern)| homes.get(id.as_str()).map(|path| (path, pattern)))
        .map(|(path, pattern)| Ok((path.clone(), pattern_page(pattern, catalog, &homes, engine)?)))
        .collect();
    pages
}

fn pattern_page(
    pattern: &Pattern,
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<String, Error> {
    let link = |id: &str| homes.get(id).map(|path| format!("../{path}"));
    let script = |example: &Example| {
        example_files::address(pattern, example).map(|path| format!("../{path}"))
    };
    let target = Target { link: &link, script: &script, is_page: true };
    let view = view::pattern(pattern, catalog, &target);
    engine.render("book/pattern.md", &view)
}

/// Renders one page that a template makes; none where the book has no such page. `homes` are the
/// pages of the patterns.
pub(super) fn page(
    path: &str,
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Result<Option<String>, Error> {
    let stem = path.strip_suffix(".md").unwrap_or(path);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    if let Some(pattern) = catalog.patterns.get(name)
        && homes.get(name).is_some_and(|home| home == path)
    {
        return pattern_page(pattern, catalog, homes, engine).map(Some);
    }
    match catalog.manifest.guides.iter().find(|guide| guide.id.value == folder) {
        Some(guide) if name == "index" => guide_page(guide, catalog, homes, engine).map(Some),
        _ => indexes::page(path, catalog, homes, engine),
    }
}

/// Reports chapters without a file, and lists those that the summary names.
fn check_summary(
    summary: &Summary,
    has_page: &dyn Fn(&str) -> bool,
    place: &Span,
    problems: &mut Problems,
) -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    let chapters = summary.prefix_chapters.iter().chain(&summary.numbered_chapters);
    let mut items: Vec<&SummaryItem> = chapters.chain(&summary.suffix_chapters).collect();
    while let Some(item) = items.pop() {
        let SummaryItem::Link(link) = item else { continue };
        items.extend(&link.nested_items);
        let Some(path) = &link.location else { continue };
        let path = path.display().to_string();
        if !has_page(&path) {
            let message = format!("the chapter `{}` has no file `{path}`", link.name);
            let help = format!("write `{BOOK_SOURCE}{path}`, or remove the line");
            problems.push(Diagnostic::new(&BOOK_SUMMARY, place.clone(), message).help(help));
        }
        pages.insert(path);
    }
    pages
}
