//! How far examples are proven, told on a page: a badge that opens below each example, and the
//! sum of them at the top. A reader can see what "proven" means, and repeat it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostic::count;
use crate::inspect::project::level_of;
use crate::model::expectations::{describe, split_attack, test_names};
use crate::model::yaml::words::Level;
use crate::model::{Catalog, Example, Pattern, Proven};
use crate::source::bidi;

/// Whatever checks without running is in this program itself.
const OURSELVES: &str = concat!("patternbook ", env!("CARGO_PKG_VERSION"));

/// What is proven of a pattern's examples together.
#[derive(Debug, Serialize)]
pub struct ProofView {
    /// How far its examples are proven, the furthest first.
    pub levels: Vec<LevelView>,
    /// How many don'ts have code, which a rule flags or an attack breaks.
    pub donts: usize,
    /// The days of the oldest and of the latest run, as `2026-11-21`.
    pub dates: Option<(String, String)>,
}

/// Examples that are proven equally far.
#[derive(Debug, Serialize)]
pub struct LevelView {
    /// The word for it.
    pub level: &'static str,
    /// How many there are.
    pub examples: usize,
}

/// Counts a pattern's examples by how far they are proven.
pub(super) fn levels(pattern: &Pattern, catalog: &Catalog) -> Vec<LevelView> {
    let mut counts: BTreeMap<Level, usize> = BTreeMap::new();
    for example in &pattern.examples {
        *counts.entry(level_of(pattern, example, &catalog.proven)).or_default() += 1;
    }
    let level = |(level, examples): (Level, usize)| LevelView { level: level.name(), examples };
    counts.into_iter().rev().map(level).collect()
}

/// Sums up what is proven of a pattern; `None` where there is no code.
pub(super) fn sum_up(pattern: &Pattern, catalog: &Catalog) -> Option<ProofView> {
    let (levels, donts) = (levels(pattern, catalog), pattern.bad_examples.len());
    let examples = pattern.examples.iter();
    let proofs = examples.filter_map(|example| catalog.proven.get(&id_of(pattern, example)));
    let dates: Vec<&String> = proofs.map(|proven| &proven.date).collect();
    let oldest = dates.iter().min().copied().cloned();
    let dates = oldest.zip(dates.iter().max().copied().cloned());
    (!levels.is_empty() || donts > 0).then_some(ProofView { levels, donts, dates })
}

/// Tells how far an example is proven, by what and how to repeat it, as one line of HTML.
pub(super) fn tell(pattern: &Pattern, example: &Example, catalog: &Catalog) -> String {
    let level = level_of(pattern, example, &catalog.proven);
    let badge = match catalog.proven.get(&id_of(pattern, example)) {
        Some(proven) => run(proven, pattern, example, catalog),
        None => unrun(level, pattern, example, catalog),
    };
    let (name, Badge { sum, body, again }) = (level.name(), badge);
    let again = again.map(|it| {
        format!(
            "<p>Again, where <code>patternbook.yaml</code> is: <code>{}</code></p>",
            escape(&it)
        )
    });
    let body = body + &again.unwrap_or_default();
    let level = format!("<span class=\"level\" data-level=\"{name}\">{name}</span>");
    match body.as_str() {
        // There is nothing to open.
        "" => format!("<p class=\"proof\">{level} {sum}</p>"),
        body => {
            format!("<details class=\"proof\"><summary>{level} {sum}</summary>{body}</details>")
        }
    }
}

/// What a badge says beside its level, as HTML, and the command that repeats it.
struct Badge {
    sum: String,
    body: String,
    again: Option<String>,
}

/// The badge of an example that the ledger knows.
fn run(proven: &Proven, pattern: &Pattern, example: &Example, catalog: &Catalog) -> Badge {
    let changes = changes(pattern, example);
    let number = test_names(&example.entry, &catalog.equipment).len();
    let (tests, changed) = (count(number, "test"), count(changes.len(), "change"));
    let sum = match (number, changes.len()) {
        (0, _) => "by the type checker".to_owned(),
        (_, 0) => format!("by {tests}"),
        _ => format!("by {tests} and {changed} on purpose"),
    };
    Badge {
        sum: format!("{sum}, <time>{}</time>", proven.date),
        body: told(&names(example, catalog), &changes) + &with(proven),
        again: Some(format!("patternbook test {}", id_of(pattern, example))),
    }
}

