//! The report for programs. Its structs are a format of their own: other programs rely on it.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Verification;
use crate::diagnostic::Severity;
use crate::report::json::json_diagnostic;

#[derive(Serialize, Deserialize)]
struct Root {
    version: u32,
    summary: Summary,
    units: Vec<Unit>,
    /// What was not run; only where there was no sandbox.
    #[serde(default, rename = "notRun", skip_serializing_if = "Option::is_none")]
    not_run: Option<Vec<NotRun>>,
    diagnostics: Vec<Value>,
}

#[derive(Default, Serialize, Deserialize)]
struct Summary {
    examples: usize,
    unchanged: usize,
    passed: usize,
    failed: usize,
    errors: usize,
    levels: BTreeMap<String, usize>,
}

#[derive(Serialize, Deserialize)]
struct Unit {
    id: String,
    level: Option<String>,
    runs: Vec<Run>,
}

#[derive(Serialize, Deserialize)]
struct Run {
    name: String,
    passed: bool,
    seconds: f64,
    tries: u32,
    faults: Vec<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Output>,
    again: String,
}

#[derive(Serialize, Deserialize)]
struct NotRun {
    id: String,
    name: String,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct Fault {
    rule: String,
    property: Option<String>,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    says: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Output {
    step: usize,
    command: String,
    end: String,
    stdout: String,
    stderr: String,
}

pub(super) fn write(verification: &Verification<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let results = verification.units.iter().chain(verification.stale);
    let mut units: Vec<Unit> = results.map(unit).collect();
    units.sort_by(|a, b| a.id.cmp(&b.id));
    let levels = verification.levels.iter();
    let root = Root {
        version: 1,
        summary: Summary {
            unchanged: verification.unchanged,
            errors: verification.report.count(Severity::Error),
            levels: levels.map(|(level, count)| (level.name().to_owned(), *count)).collect(),
            ..count(&units)
        },
        units,
        not_run: verification.open.map(|open| open.iter().map(not_run).collect()),
        diagnostics: verification
            .report
            .inspection
            .diagnostics
            .iter()
            .map(|found| serde_json::to_value(json_diagnostic(&verification.report, found)))
            .collect::<Result<_, _>>()?,
    };
    print(&root, out)
}

fn print(root: &Root, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, root)?;
    writeln!(out)
}

fn count(units: &[Unit]) -> Summary {
    let runs = || units.iter().flat_map(|unit| &unit.runs);
    let passed = runs().filter(|run| run.passed).count();
    let failed = runs().count() - passed;
    Summary { examples: units.len(), passed, failed, ..Summary::default() }
}

fn unit(result: &crate::verify::result::UnitResult) -> Unit {
    let run = |run: &crate::verify::result::RunResult| Run {
        name: run.name.clone(),
        passed: run.faults.is_empty(),
        seconds: run.took.as_secs_f64(),
        tries: run.tries,
        faults: run
            .faults
            .iter()
            .map(|fault| Fault {
                rule: fault.rule.id.to_owned(),
                property: fault.property.clone(),
                message: fault.message.clone(),
                says: fault.says.clone(),
            })
            .collect(),
        output: run.record.as_ref().filter(|_| !run.faults.is_empty()).map(|record| Output {
            step: record.step,
            command: record.command.clone(),
            end: record.end.clone(),
            stdout: record.stdout.clone(),
            stderr: record.stderr.clone(),
        }),
        again: run.again.clone(),
    };
    Unit {
        id: result.id.clone(),
        level: result.level.map(|level| level.name().to_owned()),
        runs: result.runs.iter().map(run).collect(),
    }
}

fn not_run(it: &crate::verify::open::NotRun) -> NotRun {
    NotRun { id: it.unit.clone(), name: it.name.clone(), reason: it.reason.clone() }
}

/// Reports of `test` that are joined into one.
pub struct MergedReport {
    root: Root,
}

impl MergedReport {
    /// Reads one report.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        Ok(Self { root: serde_json::from_str(text)? })
    }

    /// Joins the reports of all shards.
    pub fn of(reports: Vec<Self>) -> Self {
        let (mut units, mut diagnostics) = (Vec::new(), Vec::new());
        let (mut unchanged, mut levels) = (0, BTreeMap::new());
        let mut not_run: Option<Vec<NotRun>> = None;
        for Self { root } in reports {
            for (level, count) in root.summary.levels {
                *levels.entry(level).or_default() += count;
            }
            unchanged += root.summary.unchanged;
            units.extend(root.units);
            if let Some(more) = root.not_run {
                not_run.get_or_insert_default().extend(more);
            }
            // What `check` finds stands in the report of every shard.
            for diagnostic in root.diagnostics {
                if !diagnostics.contains(&diagnostic) {
                    diagnostics.push(diagnostic);
                }
            }
        }
        let is_error = |found: &&Value| found["severity"] == Severity::Error.name();
        let errors = diagnostics.iter().filter(is_error).count();
        units.sort_by(|a: &Unit, b| a.id.cmp(&b.id));
        let summary = Summary { levels, unchanged, errors, ..count(&units) };
        Self { root: Root { version: 1, summary, units, not_run, diagnostics } }
    }

    /// Tells whether something does not hold.
    pub fn has_errors(&self) -> bool {
        self.root.summary.errors > 0 || self.root.summary.failed > 0
    }

    /// Writes the report as JSON.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        print(&self.root, out)
    }
}
