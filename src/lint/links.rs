//! Links of a Markdown document that belongs to a plugin or a skill: do they lead to a file?
//!
//! Nothing is asked of the network, and a link that leads out of what may be looked into is
//! nobody's fault.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::document::{Place, join};
use super::{Document, unit};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::markdown::anchors::html_ids;
use crate::markdown::{self, Link};
use crate::source::address;

static MISSING_FILE: Rule = Rule {
    id: "link-missing-file",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a link to a file that is not there",
    explanation: "An agent that follows the link gets an error and goes on without what the file was to say; a \
        reader gets a 404. Paths are relative to the document that holds the link, and upper and lower case differ on most \
        systems. Correct the path, add the file, or remove the link. A link that only shows what a link looks like \
        belongs into a code span.\n\nSource: CommonMark 0.31 §6.3; Agent Skills specification, file references.",
};

static MISSING_ANCHOR: Rule = Rule {
    id: "link-missing-anchor",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a link to a heading that is not there",
    explanation: "The part behind `#` is made of a heading: in lower case, with `-` for each space, without punctuation. \
        When the heading is renamed, the link leads to the top of the page, and the reader searches. Write the anchor of a \
        heading that exists.\n\nSource: GitHub docs, section links.",
};

static BACKSLASH: Rule = Rule {
    id: "link-backslash",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a path with backslashes",
    explanation: "Only Windows takes `\\` for a separator; everywhere else `references\\a.md` is the name of one file, \
        which is not there. `/` works on Windows too.\n\nSource: Anthropic, skill authoring best practices (avoid \
        Windows-style paths); RFC 3986 §3.3.",
};

/// The rules that [`check`] can find broken.
pub(super) static RULES: &[&Rule] = &[&MISSING_FILE, &MISSING_ANCHOR, &BACKSLASH];

/// A link to a place below the folder that the rules may look into.
pub(super) struct LocalLink<'a> {
    /// Where the link is.
    pub link: &'a Link,
    /// The path that it names, from the folder that the rules may look into. Nothing when it
    /// leads out.
    pub path: Option<String>,
    /// The part behind `#`; empty when there is none.
    pub anchor: String,
}

/// Appends what is wrong with the links of a document.
pub(super) fn check(document: &Document<'_>, links: &[Link], found: &mut Vec<Finding>) {
    let Some(place) = &document.place else { return };
    let mut anchors: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
    for local in local_links(place, links) {
        let range = local.link.range.clone();
        let destination = &local.link.destination;
        if destination.contains('\\') {
            let message = format!("`{destination}` is a path on Windows only");
            let help = format!("write `{}`", destination.replace('\\', "/"));
            found.push(Finding::new(&BACKSLASH, range, message).help(help));
            continue;
        }
        let Some(path) = find(place, &local) else {
            if local.path.is_some() && !is_placeholder(place, destination) {
                let message = format!("`{destination}` leads to no file");
                let finding = Finding::new(&MISSING_FILE, range, message);
                found.push(finding.help("correct the path, add the file, or remove the link"));
            }
            continue;
        };
        if local.anchor.is_empty() || !markdown::is_file(&path) {
            continue;
        }
        let known = anchors.entry(path).or_insert_with_key(|path| {
            let is_own = path == place.path;
            let text = if is_own { None } else { place.neighbours.text(path) };
            text.as_deref().or(is_own.then_some(document.text)).map(anchors_of)
        });
        if known.as_ref().is_some_and(|known| !has_anchor(known, &local.anchor)) {
            let message = format!("no heading has the anchor `#{}`", local.anchor);
            let finding = Finding::new(&MISSING_ANCHOR, range, message);
            found.push(finding.help("write the anchor of a heading that is there"));
        }
    }
}

/// The path of what a link leads to: from the document, as Markdown has it, or from the root of
/// the skill or of the tree, as agents read it.
pub(super) fn find(place: &Place<'_>, local: &LocalLink<'_>) -> Option<String> {
    let destination = local.link.destination.split(['#', '?']).next().unwrap_or_default();
    let from_root = |root: String| join(&root, &decode(destination));
    let roots = || unit::skill_root(place).into_iter().chain([String::new()]).filter_map(from_root);
    let is_there = |path: &String| place.neighbours.entry(path).is_some();
    local.path.clone().filter(is_there).or_else(|| roots().find(is_there))
}

