//! Tolerates code that is whole only somewhere else: a class member, an object, two roots.
//!
//! Each wrapper must parse without any error, and the wrapper's own node must still hold
//! all of the code. Otherwise `} {` would close it and the rest would count as fine.

use oxc_ast::ast::{Declaration, Expression, JSXChild, Program, Statement};
use oxc_span::{GetSpan, SourceType, Span};

use super::{Problem, parse};

/// A place where a fragment may stand.
struct Wrapper {
    before: &'static str,
    after: &'static str,
    reason: &'static str,
    /// The span of the node that must hold all of the code.
    node: fn(&Program<'_>) -> Option<Span>,
    typescript_only: bool,
}

static WRAPPERS: &[Wrapper] = &[
    Wrapper {
        before: "async function _() {",
        after: "\n}",
        reason: "a fragment: the body of a function",
        node: function_body,
        typescript_only: false,
    },
    Wrapper {
        before: "class _ {",
        after: "\n}",
        reason: "a fragment: members of a class",
        node: class_body,
        typescript_only: false,
    },
    Wrapper {
        before: "(",
        after: "\n)",
        reason: "a fragment: an object",
        node: parenthesized_object,
        typescript_only: false,
    },
    Wrapper {
        before: "({",
        after: "\n})",
        reason: "a fragment: members of an object",
        node: object,
        typescript_only: false,
    },
    Wrapper {
        before: "interface _ {",
        after: "\n}",
        reason: "a fragment: members of a type",
        node: interface_body,
        typescript_only: true,
    },
    Wrapper {
        before: "<>",
        after: "\n</>",
        reason: "a fragment: several JSX elements",
        node: jsx_fragment,
        typescript_only: false,
    },
];

static REDECLARED: &str = "names are declared again, as in several snippets in one block";
static LEFT_OUT: &str = "`...` stands for what was left out";

/// Finds the reading under which nothing at all is wrong. `reading` is the reason that
/// the source type itself stands for, if it is not the one of the label.
pub(super) fn tolerate(
    code: &str,
    source_type: SourceType,
    reading: Option<&'static str>,
) -> Option<&'static str> {
    let is_fine = |text: &str| parses(text, source_type);
    if is_fine(code) {
        return Some(reading.unwrap_or(REDECLARED));
    }
    if let Some(reason) = wrapped(code, source_type) {
        return Some(reading.unwrap_or(reason));
    }
    for substitute in ["_", "_,", "//", ""] {
        let text = without_ellipses(code, substitute)?;
        if is_fine(&text) || wrapped(&text, source_type).is_some() {
            return Some(LEFT_OUT);
        }
    }
    None
}

fn parses(text: &str, source_type: SourceType) -> bool {
    let (problems, program) = parse(text, source_type, |_| ());
    program.is_some() && only_redeclarations(&problems)
}

fn only_redeclarations(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.is_redeclaration)
}

fn wrapped(code: &str, source_type: SourceType) -> Option<&'static str> {
    let fits = |wrapper: &&Wrapper| {
        (!wrapper.typescript_only || source_type.is_typescript())
            && parses_inside(code, source_type, wrapper)
    };
    WRAPPERS.iter().find(fits).map(|wrapper| wrapper.reason)
}

fn parses_inside(code: &str, source_type: SourceType, wrapper: &Wrapper) -> bool {
    let text = format!("{}{code}{}", wrapper.before, wrapper.after);
    let (problems, span) = parse(&text, source_type, |program| {
        let is_alone = program.body.len() == 1 && program.directives.is_empty();
        if is_alone { (wrapper.node)(program) } else { None }
    });
    let first = wrapper.before.rfind(['{', '(']).unwrap_or(0);
    let holds_all = span
        .flatten()
        .is_some_and(|span| span.start as usize == first && span.end as usize + 1 >= text.len());
    holds_all && only_redeclarations(&problems)
}

fn declaration<'a, 'b>(program: &'b Program<'a>) -> Option<&'b Declaration<'a>> {
    program.body.first()?.as_declaration()
}

fn function_body(program: &Program<'_>) -> Option<Span> {
    match declaration(program)? {
        Declaration::FunctionDeclaration(function) => Some(function.body.as_ref()?.span),
        _ => None,
    }
}

fn class_body(program: &Program<'_>) -> Option<Span> {
    match declaration(program)? {
        Declaration::ClassDeclaration(class) => Some(class.body.span),
        _ => None,
    }
}

fn interface_body(program: &Program<'_>) -> Option<Span> {
    match declaration(program)? {
        Declaration::TSInterfaceDeclaration(interface) => Some(interface.body.span),
        _ => None,
    }
}

fn expression<'a, 'b>(program: &'b Program<'a>) -> Option<&'b Expression<'a>> {
    match program.body.first()? {
        Statement::ExpressionStatement(statement) => Some(&statement.expression),
        _ => None,
    }
}

fn parenthesized_object(program: &Program<'_>) -> Option<Span> {
    let Expression::ParenthesizedExpression(parenthesized) = expression(program)? else {
        return None;
    };
    let is_object = matches!(parenthesized.expression, Expression::ObjectExpression(_));
    is_object.then_some(parenthesized.span)
}

fn object(program: &Program<'_>) -> Option<Span> {
    let Expression::ParenthesizedExpression(parenthesized) = expression(program)? else {
        return None;
    };
    let Expression::ObjectExpression(object) = &parenthesized.expression else { return None };
    Some(object.span)
}

/// In a fragment any text would be fine, so text between the elements is refused.
fn jsx_fragment(program: &Program<'_>) -> Option<Span> {
    let Expression::JSXFragment(fragment) = expression(program)? else { return None };
    let is_root = |child: &JSXChild<'_>| match child {
        JSXChild::Text(text) => text.value.trim().is_empty(),
        JSXChild::ExpressionContainer(_) => true,
        child => child.span().size() > 0,
    };
    fragment.children.iter().all(is_root).then_some(fragment.span)
}

/// Puts `substitute` for each `...` that spreads nothing; `None` if there is none.
fn without_ellipses(code: &str, substitute: &str) -> Option<String> {
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    let mut is_changed = false;
    while let Some(at) = rest.find(['.', '…']) {
        let (before, sign) = rest.split_at(at);
        let length = if sign.starts_with("...") { 3 } else { sign.chars().next()?.len_utf8() };
        text.push_str(before);
        let after = sign[length..].trim_start_matches([' ', '\t', '\r']);
        let spreads_nothing =
            after.is_empty() || after.starts_with([')', ']', '}', ',', ';', '\n']);
        if length == 3 && spreads_nothing {
            text.push_str(substitute);
            is_changed = true;
        } else {
            text.push_str(&sign[..length]);
        }
        rest = &sign[length..];
    }
    text.push_str(rest);
    is_changed.then_some(text)
}
