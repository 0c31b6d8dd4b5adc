//! Tolerates code that is whole only somewhere else: a class member, an object, two roots.
//!
//! Each wrapper must parse without any error, and the wrapper's own node must still hold
//! all of the code. Otherwise `} {` would close it and the rest would count as fine.

use oxc_ast::ast::{Declaration, Expression, JSXAttributeItem, JSXChild, Program, Statement};
use oxc_span::{GetSpan, SourceType, Span};

use super::tolerances::{
    BARE_OBJECT, CLASS_MEMBERS, FUNCTION_BODY, JSX_ATTRIBUTES, JSX_IN_TYPESCRIPT, JSX_ROOTS,
    REDECLARATION, TYPE_MEMBERS,
};
use super::{Problem, parse};
use crate::check::tolerance::behind::distinct;
use crate::check::tolerance::pieces::{self, SEVERAL_SNIPPETS};
use crate::check::tolerance::{ELLIPSIS, PLACEHOLDER, TEMPLATE, Tolerance, fewest, text};

/// A place where a fragment may stand.
struct Wrapper {
    before: &'static str,
    after: &'static str,
    tolerance: &'static Tolerance,
    /// The span of the node that must hold all of the code.
    node: fn(&Program<'_>) -> Option<Span>,
    typescript_only: bool,
}

static WRAPPERS: &[Wrapper] = &[
    Wrapper {
        before: "async function _() {",
        after: "\n}",
        tolerance: &FUNCTION_BODY,
        node: function_body,
        typescript_only: false,
    },
    Wrapper {
        before: "async function _() { switch (_) {",
        after: "\n}}",
        tolerance: &FUNCTION_BODY,
        node: switch,
        typescript_only: false,
    },
    Wrapper {
        before: "async function _() { for (;;) {",
        after: "\n}}",
        tolerance: &FUNCTION_BODY,
        node: loop_body,
        typescript_only: false,
    },
    Wrapper {
        before: "class _ {",
        after: "\n}",
        tolerance: &CLASS_MEMBERS,
        node: class_body,
        typescript_only: false,
    },
    Wrapper {
        before: "(",
        after: "\n)",
        tolerance: &BARE_OBJECT,
        node: parenthesized_object,
        typescript_only: false,
    },
    Wrapper {
        before: "({",
        after: "\n})",
        tolerance: &BARE_OBJECT,
        node: object,
        typescript_only: false,
    },
    Wrapper {
        before: "interface _ {",
        after: "\n}",
        tolerance: &TYPE_MEMBERS,
        node: interface_body,
        typescript_only: true,
    },
    Wrapper {
        before: "<>",
        after: "\n</>",
        tolerance: &JSX_ROOTS,
        node: jsx_fragment,
        typescript_only: false,
    },
    Wrapper {
        before: "(<_ ",
        after: "\n/>)",
        tolerance: &JSX_ATTRIBUTES,
        node: jsx_element,
        typescript_only: false,
    },
];

/// Finds the reading with the fewest tolerances under which nothing at all is wrong.
/// `other_type` is a way to read the code that its label does not stand for.
pub(super) fn tolerate(
    code: &str,
    source_type: SourceType,
    other_type: Option<SourceType>,
) -> Vec<&'static Tolerance> {
    let changes = |option: &&&'static Tolerance| rewritten(code, &[**option])[0] != code;
    let options: Vec<&'static Tolerance> =
        [&ELLIPSIS, &PLACEHOLDER, &TEMPLATE].iter().filter(changes).copied().collect();
    fewest(code, &options, |chosen| {
        let texts = rewritten(code, chosen);
        let read = |source_type| texts.iter().find_map(|text| reading(text, source_type));
        let other = || {
            let mut tolerances = read(other_type?)?;
            tolerances.push(&JSX_IN_TYPESCRIPT);
            Some(tolerances)
        };
        read(source_type).or_else(other)
    })
}

