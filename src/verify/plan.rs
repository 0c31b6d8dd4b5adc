//! Decides what has to be run: for each example its tests, and the changes of its code that
//! a test must notice.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::code::Code;
use super::types;
use crate::lab::files;
use crate::model::equipment::{Contract, Equipment, Lab};
use crate::model::expectations::{describe, mutate, split_attack};
use crate::model::yaml::contract::{Case, ContractFile, Outcome, Property, When};
use crate::model::yaml::proof::{
    Exit, ExitKind, Expectation, FileEntry, LabOptions, Retry, Setup, StepEntry,
};
use crate::model::{Catalog, Example, Pattern};
use crate::sandbox::archive::Item;
use crate::source::Span;

/// One example with everything that is to be run for it.
#[derive(Debug, Clone)]
pub struct Unit {
    /// `PATTERN/EXAMPLE`.
    pub id: String,
    /// The place of the example's id.
    pub span: Span,
    /// The code, as the page shows it.
    pub code: Code,
    /// Its tests.
    pub tests: Vec<Test>,
    /// Changes of its code.
    pub changes: Vec<Change>,
    /// Whether a type checker looks at it.
    pub has_types: bool,
    /// A hash of all of this, and of the labs.
    pub hash: String,
}

/// A test with nothing left to look up.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// Its name, `CONTRACT/CASE` for a case.
    pub name: String,
    /// Labs and their options at the start.
    pub labs: BTreeMap<String, LabOptions>,
    /// Files that labs bring. The example's own files replace them.
    pub lab_files: Vec<FileEntry>,
    /// Files that stand ready. They replace any other.
    pub files: Vec<FileEntry>,
    /// Other examples that stand beside it.
    pub beside: Vec<Code>,
    /// Environment variables; `None` takes one away.
    pub environment: BTreeMap<String, Option<String>>,
    /// Replaced programs.
    pub stubs: BTreeMap<String, String>,
    /// Missing programs.
    pub without: Vec<String>,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// Whether it may fail before that counts.
    pub retry: Option<Retry>,
    /// Where it is written, or where the contract is named.
    #[serde(skip)]
    pub span: Span,
}

/// One thing that a test does.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Options that labs get before it.
    pub labs: BTreeMap<String, LabOptions>,
    /// What `sh` runs; the example's file if `None`.
    pub run: Option<String>,
    /// What it reads.
    pub input: String,
    /// How many runs start at once.
    pub at_once: u32,
    /// What must hold.
    pub checks: Vec<Check>,
}

/// Something that must hold after a step.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// The property that it belongs to, such as `P1`.
    pub property: Option<String>,
    /// What the property says.
    #[serde(skip)]
    pub says: Option<String>,
    /// Whether it applies to every end, or to one kind.
    pub when: When,
    /// What must hold.
    pub expect: Expectation,
}

/// Code that differs from the example's, and the test that must notice.
#[derive(Debug, Clone)]
pub struct Change {
    /// What differs, in a few words.
    pub name: String,
    /// The place of the mutation or of the don't.
    pub span: Span,
    /// The changed code.
    pub code: Code,
    /// The test that must fail, by its index.
    pub fails: usize,
    /// The test that must pass, by its index.
    pub passes: Option<usize>,
    /// Whether it is a don't, which an attack must succeed against.
    pub is_attack: bool,
}

/// Plans everything that the examples of a project ask for. Examples without a test are left
/// out.
pub fn plan(catalog: &Catalog) -> Vec<Unit> {
    let planner = Planner::new(&catalog.equipment);
    let patterns: Vec<&Pattern> = catalog.patterns.values().collect();
    patterns.par_iter().flat_map_iter(|pattern| planner.plan(pattern)).collect()
}

/// Plans one pattern after the other.
pub(super) struct Planner<'a> {
    equipment: &'a Equipment,
    labs: LabHashes<'a>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(equipment: &'a Equipment) -> Self {
        let hash = |(name, lab): (&'a String, &Lab)| (name.as_str(), lab_hash(lab));
        Self { equipment, labs: equipment.labs.iter().map(hash).collect() }
    }

    /// The hash of each lab's files, by the lab's name.
    pub(super) fn lab_hashes(&self) -> &LabHashes<'a> {
        &self.labs
    }

    pub(super) fn plan(&self, pattern: &Pattern) -> Vec<Unit> {
        let examples = pattern.examples.iter();
        let plan = |example| plan_example(pattern, example, self.equipment, &self.labs);
        examples.filter_map(plan).collect()
    }
}

