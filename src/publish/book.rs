//! The book: hand-written chapters and one page for each pattern, as mdBook wants it.
//!
//! The same pages go two ways: as Markdown for anybody's `mdbook build`, and through mdBook's
//! driver to our own renderer.

mod assemble;
mod chapters;
mod config;
mod example_files;
mod file_names;
mod indexes;
mod links;
mod map;
mod published;
mod rules;
mod template_links;

use std::collections::BTreeMap;
use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_driver::book::{Book as MdBook, BookItem, Chapter};
use mdbook_driver::builtin_preprocessors::IndexPreprocessor;
use mdbook_driver::config::Config;
use mdbook_renderer::Renderer;
use mdbook_summary::{Link, Summary, SummaryItem};

use super::html::{self, HtmlRenderer};
use super::tree::FileTree;
use crate::error::Error;

pub use assemble::{assemble, inspect};
pub use chapters::Problems;
pub use file_names::name_files;
pub use published::published;
pub use rules::{BOOK_DIRECTIVE, RULES};

/// A book in Markdown.
#[derive(Debug)]
pub struct Book {
    config: Config,
    config_text: String,
    summary: Summary,
    summary_text: String,
    /// The pages, by their path below the book's `src/`.
    pages: BTreeMap<String, String>,
    /// Pictures and other files, by their path below the book's `src/`.
    assets: FileTree,
    /// The file that a page is written in, by the page's path: from the book's `src/`.
    origins: BTreeMap<String, String>,
}

impl Book {
    /// Tells the pages that they stand at the root of a host, unless they know where they stand.
    pub fn stand_at_root(&mut self) -> Result<(), Error> {
        let key = "output.patternbook.site-url";
        match self.config.get::<String>(key) {
            Ok(Some(_)) => Ok(()),
            _ => self.config.set(key, "/").map_err(book_error),
        }
    }

    /// How many pages there are.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Tells whether there is no page.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Where the site will be, with `/` at its end; empty where nobody said.
    pub fn address(&self) -> Result<String, Error> {
        html::address_of(&self.config)
    }

    /// The book's files for mdBook: `book.toml`, and `src/` with `SUMMARY.md`.
    pub fn to_markdown(&self) -> FileTree {
        let mut files = FileTree::new();
        files.insert("book.toml".to_owned(), self.config_text.clone().into_bytes());
        files.insert("src/SUMMARY.md".to_owned(), self.summary_text.clone().into_bytes());
        for (path, text) in &self.pages {
            files.insert(format!("src/{path}"), name_files(text).into_bytes());
        }
        for (path, bytes) in &self.assets {
            files.insert(format!("src/{path}"), bytes.clone());
        }
        files
    }

    /// The site, with the pictures and other files that its pages show. `root` is the folder of
    /// the project.
    pub fn to_site(&self, root: &Path, renderer: &HtmlRenderer) -> Result<FileTree, Error> {
        self.render(root, renderer)?;
        let mut files = renderer.take_files();
        files.extend(self.assets.clone());
        Ok(files)
    }

    /// Runs mdBook on the book with one renderer. `root` is the folder of the book.
    pub fn render(&self, root: &Path, renderer: &dyn Renderer) -> Result<(), Error> {
        // An empty summary: mdBook would read the chapters from the disk, and ours are in
        // memory, the generated ones nowhere else.
        let nothing = Summary::default();
        let mut book = MDBook::load_with_config_and_summary(root, self.config.clone(), nothing)
            .map_err(book_error)?;
        book.book = self.to_mdbook();
        book.with_preprocessor(IndexPreprocessor::new());
        book.execute_build_process(renderer).map_err(book_error)
    }

    fn to_mdbook(&self) -> MdBook {
        let mut items = Vec::new();
        let summary = &self.summary;
        let chapters = summary.prefix_chapters.iter().chain(&summary.numbered_chapters);
        for item in chapters.chain(&summary.suffix_chapters) {
            items.push(self.item(item, &[]));
        }
        MdBook::new_with_items(items)
    }

    fn item(&self, item: &SummaryItem, parents: &[String]) -> BookItem {
        match item {
            SummaryItem::Link(link) => BookItem::Chapter(self.chapter(link, parents)),
            SummaryItem::Separator => BookItem::Separator,
            SummaryItem::PartTitle(title) => BookItem::PartTitle(title.clone()),
            _ => BookItem::Separator,
        }
    }

    fn chapter(&self, link: &Link, parents: &[String]) -> Chapter {
        let mut chapter = match &link.location {
            Some(path) => {
                let text = self.pages.get(&path.display().to_string());
                let text = text.cloned().unwrap_or_default();
                let mut chapter = Chapter::new(&link.name, text, path, parents.to_vec());
                let origin = self.origins.get(&path.display().to_string());
                chapter.source_path = origin.map(Into::into);
                chapter
            }
            None => Chapter::new_draft(&link.name, parents.to_vec()),
        };
        chapter.number = link.number.clone();
        let mut path = parents.to_vec();
        path.push(link.name.clone());
        let items = link.nested_items.iter();
        chapter.sub_items = items.map(|item| self.item(item, &path)).collect();
        chapter
    }
}

/// Our renderer's own errors pass through mdBook, which would blame the book for them.
fn book_error(error: mdbook_driver::errors::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) => Error::Book { message: format!("{error:#}") },
    }
}
