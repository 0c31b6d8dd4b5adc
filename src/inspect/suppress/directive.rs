//! Finds the comments that suppress findings, and what each holds for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::markdown;

/// How every such comment begins.
pub const KEYWORD: &str = "patternbook-ignore";

/// How many of them hold in one file.
pub(super) const MOST_COMMENTS: usize = 1_000;

/// How many of them are looked for in one file: one more tells that there are too many.
const MOST_READ: usize = MOST_COMMENTS + 1;

/// A comment that suppresses findings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// Its text in the file, without the marks of a comment.
    pub range: Range<usize>,
    /// What it asks for.
    pub form: Form,
    /// The rules that it names, each with its place in the file.
    pub rules: Vec<(String, Range<usize>)>,
    /// Whether it says why.
    pub has_reason: bool,
    /// What it holds for, in bytes of the file.
    pub scope: Range<usize>,
}

/// What a comment asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// `patternbook-ignore`
    Next,
    /// `patternbook-ignore-file`
    File,
    /// Something that begins in the same way.
    Unknown(String),
}

/// How comments of lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// With `#`; for the next line.
    Hash,
    /// With `//`; for the next line.
    Slashes,
    /// With `#`; for the next entry, with all that belongs to it.
    Yaml,
}

impl Directive {
    /// Tells whether it can hold for anything.
    pub(super) fn is_whole(&self) -> bool {
        self.has_reason && !matches!(self.form, Form::Unknown(_))
    }

    /// Where it holds for what begins there.
    pub(super) fn reach(&self) -> Range<usize> {
        match self.form {
            Form::File => 0..usize::MAX,
            Form::Next | Form::Unknown(_) => self.scope.clone(),
        }
    }
}

/// Finds the comments of a file, and at most one more than hold. JSON has none.
pub(super) fn directives(path: &str, text: &str) -> Vec<Directive> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    if markdown::is_file(path) {
        let mut found = in_markdown(text);
        found.sort_by_key(|directive| directive.range.start);
        found.truncate(MOST_READ);
        return found;
    }
    let lines = match ending.as_str() {
        "json" => return Vec::new(),
        "yaml" | "yml" => Lines::Yaml,
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "jsonc" | "go" | "rs" => {
            Lines::Slashes
        }
        _ => Lines::Hash,
    };
    in_lines(text, 0..text.len(), lines)
}

/// How many rules of one comment are read.
const MOST_RULES: usize = 50;

/// Reads what stands in a comment, from the keyword on.
fn read(text: &str, range: Range<usize>) -> Directive {
    let body = text[range.clone()].trim_end();
    let range = range.start..range.start + body.len();
    let word_end = body.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(body.len());
    let form = match &body[KEYWORD.len()..word_end] {
        "" => Form::Next,
        "-file" => Form::File,
        _ => Form::Unknown(body[..word_end].to_owned()),
    };
    let list_end = body.find(':').unwrap_or(body.len());
    let has_reason = is_reason(&body[list_end..]);
    let mut rules = Vec::new();
    let mut at = word_end;
    for part in body[word_end..list_end.max(word_end)].split(',').take(MOST_RULES) {
        // Without a colon the reason may follow the name.
        let name = part.split_whitespace().next().unwrap_or_default();
        let name = if list_end < body.len() { part.trim() } else { name };
        if !name.is_empty() {
            let start = range.start + at + part.find(name).unwrap_or_default();
            rules.push((name.to_owned(), start..start + name.len()));
        }
        at += part.len() + 1;
    }
    Directive { range, form, rules, has_reason, scope: 0..0 }
}

/// Tells whether a text says more than that a reason should stand here.
fn is_reason(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    !matches!(text.as_str(), "" | "reason" | "the reason" | "why" | "todo" | "fixme" | "tbd")
}

/// The comments of an HTML text that are ours.
fn in_html(text: &str, range: Range<usize>) -> Vec<Directive> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(open) = text[at..range.end].find("<!--") {
        let start = at + open + 4;
        let length = text[start..range.end].find("-->").unwrap_or(range.end - start);
        let comment = &text[start..start + length];
        let body = comment.trim_start();
        if body.starts_with(KEYWORD) {
            found.push(read(text, start + length - body.len()..start + length));
        }
        at = start + length;
    }
    found
}

