//! The rules about the book's own files.

use crate::diagnostic::{Profile, Rule, Severity};

/// Every rule of this module.
pub static RULES: &[&Rule] = &[
    &BOOK_CONFIG,
    &BOOK_COMMAND,
    &BOOK_SUMMARY,
    &BOOK_INCLUDE,
    &BOOK_COLLISION,
    &BOOK_LINK,
    &BOOK_ANCHOR,
    &BOOK_DIRECTIVE,
];

/// A `book.toml` that mdBook cannot read.
pub(super) static BOOK_CONFIG: Rule = Rule {
    id: "book-config",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`book.toml` cannot be read",
    explanation: "The file configures mdBook: <https://rust-lang.github.io/mdBook/format/configuration/>.",
};

/// A `book.toml` that wants a program to run.
pub(super) static BOOK_COMMAND: Rule = Rule {
    id: "book-command",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`book.toml` names a preprocessor or a renderer",
    explanation: "mdBook would start it as a program, with everything that you may read and write. Building a book \
        must not run what its content names, so `patternbook build` refuses. `patternbook build --for mdbook` writes \
        the Markdown, on which you can run any preprocessor yourself.",
};

/// A `SUMMARY.md` that cannot be read, leaves out the guides or names a chapter that is not there.
pub(super) static BOOK_SUMMARY: Rule = Rule {
    id: "book-summary",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`SUMMARY.md` cannot be read, has no place for the guides, or names a chapter that does not exist",
    explanation: "The summary lists the chapters: <https://rust-lang.github.io/mdBook/format/summary.html>. The line \
        `<!-- patternbook: guides -->` is where the pages of the patterns go.",
};

/// A chapter that includes a file.
pub(super) static BOOK_INCLUDE: Rule = Rule {
    id: "book-include",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a chapter includes another file",
    explanation: "mdBook's helpers in double braces (`include`, `template` and others) read any file that whoever builds the \
        book can read. They are switched off: write the text out, or make it an example of a pattern. Those of `patternbook mdbook`, `pattern` and `example`, may \
        be shown in code.",
};

/// Two files of the book that would become one.
pub(super) static BOOK_COLLISION: Rule = Rule {
    id: "book-collision",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "two files of the book would get the same address",
    explanation: "One of them would silently replace the other. Each guide has a page `GUIDE/index.md`, and each of its \
        patterns one `GUIDE/PATTERN.md`; `choose.md`, `compare.md`, `symptoms.md`, `references.md` and `topics.md` lead \
        to them; `README.md` becomes `index.html` like `index.md`; the site has a `404.html`, an `all-chapters.html`, a \
        `search-index.json`, an `llms.txt`, an `llms-full.txt`, a `marketplace.json` and a `sitemap.xml` of its own. Rename the file that you wrote.",
};

/// A link of a page to a file that is not in the book.
pub(super) static BOOK_LINK: Rule = Rule {
    id: "book-link",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a page links to a file that is not in the book",
    explanation: "The link would be dead. A chapter is in the book when `SUMMARY.md` names it; other files are taken from \
        `book/src/` as they are. Link to a pattern with `[words](pattern:ID)`, which holds wherever its page stands. What \
        a template of the project wrote is reported in the template.",
};

/// A link of a page to a heading that is not there.
pub(super) static BOOK_ANCHOR: Rule = Rule {
    id: "book-anchor",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a page links to a heading that is not there",
    explanation: "The link would lead to the top of the page, and its reader would search. The part behind `#` is the id \
        that the site gives to a heading: its words in lower case, with `-` for each space and without punctuation, and \
        `-1` behind it where the page has the same heading twice. A heading has another one with `{#id}` behind its words. \
        This holds for `[words](pattern:ID#anchor)` in a pattern, in `choose.yaml` and in a chapter, and for the links \
        between chapters.",
};

/// A directive of `patternbook mdbook` where a page would break.
pub static BOOK_DIRECTIVE: Rule = Rule {
    id: "book-directive",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "in a book of mdBook, a directive of ours does not stand on a line of its own",
    explanation: "`patternbook mdbook` puts whole paragraphs and code blocks in its place: within a line, a table, a \
        quotation or a block of code they would break the page. Put it on a line of its own; a list item may hold it. \
        To show it as it is, write a backslash before its braces.",
};
