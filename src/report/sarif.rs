//! The report for code scanning: SARIF 2.1.0
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
//!
//! It names no folder of the machine: paths lead from the root of the repository, and where
//! that is, the reader knows.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::{Report, count};
use crate::diagnostic::{Diagnostic, Rule, Severity, printable};

/// The name of the folder that paths lead from.
const ROOT: &str = "%SRCROOT%";

/// GitHub refuses a file with more results
/// (<https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit>).
const MOST_RESULTS: usize = 25_000;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    information_uri: &'static str,
    rules: Vec<ReportingDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingDescriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

/// A folder without its place: that differs from machine to machine.
#[derive(Serialize)]
struct Base {
    description: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

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
    ReportingDescriptor {
        id: rule.id,
        short_description: text(rule.summary),
        full_description: text(rule.explanation),
        help: Help {
            text: format!("{}\n\n{}", rule.summary, rule.explanation),
            markdown: rule.explanation.to_owned(),
        },
        default_configuration: Configuration { level: level(rule.severity) },
    }
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
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn location(report: &Report<'_>, diagnostic: &Diagnostic) -> Location {
    let file = report.sources.file(diagnostic.span.file);
    let start = file.position(diagnostic.span.start);
    let end = file.position(diagnostic.span.end);
    let path = report.path(diagnostic.span.file);
    let artifact_location = match report.root.relative(&path) {
        Some(path) => ArtifactLocation { uri: encode(&path), uri_base_id: Some(ROOT) },
        None => {
            let uri = format!("file://{}", encode(&report.root.absolute(&path)));
            ArtifactLocation { uri, uri_base_id: None }
        }
    };
    let region = Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    };
    Location { physical_location: PhysicalLocation { artifact_location, region } }
}

fn text(text: &str) -> Text {
    Text { text: text.to_owned() }
}

/// A path as a URI writes it: every byte that is more than a letter, a digit or `-._~/` as `%XX`.
fn encode(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
