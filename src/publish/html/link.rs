//! Rewrites links between chapters, and makes links relative so that a site works anywhere.

use crate::source::address;

/// Where a chapter's Markdown file ends up in the site.
pub(in crate::publish) fn page_path(source: &str) -> String {
    let (folder, name) = match source.rsplit_once('/') {
        Some((folder, name)) => (Some(folder), name),
        None => (None, source),
    };
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let stem = if stem.eq_ignore_ascii_case("readme") { "index" } else { stem };
    match folder {
        Some(folder) => format!("{folder}/{stem}.html"),
        None => format!("{stem}.html"),
    }
}

/// The way from a page up to the site's root: empty, or `../` once per folder.
pub(super) fn root_of(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// The destination of a Markdown link, for a page whose way to the root is `root`.
///
/// A link to a Markdown file becomes one to its page; a link from the root becomes relative;
/// everything else stays as it is.
pub(super) fn rewrite(destination: &str, root: &str) -> String {
    if is_external(destination) || destination.starts_with('#') {
        return destination.to_owned();
    }
    let end = destination.find(['#', '?']).unwrap_or(destination.len());
    let (path, rest) = destination.split_at(end);
    let (root, path) = match path.strip_prefix('/') {
        Some(path) => (root, path),
        None => ("", path),
    };
    if path.ends_with(".md") {
        return format!("{root}{}{rest}", page_path(path));
    }
    format!("{root}{path}{rest}")
}

/// A link with a scheme (`https:`, `mailto:`) or with a host (`//host`).
pub(in crate::publish) fn is_external(destination: &str) -> bool {
    destination.starts_with("//") || address::scheme(destination).is_some()
}

#[cfg(test)]
mod tests {
    use super::{page_path, rewrite, root_of};

    #[track_caller]
    fn check(destination: &str, expected: &str) {
        assert_eq!(rewrite(destination, "../"), expected);
    }

    #[test]
    fn links_to_chapters_become_links_to_pages() {
        check("retry.md", "retry.html");
        check("../a/retry.md#when-to-use", "../a/retry.html#when-to-use");
        check("a/README.md", "a/index.html");
        check("README.md?x=1#y", "index.html?x=1#y");
    }

    #[test]
    fn links_from_the_root_become_relative() {
        check("/a/b.md", "../a/b.html");
        check("/image.svg", "../image.svg");
    }

    #[test]
    fn other_links_stay() {
        check("https://example.com/a.md", "https://example.com/a.md");
        check("//example.com/a.md", "//example.com/a.md");
        check("mailto:a@example.com", "mailto:a@example.com");
        check("#section", "#section");
        check("image.png", "image.png");
        check("", "");
    }

    #[test]
    fn pages_are_named_after_their_chapters() {
        assert_eq!(page_path("a/b.md"), "a/b.html");
        assert_eq!(page_path("README.md"), "index.html");
        assert_eq!(root_of("index.html"), "");
        assert_eq!(root_of("a/b/c.html"), "../../");
    }
}