/// Tells whether an HTML text is nothing but comments.
fn is_only_comments(mut html: &str) -> bool {
    while let Some(rest) = html.trim_start().strip_prefix("<!--") {
        html = rest.split_once("-->").map_or("", |(_, rest)| rest);
    }
    html.trim().is_empty()
}

/// Blocks that were begun, and comments that wait for the next one.
#[derive(Default)]
struct Blocks {
    open: Vec<Block>,
    waiting: Vec<(usize, Directive)>,
    found: Vec<Directive>,
}

struct Block {
    range: Range<usize>,
    /// Whether a comment in a line of text is about it.
    is_whole: bool,
}

impl Blocks {
    /// Lets all that wait hold for what comes now.
    fn settle(&mut self, range: &Range<usize>) {
        let settled = self.waiting.drain(..);
        self.found.extend(settled.map(|(_, found)| Directive { scope: range.clone(), ..found }));
    }

    fn html_block(&mut self, text: &str, range: &Range<usize>) {
        let depth = self.open.len();
        let found = in_html(text, range.clone());
        let room = MOST_READ.saturating_sub(self.found.len() + self.waiting.len());
        self.waiting.extend(found.into_iter().take(room).map(|directive| (depth, directive)));
        if !is_only_comments(&text[range.clone()]) {
            self.settle(range);
        }
    }

    fn inline_html(&mut self, text: &str, range: &Range<usize>) {
        let around = self.open.iter().rev().find(|block| block.is_whole);
        let scope = around.map_or(range, |block| &block.range).clone();
        let room = MOST_READ.saturating_sub(self.found.len());
        let found = in_html(text, range.clone()).into_iter().take(room);
        self.found.extend(found.map(|found| Directive { scope: scope.clone(), ..found }));
    }

    fn close(&mut self) {
        self.open.pop();
        let depth = self.open.len();
        // Nothing follows in the list item or quotation that such a comment ends. Whatever begins
        // settles all that wait, so the first of them are the deepest.
        let left = self.waiting.partition_point(|(of, _)| *of > depth);
        self.found.extend(self.waiting.drain(..left).map(|(_, directive)| directive));
    }
}

/// A comment stands before a block, or in a line of it.
fn in_markdown(text: &str) -> Vec<Directive> {
    let options = markdown::options() | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut blocks = Blocks::default();
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match &tag {
                    Tag::HtmlBlock => blocks.html_block(text, &range),
                    Tag::MetadataBlock(_) => {
                        blocks.found.extend(in_lines(text, range.clone(), Lines::Yaml));
                    }
                    _ => blocks.settle(&range),
                }
                let is_whole = !matches!(
                    tag,
                    Tag::TableCell
                        | Tag::Emphasis
                        | Tag::Strong
                        | Tag::Strikethrough
                        | Tag::Link { .. }
                        | Tag::Image { .. }
                );
                blocks.open.push(Block { range, is_whole });
            }
            Event::End(_) => blocks.close(),
            Event::InlineHtml(_) => blocks.inline_html(text, &range),
            Event::Html(_) => {}
            // In a tight list the text of an item stands in no paragraph.
            _ => blocks.settle(&range),
        }
    }
    let left = blocks.waiting.drain(..).map(|(_, directive)| directive);
    blocks.found.extend(left);
    blocks.found
}