/// The hash of each lab's files, by the lab's name.
pub(super) type LabHashes<'a> = BTreeMap<&'a str, String>;

fn plan_example(
    pattern: &Pattern,
    example: &Example,
    equipment: &Equipment,
    labs: &LabHashes<'_>,
) -> Option<Unit> {
    let entry = &example.entry;
    let own = entry.setup.clone().unwrap_or_default();
    let mut tests = Vec::new();
    for test in &entry.tests {
        let first = StepEntry {
            labs: BTreeMap::new(),
            run: test.run.clone(),
            input: test.input.clone(),
            at_once: test.at_once,
            expect: test.expect.clone(),
        };
        let steps = std::iter::once(&first).chain(&test.then).map(own_step).collect();
        let setup = merge(&own, test.setup.as_ref());
        let span = Span::new(pattern.file, test.name.range.clone());
        let mut planned = start(&test.name.value, setup, Some(pattern), equipment, steps, span);
        planned.retry = test.retry.clone();
        tests.push(planned);
    }
    for used in &entry.contracts {
        let Some(contract) = equipment.contracts.get(&used.id.value) else { continue };
        let span = Span::new(pattern.file, used.id.range.clone());
        let contract = contract.with(&parameters(&contract.content, &used.with));
        let cases = contract_tests(&contract, &own, Some(pattern), equipment, &span);
        let is_excepted = |test: &Test| {
            let case = test.name.split_once('/').map_or("", |(_, case)| case);
            used.except.contains_key(case)
        };
        tests.extend(cases.into_iter().filter(|test| !is_excepted(test)));
    }
    let code = Code::of(example);
    let has_types = types::has_types(&code.language) && equipment.labs.contains_key(types::LAB);
    if tests.is_empty() && !has_types {
        return None;
    }
    let mut unit = Unit {
        id: format!("{}/{}", pattern.content.id.value, entry.id.value),
        span: Span::new(pattern.file, entry.id.range.clone()),
        code,
        tests,
        changes: Vec::new(),
        has_types,
        hash: String::new(),
    };
    unit.changes = changes(pattern, example, &unit);
    unit.hash = hash(&unit, equipment, labs);
    Some(unit)
}

/// Plans the cases of a contract for a script of no project.
pub fn plan_script(
    contract: &Contract,
    with: &BTreeMap<String, String>,
    code: Code,
    own: &Setup,
    equipment: &Equipment,
) -> Unit {
    let span = Span::new(contract.file, contract.content.id.range.clone());
    let content = contract.with(&parameters(&contract.content, with));
    let mut tests = contract_tests(&content, own, None, equipment, &span);
    for (test, case) in tests.iter_mut().zip(&content.cases) {
        test.span = Span::new(contract.file, case.name.range.clone());
    }
    let (changes, hash) = (Vec::new(), String::new());
    Unit { id: code.path.clone(), span, code, tests, changes, has_types: false, hash }
}

/// A test for each case of a contract whose parameters have their values.
fn contract_tests(
    contract: &ContractFile,
    own: &Setup,
    pattern: Option<&Pattern>,
    equipment: &Equipment,
    span: &Span,
) -> Vec<Test> {
    let test = |case: &Case| {
        let setup = merge(own, case.setup.as_ref());
        let name = format!("{}/{}", contract.id.value, case.name.value);
        let steps = case_steps(case, &contract.properties);
        start(&name, setup, pattern, equipment, steps, span.clone())
    };
    contract.cases.iter().map(test).collect()
}

