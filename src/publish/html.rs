//! The site as HTML: a renderer for mdBook that makes light, accessible pages.
//!
//! It writes nothing. mdBook runs it as one of its renderers, and the caller takes the files
//! from it afterwards:
//!
//! ```no_run
//! use mdbook_driver::MDBook;
//! use patternbook::publish::html::HtmlRenderer;
//! use patternbook::publish::html::theme::Theme;
//!
//! let book = MDBook::load("book")?;
//! let renderer = HtmlRenderer::new(Theme::built_in());
//! book.execute_build_process(&renderer)?;
//! let files = renderer.take_files();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agents;
mod card;
mod code;
mod edit;
mod escape;
pub(in crate::publish) mod fence;
mod highlight;
pub(super) mod link;
mod markdown;
mod navigation;
mod outline;
mod search;
pub mod theme;
mod twin;
mod view;

use std::sync::{Mutex, PoisonError};

use mdbook_driver::book::Book;
use mdbook_driver::config::Config;
use mdbook_renderer::{RenderContext, Renderer};
use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::error::Error;
use crate::publish::html::card::Card;
use crate::publish::html::edit::EditLinks;
use crate::publish::html::highlight::Highlighter;
use crate::publish::html::markdown::Content;
use crate::publish::html::navigation::Navigation;
use crate::publish::html::outline::{Outline, Page};
use crate::publish::html::theme::{Templates, Theme};
use crate::publish::html::twin::Twin;
use crate::publish::html::view::{
    HeadingView, LinkView, NotFoundView, PageView, RedirectView, SiteView,
};
use crate::publish::marketplace;
use crate::publish::tree::FileTree;
use crate::source::{address, bidi};

/// The longest description for search engines, in characters.
const MAX_DESCRIPTION: usize = 160;

/// Files that the site has whatever the book is. `index.html` is one too, but a chapter may
/// be it.
pub(super) const OWN_FILES: &[&str] = &[
    "404.html",
    navigation::CONTENTS_PATH,
    search::INDEX_PATH,
    agents::LIST_PATH,
    agents::FULL_PATH,
    marketplace::PATH,
    SITEMAP_PATH,
];

/// The list of all pages for search engines, of a site whose address is known.
const SITEMAP_PATH: &str = "sitemap.xml";

/// Renders a book to a site in memory. It highlights code that stands on several pages once.
#[derive(Debug)]
pub struct HtmlRenderer {
    theme: Theme,
    highlighter: Highlighter,
    files: Mutex<FileTree>,
}

impl HtmlRenderer {
    /// Makes a renderer that has rendered nothing yet.
    pub fn new(theme: Theme) -> Self {
        Self { theme, highlighter: Highlighter::default(), files: Mutex::default() }
    }

    /// Takes what [`HtmlRenderer::highlighted`] gave after an earlier run of the same `build` of
    /// this program: that code is not highlighted again.
    pub fn knowing(self, highlighted: &[u8], build: &str) -> Self {
        Self { highlighter: Highlighter::knowing(highlighted, build), ..self }
    }

    /// The code that was highlighted, for a later run; none where that one would learn nothing.
    pub fn highlighted(&self, build: &str) -> Option<Vec<u8>> {
        self.highlighter.remembered(build)
    }

    /// Takes another theme, and keeps what was highlighted.
    pub fn with_theme(self, theme: Theme) -> Self {
        Self { theme, ..self }
    }

