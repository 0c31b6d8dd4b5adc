//! Checks what examples say of their tests, contracts and mutations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;

use super::equipment::{Equipment, is_built_in_lab};
use super::place::Place;
use super::references::{check_name, unknown};
use super::rules::{
    DUPLICATE_ID, MUTATION_CHANGES_NOTHING, MUTATION_PROVES_NOTHING, TEST_DEFINITION,
};
use super::yaml::proof::{Expectation, LabOptions, Mutation, Setup, StepEntry, TestEntry, Text};
use super::yaml::{Dont, ExampleEntry};
use super::{Catalog, Example, Pattern};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};
use crate::value::de::Located;

/// Checks every pattern and every contract.
pub fn check(catalog: &Catalog, sources: &Sources) -> Vec<Diagnostic> {
    let equipment = &catalog.equipment;
    let check = |pattern: &&Pattern| {
        let mut found = Vec::new();
        for example in &pattern.examples {
            let mut checker = Checker { pattern, sources, equipment, diagnostics: &mut found };
            checker.check_example(example);
        }
        for dont in &pattern.content.donts {
            check_attack(dont, pattern, equipment, &mut found);
        }
        found
    };
    let patterns: Vec<&Pattern> = catalog.patterns.values().collect();
    let mut diagnostics: Vec<_> = patterns.par_iter().flat_map_iter(check).collect();
    check_equipment(catalog, sources, &mut diagnostics);
    diagnostics
}

/// The names of all tests of an example: its own, and `CONTRACT/CASE`.
pub fn test_names(entry: &ExampleEntry, equipment: &Equipment) -> Vec<String> {
    let mut names: Vec<String> = entry.tests.iter().map(|test| test.name.value.clone()).collect();
    for used in &entry.contracts {
        let Some(contract) = equipment.contracts.get(&used.id.value) else { continue };
        let cases = contract.content.cases.iter().map(|case| &case.name.value);
        let cases = cases.filter(|case| !used.except.contains_key(*case));
        names.extend(cases.map(|case| format!("{}/{case}", used.id.value)));
    }
    names
}

/// Changes code as a mutation says, or says why it cannot.
pub fn mutate(mutation: &Mutation, code: &str) -> Result<String, String> {
    match (&mutation.remove, mutation.replace.is_empty()) {
        (Some(text), true) => {
            let holds = |line: &&str| line.contains(text.as_str());
            let count = code.lines().filter(holds).count();
            if count != 1 {
                return Err(format!("{count} lines hold `{}`, not one", text.value));
            }
            Ok(code.split_inclusive('\n').filter(|line| !holds(line)).collect())
        }
        (None, false) => {
            let mut changed = code.to_owned();
            for (from, to) in &mutation.replace {
                if !changed.contains(from) {
                    return Err(format!("`{from}` does not stand in the code"));
                }
                changed = changed.replace(from, to);
            }
            Ok(changed)
        }
        _ => Err("a mutation has either `remove` or `replace`".to_owned()),
    }
}

/// What a mutation does, in a few words: `without X`, `with X changed to Y`.
pub fn describe(mutation: &Mutation) -> String {
    if let Some(text) = &mutation.remove {
        return format!("without `{}`", text.value.trim());
    }
    let each = mutation.replace.iter().map(|(from, to)| match to.trim() {
        "" => format!("without `{}`", from.trim()),
        to => format!("with `{}` changed to `{to}`", from.trim()),
    });
    each.collect::<Vec<_>>().join(", ")
}

