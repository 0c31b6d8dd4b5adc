//! What an editor can do about a finding: mend it, or suppress it with a reason.

use std::collections::HashMap;
use std::ops::Range;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionResponse, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::documents::OpenDocument;
use super::look::Found;
use super::outline;
use super::text::Lines;
use crate::inspect::suppress::KEYWORD;
use crate::lint::front_matter;
use crate::markdown;

/// Mends everything that can be mended, when the editor asks for that, such as at saving.
const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.patternbook");

/// A document and what was found in it.
pub(super) struct View<'a> {
    pub(super) document: &'a OpenDocument,
    pub(super) lines: &'a Lines<'a>,
    pub(super) found: &'a [Found],
    /// Whether the editor takes changes that name the version of the text.
    pub(super) takes_versions: bool,
}

/// Lists what can be done in a range of bytes; `only` are the kinds that the editor wants, all
/// if there is none.
pub(super) fn actions(
    view: &View<'_>,
    range: &Range<usize>,
    only: Option<&[CodeActionKind]>,
    diagnostic_of: impl Fn(&Found) -> lsp_types::Diagnostic,
) -> CodeActionResponse {
    let mut actions = Vec::new();
    if is_wanted(&CodeActionKind::QUICKFIX, only) {
        let is_here =
            |found: &&Found| found.range.start <= range.end && range.start <= found.range.end;
        let here: Vec<&Found> = view.found.iter().filter(is_here).collect();
        let fixes = here.iter().filter_map(|found| Some((*found, mend(view, found)?)));
        let fixes: Vec<(&Found, (String, TextEdit))> = fixes.collect();
        let suppressions = here.iter().filter_map(|found| Some((*found, suppress(view, found)?)));
        for (is_preferred, (found, (title, edit))) in
            fixes.into_iter().map(|fix| (true, fix)).chain(suppressions.map(|fix| (false, fix)))
        {
            actions.push(CodeAction {
                title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic_of(found)]),
                edit: Some(workspace_edit(view, vec![edit])),
                is_preferred: Some(is_preferred),
                ..CodeAction::default()
            });
        }
    }
    // Nobody wants it among the fixes of one line.
    if only.is_some() && is_wanted(&FIX_ALL, only) {
        actions.extend(mend_all(view));
    }
    // Two findings of one rule in one block are suppressed by one comment.
    let mut titles = Vec::new();
    actions.retain(|action| {
        let key = (action.title.clone(), edits_of(action));
        let is_new = !titles.contains(&key);
        titles.push(key);
        is_new
    });
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

fn edits_of(action: &CodeAction) -> String {
    serde_json::to_string(&action.edit).unwrap_or_default()
}

fn is_wanted(kind: &CodeActionKind, only: Option<&[CodeActionKind]>) -> bool {
    let holds = |wanted: &CodeActionKind| {
        let rest = kind.as_str().strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty()
        })
    };
    only.is_none_or(|only| only.iter().any(holds))
}

fn mend(view: &View<'_>, found: &Found) -> Option<(String, TextEdit)> {
    let (at, with) = found.replacement.as_ref()?;
    let old = view.document.text.get(at.clone())?;
    let title = match (old, &**with) {
        ("", new) => format!("Insert `{new}`"),
        (old, "") => format!("Remove `{old}`"),
        (_, new) => format!("Write `{new}`"),
    };
    Some((title, TextEdit::new(view.lines.range(at), with.to_string())))
}

/// Makes every change that does not touch one before it.
fn mend_all(view: &View<'_>) -> Option<CodeAction> {
    let mut replacements: Vec<_> =
        view.found.iter().filter_map(|found| found.replacement.as_ref()).collect();
    replacements.sort_by_key(|(at, _)| (at.start, at.end));
    let mut end = None;
    let mut edits = Vec::new();
    for (at, with) in replacements {
        if end.is_none_or(|end| at.start > end) {
            edits.push(TextEdit::new(view.lines.range(at), with.to_string()));
            end = Some(at.end);
        }
    }
    (!edits.is_empty()).then(|| CodeAction {
        title: "Mend everything that cannot change meaning".to_owned(),
        kind: Some(FIX_ALL),
        edit: Some(workspace_edit(view, edits)),
        ..CodeAction::default()
    })
}

/// Puts a comment before the block of a finding. JSON has no comments.
fn suppress(view: &View<'_>, found: &Found) -> Option<(String, TextEdit)> {
    let id = found.rule.id;
    let title = format!("Suppress `{id}` here, with a reason");
    let (line, is_markdown) = comment_line(view, found)?;
    let indent: String = view
        .lines
        .line(line)
        .chars()
        .take_while(|character| matches!(character, ' ' | '\t' | '>'))
        .collect();
    let comment = match is_markdown {
        true => format!("<!-- {KEYWORD} {id}: reason -->"),
        false => format!("# {KEYWORD} {id}: reason"),
    };
    let start = view.lines.start_of(line);
    let edit = TextEdit::new(view.lines.range(&(start..start)), format!("{indent}{comment}\n"));
    Some((title, edit))
}