    /// Hands over the files of the last rendering, once.
    pub fn take_files(&self) -> FileTree {
        std::mem::take(&mut *self.files.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Renders a book without mdBook's driver.
    pub fn render_book(&self, book: &Book, config: &Config) -> Result<FileTree, Error> {
        let templates = Templates::new(&self.theme)?;
        let outline = Outline::new(book)?;
        let navigation = Navigation::new(&outline);
        let mut site = site_view(config, &templates)?;
        let edit = EditLinks::new(config)?;
        let address = Address::of_site(config)?;
        let card = card_of(&site, config, &address)?;
        site.card = card.as_ref().map(|(path, _)| address.of(path));
        let writer = PageWriter {
            address: &address,
            edit: &edit,
            outline: &outline,
            navigation: &navigation,
            templates: &templates,
            site: &site,
            highlighter: &self.highlighter,
        };

        let mut files = templates.asset_files(&self.theme);
        files.extend(card);
        writer.add_pages(&mut files)?;
        writer.add_contents(&mut files)?;
        writer.add_entrance(&mut files)?;
        writer.add_not_found(&mut files)?;
        if let Some(sitemap) = agents::sitemap(&address, &outline) {
            files.insert(SITEMAP_PATH.to_owned(), sitemap);
        }
        Ok(files)
    }
}

impl Renderer for HtmlRenderer {
    fn name(&self) -> &str {
        "patternbook"
    }

    fn render(&self, context: &RenderContext) -> mdbook_renderer::errors::Result<()> {
        let files = self.render_book(&context.book, &context.config)?;
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = files;
        Ok(())
    }
}

fn site_view(config: &Config, templates: &Templates) -> Result<SiteView, Error> {
    Ok(SiteView {
        title: shown(config.book.title.as_deref()),
        description: shown(config.book.description.as_deref()),
        language: config.book.language.clone().unwrap_or_else(|| "en".to_owned()),
        assets: templates.assets.clone(),
        search_index: search::INDEX_PATH,
        version: setting(config, "output.patternbook.version")?,
        proven: setting(config, "output.patternbook.proven")?,
        repository: repository(config)?,
        card: None,
    })
}

/// The picture of the site with its path: none where the site's address is not known, for who
/// shows it asks for it by that.
fn card_of(
    site: &SiteView,
    config: &Config,
    address: &Address,
) -> Result<Option<(String, Vec<u8>)>, Error> {
    if address.absolute("").is_none() {
        return Ok(None);
    }
    let facts = setting(config, "output.patternbook.facts")?.unwrap_or_default();
    let card = Card { title: &site.title, description: &site.description, facts: &facts };
    let named =
        |png: Vec<u8>| (format!("assets/card-{}.png", &blake3::hash(&png).to_hex()[..8]), png);
    Ok(card::draw(&card).map(named))
}

/// Text in which nothing is hidden.
fn shown(text: Option<&str>) -> String {
    bidi::show(text.unwrap_or_default()).into_owned()
}

/// The address of the repository, as mdBook's settings or ours have it.
fn repository(config: &Config) -> Result<Option<String>, Error> {
    let address = match setting(config, "output.html.git-repository-url")? {
        Some(address) => Some(address),
        None => setting(config, "output.patternbook.repository")?,
    };
    Ok(address.filter(|address| address::is_safe(address)))
}

/// A text of `book.toml`; none where it is empty.
fn setting(config: &Config, key: &str) -> Result<Option<String>, Error> {
    let value: Option<String> = config
        .get(key)
        .map_err(|error| Error::Book { message: format!("cannot use `{key}`: {error}") })?;
    Ok(value.filter(|value| !value.is_empty()))
}

/// The address of a site with `/` at its end, as its `book.toml` has it; empty where it has none.
pub fn address_of(config: &Config) -> Result<String, Error> {
    Ok(Address::of_site(config)?.root)
}

/// Where the site will be: `site-url` of `[output.patternbook]`.
struct Address {
    /// Empty, or with `/` at its end.
    root: String,
}

impl Address {
    fn of_site(config: &Config) -> Result<Self, Error> {
        let root = match setting(config, "output.patternbook.site-url")? {
            Some(url) if !url.ends_with('/') => url + "/",
            url => url.unwrap_or_default(),
        };
        Ok(Self { root })
    }

    /// The address of a file, as far as it is known.
    fn of(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// The address of a file with its host, if that is known.
    fn absolute(&self, path: &str) -> Option<String> {
        link::is_external(&self.root).then(|| self.of(path))
    }
}

/// What all pages have in common while they are rendered.
struct PageWriter<'a> {
    address: &'a Address,
    edit: &'a EditLinks,
    outline: &'a Outline<'a>,
    navigation: &'a Navigation,
    templates: &'a Templates,
    site: &'a SiteView,
    highlighter: &'a Highlighter,
}

/// What comes of a chapter.
struct Rendered {
    html: Vec<u8>,
    twin: Twin,
    /// The page in the search index, as JSON.
    record: String,
    description: String,
}

impl PageWriter<'_> {
    /// Adds a page for each chapter, and the search index over them.
    fn add_pages(&self, files: &mut FileTree) -> Result<(), Error> {
        let pages = &self.outline.pages;
        let rendered: Vec<_> =
            pages.par_iter().enumerate().map(|(index, page)| self.page(index, page)).collect();
        let mut records = Vec::with_capacity(pages.len());
        let mut texts = Vec::with_capacity(pages.len());
        for (page, rendered) in pages.iter().zip(rendered) {
            let rendered = rendered?;
            files.insert(page.path.clone(), rendered.html);
            let Twin { alone, in_all } = rendered.twin;
            files.insert(agents::markdown_path(&page.path), alone.into_bytes());
            records.push(rendered.record);
            texts.push((rendered.description, in_all));
        }
        agents::add_lists(self.site, self.address, self.outline, &texts, files);
        files.insert(search::INDEX_PATH.to_owned(), search::index_json(&records).into_bytes());
        Ok(())
    }

    fn page(&self, index: usize, page: &Page<'_>) -> Result<Rendered, Error> {
        let root = link::root_of(&page.path);
        let content = markdown::render(&page.chapter.content, &root, self.highlighter);
        let title = &page.chapter.name;
        let part = self.outline.parts[page.part].title;
        let description = description(&content.summary);
        let markdown = agents::markdown_path(&page.path);
        let view = PageView {
            site: self.site,
            root: &root,
            title,
            needs_title: !content.has_title(),
            description: &description,
            canonical: self.address.absolute(&page.path),
            markdown: Some(file_name(&markdown)),
            edit: self.edit.of(page.chapter),
            breadcrumbs: breadcrumbs(part, &page.chapter.parent_names),
            content: &content.html,
            navigation: &self.navigation.html_for(index, page),
            headings: headings(&content),
            previous: index.checked_sub(1).and_then(|previous| self.link_to(previous, &root)),
            next: self.link_to(index + 1, &root),
        };
        let html = self.templates.render("page.html", &view)?;
        // Nobody wrote it, so it is made of what others say.
        let leads_on = page.chapter.source_path.is_none();
        let record = search::page_json(&page.path, title, &content.sections, leads_on);
        let text = &page.chapter.content;
        let twin = twin::twin(&page.path, title, content.has_title(), text);
        Ok(Rendered { html, twin, record, description })
    }

    fn link_to(&self, index: usize, root: &str) -> Option<LinkView<'_>> {
        let page = self.outline.pages.get(index)?;
        Some(LinkView { href: format!("{root}{}", page.path), title: &page.chapter.name })
    }