/// The changes that an example's tests must notice: its mutations, and don'ts that name one of
/// its tests as their attack.
fn changes(pattern: &Pattern, example: &Example, unit: &Unit) -> Vec<Change> {
    let find = |name: &str| unit.tests.iter().position(|test| test.name == name);
    let mut changes = Vec::new();
    for mutation in &example.entry.mutations {
        let Ok(text) = mutate(mutation, &unit.code.text) else { continue };
        let Some(fails) = find(&mutation.fails.value) else { continue };
        let passes = match &mutation.passes {
            Some(name) => find(&name.value),
            None => (0..unit.tests.len()).find(|index| *index != fails),
        };
        let at = mutation.remove.as_ref().unwrap_or(&mutation.fails);
        changes.push(Change {
            name: describe(mutation),
            span: Span::new(pattern.file, at.range.clone()),
            code: Code { text, ..unit.code.clone() },
            fails,
            passes,
            is_attack: false,
        });
    }
    for bad in &pattern.bad_examples {
        let Some(attack) = &bad.entry.attack else { continue };
        let Some((id, test)) = split_attack(&attack.value) else { continue };
        if id != example.entry.id.value {
            continue;
        }
        let Some(fails) = find(test) else { continue };
        changes.push(Change {
            name: format!("the don't {}", bad.index + 1),
            span: Span::new(pattern.file, attack.range.clone()),
            code: Code { text: bad.snippet.text.clone(), ..unit.code.clone() },
            fails,
            passes: None,
            is_attack: true,
        });
    }
    changes
}

fn own_step(step: &StepEntry) -> Step {
    let mut expect = step.expect.clone();
    expect.exit.get_or_insert(Exit::Kind(ExitKind::Success));
    let check = Check { property: None, says: None, when: When::Always, expect };
    plan_step(step, vec![check])
}

fn plan_step(step: &StepEntry, checks: Vec<Check>) -> Step {
    Step {
        labs: step.labs.clone(),
        run: step.run.as_ref().map(|run| run.text.clone()),
        input: step.input.as_ref().map(|input| input.text.clone()).unwrap_or_default(),
        at_once: step.at_once.unwrap_or(1),
        checks,
    }
}

fn case_steps(case: &Case, properties: &[Property]) -> Vec<Step> {
    let first = StepEntry {
        labs: BTreeMap::new(),
        run: case.run.clone(),
        input: None,
        at_once: case.at_once,
        expect: case.expect.clone().unwrap_or_default(),
    };
    let first = (&first, case.outcome);
    let more = case.then.iter().map(|then| (&then.step, then.outcome));
    let step = |(step, outcome): (&StepEntry, Outcome)| {
        let applies = |property: &&Property| match (property.when, outcome) {
            (When::Always, _) | (_, Outcome::Either) => true,
            (When::Success, outcome) => outcome == Outcome::Success,
            (When::Failure, outcome) => outcome == Outcome::Failure,
        };
        let mut checks: Vec<Check> = properties
            .iter()
            .filter(applies)
            .filter_map(|property| {
                let expect = property.expect.clone()?;
                // How the script must end is a question of its own. When it ended otherwise,
                // what else it should have done then is none.
                let is_about_end = expect.exit.is_some() && outcome != Outcome::Either;
                let when = if is_about_end { When::Always } else { property.when };
                let (id, says) = (property.id.value.clone(), Some(property.text.clone()));
                Some(Check { property: Some(id), says, when, expect })
            })
            .collect();
        let property = case.property.as_ref().map(|property| property.value.clone());
        let mut expect = step.expect.clone();
        // A contract that says nothing of exit statuses must not let a crash or a hang pass.
        if checks.iter().all(|check| check.expect.exit.is_none()) {
            expect.exit.get_or_insert(Exit::Kind(exit_of(outcome)));
        }
        let is_meant = |it: &&Property| Some(&it.id.value) == property.as_ref();
        let says = properties.iter().find(is_meant).map(|property| property.text.clone());
        checks.push(Check { property, says, when: When::Always, expect });
        plan_step(step, checks)
    };
    std::iter::once(first).chain(more).map(step).collect()
}

fn exit_of(outcome: Outcome) -> ExitKind {
    match outcome {
        Outcome::Success => ExitKind::Success,
        Outcome::Failure => ExitKind::Failure,
        Outcome::Either => ExitKind::Any,
    }
}

