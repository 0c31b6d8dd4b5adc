//! Says how far long work is, on a terminal only, and only once it takes over a second.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::inspect::tree::Progress;

/// Work whose progress is shown until this is dropped.
pub(super) struct Shown {
    counts: Arc<Progress>,
    /// Closed to end the thread; `None` where nobody looks.
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Shown {
    /// Begins to watch.
    pub(super) fn start(what: &'static str) -> Self {
        let counts = Arc::new(Progress::default());
        let thread = io::stderr().is_terminal().then(|| {
            let (stop, stopped) = mpsc::channel();
            let counts = Arc::clone(&counts);
            let wait = move |time: u64| {
                stopped.recv_timeout(Duration::from_millis(time)) == Err(RecvTimeoutError::Timeout)
            };
            (stop, std::thread::spawn(move || show(what, &counts, wait)))
        });
        Self { counts, thread }
    }

    /// What the work notes its progress in.
    pub(super) fn counts(&self) -> &Progress {
        &self.counts
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // The bar is gone before the report begins.
            let _ = thread.join();
        }
    }
}

/// Draws as long as `wait`, for so many milliseconds, says that the work goes on.
fn show(what: &'static str, counts: &Progress, wait: impl Fn(u64) -> bool) {
    if !wait(1_000) {
        return;
    }
    let style =
        |template| ProgressStyle::with_template(template).expect("the template is well-formed");
    let bar = ProgressBar::new(0).with_message(what).with_elapsed(Duration::from_secs(1));
    bar.set_style(style("{msg} {elapsed}"));
    loop {
        let all = counts.all.load(Relaxed) as u64;
        if all > 0 && bar.length() != Some(all) {
            bar.set_length(all);
            bar.set_style(style("{msg} {bar:24} {pos}/{len} {elapsed}"));
        }
        bar.set_position(counts.done.load(Relaxed) as u64);
        bar.tick();
        if !wait(100) {
            break;
        }
    }
    bar.finish_and_clear();
}
