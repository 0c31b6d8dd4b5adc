//! Colours code at build time with a few short CSS classes.
//!
//! syntect's own generator writes every scope of the stack as a class, which makes a page
//! several times heavier than its code. Here each run of text gets at most one class, from
//! the table `CLASSES`; `style.css` gives each class its colour.

mod memory;

use std::sync::{Arc, LazyLock};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use self::memory::Memory;
use crate::publish::html::escape::escape_text;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// What a command begins with in a `console` block.
const PROMPT: &str = "$ ";

/// Fence languages that the syntax set knows under another name.
const ALIASES: &[(&str, &str)] = &[
    ("json", "jsonc"),
    ("json", "json5"),
    ("bash", "console"),
    ("bash", "shell"),
    ("bash", "shell-session"),
    ("bash", "zsh"),
    ("C#", "csharp"),
    ("tsx", "typescriptreact"),
];

/// Scope prefixes and their classes, the more specific first. No class means: like the text
/// around the code, whatever an outer scope says.
const CLASSES: &[(&str, Option<&str>)] = &[
    ("comment", Some("hc")),
    ("punctuation.separator", None),
    ("punctuation.definition.variable", Some("hv")),
    ("meta.interpolation", None),
    ("meta.template.expression", None),
    ("meta.group.expansion", None),
    ("keyword.other.http-header", Some("ha")),
    ("keyword.operator.word", Some("hk")),
    ("keyword.operator.expression", Some("hk")),
    ("keyword.operator.new", Some("hk")),
    ("keyword.operator", None),
    ("keyword", Some("hk")),
    ("storage", Some("hk")),
    ("constant.character.escape", Some("hn")),
    ("constant", Some("hn")),
    ("string", Some("hs")),
    ("entity.name.tag", Some("ha")),
    ("entity.name.table", Some("ht")),
    ("entity.name.section", Some("ht")),
    ("entity.name.type", Some("ht")),
    ("entity.name.class", Some("ht")),
    ("entity.other.inherited-class", Some("ht")),
    ("entity.name.function", Some("hf")),
    ("entity.other.attribute-name", Some("ha")),
    ("support.type.property-name", Some("ha")),
    ("support.type", Some("ht")),
    ("support.class", Some("ht")),
    ("support.function", Some("hf")),
    ("variable.function", Some("hf")),
    ("variable.annotation", Some("hf")),
    ("variable.parameter.option", Some("ha")),
    ("variable.object.property", Some("ha")),
    ("variable.other.readwrite.shell", Some("hv")),
    ("variable.other.readwrite.assignment.shell", Some("hv")),
    ("variable.other.env", Some("ha")),
    ("variable.language", Some("hk")),
    ("markup.deleted", Some("hd")),
    ("markup.inserted", Some("hi")),
    ("markup.heading", Some("ht")),
];

static CLASS_SCOPES: LazyLock<Vec<(Scope, Option<&str>)>> = LazyLock::new(|| {
    let scope = |prefix| Scope::new(prefix).expect("the table holds scopes of few, short atoms");
    CLASSES.iter().map(|&(prefix, class)| (scope(prefix), class)).collect()
});

static MAPPING_KEY: LazyLock<Scope> =
    LazyLock::new(|| Scope::new("meta.mapping.key").expect("the scope has three atoms"));

/// Highlights code, and remembers what it highlighted.
#[derive(Debug, Default)]
pub(super) struct Highlighter {
    memory: Memory,
}

impl Highlighter {
    /// Takes what [`Highlighter::remembered`] gave, if it was the same build.
    pub(super) fn knowing(bytes: &[u8], build: &str) -> Self {
        Self { memory: Memory::from_bytes(bytes, build) }
    }

    /// What was highlighted, for another run of the same build; none where nothing is new.
    pub(super) fn remembered(&self, build: &str) -> Option<Vec<u8>> {
        self.memory.to_bytes(build)
    }

    /// The code as HTML; in a language that nobody knows, escaped text.
    pub(super) fn highlight(&self, language: &str, code: &str) -> Arc<str> {
        self.memory.get(language, code, || highlight(language, code))
    }
}

fn highlight(language: &str, code: &str) -> String {
    let is_session = matches!(language, "console" | "shell-session");
    if is_session && code.lines().any(|line| line.starts_with(PROMPT)) {
        return highlight_session(code);
    }
    // A grammar that fails on this code must not cost the reader the code.
    find_syntax(language)
        .and_then(|syntax| try_highlight(syntax, code))
        .unwrap_or_else(|| escape_text(code))
}

