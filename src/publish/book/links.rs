//! Checks the links of the book's pages: that each leads to a page or a file of the site, and to
//! a heading that is there.
//!
//! What the project's files say is checked where they say it. The pages that its own templates
//! make are rendered and looked at too; those of the built-in ones are not, our tests do that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::assemble::{self, home_paths};
use super::chapters::Problems;
use super::rules::{BOOK_ANCHOR, BOOK_LINK};
use super::template_links::{self, PageLink};
use super::{example_files, indexes, map};
use crate::diagnostic::{Diagnostic, suggest};
use crate::markdown::anchors::anchors;
use crate::markdown::links;
use crate::model::Catalog;
use crate::model::chapters::BOOK_SOURCE;
use crate::model::choose;
use crate::model::code::block_snippet;
use crate::publish::html;
use crate::publish::html::link::{is_external, page_path};
use crate::render::{Engine, Templates};
use crate::source::disk::Folder;
use crate::source::{FileId, Sources, Span, address};
use crate::value::de::Block;

/// The most anchors that a help lists.
const MOST_LISTED: usize = 8;

/// Reports the links that lead nowhere. `pages` are the pages of the book, as Markdown files
/// below its `src/`; `folder` is the project's, for its templates.
pub(super) fn check(
    catalog: &Catalog,
    sources: &mut Sources,
    pages: &BTreeSet<String>,
    folder: &Folder,
    problems: &mut Problems,
) {
    // A template that cannot be used is the fault of a build, which says so.
    let templates = Templates::of_project(folder).ok();
    let placed = placed_links(catalog, sources, pages);
    let mut book = Linked::new(catalog, sources, pages, templates.as_ref());
    book.read_anchors(&placed);
    for link in &placed {
        problems.extend(book.problem(link));
    }
    let own = templates.iter().flat_map(|templates| templates.own("book/")).collect::<Vec<_>>();
    if own.is_empty() {
        return;
    }
    let found = book.problems_of_pages();
    template_links::report(&own, found, sources, problems);
}

/// A link with where it stands.
struct PlacedLink {
    /// The page that shows it, as a Markdown file; none where no page does.
    from: Option<String>,
    destination: String,
    span: Span,
}

/// Every link that a file of the project has for a page.
fn placed_links(catalog: &Catalog, sources: &Sources, pages: &BTreeSet<String>) -> Vec<PlacedLink> {
    let homes = home_paths(catalog);
    let of_block = |block: &Block, file: FileId, from: Option<&str>| {
        let place = |range| block_snippet(block, file).locate(range);
        placed(&block.text, from, &place)
    };
    let mut found = Vec::new();
    let guides = &catalog.manifest.guides;
    for guide in guides {
        let page = format!("{}/index.md", guide.id.value);
        found.extend(of_block(&guide.summary, catalog.manifest_file, Some(&page)));
    }
    let intros = catalog.manifest.skills.iter().filter_map(|skill| skill.intro.as_ref());
    let readme = catalog.manifest.bundle.as_ref().and_then(|bundle| bundle.readme.as_ref());
    for intro in intros.chain(readme) {
        found.extend(of_block(intro, catalog.manifest_file, None));
    }
    let mut files = sources.ids();
    let file = files.find(|file| sources.file(*file).path == choose::FILE);
    if let (Some(path), Some(file)) = (&catalog.decisions, file) {
        for question in path.questions() {
            let because = question.answers.iter().filter_map(|answer| answer.because.as_ref());
            for block in question.text.iter().chain(because) {
                found.extend(of_block(block, file, Some("choose.md")));
            }
        }
    }
    let patterns: Vec<_> = catalog.patterns.iter().collect();
    let of_patterns = patterns.par_iter().flat_map_iter(|(id, pattern)| {
        let home = homes.get(id.as_str()).map(String::as_str);
        let prose = pattern.content.prose().into_iter();
        prose.flat_map(move |block| of_block(block, pattern.file, home))
    });
    found.extend(of_patterns.collect::<Vec<_>>());
    let chapters = catalog.chapters.markdown.par_iter().flat_map_iter(|(path, file)| {
        let name = path.strip_prefix(BOOK_SOURCE).filter(|name| pages.contains(*name));
        let place = |range| Span::new(*file, range);
        name.map(|name| placed(&sources.file(*file).text, Some(name), &place)).unwrap_or_default()
    });
    found.extend(chapters.collect::<Vec<_>>());
    found
}

