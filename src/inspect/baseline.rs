//! A baseline: findings that were there when somebody began to check, and are left for now.
//!
//! It is a ratchet: a finding that is mended must leave it, and none comes in unless somebody
//! says so. One line of the file is one finding, so that a difference can be read and merged.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use super::Inspection;
use super::fingerprint::fingerprint;
use super::rules::{
    BASELINE_OUTDATED, IGNORE_UNKNOWN_RULE, IGNORE_UNUSED, IGNORE_WITHOUT_REASON, TOO_MANY_FINDINGS,
};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::value::{Node, Value, json};

/// The key by which a baseline is known, with the version of its form.
pub const MARK: &str = "patternbookBaseline";

/// The rules whose findings no baseline holds.
static NEVER: [&Rule; 5] = [
    &IGNORE_WITHOUT_REASON,
    &IGNORE_UNKNOWN_RULE,
    &IGNORE_UNUSED,
    &BASELINE_OUTDATED,
    &TOO_MANY_FINDINGS,
];

/// A finding, or several that are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The file, from the folder of the baseline.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// What [`fingerprint`] gives for the finding.
    pub fingerprint: String,
}

/// What a baseline holds: how often each finding may be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Entry, usize>,
    /// Where each entry stands in the file that was read.
    places: BTreeMap<Entry, Range<usize>>,
}

/// Why a text is no baseline, and where.
#[derive(Debug)]
pub struct Fault {
    /// What is wrong, and what to do.
    pub message: String,
    /// The place.
    pub range: Range<usize>,
}

/// What a run looked at.
pub struct Seen<'a> {
    /// The path of each file, from the folder of the baseline.
    pub names: &'a BTreeMap<FileId, String>,
    /// Tells of a file that was not looked at whether it should have been found.
    pub is_gone: &'a dyn Fn(&str) -> bool,
    /// Tells whether this run finds what breaks a rule.
    pub is_looked_for: &'a dyn Fn(&str) -> bool,
}

impl Baseline {
    /// Reads a baseline.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let fail = |message: &str, range| Fault { message: message.to_owned(), range };
        let root = json::parse(text).ok_or_else(|| fail("it is no JSON", 0..0))?;
        let version = root.get(MARK).ok_or_else(|| fail("it is no baseline", 0..0))?;
        if !matches!(&version.value, Value::Number(number) if number.as_u64() == Some(1)) {
            return Err(fail("it was written by a newer version", version.range.clone()));
        }
        let mut baseline = Self::default();
        for node in root.get("findings").map_or(&[] as &[Node], Node::items) {
            let read = || {
                let text = |key: &str| match &node.get(key)?.value {
                    Value::Text(text) => Some(text.text.clone()),
                    _ => None,
                };
                let count = match node.get("count").map(|node| &node.value) {
                    None => Some(1),
                    Some(Value::Number(count)) => count.as_u64().filter(|count| *count > 0),
                    Some(_) => None,
                };
                let entry = Entry {
                    path: text("path")?,
                    rule: text("rule")?,
                    fingerprint: text("fingerprint")?,
                };
                Some((entry, usize::try_from(count?).ok()?))
            };
            let (entry, count) =
                read().ok_or_else(|| fail("this is no finding", node.range.clone()))?;
            // Two branches that were merged may each have brought it.
            let known = baseline.entries.entry(entry.clone()).or_default();
            *known = known.saturating_add(count);
            baseline.places.insert(entry, node.range.clone());
        }
        Ok(baseline)
    }

    /// Writes the file: sorted, one finding a line.
    pub fn write(&self) -> String {
        let mut text = format!("{{\n  \"{MARK}\": 1,\n  \"findings\": [");
        let mut separator = "\n";
        for (entry, count) in &self.entries {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let (path, rule, print) =
                (quoted(&entry.path), quoted(&entry.rule), quoted(&entry.fingerprint));
            let count = if *count > 1 { format!(", \"count\": {count}") } else { String::new() };
            write!(
                text,
                "{separator}    {{\"path\": {path}, \"rule\": {rule}, \"fingerprint\": {print}{count}}}"
            )
            .expect("strings take any text");
            separator = ",\n";
        }
        text.push_str(if self.entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.entries.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Tells whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes the baseline of what was found.
    pub fn of(sources: &Sources, diagnostics: &[Diagnostic], seen: &Seen<'_>) -> Self {
        let mut baseline = Self::default();
        for diagnostic in diagnostics {
            if let Some(entry) = entry(sources, diagnostic, seen) {
                *baseline.entries.entry(entry).or_default() += 1;
            }
        }
        baseline
    }

    /// What it should hold now that `found` is there: less what is mended, and nothing new.
    pub fn shrunk(&self, found: &Self, seen: &Seen<'_>) -> Self {
        let looked_at: BTreeSet<&str> = seen.names.values().map(String::as_str).collect();
        let mut kept = Self::default();
        for (entry, count) in &self.entries {
            let left = match seen.knows(entry, &looked_at) {
                true => found.entries.get(entry).copied().unwrap_or_default().min(*count),
                false => *count,
            };
            if left > 0 {
                kept.entries.insert(entry.clone(), left);
            }
        }
        kept
    }

    /// What it should hold so that nothing of `found` is reported.
    pub fn grown(&self, found: &Self, seen: &Seen<'_>) -> Self {
        let mut grown = self.shrunk(found, seen);
        for (entry, count) in &found.entries {
            grown.entries.insert(entry.clone(), *count);
        }
        grown
    }

    /// Takes out of the findings what this baseline holds, and reports what it holds in vain.
    ///
    /// `path` and `text` are those of its file.
    pub fn hold(
        &self,
        (path, text): (&str, &str),
        sources: &mut Sources,
        inspection: &mut Inspection,
        seen: &Seen<'_>,
    ) {
        let mut left = self.entries.clone();
        let before = inspection.diagnostics.len();
        inspection.diagnostics.retain(|diagnostic| {
            let Some(entry) = entry(sources, diagnostic, seen) else { return true };
            match left.get_mut(&entry) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            }
        });
        inspection.baselined += before - inspection.diagnostics.len();
        let looked_at: BTreeSet<&str> = seen.names.values().map(String::as_str).collect();
        left.retain(|entry, count| *count > 0 && seen.knows(entry, &looked_at));
        if left.is_empty() {
            return;
        }
        let file = sources.add(SourceFile::new(path, text));
        for (entry, count) in left {
            let place = self.places.get(&entry).cloned().unwrap_or(0..0);
            let times = if count > 1 { format!(", {count} times") } else { String::new() };
            let (rule, path_of_entry) = (&entry.rule, &entry.path);
            let message = match (seen.is_gone)(path_of_entry) {
                true => format!("`{path_of_entry}` is gone, and its `{rule}`{times} with it"),
                false => format!("`{rule}` is mended in `{path_of_entry}`{times}"),
            };
            let help = format!(
                "take it out: run the same with `--write-baseline`, which only removes from `{path}`"
            );
            let span = Span::new(file, place);
            inspection
                .diagnostics
                .push(Diagnostic::new(&BASELINE_OUTDATED, span, message).help(help));
        }
    }
}