struct Checker<'a> {
    pattern: &'a Pattern,
    sources: &'a Sources,
    equipment: &'a Equipment,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    fn check_example(&mut self, example: &Example) {
        let entry = &example.entry;
        let file = self.pattern.file;
        for used in &entry.contracts {
            let known = self.equipment.contract_names();
            check_name("contract", &used.id, known, file, self.diagnostics);
            self.check_use(entry, used);
        }
        let place = Place::of(self.sources, Span::new(file, entry.id.range.clone()));
        if let Some(setup) = &entry.setup {
            self.check_setup(setup, &place.below("setup"));
        }
        let mut seen = BTreeSet::new();
        for test in &entry.tests {
            if !seen.insert(&test.name.value) {
                let span = Span::new(file, test.name.range.clone());
                let message = format!("the test `{}` stands here a second time", test.name.value);
                let diagnostic = Diagnostic::new(&DUPLICATE_ID, span, message);
                self.diagnostics.push(diagnostic.help("rename one"));
            }
            self.check_test(test);
        }
        let names = test_names(entry, self.equipment);
        for mutation in &entry.mutations {
            self.check_mutation(mutation, example, &names);
        }
    }

    fn check_use(&mut self, entry: &ExampleEntry, used: &super::yaml::proof::ContractUse) {
        let Some(contract) = self.equipment.contracts.get(&used.id.value) else { return };
        let span = Span::new(self.pattern.file, used.id.range.clone());
        let parameters = &contract.content.parameters;
        for name in used.with.keys().filter(|name| !parameters.contains_key(*name)) {
            let known = parameters.keys().map(String::as_str);
            self.diagnostics.push(unknown("parameter", name, known, span.clone()));
        }
        for (name, parameter) in parameters {
            if parameter.default.is_none() && !used.with.contains_key(name) {
                let message = format!(
                    "the contract `{}` needs `with: {{{name}: …}}`: {}",
                    used.id.value, parameter.meaning
                );
                let diagnostic = Diagnostic::new(&TEST_DEFINITION, span.clone(), message);
                self.diagnostics.push(diagnostic.help(format!("add `{name}` to `with`")));
            }
        }
        let cases = &contract.content.cases;
        for name in used.except.keys() {
            if !cases.iter().any(|case| case.name.value == *name) {
                let known = cases.iter().map(|case| case.name.value.as_str());
                self.diagnostics.push(unknown("case", name, known, span.clone()));
            }
        }
        if entry.file_name.is_none() && entry.source.is_none() {
            let message = format!("`{}` needs a `file-name` to keep a contract", entry.id.value);
            let diagnostic = Diagnostic::new(&TEST_DEFINITION, span, message);
            self.diagnostics.push(diagnostic.help("add the name that the file would have"));
        }
    }

    fn check_test(&mut self, test: &TestEntry) {
        let near = Span::new(self.pattern.file, test.name.range.clone());
        let place = Place::of(self.sources, near);
        if let Some(setup) = &test.setup {
            self.check_setup(setup, &place.below("setup"));
        }
        check_expectation(&test.expect, self.equipment, &place.below("expect"), self.diagnostics);
        for (index, step) in test.then.iter().enumerate() {
            let place = place.below("then").below(&index.to_string());
            check_step(step, self.equipment, &place, self.diagnostics);
        }
    }

    fn check_setup(&mut self, setup: &Setup, place: &Place<'_>) {
        check_labs(&setup.labs, self.equipment, &place.below("labs"), self.diagnostics);
        let paths = setup.files.iter().map(|file| file.path.as_str());
        check_paths(paths, &place.below("files"), self.diagnostics);
        let examples = || self.pattern.examples.iter().map(|example| &*example.entry.id.value);
        for name in &setup.beside {
            check_name("example", name, examples(), self.pattern.file, self.diagnostics);
        }
    }

    fn check_mutation(&mut self, mutation: &Mutation, example: &Example, names: &[String]) {
        let file = self.pattern.file;
        let known = || names.iter().map(String::as_str);
        check_name("test", &mutation.fails, known(), file, self.diagnostics);
        if let Some(passes) = &mutation.passes {
            check_name("test", passes, known(), file, self.diagnostics);
        }
        check_other_test(mutation, names, file, self.diagnostics);
        if let Err(message) = mutate(mutation, &example.snippet.text) {
            let at = mutation.remove.as_ref().unwrap_or(&mutation.fails);
            let span = Span::new(file, at.range.clone());
            let help = "name one line of the code, or text that stands in it";
            let diagnostic = Diagnostic::new(&MUTATION_CHANGES_NOTHING, span, message);
            self.diagnostics.push(diagnostic.help(help));
        }
    }
}

