//! The Markdown twin of a page: what its chapter says, without the HTML that only a browser
//! draws, and with links that lead to other twins.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

use crate::publish::html::agents::markdown_path;
use crate::publish::html::link;
use crate::render::markdown;

/// What a tag becomes, where it becomes anything.
const TAGS: &[(&str, &str)] = &[
    ("/summary", ": "),
    ("/li", "; "),
    ("/p", " "),
    ("br", " "),
    ("code", "`"),
    ("/code", "`"),
    ("strong", "**"),
    ("/strong", "**"),
];

/// The Markdown of a page, with a title. `root` is the way from the page up to the site's root.
pub(super) fn twin(title: &str, has_title: bool, content: &str, root: &str) -> String {
    let title = if has_title { String::new() } else { format!("# {}\n\n", markdown::text(title)) };
    let content = crate::markdown::map_links(&without_html(content), |destination| {
        let target = link::rewrite(destination, root);
        let (path, rest) = target.split_at(target.find(['#', '?']).unwrap_or(target.len()));
        let is_page = !link::is_external(&target) && path.ends_with(".html");
        is_page.then(|| format!("{}{rest}", markdown_path(path)))
    });
    format!("{title}{}\n", content.trim_end())
}

/// A twin as part of a file at the site's root, to which its links must lead from there.
pub(super) fn from_root(twin: &str, page: &str) -> String {
    let Some((folder, _)) = page.rsplit_once('/') else { return twin.to_owned() };
    crate::markdown::map_links(twin, |destination| {
        let is_below = !destination.is_empty()
            && !link::is_external(destination)
            && !destination.starts_with(['#', '/']);
        is_below.then(|| {
            let (mut folder, mut path) = (folder, destination);
            while let Some(rest) = path.strip_prefix("../") {
                folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
                path = rest;
            }
            if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
        })
    })
}

/// The text with the words of its HTML, but without tags and drawings.
fn without_html(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut words = String::with_capacity(text.len());
    let mut copied = 0;
    let mut reader = HtmlReader::default();
    for (event, range) in Parser::new_ext(text, crate::markdown::options()).into_offset_iter() {
        if matches!(event, Event::Html(_) | Event::InlineHtml(_)) && range.start >= copied {
            words.push_str(&text[copied..range.start]);
            words.push_str(&reader.words(text, range.clone()));
            copied = range.end;
        }
    }
    words.push_str(&text[copied..]);
    markdown::tidy(&words)
}

/// Where the reading of HTML stands between two pieces of it.
#[derive(Default)]
struct HtmlReader {
    is_in_drawing: bool,
    is_in_comment: bool,
    is_in_code: bool,
}

impl HtmlReader {
    fn words(&mut self, text: &str, range: Range<usize>) -> String {
        let html = &text[range];
        let (mut words, mut rest) = (String::new(), html);
        while !rest.is_empty() {
            if self.is_in_comment {
                let Some(end) = rest.find("-->") else { break };
                (self.is_in_comment, rest) = (false, &rest[end + 3..]);
            } else if rest.starts_with("<!--") {
                (self.is_in_comment, rest) = (true, &rest[4..]);
            } else if let Some(after) = rest.strip_prefix('<') {
                let end = after.find('>').unwrap_or(after.len() - 1);
                self.tag(&after[..end], &mut words);
                rest = &after[end + 1..];
            } else {
                let (plain, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
                if !self.is_in_drawing {
                    words.push_str(&self.plain(plain));
                }
                rest = after;
            }
        }
        let words = words.replace(":  ", ": ").replace("; : ", "; ");
        let end = if html.ends_with('\n') { "\n" } else { "" };
        format!("{}{end}", words.trim_end_matches('\n').trim_end_matches("; "))
    }

    fn tag(&mut self, tag: &str, words: &mut String) {
        let name = tag.split([' ', '\n']).next().unwrap_or_default().trim_end_matches('/');
        match name {
            "svg" => self.is_in_drawing = true,
            "/svg" => self.is_in_drawing = false,
            _ if self.is_in_drawing => {}
            _ => {
                self.is_in_code = name == "code" || self.is_in_code && name != "/code";
                let written = TAGS.iter().find(|(tag, _)| *tag == name);
                words.push_str(written.map_or("", |(_, written)| written));
            }
        }
    }

    /// Text between tags; in a code span no entity is read.
    fn plain(&self, text: &str) -> String {
        match self.is_in_code {
            true => text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
            false => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{from_root, twin};

    #[track_caller]
    fn check(content: &str, expected: &str) {
        assert_eq!(twin("T", true, content, "../"), expected);
    }

    #[test]
    fn links_between_pages_lead_to_markdown() {
        check("[![a](/b.png)](c.md)", "[![a](/b.png)](c.md)\n");
        check(
            "[a](../README.md#x) [b](/c/d.md \"D\") [e](https://x.example/f.md)\n\n```md\n[g](h.md)\n```",
            "[a](../index.md#x) [b](../c/d.md \"D\") [e](https://x.example/f.md)\n\n```md\n[g](h.md)\n```\n",
        );
    }

    #[test]
    fn links_lead_from_the_root_where_all_pages_are_one_file() {
        let text = "[a](b.md) [c](../d.md#e) [f](#g) [h](https://x.example/)";
        assert_eq!(
            from_root(text, "i/j.html"),
            "[a](i/b.md) [c](d.md#e) [f](#g) [h](https://x.example/)"
        );
        assert_eq!(from_root(text, "j.html"), text);
    }

    #[test]
    fn html_becomes_words_and_drawings_vanish() {
        check(
            "a\n\n<figure>\n<svg>\n<text>no</text>\n</svg>\n</figure>\n\n<!-- no\nno -->\n\n\
             - b <span class=\"c\">d</span>\n  <details><summary>E</summary><ul><li><code>&lt;f></code></li>\
             <li>g &lt;</li></ul></details>\n\n```html\n<i>\n```\n",
            "a\n\n- b d\n  E: `<f>`; g &lt;\n\n```html\n<i>\n```\n",
        );
    }
}