/// Commands after prompts, and between them what they print. The copy button takes only the
/// commands.
fn highlight_session(code: &str) -> String {
    let mut html = String::new();
    let mut command = String::new();
    for line in code.split_inclusive('\n') {
        let is_continued = command.trim_end().ends_with('\\');
        if is_continued {
            command.push_str(line);
            continue;
        }
        push_command(&mut html, &mut command);
        match line.strip_prefix(PROMPT) {
            Some(start) => command.push_str(start),
            None => html.push_str(&format!("<span class=\"ho\">{}</span>", escape_text(line))),
        }
    }
    push_command(&mut html, &mut command);
    html
}

fn push_command(html: &mut String, command: &mut String) {
    if !command.is_empty() {
        html.push_str(&format!("<span class=\"hp\">{PROMPT}</span>{}", highlight("bash", command)));
        command.clear();
    }
}

fn find_syntax(language: &str) -> Option<&'static SyntaxReference> {
    if language.is_empty() {
        return None;
    }
    let alias = ALIASES.iter().find(|(_, alias)| *alias == language);
    SYNTAXES.find_syntax_by_token(alias.map_or(language, |(name, _)| name))
}

fn try_highlight(syntax: &SyntaxReference, code: &str) -> Option<String> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut spans = Spans::default();
    for line in code.split_inclusive('\n') {
        let mut start = 0;
        for (end, operation) in state.parse_line(line, &SYNTAXES).ok()? {
            spans.push(class_of(&stack), &line[start..end]);
            start = end;
            stack.apply(&operation).ok()?;
        }
        spans.push(class_of(&stack), &line[start..]);
    }
    Some(spans.finish())
}

/// The class for text under a stack of scopes: that of the innermost scope with a rule.
fn class_of(stack: &ScopeStack) -> Option<&'static str> {
    let scopes = stack.as_slice();
    if scopes.iter().any(|scope| MAPPING_KEY.is_prefix_of(*scope)) {
        return Some("ha");
    }
    for scope in scopes.iter().rev() {
        if let Some((_, class)) = CLASS_SCOPES.iter().find(|(rule, _)| rule.is_prefix_of(*scope)) {
            return *class;
        }
    }
    None
}

/// Joins neighbouring text of one class into one `<span>`.
#[derive(Default)]
struct Spans {
    html: String,
    open: Option<&'static str>,
}

impl Spans {
    fn push(&mut self, class: Option<&'static str>, text: &str) {
        if text.is_empty() {
            return;
        }
        // White space has no colour: it may join the span before it.
        if class != self.open && !text.trim().is_empty() {
            self.close();
            if let Some(class) = class {
                self.html.push_str("<span class=\"");
                self.html.push_str(class);
                self.html.push_str("\">");
                self.open = Some(class);
            }
        }
        self.html.push_str(&escape_text(text));
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::{ALIASES, Highlighter, find_syntax};

    #[track_caller]
    fn check(language: &str, code: &str, expected: &str) {
        assert_eq!(&*Highlighter::default().highlight(language, code), expected);
    }

    #[test]
    fn keys_and_values_have_classes() {
        check(
            "jsonc",
            "{\"a\": 1} // b",
            "{<span class=\"ha\">\"a\"</span>: <span class=\"hn\">1</span>} \
             <span class=\"hc\">// b</span>",
        );
        check("yaml", "a: \"b\"", "<span class=\"ha\">a</span>: <span class=\"hs\">\"b\"</span>");
        check("dotenv", "A=b", "<span class=\"ha\">A</span>=b");
    }

    #[test]
    fn variable_in_a_string_stands_out() {
        check(
            "console",
            "echo \"a $B\"",
            "<span class=\"hf\">echo </span><span class=\"hs\">\"a </span>\
             <span class=\"hv\">$B</span><span class=\"hs\">\"</span>",
        );
    }

    #[test]
    fn session_tells_commands_from_output() {
        check(
            "console",
            "$ a \\\n  b\n<c>\n",
            "<span class=\"hp\">$ </span><span class=\"hf\">a </span>\\\n  b\n\
             <span class=\"ho\">&lt;c&gt;\n</span>",
        );
    }

    #[test]
    fn unknown_language_is_escaped_text() {
        check("klingon", "<b> & \"c\"", "&lt;b&gt; &amp; \"c\"");
        check("", "<b>", "&lt;b&gt;");
        check("text", "if x then 1", "if x then 1");
    }

    #[test]
    fn every_alias_is_known() {
        let others = ["ts", "tsx", "mts", "http", "dotenv", "powershell", "python", "toml"];
        for name in ALIASES.iter().map(|(_, alias)| alias).chain(&others) {
            assert!(find_syntax(name).is_some(), "{name}");
        }
    }
}
