//! Hears of changes in a project's files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::error::Error;
use crate::source::disk;

/// How long it must be quiet before a change counts: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(8);

/// How long a change waits at the most, however busy it is.
const MOST: Duration = Duration::from_millis(200);

/// The changes below a folder, while it lives.
pub(super) struct Changes {
    root: PathBuf,
    watcher: RecommendedWatcher,
    /// The folders that are listened to, with what is below them.
    folders: BTreeSet<PathBuf>,
    events: Receiver<Event>,
    /// Whether a change was heard that nobody waited for.
    is_pending: bool,
}

/// Starts to listen for changes below `root`, except in what is hidden or git ignores.
pub(super) fn watch(root: &Path) -> Result<Changes, Error> {
    let (sender, events) = channel();
    let fail = |error: notify::Error| cannot_watch(root, &error);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // What could not be heard may have been a change. Nobody listens when the preview ends.
        let _ = sender.send(event.unwrap_or_default());
    })
    .map_err(fail)?;
    watcher.watch(root, RecursiveMode::NonRecursive).map_err(fail)?;
    let mut changes = Changes {
        root: root.to_owned(),
        watcher,
        folders: BTreeSet::new(),
        events,
        is_pending: false,
    };
    changes.watch_folders()?;
    Ok(changes)
}

fn reason(error: &notify::Error) -> String {
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system allows no more watches; raise `fs.inotify.max_user_watches`".to_owned()
        }
        _ => error.to_string(),
    }
}

impl Changes {
    /// Waits for a change, and until it is quiet; `false` when there will be no more.
    pub(super) fn wait(&mut self) -> Result<bool, Error> {
        while !self.is_pending {
            let Ok(event) = self.events.recv() else { return Ok(false) };
            self.is_pending = is_change(&event);
        }
        self.is_pending = false;
        let since = Instant::now();
        while since.elapsed() < MOST && self.events.recv_timeout(QUIET).is_ok() {}
        self.watch_folders()?;
        Ok(true)
    }

    /// Waits for a while, and tells whether nothing changed; a change is kept for `wait`.
    pub(super) fn are_none_within(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        while !self.is_pending {
            let rest = end.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(rest) else { break };
            self.is_pending = is_change(&event);
        }
        !self.is_pending
    }

    /// Listens to the folders that are new.
    fn watch_folders(&mut self) -> Result<(), Error> {
        let now: BTreeSet<PathBuf> = disk::folders(&self.root)?.into_iter().collect();
        for folder in now.difference(&self.folders) {
            let watched = self.watcher.watch(folder, RecursiveMode::Recursive);
            watched.map_err(|error| cannot_watch(folder, &error))?;
        }
        self.folders = now;
        Ok(())
    }
}

fn cannot_watch(path: &Path, error: &notify::Error) -> Error {
    Error::Watch { path: path.to_owned(), message: reason(error) }
}

/// Tells whether an event is about what a file says, and not that somebody looked at it.
fn is_change(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(_))
}
