//! Checks the types of all TypeScript and JavaScript examples in one call of the compiler.

use std::collections::BTreeMap;

use regex::Regex;

use super::attempt::{Attempt, Record, run_plainly};
use super::code::Code;
use super::judge::{Failure, describe_end};
use super::plan::Unit;
use super::scene::Scene;
use super::schedule::{Done, Job};
use crate::error::Error;
use crate::lab::Session;
use crate::sandbox::archive::Item;
use crate::sandbox::process::End;

/// The lab with the compiler and the packages that examples import.
pub const LAB: &str = "typescript";

/// Two projects: TypeScript is checked strictly, JavaScript without demanding types.
const COMMAND: &str = "tsc -b tsconfig.json tsconfig.javascript.json --pretty false";

/// Tells whether code of a language has types to check.
pub fn has_types(language: &str) -> bool {
    matches!(language, "javascript" | "typescript" | "tsx")
}

/// Checks all units that have types.
pub(super) fn check(session: &mut Session, units: &[Unit]) -> Vec<Done> {
    let checked = || units.iter().enumerate().filter(|(_, unit)| unit.has_types);
    // The same neighbour stands beside many tests.
    let sources: BTreeMap<String, &Code> = checked().flat_map(|(_, unit)| files(unit)).collect();
    let item = |(path, code): (&String, &&Code)| Item { path: path.clone(), ..code.item() };
    let mut items: Vec<Item> = sources.iter().map(item).collect();
    items.extend(session.files.iter().cloned());
    let outcome =
        Scene::plain(session, items).and_then(|scene| run_plainly(session, &scene, COMMAND));
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return all_failed(units, error),
    };
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let (mut by_path, mut elsewhere) = read(&text);
    // What is wrong elsewhere, such as in a configuration, says that nothing was checked. What is
    // wrong in a neighbour is said of the neighbour.
    let strange = by_path.extract_if(.., |path, _| !sources.contains_key(path));
    elsewhere.extend(strange.map(|(path, messages)| format!("{path}: {}", messages.join("; "))));
    let says_nothing = outcome.end != End::Exited(0) && by_path.is_empty();
    let is_broken =
        !elsewhere.is_empty() || !matches!(outcome.end, End::Exited(0..=2)) || says_nothing;
    let done = |(index, unit): (usize, &Unit)| {
        let mut messages = by_path.get(&source_path(unit, &unit.code)).cloned().unwrap_or_default();
        if is_broken {
            messages.push(format!("the compiler failed: {}", elsewhere.join("; ")));
        }
        let record = (!messages.is_empty()).then(|| Record {
            step: 1,
            command: COMMAND.to_owned(),
            end: describe_end(outcome.end),
            stdout: messages.join("\n"),
            stderr: String::from_utf8_lossy(&outcome.stderr).into_owned(),
        });
        let failure = |message| Failure { property: None, message, is_about_end: false };
        let failures = messages.into_iter().map(failure).collect();
        let attempt = Ok(Attempt { failures, record, took: outcome.took, ..Attempt::default() });
        Done { job: Job::Types, unit: index, attempt, tries: 1 }
    };
    checked().map(done).collect()
}

/// The same error for every unit that has types.
pub(super) fn all_failed(units: &[Unit], error: Error) -> Vec<Done> {
    let message = error.to_string();
    let checked = units.iter().enumerate().filter(|(_, unit)| unit.has_types);
    let done = |(index, _)| {
        let error = Error::Lab { name: LAB.to_owned(), message: message.clone() };
        Done { job: Job::Types, unit: index, attempt: Err(error), tries: 1 }
    };
    checked.map(done).collect()
}

/// A unit's code and the examples beside it, which it may import, each with its path.
fn files(unit: &Unit) -> impl Iterator<Item = (String, &Code)> {
    let beside = unit.tests.iter().flat_map(|test| &test.beside);
    let neighbours = beside.filter(|code| has_types(&code.language) && code.path != unit.code.path);
    std::iter::once(&unit.code).chain(neighbours).map(|code| (source_path(unit, code), code))
}

fn source_path(unit: &Unit, code: &Code) -> String {
    format!("src/{}/{}", unit.id, code.path)
}

/// Reads the compiler's messages: by file, and those without one.
fn read(text: &str) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let placed = Regex::new(r"^(.+?)\((\d+),(\d+)\): error (TS\d+: .*)$").expect("it is one");
    let mut by_path: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut elsewhere = Vec::new();
    for line in text.lines() {
        if let Some(parts) = placed.captures(line) {
            let message = format!("line {}, column {}: {}", &parts[2], &parts[3], &parts[4]);
            by_path.entry(parts[1].to_owned()).or_default().push(message);
        } else if line.starts_with("error ") {
            elsewhere.push(line.to_owned());
        }
    }
    (by_path, elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_to_their_files() {
        let text = "src/p/e/f.mjs(7,8): error TS2339: no such member\n  more\nerror TS2688: none\n";
        let (by_path, elsewhere) = read(text);
        assert_eq!(by_path["src/p/e/f.mjs"], ["line 7, column 8: TS2339: no such member"]);
        assert_eq!(elsewhere, ["error TS2688: none"]);
    }
}
