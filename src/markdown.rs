//! Finds the fences and links of a Markdown text, each with its place.

pub mod anchors;
pub mod languages;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced code block.
#[derive(Debug, Clone)]
pub struct Fence {
    /// The first word of the info string, as written; empty when there is none.
    pub language: String,
    /// The whole info string.
    pub info: String,
    /// Where the language is named in the text, or could be; `None` where the text writes the
    /// info string in another way than it reads.
    pub label: Option<Range<usize>>,
    /// The code.
    pub code: String,
    /// Where each line of the code starts in the text. For an empty block: where the code
    /// would start.
    pub origins: Vec<usize>,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it points.
    pub destination: String,
    /// Where the whole link is in the text.
    pub range: Range<usize>,
}

/// What a Markdown text holds for us.
#[derive(Debug, Default)]
pub struct Outline {
    /// Every fence, in the order of the text.
    pub fences: Vec<Fence>,
    /// Every link and image, in the order of the text.
    pub links: Vec<Link>,
}

impl Fence {
    /// The value of `name="value"` in the info string.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.info.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    }
}

/// Tells whether a path is that of a Markdown file.
pub fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["md", "markdown", "mdx"].iter().any(|one| ending.eq_ignore_ascii_case(one))
}

/// The extensions that this project's Markdown uses, the same wherever it is read.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
}

/// The extensions that a page of a site may use: what our Markdown has everywhere, and what
/// mdBook reads besides: lists of definitions and alerts in hand-written chapters. Without them a
/// chapter would look different here.
pub fn page_options() -> Options {
    options() | Options::ENABLE_DEFINITION_LIST | Options::ENABLE_GFM
}

/// Reads the fences and links of a text.
pub fn outline(text: &str) -> Outline {
    let options = options() | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut outline = Outline::default();
    let mut open: Option<Fence> = None;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = language(&info);
                let info = info.into_string();
                let label = label(text, range.start, &language, &info);
                open = Some(Fence { language, info, label, code: String::new(), origins: vec![] });
            }
            Event::Text(line) => {
                if let Some(fence) = &mut open {
                    append(fence, &line, range.start);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(mut fence) = open.take() {
                    if fence.origins.is_empty() {
                        fence.origins.push(after_first_line(text, &range));
                    }
                    outline.fences.push(fence);
                }
            }
            event => outline.links.extend(link(event, range)),
        }
    }
    outline
}

/// Reads the links and pictures of a text alone.
pub fn links(text: &str) -> Vec<Link> {
    if !may_have_links(text) {
        return Vec::new();
    }
    let options = options() | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let events = Parser::new_ext(text, options).into_offset_iter();
    events.filter_map(|(event, range)| link(event, range)).collect()
}

fn link(event: Event<'_>, range: Range<usize>) -> Option<Link> {
    match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(Link { destination: dest_url.into_string(), range })
        }
        _ => None,
    }
}

/// Tells whether a text has one of the signs that every link has: `](`, the `]:` of a reference's
/// definition, or `<` and a scheme or an address of mail (§6.3, §4.7 and §6.5 of `CommonMark` 0.31.2).
fn may_have_links(text: &str) -> bool {
    let starts_address = |at: usize| {
        let mut rest = text.as_bytes()[at + 1..].iter();
        rest.find(|byte| matches!(byte, b':' | b'@' | b'>' | b'<' | b' ' | b'\n'))
            .is_some_and(|byte| matches!(byte, b':' | b'@'))
    };
    text.contains("](")
        || text.contains("]:")
        || memchr::memchr_iter(b'<', text.as_bytes()).any(starts_address)
}

/// The parser gives several lines as one event when nothing stands before them.
fn append(fence: &mut Fence, text: &str, start: usize) {
    let mut offset = start;
    for line in text.split_inclusive('\n') {
        if fence.code.is_empty() || fence.code.ends_with('\n') {
            fence.origins.push(offset);
        }
        fence.code.push_str(line);
        offset += line.len();
    }
}

/// The first word of an info string. Attributes in braces are none.
fn language(info: &str) -> String {
    let word = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
    word.to_owned()
}

/// Finds the language of a fence that starts at a byte, or the place for one.
fn label(text: &str, start: usize, language: &str, info: &str) -> Option<Range<usize>> {
    let line = text[start..].lines().next()?;
    let signs = line.trim_start();
    let rest = signs.trim_start_matches(signs.chars().next()?);
    let rest = if language.is_empty() { rest } else { rest.trim_start() };
    // Attributes without a language have no place for one.
    let is_plain = rest.starts_with(language) && (!language.is_empty() || info.is_empty());
    let at = start + line.len() - rest.len();
    is_plain.then(|| at..at + language.len())
}

fn after_first_line(text: &str, range: &Range<usize>) -> usize {
    match text[range.clone()].find('\n') {
        Some(newline) => range.start + newline + 1,
        None => range.end,
    }
}

/// Makes the id of a heading as mdBook does, so that links made for its own renderer hold in
/// ours too. A page that has the same heading twice adds a number to the second.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for char in text.trim().chars() {
        if char.is_alphanumeric() || char == '_' || char == '-' {
            slug.extend(char.to_lowercase());
        } else if char.is_whitespace() {
            slug.push('-');
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let outline = outline(text);
        let found: Vec<(&str, &str)> = outline
            .fences
            .iter()
            .map(|fence| (fence.language.as_str(), fence.code.as_str()))
            .collect();
        assert_eq!(found, expected);
        for fence in &outline.fences {
            assert_eq!(&text[fence.label.clone().unwrap()], fence.language);
            for (line, origin) in fence.code.lines().zip(&fence.origins) {
                assert!(text[*origin..].starts_with(line), "{line:?} is not at {origin}");
            }
        }
    }

    #[test]
    fn links_are_those_of_the_outline() {
        for (text, count) in [
            ("[a](b) ![c](d)", 2),
            ("[a]\n\n[a]: b", 1),
            ("[a][b]\n\n> [b]:\n>   <c d>", 1),
            ("<https://example.com> <me@example.com>", 2),
            ("a <b> `c](d` \\[e](f)", 0),
            ("a < b: c", 0),
            ("`[a](b)`\n\n~~~\n[c](d)\n~~~", 0),
            ("no sign of one", 0),
        ] {
            let found = links(text);
            assert_eq!(found, outline(text).links, "{text}");
            assert_eq!(found.len(), count, "{text}");
        }
    }

    #[test]
    fn finds_fences_with_their_lines() {
        check("a\n\n```json file=\"x\"\n{\n\n}\n```\n", &[("json", "{\n\n}\n")]);
    }

    #[test]
    fn finds_fences_in_lists_and_quotes() {
        check("- a\n\n  ~~~sh\n  one\n\n    two\n  ~~~\n", &[("sh", "one\n\n  two\n")]);
        check("> ```sh\n> one\n> two\n> ```\n", &[("sh", "one\ntwo\n")]);
    }

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        check("````md\n```sh\nx\n```\n````\n", &[("md", "```sh\nx\n```\n")]);
    }

    #[test]
    fn windows_line_ends_keep_their_places() {
        check("```sh\r\none\r\ntwo\r\n```\r\n", &[("sh", "one\ntwo\n")]);
    }

    #[test]
    fn finds_links() {
        let outline = outline("see [x](pattern:y) and\n\n```\n[no](z)\n```\n");
        assert_eq!(outline.links.len(), 1);
        assert_eq!(outline.links[0].destination, "pattern:y");
        assert_eq!(outline.links[0].range, 4..18);
    }
}
