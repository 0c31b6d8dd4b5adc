//! What this machine has for running examples: the sandbox, the cache of labs, the clock.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use super::test::Consent;
use crate::error::Error;
use crate::lab::pki::Authority;
use crate::lab::{Session, Stock, install, with_needs};
use crate::ledger::Tools;
use crate::model::equipment::Equipment;
use crate::sandbox::ground::Confinement;
use crate::sandbox::open::OpenMachine;
use crate::sandbox::{Sandbox, tools};
use crate::verify::plan::Unit;
use crate::verify::schedule;
use crate::verify::schedule::{Done, Job, Progress};

/// A machine that can run examples.
pub(super) struct Machine {
    confinement: Confinement,
    authority: Authority,
    /// The tools that runs find, with their versions.
    pub(super) tools: Tools,
    path: OsString,
}

impl Machine {
    /// Looks for what running needs, and refuses when there is no sandbox to be had.
    pub(super) fn new() -> anyhow::Result<Self> {
        let path = variable("PATH").unwrap_or_default();
        let sandbox = Sandbox::find(&path)?;
        let version = sandbox.version.clone();
        let confinement = Confinement::Closed(sandbox);
        let authority = Authority::new()?;
        let (equipment, packages) = (Equipment::default(), BTreeMap::new());
        let stock = Stock {
            confinement: &confinement,
            equipment: &equipment,
            authority: &authority,
            packages: &packages,
        };
        let session = Session::start(&stock, &[])?;
        let mut tools = tools::versions(session.ground.closed()?, confinement.closed()?)?;
        tools.insert("bubblewrap".to_owned(), version);
        Ok(Self { confinement, authority, tools, path })
    }

    /// Looks for what running without a sandbox needs.
    pub(super) fn without_sandbox(_: &Consent) -> anyhow::Result<Self> {
        let path = variable("PATH").unwrap_or_default();
        let temporary = variable("TMPDIR").unwrap_or_else(|| "/tmp".into());
        let machine = OpenMachine::find(&path, temporary.into())?;
        let (confinement, authority) = (Confinement::Open(machine), Authority::new()?);
        Ok(Self { confinement, authority, tools: Tools::new(), path })
    }

    /// Runs jobs, with the labs that they need installed first, and tells `progress` of each.
    pub(super) fn run(
        &self,
        equipment: &Equipment,
        units: &[Unit],
        jobs: &[Job],
        workers: usize,
        progress: Progress<'_>,
    ) -> anyhow::Result<Vec<Done>> {
        let packages = self.install_labs(equipment, &schedule::labs(jobs, units))?;
        let (confinement, authority) = (&self.confinement, &self.authority);
        let stock = Stock { confinement, equipment, authority, packages: &packages };
        let bar = bar(jobs.len());
        let tell = |done: &Done, is_last: bool| {
            bar.set_message(units[done.unit].id.clone());
            bar.inc(1);
            progress(done, is_last);
        };
        let done = schedule::run(&stock, units, jobs, workers, &tell);
        bar.finish_and_clear();
        Ok(done)
    }

    /// Installs the packages of these labs and those that they need.
    fn install_labs(
        &self,
        equipment: &Equipment,
        names: &BTreeSet<String>,
    ) -> anyhow::Result<BTreeMap<String, PathBuf>> {
        let names: Vec<String> = names.iter().cloned().collect();
        let labs = with_needs(equipment, &names);
        let needs_node = labs
            .iter()
            .any(|(_, lab)| lab.content.start.first().is_some_and(|word| word == "node"));
        if needs_node && !self.tools.contains_key("node") {
            let programs = vec!["`node` (install Node.js 20 or later)".to_owned()];
            return Err(Error::MissingPrograms { programs }.into());
        }
        let cache = cache_folder()?.join("labs");
        let mut packages = BTreeMap::new();
        for (name, lab) in labs {
            let bar = spinner(&format!("installing the lab {name}"));
            let folder = install::install(name, lab, &cache, &self.path);
            bar.finish_and_clear();
            if let Some(folder) = folder? {
                packages.insert(name.to_owned(), folder);
            }
        }
        Ok(packages)
    }
}

/// How many worlds run at once, if nobody says: most runs wait for a server that is slow on
/// purpose, so there are more than processors.
pub(super) fn usual_jobs() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    (processors * 4).clamp(4, 32)
}

/// The folder for what can be made again.
///
/// For root a folder that everybody may read: examples run as another user, who cannot look
/// into root's home.
pub(super) fn cache_folder() -> anyhow::Result<PathBuf> {
    if rustix::process::geteuid().is_root() && variable("XDG_CACHE_HOME").is_none() {
        return Ok(PathBuf::from("/var/cache/patternbook"));
    }
    user_folder("XDG_CACHE_HOME", ".cache")
}

/// The folder for what should last.
pub(super) fn state_folder() -> anyhow::Result<PathBuf> {
    user_folder("XDG_STATE_HOME", ".local/state")
}

/// A folder of the XDG Base Directory Specification.
fn user_folder(name: &str, below_home: &str) -> anyhow::Result<PathBuf> {
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let named = variable(name).map(PathBuf::from).and_then(absolute);
    let usual = || variable("HOME").map(|home| Path::new(&home).join(below_home));
    let folder = named.or_else(usual).with_context(|| format!("neither {name} nor HOME is set"))?;
    Ok(folder.join("patternbook"))
}

#[expect(clippy::disallowed_methods, reason = "`cli` is the reader of the environment")]
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Today, as `2026-11-21`, in UTC.
pub(super) fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(i64::try_from(since.as_secs() / 86_400).unwrap_or_default())
}

/// The date of a day after 1970-01-01 in the Gregorian calendar, by counting years from March
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn date(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn bar(jobs: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(jobs as u64);
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} {msg}");
    bar.set_style(style.expect("the template is well-formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn spinner(message: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.set_message(message.to_owned());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_have_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_778), "2026-11-21");
    }
}
