//! The ground that tests run on: a closed world, or the machine itself.
//!
//! Whoever runs a test asks here, and need not know which of the two it is. What only a world
//! has, such as a network of its own for labs, is an error on the machine itself.

use std::collections::BTreeMap;

use super::Sandbox;
use super::archive::Item;
use super::open::{OpenGround, OpenMachine};
use super::run::{Outcome, Run, WORK};
use super::world::{Mount, World};
use crate::error::Error;

/// What there is between tests and this machine.
#[derive(Debug)]
pub enum Confinement {
    /// A sandbox.
    Closed(Sandbox),
    /// Nothing: somebody consented to that.
    Open(OpenMachine),
}

/// Where tests run.
#[derive(Debug)]
pub enum Ground {
    /// A world.
    Closed(World),
    /// A folder of this machine.
    Open(OpenGround),
}

/// What a run sees, by the paths that it finds it under.
#[derive(Debug)]
pub struct View {
    /// Where it works.
    pub work: String,
    /// What stands first in its `PATH`.
    pub programs: String,
    /// The rest of its `PATH`.
    pub path: String,
    /// Node, when it stands outside of the folders of the system.
    pub node: Option<&'static str>,
    /// The environment of every run, but for `PATH`.
    pub environment: BTreeMap<String, String>,
}

impl Confinement {
    /// Makes a new ground. A world can read `mounts` and holds `files` below `/world`; an open
    /// ground has neither, for it sees the machine's own.
    pub fn start(&self, mounts: Vec<Mount>, files: &[Item]) -> Result<Ground, Error> {
        match self {
            Self::Closed(sandbox) => World::start(sandbox, mounts, files).map(Ground::Closed),
            Self::Open(machine) => OpenGround::start(machine).map(Ground::Open),
        }
    }

    /// The sandbox, for what cannot be without one.
    pub fn closed(&self) -> Result<&Sandbox, Error> {
        match self {
            Self::Closed(sandbox) => Ok(sandbox),
            Self::Open(_) => Err(only_in_a_sandbox()),
        }
    }
}

impl Ground {
    /// The world, for what cannot be without one.
    pub fn closed(&self) -> Result<&World, Error> {
        match self {
            Self::Closed(world) => Ok(world),
            Self::Open(_) => Err(only_in_a_sandbox()),
        }
    }

    /// What runs in a folder see.
    pub fn view(&self, folder: &str) -> View {
        match self {
            Self::Closed(world) => view_of_world(&world.sandbox),
            Self::Open(ground) => ground.view(folder),
        }
    }

    /// Puts files into a folder that holds nothing else then.
    pub fn replace(&self, folder: &str, items: &[Item]) -> Result<(), Error> {
        match self {
            Self::Closed(world) => world.replace(folder, items),
            Self::Open(ground) => ground.replace(folder, items),
        }
    }

    /// Takes what stands in a folder.
    pub fn take(&self, folder: &str) -> Result<Vec<Item>, Error> {
        match self {
            Self::Closed(world) => world.take(folder),
            Self::Open(ground) => ground.take(folder),
        }
    }

    /// Runs a command, within its limits.
    pub fn run(&self, run: &Run<'_>) -> Result<Outcome, Error> {
        match self {
            Self::Closed(world) => world.run(run),
            Self::Open(_) if run.needs_world() => Err(only_in_a_sandbox()),
            Self::Open(ground) => ground.run(run),
        }
    }
}

fn view_of_world(sandbox: &Sandbox) -> View {
    let environment = [
        ("HOME", WORK),
        ("LANG", "C.UTF-8"),
        // Node trusts its own list of authorities, and no file of the system.
        ("NODE_EXTRA_CA_CERTS", "/etc/ssl/certs/ca-certificates.crt"),
    ];
    View {
        work: WORK.to_owned(),
        programs: "/programs".to_owned(),
        path: sandbox.path().to_owned(),
        node: sandbox.node.as_ref().map(|_| "/runtimes/node"),
        environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}

fn only_in_a_sandbox() -> Error {
    Error::Unconfined { message: "this needs a sandbox".to_owned() }
}
