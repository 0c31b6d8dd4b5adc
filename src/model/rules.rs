//! The rules about files, manifests and patterns.

use crate::diagnostic::{Profile, Rule, Severity};

/// Every rule of this module.
pub static RULES: &[&Rule] = &[
    &UNREADABLE_FILE,
    &NOT_UTF8,
    &FILE_TOO_LARGE,
    &PATH_OUTSIDE_PROJECT,
    &EMPTY_PROJECT,
    &ID_MISMATCH,
    &DUPLICATE_ID,
    &UNKNOWN_REFERENCE,
    &UNSAFE_LINK,
    &PATTERN_OUTDATED,
    &TOPIC_NOT_COVERED,
    &UNUSED_PATTERN,
    &UNUSED_EXAMPLE_FILE,
    &CODE_NEEDS_LITERAL_BLOCK,
    &EXAMPLE_CODE,
    &EXAMPLE_TABS,
    &ADD_DEFINITION,
    &BUNDLE_FILE,
    &FLOW_MESSAGE,
    &SOURCE_ORIGIN,
    &DEPRECATED_WITHOUT_REPLACEMENT,
    &TEST_DEFINITION,
    &MUTATION_CHANGES_NOTHING,
    &MUTATION_PROVES_NOTHING,
    &ANSWER_TARGET,
    &UNREACHED_QUESTION,
    &QUESTION_CIRCLE,
];

const fn error(id: &'static str, summary: &'static str, explanation: &'static str) -> Rule {
    Rule { id, severity: Severity::Error, profile: Profile::Any, summary, explanation }
}

const fn warning(id: &'static str, summary: &'static str, explanation: &'static str) -> Rule {
    Rule { id, severity: Severity::Warning, profile: Profile::Any, summary, explanation }
}

/// A file that is missing or that the system does not let us read.
pub static UNREADABLE_FILE: Rule = error(
    "unreadable-file",
    "a file that is named is missing, is no regular file, or cannot be read",
    "The message says which of these it is. A path in a pattern is relative to the folder with the pattern's id \
     beside the pattern.",
);

/// A file that is not UTF-8.
pub static NOT_UTF8: Rule = error(
    "not-utf8",
    "a file is not UTF-8",
    "The place is the first byte that is not UTF-8. Save the file as UTF-8; \
     `iconv -f WINDOWS-1252 -t UTF-8` converts the most common other encoding.",
);

/// A file that is larger than its limit.
pub static FILE_TOO_LARGE: Rule = error(
    "file-too-large",
    "a file is larger than the limit for its kind",
    "A pattern or manifest may have 2 MiB, a Markdown file or an example's file 16 MiB. A larger one is almost always \
     something else by mistake, so it is not even opened.",
);

/// A path that leaves the project.
pub static PATH_OUTSIDE_PROJECT: Rule = error(
    "path-outside-project",
    "a path leads out of the project",
    "Content may name only files of its own project: no absolute path, no `..`, no symbolic link. A pull request from \
     a stranger could otherwise publish any file of the machine that builds it.",
);

/// A project without a pattern.
pub static EMPTY_PROJECT: Rule = error(
    "empty-project",
    "the project has no pattern",
    "Nothing to check must not look like nothing wrong. Add a pattern below `patterns/`; `patternbook new ID` writes \
     the first lines of one.",
);

/// An id that is not the name of the file.
pub static ID_MISMATCH: Rule = error(
    "id-mismatch",
    "a pattern's id is not the name of its file",
    "Links, skills and the manifest name a pattern by its id; people look for a file of that name. Both must agree.",
);

/// One id in two files.
pub static DUPLICATE_ID: Rule = error(
    "duplicate-id",
    "an id is used twice",
    "Ids of patterns are unique in a project, whichever folder they stand in; ids of examples are unique in their \
     pattern; names of guides and skills are unique in the manifest.",
);

/// A reference to something that does not exist.
pub static UNKNOWN_REFERENCE: Rule = error(
    "unknown-reference",
    "a reference to a pattern, example, specification, kind or rule that does not exist",
    "The reference would become a dead link, or a proof that proves nothing. The help names the nearest id if one is \
     near. In prose, `[words](pattern:ID)` links to a pattern.",
);

/// A link that no page will have.
pub static UNSAFE_LINK: Rule = warning(
    "unsafe-link",
    "a link that no page may have: it leads to no page, file or mailbox",
    "A browser runs the text of a `javascript:` link, and starts a program for many other schemes. The site keeps the \
     words of such a link and leaves out the address: write `https:`, `http:`, `mailto:`, or a path. Where readers \
     should copy the address, show it as code.",
);

/// A pattern that was checked against another version.
pub static PATTERN_OUTDATED: Rule = warning(
    "pattern-outdated",
    "a pattern was checked against another version than the manifest states",
    "`versions` and `specs` of the manifest say what there is today. Read the page against it, run its tests, and then \
     write the new version into its `checked`. `patternbook outdated` lists all such patterns.",
);

/// A topic that no pattern covers.
pub static TOPIC_NOT_COVERED: Rule = error(
    "topic-not-covered",
    "no pattern covers a topic that the manifest promises",
    "The manifest's `topics` are a promise to the reader. Write the pattern, name the topic in the `covers` of the one \
     that holds it, or take the topic out.",
);

/// A pattern that no guide shows.
pub static UNUSED_PATTERN: Rule = warning(
    "unused-pattern",
    "a pattern is in no guide",
    "A pattern that no guide names is checked, but nobody can read it. Name it in a part of a guide in \
     `patternbook.yaml`.",
);