impl Seen<'_> {
    /// Tells whether this run would have found an entry if it were still there.
    fn knows(&self, entry: &Entry, looked_at: &BTreeSet<&str>) -> bool {
        let is_here = looked_at.contains(entry.path.as_str()) || (self.is_gone)(&entry.path);
        is_here && (self.is_looked_for)(&entry.rule)
    }
}

fn entry(sources: &Sources, diagnostic: &Diagnostic, seen: &Seen<'_>) -> Option<Entry> {
    if NEVER.iter().any(|rule| rule.id == diagnostic.rule.id) {
        return None;
    }
    let path = seen.names.get(&diagnostic.span.file)?;
    let file = sources.file(diagnostic.span.file);
    let fingerprint = fingerprint(diagnostic, path, file);
    Some(Entry { path: path.clone(), rule: diagnostic.rule.id.to_owned(), fingerprint })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_it_writes() {
        let entry = |path: &str| Entry {
            path: path.to_owned(),
            rule: "json-syntax".to_owned(),
            fingerprint: "ab".to_owned(),
        };
        let mut baseline = Baseline::default();
        baseline.entries.insert(entry("b \"x\".md"), 2);
        baseline.entries.insert(entry("a.md"), 1);
        let text = baseline.write();
        assert_eq!(text.lines().count(), 7, "{text}");
        assert_eq!(Baseline::read(&text).unwrap().entries, baseline.entries);
        assert!(Baseline::read(&Baseline::default().write()).unwrap().is_empty());
        assert!(Baseline::read("{}").is_err());
        let most = u64::MAX;
        let found = format!(r#"{{"path": "a", "rule": "b", "fingerprint": "c", "count": {most}}}"#);
        let text = format!(r#"{{"{MARK}": 1, "findings": [{found}, {found}]}}"#);
        assert_eq!(Baseline::read(&text).unwrap().len(), usize::MAX);
        // Written again it would count one.
        let none = r#"{"path": "a", "rule": "b", "fingerprint": "c", "count": 0}"#;
        let text = format!(r#"{{"{MARK}": 1, "findings": [{none}]}}"#);
        assert_eq!(Baseline::read(&text).unwrap_err().message, "this is no finding");
    }
}
