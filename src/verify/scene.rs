//! What a run finds: the files of its working folder, the programs of its `PATH`, its
//! environment.

use std::collections::BTreeMap;

use super::code::Code;
use super::plan::Test;
use crate::error::Error;
use crate::lab::Session;
use crate::sandbox::archive::Item;
use crate::sandbox::run::{VISIBLE, WORK, folders};
use crate::sandbox::{Sandbox, host};

/// The folder of a world in which a test works. One test has a world for itself.
pub(super) const FOLDER: &str = "test";

/// A scene that stands in a world.
#[derive(Debug)]
pub(super) struct Scene {
    /// Whether the arguments of programs are written down.
    pub(super) records: bool,
    /// Whether some programs are hidden.
    pub(super) is_choosy: bool,
    /// The environment of every run.
    pub(super) environment: BTreeMap<String, String>,
}

impl Scene {
    /// Sets the scene for a test with this code.
    pub(super) fn set(
        session: &Session,
        sandbox: &Sandbox,
        test: &Test,
        code: &Code,
    ) -> Result<Self, Error> {
        let mut checks = test.steps.iter().flat_map(|step| &step.checks);
        let records = checks.any(|check| !check.expect.not_in_arguments.is_empty());
        let is_choosy = !test.without.is_empty();
        let mut items = programs(session, &test.stubs);
        if is_choosy {
            items.extend(visible_programs(&test.without, records));
            if sandbox.node.is_some() && !test.without.iter().any(|name| name == "node") {
                items.push(Item::link("visible/node", "/runtimes/node"));
            }
        }
        if records {
            session.world.prepare_recorder()?;
        }
        stage(session, test.items(code), items)?;
        let path = match (is_choosy, records) {
            (true, _) => format!("/programs:{VISIBLE}"),
            (false, true) => format!("/programs:/recorder:{}", sandbox.path()),
            (false, false) => format!("/programs:{}", sandbox.path()),
        };
        let mut environment = environment(session, path);
        for (name, value) in &test.environment {
            match value {
                Some(value) => drop(environment.insert(name.clone(), value.clone())),
                None => drop(environment.remove(name)),
            }
        }
        Ok(Self { records, is_choosy, environment })
    }

    /// Sets a scene with these files and the programs of the labs.
    pub(super) fn plain(
        session: &Session,
        sandbox: &Sandbox,
        files: Vec<Item>,
    ) -> Result<Self, Error> {
        stage(session, files, programs(session, &BTreeMap::new()))?;
        let environment = environment(session, format!("/programs:{}", sandbox.path()));
        Ok(Self { records: false, is_choosy: false, environment })
    }
}

/// Puts files into an empty working folder, and `others` beside it.
fn stage(session: &Session, files: Vec<Item>, others: Vec<Item>) -> Result<(), Error> {
    let mut items = folders();
    items
        .extend(files.into_iter().map(|item| Item { path: format!("work/{}", item.path), ..item }));
    items.extend(others);
    session.world.replace(FOLDER, &items)
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

/// What every run has in its environment, and what labs add.
fn environment(session: &Session, path: String) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = [
        ("PATH", path),
        ("HOME", WORK.to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        // Node trusts its own list of authorities, and no file of the system.
        ("NODE_EXTRA_CA_CERTS", "/etc/ssl/certs/ca-certificates.crt".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    all.extend(session.environment.clone());
    all
}
