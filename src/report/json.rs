//! The JSON report. Its shape is a promise: `version` changes when a field changes meaning.

use std::io;

use serde::Serialize;

use super::Report;
use crate::check::Verdict;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::inspect::Inspected;
use crate::source::Span;

#[derive(Serialize)]
struct JsonReport<'a> {
    version: u32,
    summary: Summary,
    snippets: Vec<JsonSnippet<'a>>,
    diagnostics: Vec<JsonDiagnostic<'a>>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    snippets: usize,
    errors: usize,
    warnings: usize,
    skipped: usize,
    /// Findings that comments in the files suppress.
    suppressed: usize,
    /// Findings that the baseline holds.
    baselined: usize,
}

#[derive(Serialize)]
struct JsonSnippet<'a> {
    path: String,
    line: usize,
    language: &'a str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The ids of what was tolerated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tolerances: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonDiagnostic<'a> {
    rule: &'static str,
    severity: &'static str,
    path: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    /// What `check --fix` would do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum JsonFix<'a> {
    Replace { line: usize, column: usize, end_line: usize, end_column: usize, with: &'a str },
    MakeExecutable,
}

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let snippets = &report.inspection.snippets;
    let is_skipped = |snippet: &&Inspected| matches!(snippet.verdict, Verdict::Skipped(_));
    let json = JsonReport {
        version: 1,
        summary: Summary {
            files: report.sources.files().len(),
            snippets: snippets.len(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            skipped: snippets.iter().filter(is_skipped).count(),
            suppressed: report.inspection.suppressed.len(),
            baselined: report.inspection.baselined,
        },
        snippets: snippets.iter().map(|snippet| json_snippet(report, snippet)).collect(),
        diagnostics: {
            let diagnostics = report.inspection.diagnostics.iter();
            diagnostics.map(|diagnostic| json_diagnostic(report, diagnostic)).collect()
        },
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

fn json_snippet<'a>(report: &Report<'_>, snippet: &'a Inspected) -> JsonSnippet<'a> {
    let file = report.sources.file(snippet.file);
    let tolerances = match &snippet.verdict {
        Verdict::Tolerated(tolerances) => tolerances.iter().map(|one| one.id).collect(),
        _ => Vec::new(),
    };
    JsonSnippet {
        path: format!("{}{}", report.base, file.path),
        line: file.position(snippet.offset).line,
        language: &snippet.language,
        verdict: snippet.verdict.name(),
        reason: snippet.verdict.reason(),
        tolerances,
    }
}

pub(super) fn json_diagnostic<'a>(
    report: &Report<'_>,
    diagnostic: &'a Diagnostic,
) -> JsonDiagnostic<'a> {
    let file = report.sources.file(diagnostic.span.file);
    let start = file.position(diagnostic.span.start);
    let end = file.position(diagnostic.span.end);
    JsonDiagnostic {
        rule: diagnostic.rule.id,
        severity: diagnostic.rule.severity.name(),
        path: format!("{}{}", report.base, file.path),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        fix: diagnostic.fix.as_ref().map(|fix| json_fix(report, fix)),
    }
}

fn json_fix<'a>(report: &Report<'_>, fix: &'a Fix<Span>) -> JsonFix<'a> {
    let Fix::Replace { at, with } = fix else { return JsonFix::MakeExecutable };
    let file = report.sources.file(at.file);
    let (start, end) = (file.position(at.start), file.position(at.end));
    JsonFix::Replace {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        with,
    }
}