/// What a test finds: its own setup over that of its example.
fn merge(own: &Setup, more: Option<&Setup>) -> Setup {
    let mut setup = own.clone();
    let Some(more) = more else { return setup };
    for (lab, options) in &more.labs {
        setup.labs.entry(lab.clone()).or_default().extend(options.clone());
    }
    setup.beside.extend(more.beside.clone());
    setup.files.extend(more.files.clone());
    setup.environment.extend(more.environment.clone());
    setup.stubs.extend(more.stubs.clone());
    setup.without.extend(more.without.clone());
    setup
}

fn start(
    name: &str,
    setup: Setup,
    pattern: Option<&Pattern>,
    equipment: &Equipment,
    steps: Vec<Step>,
    span: Span,
) -> Test {
    let names: Vec<String> = setup.labs.keys().cloned().collect();
    let labs = crate::lab::with_needs(equipment, &names);
    let lab_files = labs.iter().flat_map(|(_, lab)| lab.content.files.clone()).collect();
    let beside = setup.beside.iter().filter_map(|id| pattern?.example(&id.value).map(Code::of));
    Test {
        name: name.to_owned(),
        lab_files,
        files: setup.files,
        beside: beside.collect(),
        labs: setup.labs,
        environment: setup.environment,
        stubs: setup.stubs.into_iter().map(|(name, text)| (name, text.text)).collect(),
        without: setup.without,
        steps,
        retry: None,
        span,
    }
}

/// The values of a contract's parameters.
fn parameters(
    contract: &ContractFile,
    with: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let defaults = contract
        .parameters
        .iter()
        .filter_map(|(name, parameter)| Some((name.clone(), parameter.default.clone()?)));
    let mut values: BTreeMap<String, String> = defaults.collect();
    values.extend(with.clone());
    values
}

/// A hash of everything that a unit's result hangs on, but for the tools of the machine.
fn hash(unit: &Unit, equipment: &Equipment, labs: &LabHashes<'_>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |value: &dyn erased::Json| {
        hasher.update(value.json().as_bytes()).update(b"\n");
    };
    add(&super::REVISION);
    add(&unit.code);
    add(&unit.tests);
    for change in &unit.changes {
        add(&(&change.code, change.fails, change.passes));
    }
    let names = unit.tests.iter().flat_map(|test| test.labs.keys().cloned());
    let mut names: Vec<String> = names.collect();
    names.extend(unit.has_types.then(|| types::LAB.to_owned()));
    names.sort();
    names.dedup();
    for (name, _) in crate::lab::with_needs(equipment, &names) {
        add(&name);
        add(&labs[name]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn lab_hash(lab: &Lab) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, bytes) in &lab.files {
        hasher.update(path.as_bytes()).update(b"\0").update(bytes).update(b"\0");
    }
    hasher.finalize().to_hex().to_string()
}

mod erased {
    /// Anything that can be written as JSON.
    pub(super) trait Json {
        fn json(&self) -> String;
    }

    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> String {
            serde_json::to_string(self).expect("plain data can be written")
        }
    }
}

impl Test {
    /// Tells whether it looks at the arguments of the programs that are started.
    pub fn looks_at_arguments(&self) -> bool {
        let mut checks = self.steps.iter().flat_map(|step| &step.checks);
        checks.any(|check| !check.expect.not_in_arguments.is_empty())
    }

    /// The items of its working folder, the later ones over the earlier.
    pub fn items(&self, code: &Code) -> Vec<Item> {
        let mut items: BTreeMap<String, Item> = BTreeMap::new();
        place(&self.lab_files, &mut items);
        for code in self.beside.iter().chain([code]) {
            let item = code.item();
            items.insert(item.path.clone(), item);
        }
        place(&self.files, &mut items);
        items.into_values().collect()
    }
}

/// Puts files among items, or takes away what stood there.
fn place(files: &[FileEntry], items: &mut BTreeMap<String, Item>) {
    for file in files {
        match files::item(file) {
            Some(item) => drop(items.insert(item.path.clone(), item)),
            None => drop(items.remove(files::in_work(&file.path))),
        }
    }
}
