//! Checks Go with its tree-sitter grammar.
//!
//! The grammar takes statements where a file has only declarations; a walk over the top of
//! the tree finds these.

use std::ops::ControlFlow;
use std::ops::Range;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::nesting::{NESTING_TOO_DEEP, too_deep};
use super::tolerance::behind::filled;
use super::tolerance::{
    ELLIPSIS, Filled, PLACEHOLDER, Rewrite, Sample, TEMPLATE, Tolerance, fewest_rewrites, text,
};
use super::{Checker, character_at, check_filled};
use crate::diagnostic::{Finding, Profile, Rule, Severity};

/// The text is no Go.
static GO_SYNTAX: Rule = Rule {
    id: "go-syntax",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the Go does not parse",
    explanation: "The compiler stops here. A file starts with `package name`, then come its imports, then declarations; \
        statements stand in functions. The brace of a block stands on the line that it belongs to. In documentation a part \
        of a file is tolerated.",
};

static RULES: &[&Rule] = &[&GO_SYNTAX, &NESTING_TOO_DEEP];

/// A part of a file.
static GO_FRAGMENT: Tolerance = Tolerance {
    id: "go-fragment",
    summary: "a part of a Go file: declarations, statements or fields alone",
    explanation: "Declarations without `package`, statements as they stand in a function, or fields as they stand in a \
        literal: `Name: value,`. Most Go in documentation is \
        such a part; it must parse as it is.",
    accepts: Sample {
        language: "go",
        code: "user, err := store.Find(id)\nif err != nil {\n\treturn err\n}",
    },
    refuses: Sample {
        language: "go",
        code: "user, err := store.Find(id)\nif err != nil\n{\n\treturn err\n}}",
    },
};

static TOLERANCES: &[&Tolerance] = &[&GO_FRAGMENT, &ELLIPSIS, &PLACEHOLDER, &TEMPLATE];

static REWRITES: &[Rewrite] = &[
    (&TEMPLATE, |code| text::without_templates(code, 'x', "//")),
    (&PLACEHOLDER, text::without_placeholders),
    (&ELLIPSIS, without_ellipses),
];

/// How many bytes there may be for each time that the parser asks whether to go on, which it
/// does after 100 steps. Valid code takes about one step a byte; broken code would take minutes.
const BYTES_PER_STEP: usize = 32;

/// The checker for Go.
pub(super) struct Go;

impl Checker for Go {
    fn names(&self) -> &'static [&'static str] {
        &["go", "golang"]
    }

    fn title(&self) -> &'static str {
        "Go"
    }

    fn promise(&self) -> &'static str {
        "It is a file of Go: a package clause, imports, declarations."
    }

    fn rules(&self) -> &'static [&'static Rule] {
        RULES
    }

    fn check(&self, code: &str, found: &mut Vec<Finding>) {
        let Some(tree) = parse(code) else {
            found.push(too_deep(code));
            return;
        };
        found.extend(error(code, &tree).or_else(|| misplaced(code, &tree)));
    }

    fn tolerances(&self) -> &'static [&'static Tolerance] {
        TOLERANCES
    }

    fn tolerate(&self, code: &str) -> Vec<&'static Tolerance> {
        fewest_rewrites(code, REWRITES, |text| {
            let tree = parse(text)?;
            if error(text, &tree).is_some() {
                return is_inside_of_literal(text).then(|| vec![&GO_FRAGMENT]);
            }
            let is_part = misplaced(text, &tree).is_some();
            Some(if is_part { vec![&GO_FRAGMENT] } else { Vec::new() })
        })
    }

    fn filled(&self, code: &str) -> Vec<Filled> {
        check_filled(self, filled(code, REWRITES))
    }
}

/// Broken code takes the parser far longer than valid code, so a long snippet is not read.
const MOST_BYTES: usize = 32 << 10;