/// The code with all rewritings, or the first piece of it that is broken; with the code itself
/// where it is to be read in another way.
pub(super) fn filled(code: &str, source_type: SourceType, has_other_type: bool) -> Vec<String> {
    let options: [&'static Tolerance; 3] = [&ELLIPSIS, &PLACEHOLDER, &TEMPLATE];
    let is_broken = |piece: &&&str| {
        let texts = rewritten(piece, &options);
        texts.iter().all(|text| reading(text, source_type).is_none())
    };
    let pieces = pieces(code).unwrap_or_default();
    let piece = pieces.iter().find(is_broken).map(|piece| pieces::alone(code, piece));
    let first = piece.as_deref().unwrap_or(code);
    let itself = has_other_type.then(|| first.to_owned());
    itself.into_iter().chain(distinct(code, rewritten(first, &options).into_iter())).collect()
}

/// Fills in what was left out or is to be filled in; one text for each way to do so.
fn rewritten(code: &str, chosen: &[&'static Tolerance]) -> Vec<String> {
    let mut code = code.to_owned();
    if chosen.contains(&&PLACEHOLDER) {
        code = text::replace_placeholders(&code, 'x', is_placeholder);
    }
    if chosen.contains(&&TEMPLATE) {
        code = text::without_braced_names(&text::without_templates(&code, 'x', "//"));
    }
    if !chosen.contains(&&ELLIPSIS) {
        return vec![code];
    }
    ["_", "_,", "//", ""].iter().map(|substitute| without_ellipses(&code, substitute)).collect()
}

/// An element such as `<b>` or a list of types is none.
fn is_placeholder(before: &str, name: &str) -> bool {
    // What is said of a value stands close before it.
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(256))..];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_value = line.trim_end().ends_with(['=', '(', ',', ':', '[', '/', '+']);
    let is_loud = !name.contains(|sign: char| sign.is_ascii_lowercase()) && name.len() > 3;
    is_value && (is_loud || name.contains(['-', '_', ' ']))
}

/// What must be tolerated so that nothing is wrong with the text, if that is possible: as a
/// whole, or in pieces.
fn reading(text: &str, source_type: SourceType) -> Option<Vec<&'static Tolerance>> {
    if let Some(tolerances) = whole(text, source_type) {
        return Some(tolerances);
    }
    let lines = |text: &str| {
        several(&pieces::on_lines(text, "//")?, &|line: &str| whole(line, source_type))
    };
    let one = |pieces: Vec<&str>| {
        several(&pieces, &|piece: &str| whole(piece, source_type).or_else(|| lines(piece)))
    };
    let titled = pieces::under_comments(text, "//", |_| true);
    titled.and_then(one).or_else(|| pieces(text).and_then(one)).or_else(|| lines(text))
}

/// Words that start a snippet beside an element.
const DECLARATIONS: [&str; 6] = ["class", "const", "export", "function", "import", "let"];

/// The snippets that a block shows: under comments, declarations, and elements or their
/// attributes alone.
fn pieces(text: &str) -> Option<Vec<&str>> {
    pieces::starting(text, |line| {
        let name = line.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let is_declaration = DECLARATIONS.contains(&&line[..name]);
        line.starts_with("//")
            || line.starts_with('<')
            || is_declaration
            || name > 0 && line[name..].starts_with("={")
    })
}

/// What must be tolerated so that nothing is wrong with each piece.
fn several(
    pieces: &[&str],
    read: &dyn Fn(&str) -> Option<Vec<&'static Tolerance>>,
) -> Option<Vec<&'static Tolerance>> {
    let mut tolerances = vec![&SEVERAL_SNIPPETS];
    for piece in pieces {
        for one in read(piece)? {
            if !tolerances.contains(&one) {
                tolerances.push(one);
            }
        }
    }
    Some(tolerances)
}

/// What must be tolerated so that nothing is wrong with the text as a whole.
fn whole(text: &str, source_type: SourceType) -> Option<Vec<&'static Tolerance>> {
    let (problems, program) = parse(text, source_type, |_| ());
    if program.is_some() && only_redeclarations(&problems) {
        return Some(redeclarations(&problems));
    }
    let mut wrappers =
        WRAPPERS.iter().filter(|wrapper| !wrapper.typescript_only || source_type.is_typescript());
    wrappers.find_map(|wrapper| {
        let problems = parse_inside(text, source_type, wrapper)?;
        let mut tolerances = vec![wrapper.tolerance];
        tolerances.extend(redeclarations(&problems));
        Some(tolerances)
    })
}

fn only_redeclarations(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.is_redeclaration)
}