/// The line before which a comment is about the finding, and whether Markdown stands there.
fn comment_line(view: &View<'_>, found: &Found) -> Option<(usize, bool)> {
    let (text, lines) = (view.document.text.as_str(), view.lines);
    let line = lines.line_of(found.range.start.min(text.len()));
    let name = view.document.name().to_ascii_lowercase();
    if markdown::is_file(&name) {
        let front = front_matter::find(text);
        if front.is_some_and(|front| front.contains(&found.range.start)) {
            return Some((line, false));
        }
        return block_line(text, lines, line).map(|line| (line, true));
    }
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "yaml" | "yml" => Some((outline::scalar_header(lines, line).unwrap_or(line), false)),
        "sh" | "bash" => {
            let continues = |line: &usize| *line > 0 && lines.line(line - 1).ends_with('\\');
            let first = std::iter::successors(Some(line), |line| Some(line - 1))
                .find(|line| !continues(line))?;
            // What stands before the first line of a script is not what starts it.
            let is_interpreter = first == 0 && text.starts_with("#!");
            Some((first + usize::from(is_interpreter), false))
        }
        _ => None,
    }
}

/// The line in which the Markdown block of a line begins: its fence, or what follows the last
/// empty line.
fn block_line(text: &str, lines: &Lines<'_>, line: usize) -> Option<usize> {
    for fence in markdown::outline(text).fences {
        let first = lines.line_of(*fence.origins.first()?);
        let last = lines.line_of(*fence.origins.last()?);
        let open = first.checked_sub(1)?;
        if (open..=last + 1).contains(&line) {
            let signs = lines.line(open).trim_start_matches([' ', '\t', '>']);
            // A comment before `- ```sh` would be outside of the item.
            return (signs.starts_with("```") || signs.starts_with("~~~")).then_some(open);
        }
    }
    let is_empty = |line: &usize| lines.line(*line).trim().is_empty();
    Some((0..line).rev().find(is_empty).map_or(0, |empty| empty + 1))
}

fn workspace_edit(view: &View<'_>, edits: Vec<TextEdit>) -> WorkspaceEdit {
    let uri = view.document.uri.clone();
    if view.takes_versions {
        let version = Some(view.document.version);
        let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        let changes = DocumentChanges::Edits(vec![TextDocumentEdit { text_document, edits }]);
        return WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() };
    }
    WorkspaceEdit::new(HashMap::from([(uri, edits)]))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::EMPTY_SNIPPET;
    use crate::lsp::text::Encoding;

    /// Asks for actions of `only` at the first byte; `fixes` are what goes and what comes.
    fn ask(fixes: &[(Range<usize>, &str)], only: Option<&[CodeActionKind]>) -> Vec<CodeAction> {
        let document = OpenDocument {
            uri: "untitled:x".parse().unwrap(),
            path: None,
            language: "json".to_owned(),
            text: Arc::new("{\"😀\": 1,}".to_owned()),
            version: 3,
            revision: 1,
        };
        let found = |(at, with): &(Range<usize>, &str)| Found {
            rule: &EMPTY_SNIPPET,
            range: at.clone(),
            message: String::new(),
            help: None,
            replacement: Some((at.clone(), Arc::from(*with))),
        };
        let found: Vec<Found> = fixes.iter().map(found).collect();
        let lines = Lines::new(&document.text, Encoding::Utf16);
        let view =
            View { document: &document, lines: &lines, found: &found, takes_versions: false };
        let actions = actions(&view, &(0..0), only, |_| lsp_types::Diagnostic::default());
        let action = |action| match action {
            CodeActionOrCommand::CodeAction(action) => action,
            CodeActionOrCommand::Command(_) => unreachable!("nothing is offered to be run"),
        };
        actions.into_iter().map(action).collect()
    }

    fn edits(action: &CodeAction) -> Vec<(u64, u64, String)> {
        let edit = serde_json::to_value(&action.edit).unwrap();
        let edits = edit["changes"]["untitled:x"].as_array().unwrap();
        let read = |edit: &serde_json::Value| {
            let character = |side: &str| edit["range"][side]["character"].as_u64().unwrap();
            (character("start"), character("end"), edit["newText"].as_str().unwrap().to_owned())
        };
        edits.iter().map(read).collect()
    }

    #[test]
    fn a_fix_is_the_edit_that_mends() {
        let actions = ask(&[(0..1, "[")], None);
        assert_eq!(actions.len(), 1);
        assert_eq!((actions[0].title.as_str(), actions[0].is_preferred), ("Write `[`", Some(true)));
        assert_eq!(edits(&actions[0]), [(0, 1, "[".to_owned())]);
        assert!(ask(&[(10..11, "")], None).is_empty());
    }

    #[test]
    fn everything_is_mended_only_when_that_is_asked_for() {
        let only = [CodeActionKind::SOURCE_FIX_ALL];
        let actions = ask(&[(10..11, ""), (0..1, "["), (0..3, "x")], Some(&only));
        assert_eq!(actions.len(), 1);
        assert_eq!(edits(&actions[0]), [(0, 1, "[".to_owned()), (8, 9, String::new())]);
        assert!(ask(&[(0..1, "[")], Some(&[CodeActionKind::REFACTOR])).is_empty());
    }
}
