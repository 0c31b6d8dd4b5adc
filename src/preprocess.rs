//! Puts patterns and examples into somebody's own book of mdBook's, and checks its fences.
//!
//! What mdBook hands over is a book in memory, and a book is what it gets back. `{{#pattern ID}}`
//! becomes the page of a pattern, `{{#example PATTERN/EXAMPLE}}` the code of an example.

mod directive;
mod headings;
mod homes;

use std::collections::BTreeMap;

use mdbook_preprocessor::book::{Book, Chapter};

use self::directive::{Directive, Kind};
use self::homes::Homes;
use crate::check::Strictness;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::inspect::{Inspection, suppress, tree};
use crate::markdown as reading;
use crate::model::references::unknown;
use crate::model::rules::UNKNOWN_REFERENCE;
use crate::model::{Catalog, Example, Pattern};
use crate::publish::book::{BOOK_DIRECTIVE, name_files};
use crate::publish::reference::all_rules;
use crate::render::view::{self, Target};
use crate::render::{Engine, markdown};
use crate::source::disk::with_slashes;
use crate::source::{FileId, SourceFile, Sources, Span};

/// Where patterns are taken from.
pub struct Shelf<'a> {
    /// The patterns.
    pub catalog: &'a Catalog,
    /// The templates.
    pub engine: &'a Engine,
    /// The addresses of pages in the web, by the ids of patterns.
    pub published: BTreeMap<String, String>,
}

/// What is to be known of the book.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// The folder of the chapters, such as `src`.
    pub folder: String,
    /// Whether mdBook has its own `links` read the book.
    pub has_links: bool,
    /// Whether that comes afterwards and reads what is written here.
    pub links_follows: bool,
    /// Whether `README.md` becomes `index.md`.
    pub has_index: bool,
    /// Whether the fences of the book are checked.
    pub checks: bool,
}

/// What came of a book.
#[derive(Debug, Default)]
pub struct Woven {
    /// The chapters as they came.
    pub sources: Sources,
    /// What was found in them, sorted.
    pub inspection: Inspection,
}

/// Tells whether a book names a pattern anywhere: only then a project is needed.
pub fn names_patterns(book: &Book) -> bool {
    let names = |chapter: &Chapter| {
        let text = &chapter.content;
        directive::find(text).iter().any(|it| !it.is_escaped) || text.contains("(pattern:")
    };
    book.chapters().any(names)
}

/// Replaces every directive of a book, and checks its fences. Without `shelf` there is no pattern.
pub fn weave(
    book: &mut Book,
    circumstances: &Circumstances,
    shelf: Option<&Shelf<'_>>,
) -> Result<Woven, Error> {
    let mut sources = Sources::default();
    for chapter in book.chapters() {
        sources.add(SourceFile::new(path_of(chapter, circumstances), &chapter.content));
    }
    let mut inspection = Inspection::default();
    if circumstances.checks {
        inspection = tree::inspect_texts(&sources, Strictness::Documentation);
        drop_unincluded(&sources, &mut inspection);
        suppress::suppress(&sources, &all_rules(), &mut inspection);
    }
    let files: Vec<FileId> = sources.ids().collect();
    let mut files = files.into_iter();
    let homes = Homes::of(book, circumstances.has_index);
    let mut failed = None;
    book.for_each_chapter_mut(|chapter| {
        if chapter.is_draft_chapter() {
            return;
        }
        let Some(file) = files.next() else { return };
        let Some(shelf) = shelf else {
            chapter.content = directive::unescape(&chapter.content);
            return;
        };
        let from = homes::place(chapter, circumstances.has_index);
        let weaver = Weaver { circumstances, shelf, homes: &homes, from, file };
        match weaver.weave(&chapter.content, &mut inspection.diagnostics) {
            Ok(text) => chapter.content = text,
            Err(error) => failed = Some(error),
        }
    });
    inspection.sort();
    match failed {
        Some(error) => Err(error),
        None => Ok(Woven { sources, inspection }),
    }
}

/// The path of a chapter's file from the root of the book.
fn path_of(chapter: &Chapter, circumstances: &Circumstances) -> String {
    let path = chapter.source_path.as_ref().or(chapter.path.as_ref());
    let name = path.map_or_else(|| chapter.name.clone(), |path| with_slashes(path));
    match circumstances.folder.as_str() {
        "" | "." => name,
        folder => format!("{folder}/{name}"),
    }
}

/// Forgets what was found in fences that mdBook has yet to fill.
fn drop_unincluded(sources: &Sources, inspection: &mut Inspection) {
    for file in sources.ids() {
        let text = &sources.file(file).text;
        if !text.contains("{{#") {
            continue;
        }
        for fence in reading::outline(text).fences {
            let (Some(start), Some(last)) = (fence.origins.first(), fence.origins.last()) else {
                continue;
            };
            if !fence.code.contains("{{#") {
                continue;
            }
            let end = last + fence.code.lines().last().map_or(0, str::len);
            let is_in = |span: &Span| span.file == file && (*start..=end).contains(&span.start);
            inspection.diagnostics.retain(|found| !is_in(&found.span));
        }
    }
}

/// What one chapter is woven with.
struct Weaver<'a> {
    circumstances: &'a Circumstances,
    shelf: &'a Shelf<'a>,
    homes: &'a Homes,
    /// Where the chapter stands; nowhere, if it has no file.
    from: Option<String>,
    file: FileId,
}