fn placed(
    text: &str,
    from: Option<&str>,
    place: &dyn Fn(std::ops::Range<usize>) -> Span,
) -> Vec<PlacedLink> {
    let leads_in = |destination: &str| {
        !is_external(destination) || destination.starts_with(PATTERN) && destination.contains('#')
    };
    let links = links(text).into_iter().filter(|link| leads_in(&link.destination));
    let placed = |link: crate::markdown::Link| PlacedLink {
        from: from.map(str::to_owned),
        span: place(link.range),
        destination: link.destination,
    };
    links.map(placed).collect()
}

/// How a link to a pattern begins, wherever its page stands.
const PATTERN: &str = "pattern:";

/// The pages and files of the book, as what links lead to.
struct Linked<'a> {
    catalog: &'a Catalog,
    homes: BTreeMap<&'a str, String>,
    pages: &'a BTreeSet<String>,
    /// The files of the site: each with the page that it is made of, if it is a page.
    targets: BTreeMap<String, Option<&'a str>>,
    /// The texts of the chapters, by their names.
    chapters: BTreeMap<&'a str, &'a str>,
    templates: Option<&'a Templates>,
    /// Made when the first page is rendered; none where the templates cannot be used.
    engine: OnceLock<Option<Engine>>,
    /// The anchors of the pages that were asked for; none of what cannot be rendered.
    anchors: BTreeMap<String, Option<BTreeSet<String>>>,
    /// Where the links lead that were found to lead nowhere.
    reported: BTreeSet<(String, String)>,
}

impl<'a> Linked<'a> {
    fn new(
        catalog: &'a Catalog,
        sources: &'a Sources,
        pages: &'a BTreeSet<String>,
        templates: Option<&'a Templates>,
    ) -> Self {
        let assets = catalog.chapters.assets.iter().map(|(name, _)| name.clone());
        let files = html::OWN_FILES.iter().map(|path| (*path).to_owned());
        let files = files.chain(example_files::files(catalog).into_keys()).chain(assets);
        let mut targets: BTreeMap<String, Option<&str>> = files.map(|path| (path, None)).collect();
        for page in pages {
            targets.insert(page_path(page), Some(page));
            targets.insert(page.clone(), Some(page));
        }
        let chapters = catalog.chapters.markdown.iter().filter_map(|(path, file)| {
            Some((path.strip_prefix(BOOK_SOURCE)?, sources.file(*file).text.as_str()))
        });
        Self {
            catalog,
            homes: home_paths(catalog),
            pages,
            targets,
            chapters: chapters.collect(),
            templates,
            engine: OnceLock::new(),
            anchors: BTreeMap::new(),
            reported: BTreeSet::new(),
        }
    }

    fn engine(&self) -> Option<&Engine> {
        let make = || self.templates.and_then(|templates| Engine::new(templates).ok());
        self.engine.get_or_init(make).as_ref()
    }

    /// What is wrong with a link.
    fn problem(&mut self, link: &PlacedLink) -> Option<Diagnostic> {
        let (path, anchor) = self.target(link.from.as_deref(), &link.destination)?;
        let fault = self.fault(&path, &anchor)?;
        self.reported.insert((path.clone(), anchor.clone()));
        let destination = &link.destination;
        let (rule, message) = match fault {
            Fault::NoFile => (&BOOK_LINK, format!("`{destination}` is not in the book")),
            Fault::NoAnchor(_) => {
                (&BOOK_ANCHOR, format!("no heading of `{path}` has the anchor `#{anchor}`"))
            }
        };
        let help = match fault {
            Fault::NoFile => self.other_page(link.from.as_deref().unwrap_or_default(), &path),
            Fault::NoAnchor(known) => other_anchor(&anchor, &known),
        };
        Some(Diagnostic::new(rule, link.span.clone(), message).help(help))
    }

    /// The file below the book's `src/` or in the site that a link means, and the anchor in it.
    fn target(&self, from: Option<&str>, destination: &str) -> Option<(String, String)> {
        let (path, anchor) = destination.split_once('#').unwrap_or((destination, ""));
        let anchor = address::decode(anchor).unwrap_or_else(|| anchor.to_owned());
        if let Some(id) = path.strip_prefix(PATTERN) {
            // What no guide shows has no page; the words of the link stay.
            return Some((self.homes.get(id)?.clone(), anchor));
        }
        Some((target(from?, path)?, anchor))
    }

