//! Real servers and programs for tests, started inside a world.
//!
//! A lab is data: `labs/<name>/lab.yaml` and its files. A server among them speaks lines of
//! JSON on its standard input and output, which nothing that it serves can reach.

pub mod files;
pub mod install;
pub mod pki;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use self::pki::Authority;
use crate::error::Error;
use crate::model::equipment::{Equipment, Lab};
use crate::model::yaml::proof::LabOptions;
use crate::sandbox::archive::Item;
use crate::sandbox::ground::{Confinement, Ground};
use crate::sandbox::run::{self, Bind, Run};
use crate::sandbox::world::{Mount, Service};
use crate::sandbox::{Limits, Sandbox, host};

/// How long a lab may take to start.
const START: Duration = Duration::from_secs(30);

/// How long a lab may take to answer a command.
const ANSWER: Duration = Duration::from_secs(10);

/// What all labs of a run of the tool share.
#[derive(Debug)]
pub struct Stock<'a> {
    /// What confines them.
    pub confinement: &'a Confinement,
    /// The contracts and labs.
    pub equipment: &'a Equipment,
    /// The authority that signs their certificates.
    pub authority: &'a Authority,
    /// Where the packages of each lab are, by the lab's name.
    pub packages: &'a BTreeMap<String, PathBuf>,
}

/// A ground for tests, with labs running in it where it is a world.
#[derive(Debug)]
pub struct Session {
    /// Where tests run.
    pub ground: Ground,
    /// What runs see of the labs.
    pub binds: Vec<Bind>,
    /// Environment variables of every run.
    pub environment: BTreeMap<String, String>,
    /// Programs of the labs: name and path.
    pub tools: BTreeMap<String, String>,
    /// Files that every run finds in its working folder.
    pub files: Vec<Item>,
    /// How much memory a run may use, in bytes.
    pub memory: Option<u64>,
    services: BTreeMap<String, Service>,
}

impl Session {
    /// Makes a ground with these labs, and those that they need. An open ground can have none.
    pub fn start(stock: &Stock<'_>, names: &[String]) -> Result<Self, Error> {
        let labs = with_needs(stock.equipment, names);
        if !labs.is_empty() {
            stock.confinement.closed()?;
        }
        let mounts = labs.iter().filter_map(|(name, _)| {
            let source = stock.packages.get(*name)?.clone();
            Some(Mount { source, target: format!("/packages/{name}") })
        });
        let mut files = system_files(&labs, stock.authority);
        for (index, (name, lab)) in labs.iter().enumerate() {
            files.extend(lab_files(name, lab));
            files.extend(stock.authority.files(name, &lab.content.hosts, &address(index)));
        }
        let ground = stock.confinement.start(mounts.collect(), &files)?;
        let mut session = Self {
            ground,
            binds: Vec::new(),
            environment: BTreeMap::new(),
            tools: BTreeMap::new(),
            files: Vec::new(),
            memory: None,
            services: BTreeMap::new(),
        };
        for (index, (name, lab)) in labs.iter().enumerate() {
            session.add(stock, name, lab, &address(index))?;
        }
        session.wait_until_ready()?;
        Ok(session)
    }

    fn add(
        &mut self,
        stock: &Stock<'_>,
        name: &str,
        lab: &Lab,
        address: &str,
    ) -> Result<(), Error> {
        let binds = lab_binds(name, lab);
        self.binds.extend(binds.clone());
        self.environment.extend(lab.content.environment.clone());
        self.files.extend(lab.content.files.iter().filter_map(files::item));
        for (tool, path) in &lab.content.tools {
            self.tools.insert(tool.clone(), format!("/labs/{name}/{path}"));
        }
        self.memory = self.memory.max(lab.content.memory.map(|mebibytes| mebibytes << 20));
        if lab.content.start.is_empty() {
            return Ok(());
        }
        let folder = format!("servers/{name}");
        let world = self.ground.closed()?;
        world.put(&folder, &run::folders())?;
        let mut binds = binds;
        binds.push(Bind::new(format!("/world/pki/{name}"), "/pki"));
        let run = Run {
            folder: &folder,
            command: lab.content.start.clone(),
            environment: server_environment(stock.confinement.closed()?, address),
            input: &[],
            is_choosy: false,
            records: false,
            limits: &Limits { memory: 2 << 30, ..Limits::default() },
            binds: &binds,
            start_in: &format!("/labs/{name}"),
        };
        let service = world.serve(&run)?;
        self.services.insert(name.to_owned(), service);
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let names: Vec<String> = self.services.keys().cloned().collect();
        for name in names {
            let service = &self.services[&name];
            let line = service.receive(START);
            let ready = line.as_deref().and_then(|line| serde_json::from_str::<Value>(line).ok());
            if ready.is_none_or(|ready| ready["ready"] != true) {
                let said = self.services.remove(&name).map(Service::end).unwrap_or_default();
                let line = line.map_or_else(|| "nothing".to_owned(), |line| format!("`{line}`"));
                let message =
                    format!("it did not say that it is ready, but {line}\n{}", said.trim());
                return Err(Error::Lab { name, message });
            }
        }
        Ok(())
    }