    /// Adds the page with all chapters that a large book's navigation leads to.
    fn add_contents(&self, files: &mut FileTree) -> Result<(), Error> {
        let Some(list) = self.navigation.contents_html(self.outline) else { return Ok(()) };
        let view = PageView {
            site: self.site,
            root: "",
            title: CONTENTS_TITLE,
            needs_title: true,
            description: &self.site.description,
            canonical: self.address.absolute(navigation::CONTENTS_PATH),
            markdown: None,
            edit: None,
            breadcrumbs: Vec::new(),
            content: &list,
            navigation: "",
            headings: Vec::new(),
            previous: None,
            next: None,
        };
        let html = self.templates.render("page.html", &view)?;
        files.insert(navigation::CONTENTS_PATH.to_owned(), html);
        Ok(())
    }

    /// Makes the first page the site's entrance when no chapter is.
    fn add_entrance(&self, files: &mut FileTree) -> Result<(), Error> {
        let Some(first) = self.outline.pages.first() else { return Ok(()) };
        if !files.contains_key("index.html") {
            let view = RedirectView { site: self.site, target: &first.path };
            let html = self.templates.render("redirect.html", &view)?;
            files.insert("index.html".to_owned(), html);
        }
        Ok(())
    }

    /// Adds the page for addresses that lead nowhere. A host shows it at any of them, so nothing
    /// in it may be relative. Where nobody said where the site will be, it is taken to stand at
    /// the root of its host, as mdBook does too: most sites do, and one that stands in a folder
    /// needs its `site-url` for this page in any case.
    fn add_not_found(&self, files: &mut FileTree) -> Result<(), Error> {
        let description = "There is no page at this address.";
        let root = if self.address.root.is_empty() { "/" } else { &self.address.root };
        let pages = self.outline.pages.iter().filter(|page| WAYS_ON.contains(&page.path.as_str()));
        let ways = pages.map(|page| (page.path.as_str(), page.chapter.name.as_str()));
        let contents = files.contains_key(navigation::CONTENTS_PATH);
        let contents = contents.then_some((navigation::CONTENTS_PATH, CONTENTS_TITLE));
        let link = |(path, title)| LinkView { href: format!("{root}{path}"), title };
        let view = NotFoundView {
            site: self.site,
            root,
            title: "Page not found",
            description,
            ways: ways.chain(contents).map(link).collect(),
        };
        files.insert("404.html".to_owned(), self.templates.render("404.html", &view)?);
        Ok(())
    }
}

/// The pages from which somebody who is lost finds the way, where the book has them.
const WAYS_ON: &[&str] = &["choose.html", "compare.html", "symptoms.html"];

/// The title of the page with all chapters.
const CONTENTS_TITLE: &str = "All chapters";

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn breadcrumbs<'a>(part: &'a str, parents: &'a [String]) -> Vec<&'a str> {
    let names = parents.iter().map(String::as_str);
    std::iter::once(part).chain(names).filter(|name| !name.is_empty()).collect()
}

fn headings(content: &Content) -> Vec<HeadingView<'_>> {
    let sections = content.sections.iter().filter(|section| matches!(section.level, 2 | 3));
    sections
        .map(|section| HeadingView { level: section.level, id: &section.id, title: &section.title })
        .collect()
}

/// The first paragraph, cut between two words.
fn description(summary: &str) -> String {
    let mut description = String::new();
    for word in summary.split_whitespace() {
        let length = description.chars().count() + word.chars().count();
        if length + " …".len() > MAX_DESCRIPTION {
            return description + " …";
        }
        if !description.is_empty() {
            description.push(' ');
        }
        description.push_str(word);
    }
    description
}

#[cfg(test)]
mod tests;
