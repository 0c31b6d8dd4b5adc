//! The fingerprints of what a report shows.

use super::Report;
use crate::inspect::fingerprint::{Occurrences, fingerprint};

/// The fingerprint of each diagnostic, in their order: by the path from the repository's root,
/// and with a number where they are equal.
pub(super) fn fingerprints(report: &Report<'_>) -> Vec<String> {
    let mut occurrences = Occurrences::default();
    let mut fingerprints = Vec::new();
    for diagnostic in &report.inspection.diagnostics {
        let file = report.sources.file(diagnostic.span.file);
        let path = report.path(diagnostic.span.file);
        let path = report.root.relative(&path).unwrap_or(path);
        let hash = fingerprint(diagnostic, &path, file);
        let number = occurrences.next(&hash);
        fingerprints.push(format!("{hash}:{number}"));
    }
    fingerprints
}
