//! What a run finds: the files of its working folder, the programs of its `PATH`, its
//! environment.

use std::collections::BTreeMap;

use super::code::Code;
use super::plan::Test;
use crate::error::Error;
use crate::lab::Session;
use crate::sandbox::archive::Item;
use crate::sandbox::ground::View;
use crate::sandbox::host;
use crate::sandbox::run::{VISIBLE, folders};

/// The folder of a ground in which a test works. One test has a ground for itself.
pub(super) const FOLDER: &str = "test";

/// A scene that stands on a ground.
#[derive(Debug)]
pub(super) struct Scene {
    /// Where runs work.
    pub(super) work: String,
    /// Whether the arguments of programs are written down.
    pub(super) records: bool,
    /// Whether some programs are hidden.
    pub(super) is_choosy: bool,
    /// The environment of every run.
    pub(super) environment: BTreeMap<String, String>,
}

impl Scene {
    /// Sets the scene for a test with this code.
    pub(super) fn set(session: &Session, test: &Test, code: &Code) -> Result<Self, Error> {
        let view = session.ground.view(FOLDER);
        let records = test.looks_at_arguments();
        let is_choosy = !test.without.is_empty();
        let mut items = programs(session, &test.stubs);
        if is_choosy {
            items.extend(visible_programs(&test.without, records));
            if let Some(node) = view.node
                && !test.without.iter().any(|name| name == "node")
            {
                items.push(Item::link("visible/node", node));
            }
        }
        if records {
            session.ground.closed()?.prepare_recorder()?;
        }
        stage(session, test.items(code), items)?;
        let path = match (is_choosy, records) {
            (true, _) => VISIBLE.to_owned(),
            (false, true) => format!("/recorder:{}", view.path),
            (false, false) => view.path.clone(),
        };
        let mut environment = environment(session, &view, &path);
        for (name, value) in &test.environment {
            match value {
                Some(value) => drop(environment.insert(name.clone(), value.clone())),
                None => drop(environment.remove(name)),
            }
        }
        Ok(Self { work: view.work, records, is_choosy, environment })
    }

    /// Sets a scene with these files and the programs of the labs.
    pub(super) fn plain(session: &Session, files: Vec<Item>) -> Result<Self, Error> {
        let view = session.ground.view(FOLDER);
        stage(session, files, programs(session, &BTreeMap::new()))?;
        let environment = environment(session, &view, &view.path);
        Ok(Self { work: view.work, records: false, is_choosy: false, environment })
    }
}

/// Puts files into an empty working folder, and `others` beside it.
fn stage(session: &Session, files: Vec<Item>, others: Vec<Item>) -> Result<(), Error> {
    let mut items = folders();
    items
        .extend(files.into_iter().map(|item| Item { path: format!("work/{}", item.path), ..item }));
    items.extend(others);
    session.ground.replace(FOLDER, &items)
}

/// The programs that stand first in the `PATH`: those of labs, then those that a test replaces.
fn programs(session: &Session, stubs: &BTreeMap<String, String>) -> Vec<Item> {
    let tools = session.tools.iter().filter(|(name, _)| !stubs.contains_key(*name));
    let link = |(name, path): (&String, &String)| Item::link(format!("programs/{name}"), path);
    let stub = |(name, text): (&String, &String)| {
        let start = if text.starts_with("#!") { "" } else { "#!/bin/sh\n" };
        Item::program(format!("programs/{name}"), &format!("{start}{text}"))
    };
    tools.map(link).chain(stubs.iter().map(stub)).collect()
}

/// Links to every program but those in `without`. Nothing less hides one: a shell also finds
/// files in its `PATH` that cannot be executed.
fn visible_programs(without: &[String], records: bool) -> Vec<Item> {
    let folder = if records { "/recorder" } else { "/usr/bin" };
    let programs = host::programs_of_usr();
    let visible = programs.into_iter().filter(|name| !without.contains(name));
    let mut links: Vec<Item> = visible
        .map(|name| Item::link(format!("visible/{name}"), format!("{folder}/{name}")))
        .collect();
    links.push(Item::folder("visible"));
    links
}

/// What every run has in its environment, and what labs add. `path` follows the programs of labs
/// and tests.
fn environment(session: &Session, view: &View, path: &str) -> BTreeMap<String, String> {
    let mut all = view.environment.clone();
    all.insert("PATH".to_owned(), format!("{}:{path}", view.programs));
    all.extend(session.environment.clone());
    all
}
