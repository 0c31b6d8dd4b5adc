//! A live preview: the site of a project, built in memory, served on this machine, and built
//! again with every change. Open pages learn of it and load themselves anew.
//!
//! What cannot be read changes no page: the last good ones stay. Errors show in the open pages.

mod http;
mod preview;
mod watch;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

pub use self::preview::{Preview, Shown};

use crate::error::Error;
use crate::source::disk::Folder;

/// What a build came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// How many files of the site are new, changed or gone.
    pub changed: usize,
    /// How many pages a first site has; none where there was one before, or is none yet.
    pub first: Option<usize>,
    /// How long it took until pages could show it; the check comes after.
    pub shown: Duration,
    /// The errors, as a report for people; empty where there are none.
    pub faults: String,
    /// Whether anything differs from the build before.
    pub is_news: bool,
}

/// Serves the site of the project in `folder` until the process ends.
///
/// `tell` hears of every build that came to something.
pub fn serve(folder: Folder, listener: TcpListener, tell: &dyn Fn(&Built)) -> Result<(), Error> {
    // Listened to before it is read, so that no change falls between.
    let mut changes = watch::watch(folder.root())?;
    let preview = Arc::new(Preview::new(folder));
    tell(&preview.check(preview.show()));
    http::start(listener, Arc::clone(&preview))?;
    let mut unchecked = None;
    while changes.wait()? {
        let shown = preview.show().after(unchecked.take());
        // A page that is about to change again can wait for its faults, but not for ever.
        if changes.are_none_within(BREATH) || shown.since().elapsed() > LONGEST_UNCHECKED {
            let built = preview.check(shown);
            if built.is_news {
                tell(&built);
            }
        } else {
            unchecked = Some(shown);
        }
    }
    Ok(())
}

/// How long the processor is left to open pages, which draw themselves anew, before the project
/// is checked.
const BREATH: Duration = Duration::from_millis(100);

/// How long what is wrong may stay unsaid while one change follows the other.
const LONGEST_UNCHECKED: Duration = Duration::from_secs(1);