/// The badge of an example that nobody ran as it is.
fn unrun(level: Level, pattern: &Pattern, example: &Example, catalog: &Catalog) -> Badge {
    let language = escape(&example.entry.language.value);
    let kind = example.entry.kind.as_ref().map(|kind| escape(&kind.value)).unwrap_or_default();
    let (sum, mut body) = match level {
        Level::Shown => ("only: nothing checks it".to_owned(), String::new()),
        Level::Parsed => {
            (format!("as {language}"), format!("<p>By the parser in {OURSELVES}.</p>"))
        }
        Level::Checked | Level::Ran | Level::Proven => (
            format!("as {kind}"),
            format!("<p>By the rules for <code>{kind}</code> in {OURSELVES}.</p>"),
        ),
    };
    let names = names(example, catalog);
    if !names.is_empty() {
        body.push_str("<p>The ledger shows no run of its tests as they are now.</p>");
        body.push_str(&told(&names, &changes(pattern, example)));
    }
    let again = match names.is_empty() {
        true if level == Level::Shown => None,
        true => Some(check_command(pattern)),
        false => Some(format!("patternbook test {}", id_of(pattern, example))),
    };
    Badge { sum, body, again }
}

fn id_of(pattern: &Pattern, example: &Example) -> String {
    format!("{}/{}", pattern.content.id.value, example.entry.id.value)
}

/// What was run, in words: a line for each test, and one for each contract.
fn names(example: &Example, catalog: &Catalog) -> Vec<String> {
    let entry = &example.entry;
    let mut tests: Vec<String> = entry.tests.iter().map(|test| escape(&test.name.value)).collect();
    for used in &entry.contracts {
        let Some(contract) = catalog.equipment.contracts.get(&used.id.value) else { continue };
        let cases = contract.content.cases.len() - used.except.len();
        let title = escape(&contract.content.title);
        tests.push(format!("{title}: {}", count(cases, "case")));
    }
    tests
}

/// What was changed on purpose, each with the test that must notice.
fn changes(pattern: &Pattern, example: &Example) -> Vec<String> {
    let mutations = example.entry.mutations.iter();
    let mutations =
        mutations.map(|it| format!("{} fails: {}", code(&describe(it)), escape(&it.fails.value)));
    let attacks = pattern.content.donts.iter().filter_map(|dont| {
        let (id, test) = split_attack(&dont.attack.as_ref()?.value)?;
        let is_on_it = id == example.entry.id.value;
        is_on_it.then(|| {
            format!("with the code of one of the pattern’s don’ts, fails: {}", escape(test))
        })
    });
    mutations.chain(attacks).collect()
}

fn told(tests: &[String], changes: &[String]) -> String {
    let mut html = String::new();
    if !tests.is_empty() {
        html.push_str("<p>Run, and it must hold:</p>");
        html.push_str(&list(tests));
    }
    if !changes.is_empty() {
        html.push_str("<p>Changed on purpose, and a test must fail:</p>");
        html.push_str(&list(changes));
    }
    html
}

/// The programs of a run.
fn with(proven: &Proven) -> String {
    let tools = proven.tools.iter().map(|(name, version)| escape(&format!("{name} {version}")));
    let tools: Vec<String> = tools.collect();
    if tools.is_empty() { String::new() } else { format!("<p>With {}.</p>", tools.join(", ")) }
}

fn check_command(pattern: &Pattern) -> String {
    let folder = if pattern.topic.is_empty() { "" } else { "/" };
    format!("patternbook check patterns/{}{folder}{}.yaml", pattern.topic, pattern.content.id.value)
}

fn list(items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
    format!("<ul>{items}</ul>")
}

/// Text whose parts in backticks are code.
fn code(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escape(part);
        html.push_str(&if index % 2 == 1 { format!("<code>{part}</code>") } else { part });
    }
    html
}

/// Text that is safe between tags, and in one line: an empty one would end the HTML.
fn escape(text: &str) -> String {
    bidi::show(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', " ")
}
