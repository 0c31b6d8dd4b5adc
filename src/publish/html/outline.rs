//! The order of a book: its parts, their entries, and the pages behind them.

use std::path::{Component, Path};

use mdbook_driver::book::{Book, BookItem, Chapter};

use crate::error::Error;
use crate::publish::html::link;

/// A book as a list of parts, and as a list of pages in reading order.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) pages: Vec<Page<'a>>,
}

/// The entries between two part titles or separators.
#[derive(Debug, Default)]
pub(super) struct Part<'a> {
    /// Empty for entries before the first part title, or after a separator.
    pub(super) title: &'a str,
    pub(super) entries: Vec<Entry<'a>>,
}

/// A line of the table of contents.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) title: &'a str,
    /// How many chapters this one is nested in.
    pub(super) depth: usize,
    /// Index into [`Outline::pages`]; a draft has no page.
    pub(super) page: Option<usize>,
}

/// A chapter that has a page.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) chapter: &'a Chapter,
    /// Path from the site's root, with `/`.
    pub(super) path: String,
    /// Index into [`Outline::parts`].
    pub(super) part: usize,
    /// Index into [`Part::entries`].
    pub(super) entry: usize,
}

impl<'a> Outline<'a> {
    /// Lists a book's parts and pages.
    pub(super) fn new(book: &'a Book) -> Result<Self, Error> {
        let mut outline = Self::default();
        outline.start_part("");
        for item in &book.items {
            outline.add(item, 0)?;
        }
        outline.drop_empty_parts();
        Ok(outline)
    }

    fn add(&mut self, item: &'a BookItem, depth: usize) -> Result<(), Error> {
        match item {
            BookItem::PartTitle(title) => self.start_part(title),
            BookItem::Separator if depth == 0 => self.start_part(""),
            BookItem::Separator => {}
            BookItem::Chapter(chapter) => {
                self.add_chapter(chapter, depth)?;
                for item in &chapter.sub_items {
                    self.add(item, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn start_part(&mut self, title: &'a str) {
        self.parts.push(Part { title, entries: Vec::new() });
    }

    fn add_chapter(&mut self, chapter: &'a Chapter, depth: usize) -> Result<(), Error> {
        let part = self.parts.len() - 1;
        let entry = self.parts[part].entries.len();
        let mut page = None;
        if let Some(source) = &chapter.path {
            let path = link::page_path(&site_path(source)?);
            page = Some(self.pages.len());
            self.pages.push(Page { chapter, path, part, entry });
        }
        self.parts[part].entries.push(Entry { title: &chapter.name, depth, page });
        Ok(())
    }

    /// A separator before a part title leaves a part without entries.
    fn drop_empty_parts(&mut self) {
        let mut new_indexes = Vec::with_capacity(self.parts.len());
        let mut kept = 0;
        for part in &self.parts {
            new_indexes.push(kept);
            if !part.entries.is_empty() {
                kept += 1;
            }
        }
        for page in &mut self.pages {
            page.part = new_indexes[page.part];
        }
        self.parts.retain(|part| !part.entries.is_empty());
    }
}

/// The chapter's path with `/`, refused when it leads out of the site.
fn site_path(source: &Path) -> Result<String, Error> {
    let mut names = Vec::new();
    for component in source.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => names.push(name.to_string_lossy()),
            _ => {
                let message = format!("the chapter `{}` is outside the book", source.display());
                return Err(Error::Book { message });
            }
        }
    }
    Ok(names.join("/"))
}

#[cfg(test)]
mod tests {
    use mdbook_driver::book::{Book, BookItem, Chapter};

    use super::Outline;

    fn chapter(name: &str, path: &str) -> BookItem {
        BookItem::Chapter(Chapter::new(name, String::new(), path, Vec::new()))
    }

    #[test]
    fn parts_and_nesting_are_kept() {
        let mut parent = Chapter::new("b", String::new(), "p/README.md", Vec::new());
        parent.sub_items = vec![chapter("c", "p/c.md"), Chapter::new_draft("d", vec![]).into()];
        let book = Book::new_with_items(vec![
            chapter("a", "a.md"),
            BookItem::Separator,
            BookItem::PartTitle("Part".to_owned()),
            parent.into(),
        ]);
        let outline = Outline::new(&book).unwrap();

        let mut lines = Vec::new();
        for part in &outline.parts {
            lines.push(format!("# {}", part.title));
            for entry in &part.entries {
                let page = entry.page.map(|page| &*outline.pages[page].path);
                lines.push(format!("{} {} {}", entry.depth, entry.title, page.unwrap_or("-")));
            }
        }
        let expected = ["# ", "0 a a.html", "# Part", "0 b p/index.html", "1 c p/c.html", "1 d -"];
        assert_eq!(lines, expected);
        let parts: Vec<usize> = outline.pages.iter().map(|page| page.part).collect();
        assert_eq!(parts, [0, 1, 1]);
    }

    #[test]
    fn chapter_outside_the_book_is_an_error() {
        let book = Book::new_with_items(vec![chapter("a", "../a.md")]);
        let error = Outline::new(&book).unwrap_err().to_string();
        assert_eq!(
            error,
            "mdBook cannot build the book: the chapter `../a.md` is outside the book"
        );
    }
}
