//! The table of contents beside each page.
//!
//! Its size must not grow with the book, or the site would grow with the square of the book:
//! a small book shows all of itself on each page, a large one only the chapters around the
//! page, with links to the other parts and to a page with everything.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use crate::publish::html::escape::escape_attribute;
use crate::publish::html::link;
use crate::publish::html::outline::{Entry, Outline, Page};

/// The page that lists all chapters of a large book.
pub(super) const CONTENTS_PATH: &str = "all-chapters.html";

/// A book with more entries shows only a window of them.
const MAX_ENTRIES: usize = 150;
/// The entries of one part in a window.
const WINDOW: usize = 60;
/// A book with more parts has no links to each of them.
const MAX_PARTS: usize = 40;

/// Prepared tables of contents, one for each window and depth of folders.
#[derive(Debug)]
pub(super) struct Navigation {
    panels: BTreeMap<PanelKey, Panel>,
    is_large: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PanelKey {
    /// Part and number of the window in it; none when the panel shows the whole book.
    window: Option<(usize, usize)>,
    /// The way up to the site's root.
    root: String,
}

/// A table of contents without a current page.
#[derive(Debug, Default)]
struct Panel {
    html: String,
    /// Where in `html` the link of a page takes a further attribute.
    marks: BTreeMap<usize, usize>,
}

impl Navigation {
    /// Prepares the tables of contents of all pages.
    pub(super) fn new(outline: &Outline<'_>) -> Self {
        let entries: usize = outline.parts.iter().map(|part| part.entries.len()).sum();
        let mut navigation = Self { panels: BTreeMap::new(), is_large: entries > MAX_ENTRIES };
        for page in &outline.pages {
            let key = navigation.key(page);
            let PanelKey { window, root } = key.clone();
            navigation.panels.entry(key).or_insert_with(|| match window {
                Some((part, number)) => window_panel(outline, part, number, &root),
                None => whole_panel(outline, &root),
            });
        }
        navigation
    }

    /// The table of contents with one page marked as the current one.
    pub(super) fn html_for(&self, index: usize, page: &Page<'_>) -> String {
        let panel = &self.panels[&self.key(page)];
        let Some(&mark) = panel.marks.get(&index) else { return panel.html.clone() };
        let (before, after) = panel.html.split_at(mark);
        [before, " aria-current=\"page\"", after].concat()
    }

    /// The content of the page that lists all chapters; a small book needs none.
    pub(super) fn contents_html(&self, outline: &Outline<'_>) -> Option<String> {
        self.is_large.then(|| whole_panel(outline, "").html)
    }

    fn key(&self, page: &Page<'_>) -> PanelKey {
        let window = self.is_large.then_some((page.part, page.entry / WINDOW));
        PanelKey { window, root: link::root_of(&page.path) }
    }
}

fn whole_panel(outline: &Outline<'_>, root: &str) -> Panel {
    let mut panel = Panel::default();
    for part in &outline.parts {
        panel.add_part_title(part.title);
        panel.add_entries(&part.entries, &outline.pages, root);
    }
    panel
}

fn window_panel(outline: &Outline<'_>, current: usize, number: usize, root: &str) -> Panel {
    let mut panel = Panel::default();
    panel.add_link(&format!("{root}{CONTENTS_PATH}"), "All chapters");
    let shows_parts = outline.parts.len() <= MAX_PARTS;
    for (index, part) in outline.parts.iter().enumerate() {
        if index == current {
            panel.add_part_title(part.title);
            let window = window_range(number, part.entries.len());
            panel.add_entries(&part.entries[window], &outline.pages, root);
        } else if shows_parts && let Some(first) = part.entries.iter().find_map(|entry| entry.page)
        {
            let title = if part.title.is_empty() { part.entries[0].title } else { part.title };
            panel.add_link(&format!("{root}{}", outline.pages[first].path), title);
        }
    }
    panel
}

fn window_range(number: usize, entries: usize) -> Range<usize> {
    let start = number * WINDOW;
    start..entries.min(start + WINDOW)
}

impl Panel {
    fn add_part_title(&mut self, title: &str) {
        if !title.is_empty() {
            self.push(format_args!("<p class=\"part\">{}</p>\n", escape_attribute(title)));
        } else if !self.html.is_empty() {
            self.html.push_str("<hr>\n");
        }
    }

    /// Adds a link to another part, which is never the current page.
    fn add_link(&mut self, href: &str, title: &str) {
        let (href, title) = (escape_attribute(href), escape_attribute(title));
        self.push(format_args!("<p class=\"part\"><a href=\"{href}\">{title}</a></p>\n"));
    }