/// Finds a mutation beside which no test shows that the code works at all.
fn check_other_test(
    mutation: &Mutation,
    names: &[String],
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let fails = &mutation.fails;
    let (at, message) = match &mutation.passes {
        Some(passes) if passes.value == fails.value => {
            (passes, format!("`{}` is to fail and to pass", passes.value))
        }
        None if names.contains(&fails.value) && names.iter().all(|name| *name == fails.value) => {
            let message = format!(
                "`{}` is the only test, so none shows that the changed code still works",
                fails.value
            );
            (fails, message)
        }
        _ => return,
    };
    let span = Span::new(file, at.range.clone());
    let help = "name another test in `passes`, which holds with and without the change";
    diagnostics.push(Diagnostic::new(&MUTATION_PROVES_NOTHING, span, message).help(help));
}

/// Finds paths that lead out of the home, where nothing is put and nothing is looked for.
fn check_paths<'a>(
    paths: impl Iterator<Item = &'a str>,
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (index, path) in paths.enumerate() {
        if path.split('/').any(|part| part == "..") {
            let span = place.below(&index.to_string()).below("path").span();
            let message = format!("`{path}` leads out of the home");
            let help = "write a path below the home, such as `~/.config/acme/login`, without `..`";
            diagnostics.push(Diagnostic::new(&TEST_DEFINITION, span, message).help(help));
        }
    }
}

/// Splits `EXAMPLE/TEST`.
pub fn split_attack(attack: &str) -> Option<(&str, &str)> {
    attack.split_once('/')
}

fn check_attack(
    dont: &Dont,
    pattern: &Pattern,
    equipment: &Equipment,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(attack) = &dont.attack else { return };
    let names = pattern.content.examples.iter().flat_map(|entry| {
        let id = entry.id.value.clone();
        test_names(entry, equipment).into_iter().map(move |test| format!("{id}/{test}"))
    });
    let names: Vec<String> = names.collect();
    check_name("test", attack, names.iter().map(String::as_str), pattern.file, diagnostics);
    if dont.code.is_none() {
        let span = Span::new(pattern.file, attack.range.clone());
        let message = "an attack needs `code` to succeed against";
        let help = "add `language` and `code`, or take the attack out";
        diagnostics.push(Diagnostic::new(&TEST_DEFINITION, span, message).help(help));
    }
}

fn check_equipment(catalog: &Catalog, sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let equipment = &catalog.equipment;
    for lab in equipment.labs.values() {
        for need in &lab.content.needs {
            let known = equipment.labs.keys().map(String::as_str);
            check_name("lab", need, known, lab.file, diagnostics);
        }
    }
    for contract in equipment.contracts.values() {
        let properties = &contract.content.properties;
        for property in properties {
            let near = Span::new(contract.file, property.id.range.clone());
            if let Some(expect) = &property.expect {
                let place = Place::of(sources, near).below("expect");
                check_expectation(expect, equipment, &place, diagnostics);
            }
        }
        let mut seen = BTreeSet::new();
        for case in &contract.content.cases {
            let span = Span::new(contract.file, case.name.range.clone());
            if !seen.insert(&case.name.value) {
                let message = format!("the case `{}` stands here a second time", case.name.value);
                let diagnostic = Diagnostic::new(&DUPLICATE_ID, span.clone(), message);
                diagnostics.push(diagnostic.help("rename one"));
            }
            let place = Place::of(sources, span);
            if let Some(property) = &case.property {
                let known = properties.iter().map(|property| &*property.id.value);
                check_name("property", property, known, contract.file, diagnostics);
            }
            if let Some(setup) = &case.setup {
                let place = place.below("setup");
                check_labs(&setup.labs, equipment, &place.below("labs"), diagnostics);
                let paths = setup.files.iter().map(|file| file.path.as_str());
                check_paths(paths, &place.below("files"), diagnostics);
            }
            if let Some(expect) = &case.expect {
                check_expectation(expect, equipment, &place.below("expect"), diagnostics);
            }
            for (index, step) in case.then.iter().enumerate() {
                let place = place.below("then").below(&index.to_string()).below("step");
                check_step(&step.step, equipment, &place, diagnostics);
            }
        }
    }
}