/// The links that name a file of the same tree.
pub(super) fn local_links<'a>(place: &Place<'_>, links: &'a [Link]) -> Vec<LocalLink<'a>> {
    links.iter().filter_map(|link| local_link(place, link)).collect()
}

fn local_link<'a>(place: &Place<'_>, link: &'a Link) -> Option<LocalLink<'a>> {
    let destination = link.destination.as_str();
    let is_other = destination.is_empty()
        || destination.starts_with('/')
        || destination.contains(['{', '}', '<', '$', '*', '`', '@'])
        || destination.contains("...")
        || has_scheme(destination);
    if is_other {
        return None;
    }
    let (path, anchor) = destination.split_once('#').unwrap_or((destination, ""));
    let path = decode(path.split('?').next().unwrap_or_default());
    let path =
        if path.is_empty() { Some(place.path.to_owned()) } else { place.resolve(path.trim()) };
    Some(LocalLink { link, path, anchor: decode(anchor) })
}

/// `https:` and `mailto:`, but also `C:`.
fn has_scheme(destination: &str) -> bool {
    let end = destination.find(['/', '#', '?']).unwrap_or(destination.len());
    destination[..end].contains(':')
}

/// Examples of links lead to `url` or `path/to/file.md`; and what a template links
/// is beside the file that is made of it.
fn is_placeholder(place: &Place<'_>, destination: &str) -> bool {
    let is_template = place
        .path
        .split('/')
        .any(|part| matches!(part, "template" | "templates" | "assets" | "fixtures" | "evals"));
    // `wiki/page` may be a place of the reader's own, `references/page` is one of ours.
    let path = destination.split(['#', '?']).next().unwrap_or_default();
    let first = path.split('/').find(|part| !matches!(*part, "." | "..")).unwrap_or_default();
    let is_there = |folder: Option<String>| {
        folder.is_some_and(|folder| place.neighbours.entry(&folder).is_some())
    };
    let is_elsewhere = !path.contains('.') && !is_there(place.resolve(first));
    is_template || is_elsewhere || is_example(destination)
}

fn is_example(destination: &str) -> bool {
    let path = destination.split(['#', '?']).next().unwrap_or_default();
    let is_word = !path.contains(['.', '/']);
    let words = ["path/to", "example", "your-", "your_", "placeholder", "xxx"];
    let lower = path.to_ascii_lowercase();
    is_word || words.iter().any(|word| lower.contains(word))
}

/// A path without `%20` and its like.
fn decode(path: &str) -> String {
    address::decode(path).unwrap_or_else(|| path.to_owned())
}

/// Tells whether there is a heading or an HTML element of this anchor. Renderers differ in
/// punctuation, which is not compared.
fn has_anchor(known: &BTreeSet<String>, anchor: &str) -> bool {
    // `:~:text=` is no heading.
    anchor.starts_with(':') || anchor == "top" || known.contains(&plain(anchor))
}

/// The anchors of a text, without punctuation.
fn anchors_of(text: &str) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, markdown::options()) {
        match event {
            Event::Start(Tag::Heading { id, .. }) => {
                known.extend(id.map(|id| plain(&id)));
                heading = Some(String::new());
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let base = plain(&heading.take().unwrap_or_default());
                let count = counts.entry(base.clone()).or_insert(0_usize);
                known.insert(if *count == 0 { base } else { format!("{base}{count}") });
                *count += 1;
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                known.extend(html_ids(&html).into_iter().map(plain));
            }
            _ => {}
        }
    }
    known
}

fn plain(text: &str) -> String {
    text.chars().filter(|next| next.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Tells whether the links of a document are checked: it is part of a plugin or of a skill.
pub(super) fn concerns(place: &Place<'_>) -> bool {
    unit::is_in_plugin(place) || unit::skill_root(place).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_compared_without_punctuation() {
        let text = "# The `x.y` option\n\n## A\n\n## A\n\n<a id=\"own\"></a>\n";
        let known = anchors_of(text);
        for anchor in ["the-xy-option", "a", "a-1", "own", "top"] {
            assert!(has_anchor(&known, anchor), "{anchor}");
        }
        assert!(!has_anchor(&known, "a-2"));
    }

    #[test]
    fn examples_of_links_are_no_links() {
        assert!(is_example("url"));
        assert!(is_example("path/to/file.md"));
        assert!(!is_example("references/a.md"));
        assert!(has_scheme("mailto:a@b"));
        assert!(!has_scheme("a/b:c"));
        assert_eq!(decode("a%20b%"), "a b%");
    }
}