/// A comment stands in a line of its own, or behind what it is about.
fn in_lines(text: &str, part: Range<usize>, style: Lines) -> Vec<Directive> {
    let lines = lines(text, part);
    let mut found = Vec::new();
    let mut about = Vec::new();
    let mut scalar: Option<usize> = None;
    let mut next = 0;
    for (index, line) in lines.iter().enumerate() {
        let code = &text[line.clone()];
        if style == Lines::Yaml {
            let is_inside = |column: &usize| code.trim().is_empty() || indent(code) > *column;
            scalar = scalar.filter(is_inside);
            // What stands in a block of text is no comment of YAML.
            if scalar.is_some() {
                continue;
            }
            scalar = opens_scalar(code).then(|| key_column(code));
        }
        let Some(at) = comment(code, style) else { continue };
        found.push(read(text, line.start + at..line.end));
        let is_alone = code.trim_start().starts_with(['#', '/']);
        if is_alone && next <= index {
            next = next_line(text, &lines, index, style);
        }
        about.push(if is_alone { next } else { index });
        if found.len() == MOST_READ {
            break;
        }
    }
    let scopes = match style {
        Lines::Yaml => entries(text, &lines, &about),
        Lines::Hash | Lines::Slashes => {
            about.iter().map(|about| lines.get(*about).cloned().unwrap_or(0..0)).collect()
        }
    };
    found.into_iter().zip(scopes).map(|(found, scope)| Directive { scope, ..found }).collect()
}

/// Where each line of a part of a text is, with its end.
fn lines(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut at = part.start;
    let line = |line: &str| {
        let start = at;
        at += line.len();
        start..at
    };
    text[part].split_inclusive('\n').map(line).collect()
}

/// Finds the keyword of a line's comment.
fn comment(code: &str, style: Lines) -> Option<usize> {
    let at = code.find(KEYWORD)?;
    let mark = if style == Lines::Slashes { "//" } else { "#" };
    let before = code[..at].trim_end().strip_suffix(mark)?;
    (before.is_empty() || before.ends_with(char::is_whitespace)).then_some(at)
}

/// The next line that is not empty and no such comment; behind the last one, if there is none.
fn next_line(text: &str, lines: &[Range<usize>], from: usize, style: Lines) -> usize {
    let is_other = |index: &usize| {
        let code = &text[lines[*index].clone()];
        let is_comment =
            code.trim_start().starts_with(['#', '/']) && comment(code, style).is_some();
        !code.trim().is_empty() && !is_comment
    };
    (from + 1..lines.len()).find(is_other).unwrap_or(lines.len())
}

/// An entry of YAML that was begun.
struct Entry {
    first: usize,
    column: usize,
    is_item: bool,
}