fn check_labs(
    labs: &BTreeMap<String, LabOptions>,
    equipment: &Equipment,
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (name, options) in labs {
        let Some(lab) = equipment.labs.get(name) else {
            diagnostics.push(unknown_lab(name, equipment, place.key(name)));
            continue;
        };
        for option in options.keys().filter(|option| !lab.content.options.contains_key(*option)) {
            let known = lab.content.options.keys().map(String::as_str);
            let span = place.below(name).key(option);
            diagnostics.push(unknown("option", option, known, span));
        }
    }
}

/// Says that a lab is not there, or not there in this test.
fn unknown_lab(name: &str, equipment: &Equipment, span: Span) -> Diagnostic {
    // A built-in lab comes with the test that sets it up.
    if is_built_in_lab(name) {
        let message = format!("the lab `{name}` is used, and no test sets it up");
        let help = format!("add `setup: {{labs: {{{name}: {{}}}}}}` to the test or its example");
        return Diagnostic::new(&TEST_DEFINITION, span, message).help(help);
    }
    unknown("lab", name, equipment.lab_names(), span)
}

fn check_step(
    step: &StepEntry,
    equipment: &Equipment,
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    check_labs(&step.labs, equipment, &place.below("labs"), diagnostics);
    check_expectation(&step.expect, equipment, &place.below("expect"), diagnostics);
}

fn check_expectation(
    expect: &Expectation,
    equipment: &Equipment,
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let span = &place.near;
    let paths = expect.files.iter().map(|file| file.path.as_str());
    check_paths(paths, &place.below("files"), diagnostics);
    let contents = expect.files.iter().filter_map(|file| file.content.as_ref());
    for text in contents.chain(&expect.stdout).chain(&expect.stderr) {
        check_text(text, span.file, span, diagnostics);
    }
    for (lab, requests) in &expect.requests {
        if !equipment.labs.contains_key(lab) {
            let span = place.below("requests").key(lab);
            diagnostics.push(unknown_lab(lab, equipment, span));
        }
        for schema in [&requests.all, &requests.some, &requests.none].into_iter().flatten() {
            check_schema(schema, span, diagnostics);
        }
    }
}

fn check_text(text: &Text, file: FileId, span: &Span, diagnostics: &mut Vec<Diagnostic>) {
    for pattern in &text.matches {
        check_regex(pattern, file, diagnostics);
    }
    let token = text.token.iter().flat_map(|token| [&token.header, &token.claims]);
    for schema in token.flatten().chain(&text.schema) {
        check_schema(schema, span, diagnostics);
    }
}

fn check_regex(pattern: &Located<String>, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    // A parameter is put in later; its name must not be read as a repetition.
    static PARAMETER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\$\{[a-z0-9-]+\}").expect("it is one"));
    let Err(fault) = Regex::new(&PARAMETER.replace_all(&pattern.value, "x")) else { return };
    let last = fault.to_string().lines().last().unwrap_or_default().trim().to_owned();
    let span = Span::new(file, pattern.range.clone());
    let message = format!("not a regular expression: {last}");
    let help = "correct it, or put a `\\` before a sign that is meant as text";
    diagnostics.push(Diagnostic::new(&TEST_DEFINITION, span, message).help(help));
}

fn check_schema(schema: &serde_json::Value, span: &Span, diagnostics: &mut Vec<Diagnostic>) {
    if let Err(fault) = jsonschema::validator_for(schema) {
        let message = format!("this test has a JSON Schema that is none: {fault}");
        let diagnostic = Diagnostic::new(&TEST_DEFINITION, span.clone(), message);
        diagnostics.push(diagnostic.help("write it as JSON Schema 2020-12 says"));
    }
}
