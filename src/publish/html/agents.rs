//! What agents and search engines read of a site besides its pages: lists of all of them.
//!
//! `llms.txt` follows <https://llmstxt.org/>: a title, a quote that says what this is, and a list
//! of pages under each part. `llms-full.txt` holds all pages in reading order.

use std::fmt::Write as _;

use crate::publish::html::Address;
use crate::publish::html::escape::escape_attribute;
use crate::publish::html::outline::Outline;
use crate::publish::html::view::SiteView;
use crate::publish::tree::FileTree;
use crate::render::markdown;

/// The list of all pages.
pub(super) const LIST_PATH: &str = "llms.txt";
/// The text of all pages.
pub(super) const FULL_PATH: &str = "llms-full.txt";

/// The part that an agent with little room may leave out.
const OPTIONAL: &str = "Contributing";

/// Where the Markdown of a page is.
pub(super) fn markdown_path(page: &str) -> String {
    format!("{}.md", page.strip_suffix(".html").unwrap_or(page))
}

/// Adds both lists. `pages` hold the description of each page of `outline`, and its Markdown with
/// links from the site's root.
pub(super) fn add_lists(
    site: &SiteView,
    address: &Address,
    outline: &Outline<'_>,
    pages: &[(String, String)],
    files: &mut FileTree,
) {
    let mut head = format!("# {}\n", markdown::text(&site.title));
    if !site.description.is_empty() {
        write!(head, "\n> {}\n", markdown::text(&site.description)).expect("strings take any text");
    }
    let (mut list, mut full) = (head.clone(), head);
    let full_url = address.of(FULL_PATH);
    write!(list, "\nEach page is Markdown; [all of them]({full_url}) are one file, too.\n")
        .expect("strings take any text");
    for part in &outline.parts {
        let title = match part.title {
            "" => "Start".to_owned(),
            OPTIONAL => "Optional".to_owned(),
            title => markdown::text(title),
        };
        write!(list, "\n## {title}\n\n").expect("strings take any text");
        for index in part.entries.iter().filter_map(|entry| entry.page) {
            let page = &outline.pages[index];
            let (description, text) = &pages[index];
            let url = address.of(&markdown_path(&page.path));
            let name = markdown::text(&page.chapter.name);
            let colon = if description.is_empty() { "" } else { ": " };
            let description = markdown::text(description);
            writeln!(list, "- [{name}]({url}){colon}{description}").expect("strings take any text");
            write!(full, "\n<!-- {url} -->\n\n{text}").expect("strings take any text");
        }
    }
    files.insert(LIST_PATH.to_owned(), list.into_bytes());
    files.insert(FULL_PATH.to_owned(), full.into_bytes());
}

/// The list of all pages for search engines, which takes absolute addresses only.
pub(super) fn sitemap(address: &Address, outline: &Outline<'_>) -> Option<Vec<u8>> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for page in &outline.pages {
        let url = address.absolute(&page.path)?;
        let url = escape_attribute(&url);
        writeln!(text, "<url><loc>{url}</loc></url>").expect("strings take any text");
    }
    text.push_str("</urlset>\n");
    Some(text.into_bytes())
}