impl Weaver<'_> {
    fn weave(&self, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<String, Error> {
        self.check_links(text, diagnostics);
        let levels = headings::levels(text);
        let code = directive::code_blocks(text);
        let mut woven = String::with_capacity(text.len());
        let mut copied = 0;
        for directive in directive::find(text) {
            woven.push_str(&text[copied..directive.range.start]);
            copied = directive.range.end;
            let written = &text[directive.range.clone()];
            if directive.is_escaped {
                woven.push_str(&written[1..]);
                continue;
            }
            let level = headings::level_at(&levels, directive.range.start);
            let inserted = match self.replacement(&directive, level) {
                Ok(inserted) => inserted?,
                Err(diagnostic) => {
                    diagnostics.push(*diagnostic);
                    continue;
                }
            };
            let is_in_code = code.iter().any(|block| block.contains(&directive.range.start));
            match directive::indent(text, &directive.range) {
                Some(indent) if !is_in_code => {
                    woven.push_str(&markdown::hang(&inserted, indent));
                }
                _ => diagnostics.push(self.not_alone(written, &directive, is_in_code)),
            }
        }
        woven.push_str(&text[copied..]);
        Ok(markdown::resolve_references(&woven, &|id, anchor| self.target(id, anchor)))
    }

    /// Where a link to a pattern leads from this chapter.
    fn target(&self, id: &str, anchor: &str) -> Option<String> {
        let home = self.homes.address(id, anchor, self.from.as_deref());
        home.or_else(|| {
            let page = self.shelf.published.get(id)?;
            Some(if anchor.is_empty() { page.clone() } else { format!("{page}#{anchor}") })
        })
    }

    /// Reports links of the chapter's own to patterns that are not there.
    fn check_links(&self, text: &str, diagnostics: &mut Vec<Diagnostic>) {
        for link in reading::links(text) {
            let Some(target) = link.destination.strip_prefix("pattern:") else { continue };
            let id = target.split('#').next().unwrap_or_default();
            let patterns = &self.shelf.catalog.patterns;
            if !patterns.contains_key(id) {
                let known = patterns.keys().map(String::as_str);
                diagnostics.push(unknown("pattern", id, known, Span::new(self.file, link.range)));
            }
        }
    }

    /// What stands in place of a directive.
    fn replacement(
        &self,
        directive: &Directive<'_>,
        level: usize,
    ) -> Result<Result<String, Error>, Box<Diagnostic>> {
        let text = match directive.kind {
            Kind::Pattern => {
                let pattern = self.pattern(directive.name, directive)?;
                self.page(pattern)
                    .map(|page| headings::below(&page, level, &homes::anchor(directive.name)))
            }
            Kind::Example => {
                let (pattern, example) = self.example(directive)?;
                let view = view::example(pattern, example, self.shelf.catalog, &TARGET);
                self.shelf.engine.render("book/example.md", &view)
            }
        };
        let text = text.map(|text| name_files(&text));
        Ok(text.map(|text| match self.circumstances.links_follows {
            true => directive::guard(&text),
            false => text,
        }))
    }

    fn page(&self, pattern: &Pattern) -> Result<String, Error> {
        let view = view::pattern(pattern, self.shelf.catalog, &TARGET);
        self.shelf.engine.render("book/pattern.md", &view)
    }

    fn pattern(&self, id: &str, directive: &Directive<'_>) -> Result<&Pattern, Box<Diagnostic>> {
        if id.is_empty() {
            let message = "no pattern is named here";
            let diagnostic = Diagnostic::new(&UNKNOWN_REFERENCE, self.span(directive), message);
            return Err(Box::new(diagnostic.help("write an id; `patternbook list` lists them")));
        }
        let patterns = &self.shelf.catalog.patterns;
        patterns.get(id).ok_or_else(|| {
            let known = patterns.keys().map(String::as_str);
            Box::new(unknown("pattern", id, known, self.span(directive)))
        })
    }

    fn example(&self, directive: &Directive<'_>) -> Result<(&Pattern, &Example), Box<Diagnostic>> {
        let named = directive.name.split_once('/');
        let Some((id, name)) = named.filter(|(id, _)| !id.is_empty()) else {
            let message = format!("`{}` is not the name of an example", directive.name);
            let help = "write PATTERN/EXAMPLE: the id of a pattern, and that of an example of it";
            let diagnostic = Diagnostic::new(&UNKNOWN_REFERENCE, self.span(directive), message);
            return Err(Box::new(diagnostic.help(help)));
        };
        let pattern = self.pattern(id, directive)?;
        let example = pattern.example(name).ok_or_else(|| {
            let known = pattern.examples.iter().map(|example| example.entry.id.as_str());
            Box::new(unknown("example", name, known, self.span(directive)))
        })?;
        Ok((pattern, example))
    }

    /// Says that a page would break where a directive stands.
    fn not_alone(&self, written: &str, directive: &Directive<'_>, is_in_code: bool) -> Diagnostic {
        let (message, place) = match is_in_code {
            true => (
                format!("`{written}` stands in a block of code"),
                "outside of it: it brings its own",
            ),
            false => (format!("`{written}` stands within a line"), "on a line of its own"),
        };
        let help =
            format!("put it {place}; or write a backslash before its braces to show it as it is");
        Diagnostic::new(&BOOK_DIRECTIVE, Span::new(self.file, directive.range.clone()), message)
            .help(help)
    }

    fn span(&self, directive: &Directive<'_>) -> Span {
        Span::new(self.file, directive.name_range.clone())
    }
}

/// Links keep their ids until the whole chapter is there; files of examples are not in the book.
const TARGET: Target<'static> =
    Target { link: &|id| Some(format!("pattern:{id}")), script: &|_| None, is_page: true };
