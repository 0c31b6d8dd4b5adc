//! `patternbook serve`: the site, while you write.

use std::io::{self, ErrorKind, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context as _;

use super::{Outcome, project};
use crate::report::count;
use crate::serve::{Built, serve};
use crate::source::disk::Folder;

/// Show the site of the project around you in a browser, and keep it up to date
///
/// A change of a pattern, a chapter or a template shows in the open pages at once, and so do the
/// errors of the project. With a file that cannot be read, the last good pages stay. Nothing is
/// written: `patternbook build` does that.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It answers on this machine only, until you press Ctrl-C. Exit status: 2 it cannot be served.

Examples:
  patternbook serve                http://127.0.0.1:3000/
  patternbook serve --port 0       at a port that is free")]
pub(super) struct Serve {
    /// The port; 0 takes one that is free
    #[arg(short, long, default_value_t = 3000)]
    port: u16,
}

impl Serve {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let folder = Folder::find_project(&project::current_folder()?)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).map_err(|error| {
            let taken = error.kind() == ErrorKind::AddrInUse;
            let help = if taken { "; `--port 0` takes one that is free" } else { "" };
            anyhow::anyhow!("cannot serve at port {}: {error}{help}", self.port)
        })?;
        let address = listener.local_addr().context("cannot tell the address")?;
        say(&format!("serving http://{address}/ until you press Ctrl-C"));
        serve(folder, listener, &|built| say(&describe(built)))?;
        Ok(Outcome::Clean)
    }
}

fn describe(built: &Built) -> String {
    let took = built.shown.as_millis();
    let came = match (built.first, built.changed) {
        (Some(pages), _) => format!("built {}, {took} ms", count(pages, "page")),
        (None, 0) if built.faults.is_empty() => "no errors, and no page changed".to_owned(),
        (None, 0) => "no page changed".to_owned(),
        (None, number) => format!("{} changed, {took} ms", count(number, "file")),
    };
    format!("{}{came}", built.faults)
}

/// Nobody may be there to read it, and the preview goes on.
fn say(message: &str) {
    let _ = writeln!(io::stdout().lock(), "{message}");
}