fn parse(code: &str) -> Option<Tree> {
    if code.len() > MOST_BYTES {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).ok()?;
    let most_steps = 16 + code.len() / BYTES_PER_STEP;
    let mut steps = 0;
    let mut progress = |_: &ParseState| {
        steps += 1;
        if steps > most_steps { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    // The grammar wants a line end after the last statement.
    let bytes = [code.as_bytes(), b"\n"].concat();
    let read = &mut |at: usize, _| bytes.get(at..).unwrap_or_default();
    parser.parse_with_options(read, None, Some(options))
}

/// Tells whether the code is what stands between the braces of a literal: `Name: value,`.
fn is_inside_of_literal(code: &str) -> bool {
    let name = code.trim_start().split(':').next().unwrap_or_default();
    let is_name = name.starts_with(char::is_alphabetic) && name.chars().all(char::is_alphanumeric);
    if !is_name || !code.trim_end().ends_with(',') {
        return false;
    }
    let text = format!("var _ = T{{{code}\n}}");
    let Some(tree) = parse(&text) else { return false };
    // Otherwise `}` in the code would close the literal, and the rest would count as fine.
    let is_alone = tree.root_node().named_child_count() == 1;
    let literal = tree.root_node().descendant_for_byte_range(text.len() - 1, text.len());
    let open = literal.and_then(|close| close.parent()).map(|literal| literal.start_byte());
    is_alone && open == Some("var _ = T".len()) && error(&text, &tree).is_none()
}

/// The first place that the grammar does not accept.
fn error(code: &str, tree: &Tree) -> Option<Finding> {
    if !tree.root_node().has_error() {
        return missing_comma(tree.root_node(), code);
    }
    let node = first_error(tree.root_node());
    if node.is_missing() {
        let message = format!("`{}` is missing here", node.kind());
        let finding = Finding::new(&GO_SYNTAX, character_at(code, node.start_byte()), message);
        return Some(
            finding.help(format!("write `{}`, or take out what it belongs to", node.kind())),
        );
    }
    let range = first_line(code, node.byte_range());
    let message = match code[range.clone()].trim() {
        "" => "the code ends too early".to_owned(),
        text => format!("`{}` is unexpected here", text.chars().take(40).collect::<String>()),
    };
    let help = "close what is open before it, or put what was left out into a comment: `// ...`";
    Some(Finding::new(&GO_SYNTAX, range, message).help(help))
}

/// Goes down to the first node that is an error itself, without recursion.
fn first_error(root: Node<'_>) -> Node<'_> {
    let mut node = root;
    loop {
        let mut cursor = node.walk();
        let next = node.children(&mut cursor).find(|child| child.has_error() || child.is_missing());
        match next {
            Some(child) if child.is_error() || child.is_missing() => return child,
            Some(child) => node = child,
            None => return node,
        }
    }
}

/// The first list whose last line ends without a comma. The grammar lets it pass; Go puts a
/// semicolon there: <https://go.dev/ref/spec#Semicolons>.
fn missing_comma(root: Node<'_>, code: &str) -> Option<Finding> {
    let mut cursor = root.walk();
    loop {
        if matches!(cursor.node().kind(), "argument_list" | "literal_value" | "parameter_list")
            && let Some(end) = bare_end(cursor.node(), code)
        {
            let message = "a `,` is missing at the end of this line".to_owned();
            let help = "write the comma, or close the list on this line";
            return Some(Finding::new(&GO_SYNTAX, character_at(code, end), message).help(help));
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return None;
            }
        }
    }
}

/// Where the last item of a list ends, if a line ends after it and no comma follows.
fn bare_end(list: Node<'_>, code: &str) -> Option<usize> {
    let mut cursor = list.walk();
    let children: Vec<Node<'_>> =
        list.children(&mut cursor).filter(|child| child.kind() != "comment").collect();
    let [.., item, close] = children.as_slice() else { return None };
    let end = item.end_byte();
    // After `...` Go puts no semicolon.
    let is_bare = item.is_named() && !code[..end].ends_with("...");
    (is_bare && code.get(end..close.start_byte())?.contains('\n')).then_some(end)
}

/// The first thing at the top that does not belong into a file, or not there.
fn misplaced(code: &str, tree: &Tree) -> Option<Finding> {
    let root = tree.root_node();
    let mut cursor = root.walk();
    let mut stage = 0;
    for child in root.named_children(&mut cursor) {
        let (next, help) = match child.kind() {
            "comment" => continue,
            "package_clause" if stage == 0 => (1, ""),
            "import_declaration" if stage == 1 => (1, ""),
            "function_declaration"
            | "method_declaration"
            | "type_declaration"
            | "const_declaration"
            | "var_declaration"
                if stage > 0 =>
            {
                (2, "")
            }
            _ if stage == 0 => (0, "start with `package main`"),
            "import_declaration" => (0, "put imports before everything else"),
            _ => (0, "put statements into a function"),
        };
        if next == 0 {
            let range = first_line(code, child.byte_range());
            let message = "this cannot stand at this place of a file";
            return Some(Finding::new(&GO_SYNTAX, range, message).help(help));
        }
        stage = next;
    }
    let is_empty = stage == 0;
    is_empty.then(|| {
        let message = "the package clause is missing";
        Finding::new(&GO_SYNTAX, character_at(code, 0), message).help("start with `package main`")
    })
}

fn first_line(code: &str, range: Range<usize>) -> Range<usize> {
    let start = code.floor_char_boundary(range.start.min(code.len()));
    let end = code.floor_char_boundary(range.end.min(code.len())).max(start);
    match code[start..end].lines().next() {
        Some(line) if !line.is_empty() => start..start + line.len(),
        _ => character_at(code, start),
    }
}

/// Takes away each `...` that is not a part of Go: not before a type and not after a value.
fn without_ellipses(code: &str) -> String {
    let code = text::without_ellipsis_lines(&code.replace('…', "..."), "//");
    code.replace("{ ... }", "{}")
        .replace("{...}", "{}")
        .replace("(...)", "()")
        .replace(", ...)", ")")
}