fn redeclarations(problems: &[Problem]) -> Vec<&'static Tolerance> {
    if problems.is_empty() { Vec::new() } else { vec![&REDECLARATION] }
}

/// The problems of the text in a wrapper, if all of it is in the wrapper's own node.
fn parse_inside(code: &str, source_type: SourceType, wrapper: &Wrapper) -> Option<Vec<Problem>> {
    let without_remarks;
    let code = match wrapper.tolerance == &JSX_ROOTS {
        true => {
            without_remarks = without_trailing_remarks(code);
            without_remarks.as_str()
        }
        false => code,
    };
    let text = format!("{}{code}{}", wrapper.before, wrapper.after);
    let (problems, span) = parse(&text, source_type, |program| {
        let is_alone = program.body.len() == 1 && program.directives.is_empty();
        if is_alone { (wrapper.node)(program) } else { None }
    });
    let first = wrapper.before.rfind(['{', '(', '<']).unwrap_or(0);
    let span = span.flatten()?;
    let holds_all = span.start as usize == first && span.end as usize + 1 >= text.len();
    (holds_all && only_redeclarations(&problems)).then_some(problems)
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

/// From the brace of the statement, which is no node of its own.
fn switch(program: &Program<'_>) -> Option<Span> {
    let Declaration::FunctionDeclaration(function) = declaration(program)? else { return None };
    let [Statement::SwitchStatement(switch)] = function.body.as_ref()?.statements.as_slice() else {
        return None;
    };
    Some(Span::new(switch.discriminant.span().end + 2, switch.span.end))
}

fn loop_body(program: &Program<'_>) -> Option<Span> {
    let Declaration::FunctionDeclaration(function) = declaration(program)? else { return None };
    let [Statement::ForStatement(of_loop)] = function.body.as_ref()?.statements.as_slice() else {
        return None;
    };
    Some(of_loop.body.span())
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

/// An element that has nothing but the attributes. Any words would be attributes without a
/// value, so these are refused.
fn jsx_element(program: &Program<'_>) -> Option<Span> {
    let Expression::ParenthesizedExpression(parenthesized) = expression(program)? else {
        return None;
    };
    let Expression::JSXElement(element) = &parenthesized.expression else { return None };
    let is_alone = element.children.is_empty() && element.closing_element.is_none();
    let has_value = |item: &JSXAttributeItem<'_>| match item {
        JSXAttributeItem::Attribute(attribute) => attribute.value.is_some(),
        JSXAttributeItem::SpreadAttribute(_) => true,
    };
    let attributes = &element.opening_element.attributes;
    (is_alone && attributes.iter().all(has_value)).then_some(element.span)
}

/// In a fragment any text would be fine, so text between the elements is refused.
fn jsx_fragment(program: &Program<'_>) -> Option<Span> {
    let Expression::JSXFragment(fragment) = expression(program)? else { return None };
    let is_root = |child: &JSXChild<'_>| match child {
        // Between the elements of a page people write comments.
        JSXChild::Text(text) => text.value.lines().map(str::trim).all(is_remark),
        JSXChild::ExpressionContainer(_) => true,
        child => child.span().size() > 0,
    };
    fragment.children.iter().all(is_root).then_some(fragment.span)
}

fn is_remark(line: &str) -> bool {
    line.is_empty() || line.starts_with("//")
}

/// Takes away what is said of an element behind it, which would be its neighbour.
fn without_trailing_remarks(code: &str) -> String {
    let lines = code.split('\n').map(|line| match line.rfind(" // ") {
        Some(at) if line[..at].trim_end().ends_with('>') => &line[..at],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Puts `substitute` for each `...` that spreads nothing.
fn without_ellipses(code: &str, substitute: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(['.', '…']) {
        let (before, sign) = rest.split_at(at);
        let length =
            if sign.starts_with("...") { 3 } else { sign.chars().next().map_or(1, char::len_utf8) };
        text.push_str(before);
        let after = sign[length..].trim_start_matches([' ', '\t', '\r']);
        let spreads_nothing = after.is_empty()
            || after.starts_with([')', ']', '}', ',', ';', '\n'])
            || after.starts_with("/>");
        if length == 3 && spreads_nothing {
            text.push_str(substitute);
        } else {
            text.push_str(&sign[..length]);
        }
        rest = &sign[length..];
    }
    text + rest
}
