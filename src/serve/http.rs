//! Answers browsers on this machine.

use std::io::Cursor;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::set_tcp_nodelay;
use tiny_http::{Header, Method, Request, Response, Server};

use super::preview::Preview;
use crate::error::Error;
use crate::source::address;

/// Where the preview's own files are.
const OWN: &str = "_preview/";

/// What an open page does: asks for news, takes them, shows what is wrong.
const SCRIPT: &str = include_str!("live.js");
const STYLE: &str = include_str!("live.css");

/// How long a page waits for news before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);

type Answer = Response<Cursor<Vec<u8>>>;

/// Answers, in the background, until the process ends.
pub(super) fn start(listener: TcpListener, preview: Arc<Preview>) -> Result<(), Error> {
    let fail = |message: String| Error::Serve { message };
    let address = listener.local_addr().map_err(|error| fail(error.to_string()))?;
    // Connections inherit it. An answer is written in pieces, and each would wait 40 ms for the
    // browser to say that it has the one before.
    set_tcp_nodelay(&listener, true).map_err(|error| fail(error.to_string()))?;
    let server = Server::from_listener(listener, None).map_err(|error| fail(error.to_string()))?;
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let preview = Arc::clone(&preview);
            // Each has its own thread: most wait for news.
            thread::spawn(move || {
                let answer = answer(&request, address, &preview);
                // A browser that has gone away needs no answer.
                let _ = request.respond(answer);
            });
        }
    });
    Ok(())
}

fn answer(request: &Request, address: SocketAddr, preview: &Preview) -> Answer {
    if !is_for_us(request, address) {
        return text(403, "this preview answers on this machine only\n");
    }
    if !matches!(request.method(), Method::Get | Method::Head) {
        return text(405, "a preview can only be read\n");
    }
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let path = decoded(path);
    match path.strip_prefix(OWN) {
        Some("live.js") => with_type(200, SCRIPT.as_bytes().to_vec(), "text/javascript"),
        Some("live.css") => with_type(200, STYLE.as_bytes().to_vec(), "text/css"),
        Some("news") => news(query, preview),
        Some(_) => text(404, "there is no such file\n"),
        None => file(&path, preview),
    }
}

/// Tells whether a request names this machine. A page of a stranger's site may lead its own name
/// here, and would read what is served.
fn is_for_us(request: &Request, address: SocketAddr) -> bool {
    let host = request.headers().iter().find(|header| header.field.equiv("Host"));
    let port = address.port();
    let names = [address.to_string(), format!("localhost:{port}")];
    host.is_some_and(|host| names.iter().any(|name| name == host.value.as_str()))
}

/// What is new since a version: `page=PATH&since=VERSION`. With `now=1` it does not wait.
fn news(query: &str, preview: &Preview) -> Answer {
    let value = |key: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == key).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let since = value("since").parse().unwrap_or_default();
    let patience = if value("now").is_empty() { PATIENCE } else { Duration::ZERO };
    // The address of a page is percent-encoded itself.
    let page = value("page");
    let page = decoded(&page);
    let news = preview.news(&page_at(&page), since, patience);
    let bytes = serde_json::to_vec(&news).expect("texts and numbers are always JSON");
    with_type(200, bytes, "application/json")
}

fn file(path: &str, preview: &Preview) -> Answer {
    let page = page_at(path);
    let (bytes, version) = preview.file(&page);
    match bytes {
        Some(bytes) if page.ends_with(".html") => html(200, bytes, version),
        Some(bytes) => {
            let kind = mime_guess::from_path(&page).first_or_octet_stream();
            with_type(200, bytes, kind.essence_str())
        }
        // A folder without a slash: the links of its page would lead elsewhere.
        None if preview.has(&format!("{path}/index.html")) => {
            text(302, "").with_header(header("Location", &format!("/{path}/")))
        }
        None => {
            let (bytes, version) = preview.file("404.html");
            let nothing = || nothing_yet(&preview.faults()).into_bytes();
            html(404, bytes.unwrap_or_else(nothing), version)
        }
    }
}

/// The page for a site that never was without errors, with what is wrong. It needs no script; with
/// it, `live.js` keeps the same part up to date.
fn nothing_yet(faults: &str) -> String {
    let faults = faults.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>No page yet</title>\
         </head>\n<body>\n<h1>There is no page yet</h1>\n<p>Mend what is wrong with the project, and load this \
         page again.</p>\n<section id=\"preview-faults\" role=\"alert\" tabindex=\"0\">\
         <h2>The project has errors</h2><pre>{faults}</pre></section>\n</body>\n</html>\n"
    )
}

/// The path in the site that an address names.
fn decoded(path: &str) -> String {
    let path = path.trim_start_matches('/');
    address::decode(path).unwrap_or_else(|| path.to_owned())
}

fn page_at(path: &str) -> String {
    match path.is_empty() || path.ends_with('/') {
        true => format!("{path}index.html"),
        false => path.to_owned(),
    }
}

/// A page, with the script that keeps it alive.
fn html(status: u16, mut bytes: Vec<u8>, version: u64) -> Answer {
    let script = format!("<script defer src=\"/{OWN}live.js?version={version}\"></script>");
    let end = b"</head>";
    if let Some(at) = bytes.windows(end.len()).position(|window| window == end) {
        bytes.splice(at..at, script.into_bytes());
    }
    with_type(status, bytes, "text/html")
}

fn text(status: u16, message: &str) -> Answer {
    with_type(status, message.as_bytes().to_vec(), "text/plain")
}

fn with_type(status: u16, bytes: Vec<u8>, kind: &str) -> Answer {
    let kind =
        if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    Response::from_data(bytes)
        .with_status_code(status)
        .with_header(header("Content-Type", &kind))
        .with_header(header("Cache-Control", "no-store"))
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("it is ASCII")
}
