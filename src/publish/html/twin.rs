//! The Markdown twin of a page: what its chapter says, without the HTML that only a browser
//! draws, and with links that lead to other twins.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use crate::publish::html::agents::markdown_path;
use crate::publish::html::link;
use crate::render::markdown;
use crate::source::address;

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

/// The Markdown of a page, with a title.
#[derive(Debug)]
pub(super) struct Twin {
    /// As a file beside the page.
    pub(super) alone: String,
    /// As part of a file at the site's root, to which its links lead from there.
    pub(super) in_all: String,
}

/// Writes the twin of a page that is at `path` in the site.
pub(super) fn twin(path: &str, title: &str, has_title: bool, content: &str) -> Twin {
    let title = match has_title {
        true => String::new(),
        false => format!("# {}\n\n", markdown::text(title)),
    };
    let edits = edits(path, content);
    let write = |choose: fn(&Edit) -> &str| {
        let mut text = String::with_capacity(content.len());
        let mut copied = 0;
        for edit in &edits {
            text.push_str(&content[copied..edit.range.start]);
            text.push_str(choose(edit));
            copied = edit.range.end;
        }
        text.push_str(&content[copied..]);
        format!("{title}{}\n", markdown::tidy(&text).trim_end())
    };
    Twin { alone: write(|edit| &edit.alone), in_all: write(|edit| &edit.in_all) }
}

/// A piece of a chapter that its twin says otherwise.
struct Edit {
    range: Range<usize>,
    alone: String,
    in_all: String,
}

/// Reads the chapter once: tags and drawings go, links lead to twins.
fn edits(path: &str, content: &str) -> Vec<Edit> {
    let root = link::root_of(path);
    let mut edits: Vec<Edit> = Vec::new();
    let mut reader = HtmlReader::default();
    for (event, range) in Parser::new_ext(content, crate::markdown::options()).into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                let words = reader.words(&content[range.clone()]);
                edits.push(Edit { range, alone: words.clone(), in_all: words });
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                // A title may stand behind the destination; a reference has none here.
                let Some(at) = content[range.clone()].rfind(&format!("]({dest_url}")) else {
                    continue;
                };
                let start = range.start + at + "](".len();
                let alone = match address::is_safe(&dest_url) {
                    true => to_twin(&link::rewrite(&dest_url, &root)),
                    false => String::new(),
                };
                let in_all = from_root(&alone, path);
                edits.push(Edit { range: start..start + dest_url.len(), alone, in_all });
            }
            _ => {}
        }
    }
    // A link may stand around a picture, whose end comes first.
    edits.sort_by_key(|edit| edit.range.start);
    edits
}

/// The twin of the page that a link leads to; other links stay.
fn to_twin(target: &str) -> String {
    let (path, rest) = target.split_at(target.find(['#', '?']).unwrap_or(target.len()));
    match !link::is_external(target) && path.ends_with(".html") {
        true => format!("{}{rest}", markdown_path(path)),
        false => target.to_owned(),
    }
}

/// The link of a page as it leads from the site's root.
fn from_root(target: &str, page: &str) -> String {
    if target.is_empty() || target.starts_with(['#', '/']) || link::is_external(target) {
        return target.to_owned();
    }
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
    let (mut folder, mut path) = (parent(page), target);
    while let Some(rest) = path.strip_prefix("../") {
        (folder, path) = (parent(&folder), rest);
    }
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// Where the reading of HTML stands between two pieces of it.
#[derive(Default)]
struct HtmlReader {
    is_in_drawing: bool,
    is_in_comment: bool,
    is_in_code: bool,
}

impl HtmlReader {
    fn words(&mut self, html: &str) -> String {
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
            "section" => words.push_str(&anchor(tag)),
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

/// What a link to a part of the page leads to, for readers of Markdown.
fn anchor(tag: &str) -> String {
    let id = tag.split_once(" id=\"").and_then(|(_, rest)| rest.split('"').next());
    id.map_or(String::new(), |id| format!("<a id=\"{id}\"></a>"))
}

#[cfg(test)]
mod tests {
    use super::twin;

    #[track_caller]
    fn check(content: &str, alone: &str, in_all: &str) {
        let twin = twin("i/j.html", "T", true, content);
        assert_eq!((twin.alone.as_str(), twin.in_all.as_str()), (alone, in_all));
    }

    #[test]
    fn links_between_pages_lead_to_markdown() {
        check(
            "[a](../README.md#x) [b](/c/d.md \"D\") [e](https://x.example/f.md) [g](#h) [k](l.md)",
            "[a](../index.md#x) [b](../c/d.md \"D\") [e](https://x.example/f.md) [g](#h) [k](l.md)\n",
            "[a](index.md#x) [b](c/d.md \"D\") [e](https://x.example/f.md) [g](#h) [k](i/l.md)\n",
        );
        check(
            "[![a](/b.png)](c.md)\n\n```md\n[g](h.md)\n```",
            "[![a](../b.png)](c.md)\n\n```md\n[g](h.md)\n```\n",
            "[![a](b.png)](i/c.md)\n\n```md\n[g](h.md)\n```\n",
        );
    }

    #[test]
    fn tabs_stand_one_after_the_other_and_links_find_them() {
        let words = "<a id=\"example.b\"></a>\n\n**B**\n\nc\n";
        let tab = "<section class=\"tab\" id=\"example.b\">\n\n**B**\n\nc\n\n</section>";
        check(&format!("<div class=\"tabs\">\n\n{tab}\n\n</div>\n"), words, words);
    }

    #[test]
    fn html_becomes_words_and_drawings_vanish() {
        let words = "a\n\n- b d\n  E: `<f>`; g &lt;\n\n```html\n<i>\n```\n";
        check(
            "a\n\n<figure>\n<svg>\n<text>no</text>\n</svg>\n</figure>\n\n<!-- no\nno -->\n\n\
             - b <span class=\"c\">d</span>\n  <details><summary>E</summary><ul><li><code>&lt;f></code></li>\
             <li>g &lt;</li></ul></details>\n\n```html\n<i>\n```\n",
            words,
            words,
        );
    }
}
