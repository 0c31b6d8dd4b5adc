//! What the templates of the site see: the fields here are their variables.

use std::collections::BTreeMap;

use serde::Serialize;

/// What every template sees about the site.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SiteView {
    pub(super) title: String,
    pub(super) description: String,
    /// A language tag, such as `en`.
    pub(super) language: String,
    /// File name in the theme to path from the site's root.
    pub(super) assets: BTreeMap<String, String>,
    /// Path of the search index from the site's root.
    pub(super) search_index: &'static str,
    /// The version of what the pages say.
    pub(super) version: Option<String>,
    /// The day on which examples last ran, as `2026-11-21`.
    pub(super) proven: Option<String>,
    /// The address of the book's repository.
    pub(super) repository: Option<String>,
    /// The address of the picture that other sites show beside a link, with its host.
    pub(super) card: Option<String>,
}

/// The variables of `page.html`.
#[derive(Serialize)]
pub(super) struct PageView<'a> {
    pub(super) site: &'a SiteView,
    /// The way up to the site's root: empty, or `../` once per folder.
    pub(super) root: &'a str,
    pub(super) title: &'a str,
    /// Whether the content begins with no title of its own.
    pub(super) needs_title: bool,
    pub(super) description: &'a str,
    /// The address of the page with its host, if that is known.
    pub(super) canonical: Option<String>,
    /// The Markdown of the page, from where the page is.
    pub(super) markdown: Option<&'a str>,
    /// Where somebody changes the page, or sees what it is made of.
    pub(super) edit: Option<EditView>,
    /// The titles of the part and of the chapters around this one.
    pub(super) breadcrumbs: Vec<&'a str>,
    /// HTML.
    pub(super) content: &'a str,
    /// HTML.
    pub(super) navigation: &'a str,
    pub(super) headings: Vec<HeadingView<'a>>,
    pub(super) previous: Option<LinkView<'a>>,
    pub(super) next: Option<LinkView<'a>>,
}

/// The way to the file that a page is written in.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct EditView {
    pub(super) href: String,
    pub(super) words: &'static str,
}

/// A line of "On this page".
#[derive(Serialize)]
pub(super) struct HeadingView<'a> {
    /// 2 or 3.
    pub(super) level: u8,
    pub(super) id: &'a str,
    pub(super) title: &'a str,
}

/// A link to another page.
#[derive(Serialize)]
pub(super) struct LinkView<'a> {
    pub(super) href: String,
    pub(super) title: &'a str,
}

/// The variables of `404.html`.
#[derive(Serialize)]
pub(super) struct NotFoundView<'a> {
    pub(super) site: &'a SiteView,
    /// The site's address, or the root of its host: the page is served at any path.
    pub(super) root: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// Pages that lead to others.
    pub(super) ways: Vec<LinkView<'a>>,
}

/// The variables of `redirect.html`.
#[derive(Serialize)]
pub(super) struct RedirectView<'a> {
    pub(super) site: &'a SiteView,
    pub(super) target: &'a str,
}