/// A file beside a pattern that no example shows.
pub static UNUSED_EXAMPLE_FILE: Rule = warning(
    "unused-example-file",
    "a file beside a pattern is shown by no example",
    "Files in the folder of a pattern are its examples. One that no `source` names is neither shown nor checked.",
);

/// Code that is not in a literal block.
pub static CODE_NEEDS_LITERAL_BLOCK: Rule = error(
    "code-needs-literal-block",
    "code is not in a literal block",
    "Write code as a literal block: `code: |`, and the code below it, indented. Other styles fold lines or unescape \
     characters, so what is shown is not what stands in the file, and errors cannot be placed in it.",
);

/// An example with no code, or with two.
pub static EXAMPLE_CODE: Rule = error(
    "example-code",
    "an example needs either `code` or `source`",
    "An example's code stands in the pattern (`code: |`) or in a file beside it (`source: get-headers.sh`), never in \
     both. A don't with `code` also needs `language`, and what shows that it is bad: `flagged-by`, `attack`, or both.",
);

/// Tabs from which a reader cannot choose.
pub static EXAMPLE_TABS: Rule = error(
    "example-tabs",
    "a step or a section shows tabs that leave no choice",
    "A step or a section shows one example (`example: ID`) or several that do the same (`tabs: [ID, ID]`). Each tab \
     needs words of its own: the example's `tab`, or else the name of its language. An example stands in one tab of \
     the page only, because its link leads there; and an example with `tab` stands in one.",
);

/// A part `add` that cannot be written into a plugin as it is.
pub static ADD_DEFINITION: Rule = error(
    "add-definition",
    "what `patternbook add` would write cannot be used as it is",
    "Each file of a pattern's `add` is an example with a `file-name` that stays in the plugin. Each value takes the \
     place of a text that stands in one of them, and says by a regular expression what an answer may be; its default \
     matches that. The section of README.md stands alone: it has no link to a pattern.",
);

/// A file that cannot go into the plugin.
pub static BUNDLE_FILE: Rule = error(
    "bundle-file",
    "a file cannot go into the plugin",
    "What a project puts into its plugin, by `bundle.examples` or in its folder `plugin/`, stands in a folder of the plugin \
     that is no skill's: `agents/`, `commands/`, `hooks/`, `assets/`. The files at the top are written by `patternbook \
     build`. No path leads out of the plugin, and no two files have one path.",
);

/// A message of a flow that cannot be read.
pub static FLOW_MESSAGE: Rule = error(
    "flow-message",
    "a message of a flow cannot be read",
    "A message is written `from -> to: text`, an answer `from --> to: text`. Both ends must be among the \
     `participants`, spelt the same.",
);

/// A source that names no place, or several.
pub static SOURCE_ORIGIN: Rule = error(
    "source-origin",
    "a source needs exactly one of `rfc`, `spec`, `url` and `observed`",
    "A claim comes from one place that a reader can look up, or from something that was run, with its version.",
);

/// A deprecated pattern that does not say what replaced it.
pub static DEPRECATED_WITHOUT_REPLACEMENT: Rule = error(
    "deprecated-without-replacement",
    "a deprecated pattern does not say what to use instead",
    "`replaced-by` names the pattern to use. A reader who lands on an old page needs the way to the new one.",
);

/// A test that cannot be run as it is written.
pub static TEST_DEFINITION: Rule = error(
    "test-definition",
    "a test cannot be used as it is written",
    "A test, a property or a case needs something that is missing, or holds a regular expression or a JSON Schema that \
     is none. The message says which.",
);

/// A mutation that leaves the code as it is.
pub static MUTATION_CHANGES_NOTHING: Rule = error(
    "mutation-changes-nothing",
    "a mutation does not fit the code",
    "`remove` names text that stands in exactly one line, which is taken out; `replace` maps text of the code to other \
     text. When the code changes, its mutations must follow: one that changes nothing proves nothing.",
);

/// A mutation beside which nothing shows that the code still works.
pub static MUTATION_PROVES_NOTHING: Rule = error(
    "mutation-proves-nothing",
    "a mutation has no second test that must still pass",
    "Of code that does nothing any more every test fails. So a mutation needs two tests: one that fails without the \
     security line, and another that passes with and without it. The other is the one that `passes` names, or the \
     first of the example that is not the same.",
);

/// An answer of the decision path that leads nowhere, or to two places.
pub static ANSWER_TARGET: Rule = error(
    "answer-target",
    "an answer needs either `next` or `patterns`",
    "An answer in `choose.yaml` leads to another question (`next: QUESTION`), or ends at patterns (`patterns: [ID]`). \
     With neither a reader is stuck; with both the page cannot say where to go.",
);

/// A question of the decision path that nobody is asked.
pub static UNREACHED_QUESTION: Rule = error(
    "unreached-question",
    "no answer leads to a question",
    "Everybody starts at the first question of `choose.yaml`, and comes to the others by the `next` of an answer. A \
     question that no answer names is never asked, and neither are the patterns behind it.",
);

/// Questions that lead back to where a reader has been.
pub static QUESTION_CIRCLE: Rule = error(
    "question-circle",
    "an answer leads back to a question that was answered before",
    "Whoever answers the questions of `choose.yaml` must come to an end. The message shows the way round; lead one of \
     its answers to another question, or to patterns.",
);
