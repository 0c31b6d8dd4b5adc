//! The report for code scanning: SARIF 2.1.0
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
//!
//! It names no folder of the machine: paths lead from the root of the repository, and where
//! that is, the reader knows.

mod wire;

use std::collections::BTreeMap;
use std::io;

use self::wire::{
    ArtifactChange, ArtifactLocation, Base, Configuration, Driver, Help, Invocation, Location, Log,
    Notification, PhysicalLocation, Properties, Region, Replacement, ReportingDescriptor, Run,
    SarifFix, SarifResult, Text, Tool,
};
use super::fingerprint::fingerprints;
use super::{Report, count};
use crate::diagnostic::{Diagnostic, Fix, Profile, Rule, Severity, printable};
use crate::inspect::examples;
use crate::publish::reference::rules::write_example;
use crate::source::Span;
use crate::source::address::encode;

/// The name of the folder that paths lead from.
const ROOT: &str = "%SRCROOT%";

/// GitHub refuses a file with more results
/// (<https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>).
const MOST_RESULTS: usize = 25_000;

/// GitHub takes no longer description of a rule, in bytes.
const MOST_DESCRIPTION: usize = 1_024;

pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let diagnostics = &report.inspection.diagnostics;
    let rules: BTreeMap<&str, &Rule> =
        diagnostics.iter().map(|found| (found.rule.id, found.rule)).collect();
    let ids: Vec<&str> = rules.keys().copied().collect();
    let fingerprints = fingerprints(report);
    let mut found: Vec<_> = diagnostics.iter().zip(&fingerprints).collect();
    // The readers that cut a long list keep its beginning.
    found.sort_by_key(|(diagnostic, _)| std::cmp::Reverse(diagnostic.rule.severity));
    let left_out = found.len().saturating_sub(MOST_RESULTS);
    found.truncate(MOST_RESULTS);
    let results = found.into_iter().map(|(diagnostic, fingerprint)| {
        let index = ids.binary_search(&diagnostic.rule.id).expect("its rule is in the list");
        result(report, diagnostic, index, fingerprint)
    });
    let driver = Driver {
        name: "patternbook",
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_HOMEPAGE"),
        rules: rules.values().map(|rule| descriptor(rule)).collect(),
    };
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            invocations: [invocation(left_out)],
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: BTreeMap::from([(ROOT, base())]),
            results: results.collect(),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let tag = (rule.profile != Profile::Any).then(|| rule.profile.name());
    ReportingDescriptor {
        id: rule.id,
        short_description: text(rule.summary),
        full_description: text(beginning(rule.explanation)),
        help: Help { text: rule.explanation.to_owned(), markdown: explain(rule) },
        default_configuration: Configuration { level: level(rule.severity) },
        properties: tag.map(|tag| Properties { tags: [tag] }),
    }
}

/// As many whole sentences of an explanation as GitHub shows.
fn beginning(explanation: &str) -> &str {
    if explanation.len() <= MOST_DESCRIPTION {
        return explanation;
    }
    let part = &explanation[..explanation.floor_char_boundary(MOST_DESCRIPTION)];
    let end = part.rfind([' ', '\n']).unwrap_or(part.len());
    part[..end].rfind(". ").map_or(&part[..end], |end| &part[..=end])
}

/// What a rule is for, and its example, as Markdown.
fn explain(rule: &Rule) -> String {
    let mut markdown = rule.explanation.to_owned();
    if let Some(example) = examples::of(rule.id) {
        markdown.push('\n');
        write_example(&mut markdown, &example, None);
    }
    markdown
}

fn invocation(left_out: usize) -> Invocation {
    let mut notifications = Vec::new();
    if left_out > 0 {
        let message = format!(
            "{} left out, none graver than those that are here: no more than {MOST_RESULTS} \
             results are taken",
            count(left_out, "result")
        );
        notifications.push(Notification { level: "warning", message: text(&message) });
    }
    Invocation { execution_successful: true, tool_execution_notifications: notifications }
}

fn base() -> Base {
    Base {
        description: text(
            "The root of the repository; outside of one, the folder in which patternbook ran.",
        ),
    }
}

fn result<'a>(
    report: &Report<'_>,
    diagnostic: &Diagnostic,
    rule_index: usize,
    fingerprint: &'a str,
) -> SarifResult<'a> {
    let message = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    SarifResult {
        rule_id: diagnostic.rule.id,
        rule_index,
        level: level(diagnostic.rule.severity),
        message: text(&printable(&message)),
        locations: [location(report, diagnostic)],
        partial_fingerprints: BTreeMap::from([("patternbook/v1", fingerprint)]),
        fixes: fix(report, diagnostic),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The fix, if it changes text: SARIF has no words for a run bit.
fn fix(report: &Report<'_>, diagnostic: &Diagnostic) -> Option<[SarifFix; 1]> {
    let Fix::Replace { at, with } = diagnostic.fix.as_ref()? else { return None };
    let replacement =
        Replacement { deleted_region: region(report, at), inserted_content: text(with) };
    let change = ArtifactChange {
        artifact_location: artifact_location(report, at),
        replacements: [replacement],
    };
    let description = diagnostic.help.as_deref().unwrap_or(diagnostic.rule.summary);
    Some([SarifFix { description: text(&printable(description)), artifact_changes: [change] }])
}

fn location(report: &Report<'_>, diagnostic: &Diagnostic) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact_location(report, &diagnostic.span),
            region: region(report, &diagnostic.span),
        },
    }
}

fn artifact_location(report: &Report<'_>, span: &Span) -> ArtifactLocation {
    let path = report.path(span.file);
    match report.root.relative(&path) {
        Some(path) => ArtifactLocation { uri: encode(&path), uri_base_id: Some(ROOT) },
        None => {
            let uri = format!("file://{}", encode(&report.root.absolute(&path)));
            ArtifactLocation { uri, uri_base_id: None }
        }
    }
}

fn region(report: &Report<'_>, span: &Span) -> Region {
    let file = report.sources.file(span.file);
    let (start, end) = (file.position(span.start), file.position(span.end));
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn text(text: &str) -> Text {
    Text { text: text.to_owned() }
}