    /// Adds entries as nested lists.
    fn add_entries(&mut self, entries: &[Entry<'_>], pages: &[Page<'_>], root: &str) {
        // A window may start inside a nested list.
        let Some(base) = entries.iter().map(|entry| entry.depth).min() else { return };
        let mut open = 0;
        for entry in entries {
            let depth = entry.depth - base + 1;
            let close = if depth > open { "" } else { "</li>\n" };
            self.html.push_str(close);
            while open > depth {
                self.html.push_str("</ul></li>\n");
                open -= 1;
            }
            while open < depth {
                // Levels are skipped only where a window cuts a parent off.
                self.html.push_str(if open + 1 == depth { "<ul>\n" } else { "<ul><li>" });
                open += 1;
            }
            self.add_entry(entry, pages, root);
        }
        self.html.push_str(&"</li></ul>".repeat(open));
        self.html.push('\n');
    }

    fn add_entry(&mut self, entry: &Entry<'_>, pages: &[Page<'_>], root: &str) {
        let title = escape_attribute(entry.title);
        let Some(page) = entry.page else {
            return self.push(format_args!("<li><span class=\"draft\">{title}</span>"));
        };
        let href = escape_attribute(&format!("{root}{}", pages[page].path));
        self.push(format_args!("<li><a href=\"{href}\""));
        self.marks.insert(page, self.html.len());
        self.push(format_args!(">{title}</a>"));
    }

    fn push(&mut self, html: std::fmt::Arguments<'_>) {
        self.html.write_fmt(html).expect("writing to a string cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use mdbook_driver::book::{Book, BookItem, Chapter};

    use super::{Navigation, Outline};

    fn book(parts: usize, chapters: usize) -> Book {
        let mut book = Book::new();
        for part in 0..parts {
            book.push_item(BookItem::PartTitle(format!("Part {part}")));
            for chapter in 0..chapters {
                let path = format!("{part}/{chapter}.md");
                book.push_item(Chapter::new(&path, String::new(), &path, Vec::new()));
            }
        }
        book
    }

    fn bytes(book: &Book) -> usize {
        let outline = Outline::new(book).unwrap();
        let navigation = Navigation::new(&outline);
        let pages = outline.pages.iter().enumerate();
        pages.map(|(index, page)| navigation.html_for(index, page).len()).sum()
    }

    #[track_caller]
    fn check(book: &Book, page: usize, expected: &str) {
        let outline = Outline::new(book).unwrap();
        let html = Navigation::new(&outline).html_for(page, &outline.pages[page]);
        assert_eq!(html.replace('\n', ""), expected);
    }

    #[test]
    fn current_page_is_marked_and_links_are_relative() {
        check(
            &book(1, 2),
            1,
            "<p class=\"part\">Part 0</p><ul><li><a href=\"../0/0.html\">0/0.md</a></li>\
             <li><a href=\"../0/1.html\" aria-current=\"page\">0/1.md</a></li></ul>",
        );
    }

    #[test]
    fn nested_chapters_are_nested_lists() {
        let chapter = |name: &str| Chapter::new(name, String::new(), name, Vec::new());
        let mut parent = chapter("a.md");
        let mut child = chapter("b.md");
        child.sub_items.push(chapter("c.md").into());
        parent.sub_items.push(child.into());
        check(
            &Book::new_with_items(vec![parent.into(), chapter("<d>.md").into()]),
            0,
            "<ul><li><a href=\"a.html\" aria-current=\"page\">a.md</a>\
             <ul><li><a href=\"b.html\">b.md</a>\
             <ul><li><a href=\"c.html\">c.md</a></li></ul></li></ul></li>\
             <li><a href=\"&lt;d&gt;.html\">&lt;d&gt;.md</a></li></ul>",
        );
    }

    #[test]
    fn large_books_grow_linearly_in_any_shape() {
        for (small, large) in [
            (book(1, 1000), book(1, 10_000)),
            (book(10, 100), book(100, 100)),
            (book(500, 2), book(5000, 2)),
        ] {
            let (small, large) = (bytes(&small), bytes(&large));
            assert!(large < small * 11, "{small} bytes became {large}");
        }
    }

    #[test]
    fn large_book_links_to_its_other_parts() {
        let book = book(4, 50);
        let outline = Outline::new(&book).unwrap();
        let navigation = Navigation::new(&outline);
        let html = navigation.html_for(60, &outline.pages[60]);
        assert!(html.contains("<a href=\"../all-chapters.html\">All chapters</a>"));
        assert!(html.contains("<a href=\"../3/0.html\">Part 3</a>"));
        assert!(html.contains("<a href=\"../1/10.html\" aria-current=\"page\">"));
        assert!(!html.contains("../0/1.html"));
    }
}
