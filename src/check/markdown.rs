//! Checks the fences of Markdown, not what stands in them: `crate::markdown` does that.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::Checker;
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::markdown;
use crate::source::line_starts;

/// A fence without an end.
static MARKDOWN_UNCLOSED_FENCE: Rule = Rule {
    id: "markdown-unclosed-fence",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a code fence is never closed",
    explanation: "Everything to the end of the document, or of the list item, becomes code \
        ([CommonMark 4.5](https://spec.commonmark.org/0.31.2/#fenced-code-blocks)). Close it with at least as many signs of \
        the same kind, and nothing after them.",
};

/// A fence that another one closes early.
static MARKDOWN_NESTED_FENCE: Rule = Rule {
    id: "markdown-nested-fence",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a fence in a fence closes the outer one early",
    explanation: "Markdown that shows Markdown needs a longer fence outside: the first bare fence of the outer length ends \
        the block, and the rest of the example becomes part of the page. Use four backticks outside and three inside, or \
        tildes outside.",
};

static RULES: &[&Rule] = &[&MARKDOWN_UNCLOSED_FENCE, &MARKDOWN_NESTED_FENCE];

/// The checker for Markdown.
pub(super) struct Markdown;

impl Checker for Markdown {
    fn names(&self) -> &'static [&'static str] {
        &["markdown", "md"]
    }

    fn title(&self) -> &'static str {
        "Markdown"
    }

    fn promise(&self) -> &'static str {
        "Every code fence is closed, and none is closed by a fence inside it."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let line_starts = line_starts(code);
        // Front matter is YAML: three backquotes in it are no fence.
        let options = markdown::options() | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
        let mut after_nested = false;
        for (event, range) in Parser::new_ext(code, options).into_offset_iter() {
            if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) = event {
                let block = FencedBlock::new(code, range);
                if let Some(inner) = block.nested_fence() {
                    let line = line_starts.partition_point(|start| *start <= block.range.start);
                    found.push(block.nested(inner, line));
                    after_nested = true;
                } else if !block.is_closed() && !after_nested {
                    // After a nested fence, an unclosed one is only its consequence.
                    found.push(block.unclosed());
                }
            }
        }
    }
}

/// A code block as it stands in the text.
struct FencedBlock<'a> {
    code: &'a str,
    range: Range<usize>,
    sign: char,
    length: usize,
}

impl<'a> FencedBlock<'a> {
    fn new(code: &'a str, range: Range<usize>) -> Self {
        let text = &code[range.clone()];
        let start = range.start + text.find(['`', '~']).unwrap_or(0);
        let sign = code[start..].chars().next().unwrap_or('`');
        let length = code[start..].chars().take_while(|next| *next == sign).count();
        Self { code, range: start..range.end, sign, length }
    }

    /// The lines after the opening one, without the marks of quotes and lists.
    fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let start = self.range.start;
        super::lines(&self.code[self.range.clone()]).skip(1).map(move |(at, line)| {
            let text = line.trim_start_matches([' ', '\t', '>']);
            (start + at + line.len() - text.len(), text.trim_end())
        })
    }

    /// How many fence signs a line starts with, if they could open or close this block.
    fn fence_length(&self, line: &str) -> Option<usize> {
        let length = line.chars().take_while(|next| *next == self.sign).count();
        (length >= self.length).then_some(length)
    }

    fn is_closed(&self) -> bool {
        let last = self.lines().last();
        last.is_some_and(|(_, line)| self.fence_length(line) == Some(line.len()))
    }

    /// A line that looks as if it opened a block inside this one.
    fn nested_fence(&self) -> Option<Range<usize>> {
        self.lines().find_map(|(at, line)| {
            let length = self.fence_length(line)?;
            let label = line[length..].trim();
            let is_label = label
                .starts_with(|first: char| first.is_ascii_alphanumeric() || first == '{')
                && !label.contains('`');
            is_label.then_some(at..at + length)
        })
    }

    fn nested(&self, inner: Range<usize>, line: usize) -> Finding {
        let message = format!(
            "this fence is inside the one of line {line}, which the next bare fence closes"
        );
        let help = format!("open and close the outer block with {}", self.signs(self.length + 1));
        Finding::new(&MARKDOWN_NESTED_FENCE, inner, message).help(help)
    }

    fn unclosed(&self) -> Finding {
        let range = self.range.start..self.range.start + self.length;
        Finding::new(&MARKDOWN_UNCLOSED_FENCE, range, "this code fence is never closed")
            .help(format!("add a line of {} after the code", self.signs(self.length)))
    }

    fn signs(&self, count: usize) -> String {
        format!("{count} {}", if self.sign == '~' { "tildes" } else { "backticks" })
    }
}