    /// Lets every lab forget what was, and serve by these options.
    pub fn reset(&mut self, options: &BTreeMap<String, LabOptions>) -> Result<(), Error> {
        let names: Vec<String> = self.services.keys().cloned().collect();
        for name in names {
            let options = options.get(&name).cloned().unwrap_or_default();
            self.ask(&name, &json!({"reset": options}))?;
        }
        Ok(())
    }

    /// Changes what labs serve by; they forget nothing.
    pub fn set(&mut self, options: &BTreeMap<String, LabOptions>) -> Result<(), Error> {
        for (name, options) in options {
            self.ask(name, &json!({"set": options}))?;
        }
        Ok(())
    }

    /// Returns the requests that a lab received since the last reset.
    pub fn requests(&mut self, name: &str) -> Result<Vec<Value>, Error> {
        let answer = self.ask(name, &json!({"requests": true}))?;
        Ok(answer["requests"].as_array().cloned().unwrap_or_default())
    }

    fn ask(&mut self, name: &str, command: &Value) -> Result<Value, Error> {
        let fail = |message: String| Error::Lab { name: name.to_owned(), message };
        let Some(service) = self.services.get_mut(name) else {
            return Err(fail("it is no server, and receives nothing".to_owned()));
        };
        service.send(&command.to_string()).map_err(|error| fail(format!("it ended: {error}")))?;
        let Some(line) = service.receive(ANSWER) else {
            let said = self.services.remove(name).map(Service::end).unwrap_or_default();
            return Err(fail(format!("no answer to {command}\n{}", said.trim())));
        };
        let answer: Value = serde_json::from_str(&line)
            .map_err(|error| fail(format!("`{line}` is no JSON: {error}")))?;
        match answer["error"].as_str() {
            Some(message) => Err(fail(format!("{command}: {message}"))),
            None => Ok(answer),
        }
    }
}

/// The labs of these names and those that they need, each after what it needs.
pub fn with_needs<'a>(equipment: &'a Equipment, names: &[String]) -> Vec<(&'a str, &'a Lab)> {
    fn visit<'a>(
        equipment: &'a Equipment,
        name: &str,
        labs: &mut Vec<(&'a str, &'a Lab)>,
        depth: usize,
    ) {
        let Some((name, lab)) = equipment.labs.get_key_value(name) else { return };
        if labs.iter().any(|(known, _)| known == name) || depth > equipment.labs.len() {
            return;
        }
        for need in &lab.content.needs {
            visit(equipment, &need.value, labs, depth + 1);
        }
        labs.push((name.as_str(), lab));
    }
    let mut labs = Vec::new();
    for name in names {
        visit(equipment, name, &mut labs, 0);
    }
    labs
}

/// The loopback address of a lab.
fn address(index: usize) -> String {
    format!("127.0.0.{}", index + 2)
}

/// The files below `/etc` of every run.
fn system_files(labs: &[(&str, &Lab)], authority: &Authority) -> Vec<Item> {
    let mut hosts = String::from("127.0.0.1 localhost\n");
    for (index, (_, lab)) in labs.iter().enumerate() {
        for host in &lab.content.hosts {
            writeln!(hosts, "{} {host}", address(index)).expect("strings take any text");
        }
    }
    let nothing = Item { mode: 0o444, ..Item::file("etc/nothing", "") };
    vec![
        Item::file("etc/hosts", hosts),
        Item::file("etc/passwd", "user:x:1000:1000::/work:/bin/bash\n"),
        Item::file("etc/group", "user:x:1000:\n"),
        Item::file("etc/ssl/certs/ca-certificates.crt", authority.certificate()),
        Item::file("etc/ssl/openssl.cnf", host::openssl_configuration()),
        nothing,
    ]
}

fn lab_files(name: &str, lab: &Lab) -> Vec<Item> {
    let file = |(path, bytes): (&String, &Vec<u8>)| {
        let is_script = bytes.starts_with(b"#!");
        let item = Item::file(format!("labs/{name}/{path}"), bytes.clone());
        Item { mode: if is_script { 0o755 } else { 0o644 }, ..item }
    };
    let mut items: Vec<Item> = lab.files.iter().map(file).collect();
    items.extend(install::folder(lab).map(|folder| Item::folder(format!("labs/{name}/{folder}"))));
    items
}

fn lab_binds(name: &str, lab: &Lab) -> Vec<Bind> {
    let mut binds = vec![Bind::new(format!("/world/labs/{name}"), format!("/labs/{name}"))];
    if let Some(folder) = install::folder(lab) {
        binds.push(Bind::new(format!("/packages/{name}"), format!("/labs/{name}/{folder}")));
    }
    binds
}

fn server_environment(sandbox: &Sandbox, address: &str) -> BTreeMap<String, String> {
    let pairs = [
        ("PATH", sandbox.path()),
        ("HOME", "/tmp"),
        ("LANG", "C.UTF-8"),
        ("LAB_ADDRESS", address),
        ("LAB_PKI", "/pki"),
        ("NODE_EXTRA_CA_CERTS", "/pki/ca.pem"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