    fn fault(&mut self, path: &str, anchor: &str) -> Option<Fault> {
        // Skills and archives, which a bundle has.
        let has_bundle = self.catalog.manifest.bundle.is_some();
        if path.starts_with(".well-known/") || has_bundle && path.starts_with("plugin/") {
            return None;
        }
        let path = if path.is_empty() { "index.html" } else { path };
        let index = format!("{path}/index.html");
        let page = match self.targets.get(path).or_else(|| self.targets.get(index.as_str())) {
            None if self.may_be_unread(path) => return None,
            None => return Some(Fault::NoFile),
            Some(page) => (*page)?,
        };
        // Browsers lead to the top, or to a text that a reader marked.
        if anchor.is_empty() || anchor == "top" || anchor.starts_with(':') {
            return None;
        }
        let known = self.anchors_of(page)?;
        let is_missing = !known.contains(anchor);
        let fault = is_missing.then(|| Fault::NoAnchor(known.clone()));
        fault.filter(|_| !self.may_lack_headings(page))
    }

    /// Tells whether a file that is not there may be one of a pattern that cannot be read, or one
    /// that is made of all patterns. Without a manifest nobody knows the pages.
    fn may_be_unread(&self, path: &str) -> bool {
        let unread = &self.catalog.unread;
        let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
        let is_of_one = path.split('/').any(|name| unread.contains(&stem(name)));
        !self.catalog.has_manifest
            || is_of_one
            || !unread.is_empty() && indexes::has(&format!("{}.md", stem(path)))
    }

    /// Tells whether a page may have more headings when every pattern can be read.
    fn may_lack_headings(&self, page: &str) -> bool {
        let unread = &self.catalog.unread;
        let is_whole = |(id, home): (&&str, &String)| home == page && !unread.contains(*id);
        let by_hand = self.chapters.get(page).is_some_and(|text| !map::is_in(text));
        !unread.is_empty() && !by_hand && !self.homes.iter().any(is_whole)
    }

    /// Reads the anchors of all pages to whose headings some links lead.
    fn read_anchors(&mut self, links: &[PlacedLink]) {
        let targets =
            links.iter().filter_map(|link| self.target(link.from.as_deref(), &link.destination));
        let targets = targets.filter(|(_, anchor)| !anchor.is_empty());
        let pages: BTreeSet<&str> =
            targets.filter_map(|(path, _)| *self.targets.get(&path)?).collect();
        let pages: Vec<&str> = pages.into_iter().collect();
        let read = |page: &&str| ((*page).to_owned(), self.text(page).map(|text| anchors(&text)));
        self.anchors = pages.par_iter().map(read).collect();
    }

    fn anchors_of(&mut self, page: &str) -> Option<&BTreeSet<String>> {
        if !self.anchors.contains_key(page) {
            let known = self.text(page).map(|text| anchors(&text));
            self.anchors.insert(page.to_owned(), known);
        }
        self.anchors[page].as_ref()
    }

    /// The Markdown of a page; none where its template cannot be used.
    fn text(&self, page: &str) -> Option<String> {
        match self.chapters.get(page) {
            Some(text) if !map::is_in(text) => Some((*text).to_owned()),
            Some(text) => {
                let mut pages = BTreeMap::from([(page.to_owned(), (*text).to_owned())]);
                map::place(&mut pages, self.catalog, &self.homes, self.engine()?).ok()?;
                pages.remove(page)
            }
            None => page_text(page, self.catalog, &self.homes, self.engine()?),
        }
    }

    /// What to do about a link to a file that is not there.
    fn other_page(&self, from: &str, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        if self.chapters.contains_key(path) {
            return format!("name `{path}` in `{BOOK_SOURCE}SUMMARY.md`, or take the link out");
        }
        if self.homes.contains_key(stem) {
            return format!("write `{PATTERN}{stem}`: it holds wherever the pattern's page stands");
        }
        let pages = || self.pages.iter().map(String::as_str);
        let is_named_so = |page: &&str| page.rsplit('/').next() == Some(name);
        match pages().find(is_named_so).or_else(|| suggest(path, pages())) {
            Some(near) => format!("did you mean `{}`? Or take the link out", relative(from, near)),
            None => format!(
                "name a chapter of `{BOOK_SOURCE}SUMMARY.md` or a file below `{BOOK_SOURCE}`, or take the link out"
            ),
        }
    }

