//! What agents read of a site: each page as Markdown, and lists of all pages.
//!
//! `llms.txt` follows <https://llmstxt.org/>: a title, a quote that says what this is, and a list
//! of pages under each part. `llms-full.txt` holds all pages in reading order.

use std::fmt::Write as _;

use crate::publish::html::Address;
use crate::publish::html::link;
use crate::publish::html::outline::Outline;
use crate::publish::html::view::SiteView;
use crate::publish::tree::FileTree;

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

/// The Markdown of a page: with a title, and with links that lead to Markdown.
pub(super) fn markdown(title: &str, has_title: bool, content: &str, root: &str) -> String {
    let title = if has_title { String::new() } else { format!("# {title}\n\n") };
    let content = crate::markdown::map_links(content, |destination| {
        let target = link::rewrite(destination, root);
        let (path, rest) = target.split_at(target.find(['#', '?']).unwrap_or(target.len()));
        let is_page = !link::is_external(&target) && path.ends_with(".html");
        is_page.then(|| format!("{}{rest}", markdown_path(path)))
    });
    format!("{title}{}\n", content.trim_end())
}

/// Adds both lists. `pages` hold description and Markdown of each page of `outline`.
pub(super) fn add_lists(
    site: &SiteView,
    address: &Address,
    outline: &Outline<'_>,
    pages: &[(String, String)],
    files: &mut FileTree,
) {
    let mut head = format!("# {}\n", site.title);
    if !site.description.is_empty() {
        write!(head, "\n> {}\n", site.description).expect("strings take any text");
    }
    let (mut list, mut full) = (head.clone(), head);
    let full_url = address.of(FULL_PATH);
    write!(list, "\nEach page is Markdown; [all of them]({full_url}) are one file, too.\n")
        .expect("strings take any text");
    for part in &outline.parts {
        let title = match part.title {
            "" => "Start",
            OPTIONAL => "Optional",
            title => title,
        };
        write!(list, "\n## {title}\n\n").expect("strings take any text");
        for index in part.entries.iter().filter_map(|entry| entry.page) {
            let page = &outline.pages[index];
            let (description, text) = &pages[index];
            let url = address.of(&markdown_path(&page.path));
            let name = crate::render::markdown::text(&page.chapter.name);
            let colon = if description.is_empty() { "" } else { ": " };
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
        let url = crate::publish::html::escape::escape_attribute(&url);
        writeln!(text, "<url><loc>{url}</loc></url>").expect("strings take any text");
    }
    text.push_str("</urlset>\n");
    Some(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn links_between_pages_lead_to_markdown() {
        let text =
            "[a](../README.md#x) [b](/c/d.md) [e](https://x.example/f.md)\n\n```md\n[g](h.md)\n```";
        let expected = "# T\n\n[a](../index.md#x) [b](../c/d.md) [e](https://x.example/f.md)\n\n```md\n[g](h.md)\n```\n";
        assert_eq!(markdown("T", false, text, "../"), expected);
    }
}
