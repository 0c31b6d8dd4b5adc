//! A language server: what `patternbook check` finds, in an editor and while one writes.
//!
//! One thread reads messages, one looks at documents, and the one that called [`serve`] answers.
//! A text is looked at when it has been still for a moment; what is found in a text that has
//! changed since is dropped. Nothing of a document is ever executed.

mod actions;
mod completion;
mod documents;
mod hover;
mod look;
mod outline;
mod server;
mod text;
mod wire;

use std::io::{self, BufRead, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;

use lsp_server::Message;

use self::look::{Job, Looked};
use self::server::Server;
use self::wire::Incoming;

/// The stack of the thread that looks at documents: parsers go as deep as a text nests.
const STACK: usize = 16 << 20;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// With `shutdown`, and then `exit`.
    Proper,
    /// With `exit` alone, or with the end of the input.
    Abrupt,
}

/// What happens to a server.
enum Event {
    Message(Message),
    Malformed(String),
    Closed,
    Looked(Vec<Looked>),
}

/// Serves one editor until it says `exit` or goes away.
///
/// An error is one of `output`: of an input that cannot be read, the session ends.
pub fn serve(input: impl BufRead + Send + 'static, output: &mut dyn Write) -> io::Result<Farewell> {
    let (events, inbox) = mpsc::channel();
    let (jobs, work) = mpsc::channel::<Job>();
    let of_reader = events.clone();
    thread::spawn(move || read_all(input, &of_reader));
    thread::Builder::new().stack_size(STACK).spawn(move || {
        // Ends when the server is gone.
        for job in work {
            if events.send(Event::Looked(look::look(&job))).is_err() {
                return;
            }
        }
    })?;
    let mut server = Server::new(jobs, output);
    loop {
        let event = match server.wait() {
            Some(wait) => inbox.recv_timeout(wait),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match event {
            Ok(Event::Message(message)) => {
                if let Some(farewell) = server.take(message)? {
                    return Ok(farewell);
                }
            }
            Ok(Event::Malformed(reason)) => {
                server.log(&format!("a message could not be read: {reason}"))?;
            }
            Ok(Event::Looked(looked)) => server.take_looked(looked)?,
            Ok(Event::Closed) | Err(RecvTimeoutError::Disconnected) => return Ok(Farewell::Abrupt),
            Err(RecvTimeoutError::Timeout) => {}
        }
        server.look_at_due()?;
    }
}

fn read_all(mut input: impl BufRead, events: &Sender<Event>) {
    loop {
        let event = match wire::read(&mut input) {
            Ok(Some(Incoming::Message(message))) => Event::Message(message),
            Ok(Some(Incoming::Malformed(reason))) => Event::Malformed(reason),
            Ok(None) | Err(_) => Event::Closed,
        };
        let is_last = matches!(event, Event::Closed);
        if events.send(event).is_err() || is_last {
            return;
        }
    }
}