    /// The links that lead nowhere on pages that templates make, and were not found before:
    /// each page with what the link says and its anchor.
    fn problems_of_pages(&mut self) -> Vec<PageLink> {
        let is_made = |page: &&String| !self.chapters.contains_key(page.as_str());
        let made: Vec<&String> = self.pages.iter().filter(is_made).collect();
        let (catalog, homes) = (self.catalog, &self.homes);
        let engine = self.engine();
        let read = made.par_iter().filter_map(|page| {
            let text = page_text(page, catalog, homes, engine?)?;
            Some(((*page).clone(), links(&text), anchors(&text)))
        });
        let read: Vec<_> = read.collect();
        for (page, _, anchors) in &read {
            self.anchors.insert(page.clone(), Some(anchors.clone()));
        }
        let mut found = Vec::new();
        for (page, links, _) in read {
            for link in links.into_iter().filter(|link| !is_external(&link.destination)) {
                let Some((path, anchor)) = self.target(Some(&page), &link.destination) else {
                    continue;
                };
                if self.reported.contains(&(path.clone(), anchor.clone())) {
                    continue;
                }
                let Some(fault) = self.fault(&path, &anchor) else { continue };
                found.push(PageLink {
                    page: page.clone(),
                    destination: link.destination,
                    anchor,
                    fault,
                });
            }
        }
        found
    }
}

/// The Markdown of a page that a template makes; none where the template cannot be used.
fn page_text(
    page: &str,
    catalog: &Catalog,
    homes: &BTreeMap<&str, String>,
    engine: &Engine,
) -> Option<String> {
    assemble::page(page, catalog, homes, engine).ok().flatten()
}

/// Why a link leads nowhere.
pub(super) enum Fault {
    /// There is no such file.
    NoFile,
    /// The page has these anchors, and not that one.
    NoAnchor(BTreeSet<String>),
}

/// What to do about an anchor that is not there.
pub(super) fn other_anchor(anchor: &str, known: &BTreeSet<String>) -> String {
    if let Some(near) = suggest(anchor, known.iter().map(String::as_str)) {
        return format!("did you mean `#{near}`?");
    }
    if known.is_empty() {
        return format!("take `#{anchor}` out: the page has no heading");
    }
    let listed = known.iter().take(MOST_LISTED).map(|known| format!("`#{known}`"));
    let listed = listed.collect::<Vec<_>>().join(", ");
    let more = if known.len() > MOST_LISTED { ", …" } else { "" };
    format!("write one of {listed}{more}, or take `#{anchor}` out")
}

/// The path below the book's `src/` that a link of a page means.
fn target(page: &str, path: &str) -> Option<String> {
    if is_external(path) {
        return None;
    }
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() {
        return Some(page.to_owned());
    }
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut names: Vec<&str> = match path.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').collect(),
    };
    let path = address::decode(path).unwrap_or_else(|| path.to_owned());
    for name in path.split('/') {
        match name {
            ".." if names.last().is_some_and(|name| *name != "..") => drop(names.pop()),
            "" | "." => {}
            name => names.push(name),
        }
    }
    names.retain(|name| !name.is_empty());
    Some(names.join("/"))
}

/// The way from a page to another file.
fn relative(from: &str, to: &str) -> String {
    let (mut from, mut to) = (from, to);
    while let (Some((folder, below)), Some((other, below_other))) =
        (from.split_once('/'), to.split_once('/'))
        && folder == other
    {
        (from, to) = (below, below_other);
    }
    format!("{}{to}", "../".repeat(from.matches('/').count()))
}

#[cfg(test)]
mod tests {
    use super::{relative, target};

    #[track_caller]
    fn check(destination: &str, expected: Option<&str>) {
        assert_eq!(target("a/b.md", destination).as_deref(), expected);
    }

    #[test]
    fn links_are_followed_from_their_chapter() {
        check("c.md", Some("a/c.md"));
        check("./../c%20d%C3%A4.png?x", Some("c dä.png"));
        check("/c.md", Some("c.md"));
        check("c/", Some("a/c"));
        check("", Some("a/b.md"));
        check("https://example.com/c.md", None);
        check("pattern:c", None);
    }

    #[test]
    fn another_page_is_named_from_the_page() {
        assert_eq!(relative("a/b/c.md", "a/d.md"), "../d.md");
        assert_eq!(relative("a.md", "b/c.md"), "b/c.md");
        assert_eq!(relative("a/b.md", "c.md"), "../c.md");
    }
}