/// The entries of YAML that begin in certain lines, each with all that belongs to it; empty where
/// there is no such line. Goes through the lines once, however many entries are in others.
fn entries(text: &str, lines: &[Range<usize>], firsts: &[usize]) -> Vec<Range<usize>> {
    let wanted: BTreeSet<usize> = firsts.iter().copied().collect();
    let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open: Vec<Entry> = Vec::new();
    let mut last = 0;
    for (index, range) in lines.iter().enumerate() {
        let line = &text[range.clone()];
        let code = line.trim_start();
        let (column, is_item) = (indent(line), code.starts_with("- "));
        // A comment ends nothing, wherever it stands.
        let is_beside = open.last().is_none_or(|entry| column <= entry.column);
        let is_comment = code.starts_with('#') && is_beside && !wanted.contains(&index);
        if code.is_empty() || is_comment {
            continue;
        }
        // The items of a list may stand as far left as its key.
        let belongs = |entry: &Entry| {
            column > entry.column || column == entry.column && is_item && !entry.is_item
        };
        // What belongs to an entry belongs to those around it.
        while let Some(entry) = open.pop_if(|entry| !belongs(entry)) {
            ends.insert(entry.first, lines[last].end);
        }
        if wanted.contains(&index) {
            let is_item = code.starts_with('-');
            open.push(Entry { first: index, column, is_item });
        }
        last = index;
    }
    ends.extend(open.iter().map(|entry| (entry.first, lines[last].end)));
    let range = |first: &usize| ends.get(first).map_or(0..0, |end| lines[*first].start..*end);
    firsts.iter().map(range).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The column of a line's key, behind the marks of list items.
fn key_column(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// Tells whether a line of YAML ends with `|` or `>`: the lines below it are text.
fn opens_scalar(line: &str) -> bool {
    let code = line.split(" #").next().unwrap_or_default().trim_end();
    let code = code.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    let Some(before) = code.strip_suffix(['|', '>']) else { return false };
    before.ends_with([':', ' ', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the first line of what each comment holds for, and how many lines that has.
    #[track_caller]
    fn check(path: &str, text: &str, expected: &[(&str, usize)]) {
        let found = directives(path, text);
        let found: Vec<(&str, usize)> = found
            .iter()
            .map(|directive| {
                let scope = &text[directive.scope.clone()];
                (scope.lines().next().unwrap_or_default(), scope.trim_end().lines().count())
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn in_markdown_it_holds_for_the_next_block() {
        let comment = "<!-- patternbook-ignore a: b -->\n";
        check("a.md", &format!("{comment}\n```sh\nx\n```\n\n```\n"), &[("```sh", 3)]);
        check("a.md", &format!("{comment}para\ngraph\n\nnext\n"), &[("para", 2)]);
        check("a.md", &format!("{comment}{comment}- a\n- b\n"), &[("- a", 2), ("- a", 2)]);
        check("a.md", &format!("- {comment}\nnext\n"), &[("", 0)]);
        let line = "| x | y <!-- patternbook-ignore a: b --> |";
        check("a.md", &format!("| a | b |\n|---|---|\n{line}\n| c | d |\n"), &[(line, 1)]);
    }

    #[test]
    fn in_a_fence_it_is_shown_text() {
        check("a.md", "```md\n<!-- patternbook-ignore a: b -->\n```\n", &[]);
        check("a.yaml", "code: |\n  # patternbook-ignore a: b\nnext: x\n", &[]);
    }

    #[test]
    fn in_front_matter_it_holds_for_the_next_entry() {
        let text = "---\n# patternbook-ignore a: b\nname: x\nmore:\n---\n\ntext\n";
        check("a.md", text, &[("name: x", 1)]);
    }

    #[test]
    fn in_yaml_it_holds_for_the_next_entry() {
        let text = "- id: x\n  # patternbook-ignore a: b\n  code: |\n    {\n    }\n\n  next: y\n";
        check("a.yaml", text, &[("  code: |", 3)]);
        check(
            "a.yaml",
            "code: | # patternbook-ignore a: b\n  {\nnext: y\n",
            &[("code: | # patternbook-ignore a: b", 2)],
        );
    }

    #[test]
    fn an_entry_in_an_entry_ends_first() {
        let comment = "# patternbook-ignore a: b\n";
        let text = format!("{comment}a:\n{comment}- x:\n    y\n{comment}- z\nb: c\n");
        check("a.yaml", &text, &[("a:", 6), ("- x:", 2), ("- z", 1)]);
        let text = format!("{comment}{comment}a:\n  b: c\n\n");
        check("a.yaml", &text, &[("a:", 2), ("a:", 2)]);
    }

    #[test]
    fn in_code_it_holds_for_its_line_or_the_next() {
        check("a.sh", "#!/bin/sh\n# patternbook-ignore a: b\n\nx\ny\n", &[("x", 1)]);
        let line = "x # patternbook-ignore a: b";
        check("a.py", &format!("{line}\ny\n"), &[(line, 1)]);
        check("a.ts", "// patternbook-ignore a: b\nx\n", &[("x", 1)]);
        check("a.json", "// patternbook-ignore a: b\nx\n", &[]);
    }

    #[test]
    fn rules_have_their_places() {
        let text = "# patternbook-ignore-file one, two: three, four";
        let directive = directives("a.sh", text).remove(0);
        assert_eq!(directive.form, Form::File);
        let names: Vec<&str> =
            directive.rules.iter().map(|(_, range)| &text[range.clone()]).collect();
        assert_eq!(names, ["one", "two"]);
        assert!(directive.has_reason);
        assert!(!directives("a.sh", "# patternbook-ignore one").remove(0).has_reason);
        assert!(!directives("a.sh", "# patternbook-ignore one: --").remove(0).has_reason);
        assert!(!directives("a.sh", "# patternbook-ignore one: reason").remove(0).has_reason);
    }
}
