//! A live preview: the site of a project, built in memory, served on this machine, and built
//! again with every change. Open pages learn of it and load themselves anew.
//!
//! A project with errors changes no page: the last good ones stay, and show the errors.

mod http;
mod preview;
mod watch;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::preview::Preview;

use crate::error::Error;
use crate::source::disk::Folder;

/// What a build came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// How many files of the site are new, changed or gone; none when there were errors.
    pub changed: usize,
    /// The errors, as a report for people; empty where there are none.
    pub faults: String,
    /// How long it took.
    pub took: Duration,
}

/// Serves the site of the project in `folder` until the process ends.
///
/// `tell` hears of every build that came to something, the first one included.
pub fn serve(folder: Folder, listener: TcpListener, tell: &dyn Fn(&Built)) -> Result<(), Error> {
    // Watched before it is read, so that no change falls between.
    let mut changes = watch::watch(folder.root())?;
    let preview = Arc::new(Preview::new(folder));
    let started = Instant::now();
    let first = preview.build();
    tell(&Built { took: started.elapsed(), ..first });
    http::start(listener, Arc::clone(&preview))?;
    while let Some(since) = changes.next()? {
        let built = preview.build();
        if built.changed > 0 || !built.faults.is_empty() {
            tell(&Built { took: since.elapsed(), ..built });
        }
    }
    Ok(())
}
