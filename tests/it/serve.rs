//! The live preview: the program itself, asked over TCP.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use patternbook::project::{self, Memory};
use patternbook::source::disk::Folder;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::{ONE, SMALL, command, copy_of_this_project, folder, patternbook, write};

/// A preview of a project in a temporary folder.
struct Preview {
    project: TempDir,
    server: Child,
    address: SocketAddr,
    /// What it said first of the site.
    said: String,
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Preview {
    /// Serves a project, and waits until it was built.
    fn of(files: &[(&str, &str)]) -> Self {
        let project = folder(files);
        let mut command = command(project.path(), &["serve", "--port", "0"]);
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let line = lines.next().unwrap().unwrap();
        let address = line.split('/').nth(2).expect(&line).parse().expect(&line);
        let said = lines.next().unwrap().unwrap();
        std::thread::spawn(move || lines.count());
        let preview = Self { project, server, address, said };
        // The port is open before there is somebody who answers: the first request waits.
        preview.get("/");
        preview
    }

    /// Sends a request, and gives the status, the head and the body.
    fn request(&self, method: &str, path: &str, host: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), head.to_owned(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String) {
        let (status, _, body) = self.request("GET", path, &self.address.to_string());
        (status, body)
    }

    /// Waits for the next version, as an open page does.
    fn news(&self, page: &str, since: u64) -> Json {
        let (status, body) = self.get(&format!("/_preview/news?page={page}&since={since}"));
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The version that a page was served with.
    fn version(&self, page: &str) -> u64 {
        let (_, html) = self.get(page);
        let (_, rest) = html.split_once("live.js?version=").expect("a page has the script");
        rest.split('"').next().unwrap().parse().unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        write(self.project.path(), path, text.as_bytes());
    }
}

const PAGE: &str = "/guide/one.html";

#[test]
fn the_first_line_says_what_was_built() {
    let preview = Preview::of(SMALL);
    assert!(preview.said.starts_with("built 2 pages, "), "{}", preview.said);
    assert!(preview.said.ends_with(" ms"), "{}", preview.said);
}

#[test]
fn a_change_shows_in_the_open_page_and_only_there() {
    let preview = Preview::of(SMALL);
    let version = preview.version(PAGE);
    preview.write("patterns/one.yaml", &ONE.replace("The only one.", "Another one."));
    assert_eq!(preview.news(PAGE, version)["reload"], true);
    assert!(preview.get(PAGE).1.contains("Another one."));
    let late = preview.news("/nowhere.html", version);
    assert_eq!(late["reload"], false, "that page is no other");
    assert!(late["version"].as_u64() > Some(version));
    // A version of a preview that ran before.
    assert_eq!(preview.news("/nowhere.html", 1_000_000)["reload"], true);
}

#[test]
fn faults_are_told_and_the_last_good_page_stays() {
    let preview = Preview::of(SMALL);
    let version = preview.version(PAGE);
    preview.write("patterns/one.yaml", "id: one\ntitle: [\n");
    let news = preview.news(PAGE, version);
    assert!(news["faults"].as_str().unwrap().contains("patterns/one.yaml:3:1"), "{news}");
    assert_eq!(news["reload"], false);
    assert!(preview.get(PAGE).1.contains("The only one."));

    preview.write("patterns/one.yaml", &ONE.replace("The only one.", "Mended."));
    // First the words, then that nothing is wrong any more.
    let mended = preview.news(PAGE, news["version"].as_u64().unwrap());
    assert_eq!(mended["reload"], true);
    let last = match mended["faults"] == "" {
        true => mended,
        false => preview.news(PAGE, mended["version"].as_u64().unwrap()),
    };
    assert_eq!(last["faults"], "");
    assert!(preview.get(PAGE).1.contains("Mended."));
}

#[test]
fn a_project_that_never_was_right_is_served_when_it_is() {
    let broken: Vec<_> =
        SMALL.iter().map(|(path, text)| (*path, text.replace("title", "tilte"))).collect();
    let broken: Vec<_> = broken.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let preview = Preview::of(&broken);
    let (status, html) = preview.get("/");
    assert_eq!(status, 404);
    assert!(html.contains("no page yet") && html.contains("live.js"), "{html}");
    // Also for whoever has no script.
    let fault = "error[unknown-field]: unknown field `tilte`";
    assert!(html.contains(fault) && html.contains("<pre>error["), "{html}");
    assert!(preview.said.starts_with("error["), "{}", preview.said);
    let news = preview.news("/", 0);
    assert!(news["faults"].as_str().unwrap().contains("tilte"), "{news}");

    let version = news["version"].as_u64().unwrap();
    SMALL.iter().for_each(|(path, text)| preview.write(path, text));
    let mut news = preview.news("/", version);
    while news["reload"] == false {
        news = preview.news("/", news["version"].as_u64().unwrap());
    }
    assert_eq!(preview.get("/").0, 200);
}

#[test]
fn a_folder_that_is_new_is_listened_to() {
    let preview = Preview::of(SMALL);
    let mut version = preview.version(PAGE);
    preview.write("templates/site/page.html", "<head></head>{{ title }}, first");
    // The folder comes first, then the file in it.
    while !preview.get(PAGE).1.contains("One, first") {
        version = preview.news(PAGE, version)["version"].as_u64().unwrap();
    }
    preview.write("templates/site/page.html", "<head></head>{{ title }}, second");
    while !preview.get(PAGE).1.contains("One, second") {
        version = preview.news(PAGE, version)["version"].as_u64().unwrap();
    }
}

#[test]
fn only_this_machine_is_answered_and_nothing_else_is_read() {
    let preview = Preview::of(SMALL);
    let ours = preview.address.to_string();
    assert!(preview.address.ip().is_loopback());
    assert_eq!(preview.request("GET", "/", "evil.example").0, 403);
    assert_eq!(
        preview.request("GET", "/", &format!("evil.example:{}", preview.address.port())).0,
        403
    );
    assert_eq!(preview.request("POST", "/", &ours).0, 405);
    for path in
        ["/../patternbook.yaml", "/%2e%2e/patternbook.yaml", "/patternbook.yaml", "//etc/passwd"]
    {
        let (status, _, body) = preview.request("GET", path, &ours);
        assert_eq!(status, 404, "{path}");
        assert!(!body.contains("guides:") && !body.contains("root:"), "{path}");
    }
    let (status, head, _) = preview.request("GET", "/guide", &ours);
    assert_eq!(status, 302, "{head}");
    assert!(head.contains("Location: /guide/\r\n"), "{head}");
    let (status, head, _) = preview.request("HEAD", PAGE, &ours);
    assert_eq!(status, 200);
    assert!(head.contains("text/html; charset=utf-8") && head.contains("no-store"), "{head}");
}

#[test]
fn nothing_is_written() {
    let preview = Preview::of(SMALL);
    let mut names: Vec<_> = fs::read_dir(preview.project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["patternbook.yaml", "patterns"]);
}

#[test]
fn a_port_that_is_taken_is_said_to_be() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = patternbook(folder(SMALL).path(), &["serve", "--port", &port]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains(&format!("cannot serve at port {port}")), "{}", run.stderr);
    assert!(run.stderr.contains("`--port 0` takes one that is free"), "{}", run.stderr);
    let run = patternbook(folder(&[("a", "b")]).path(), &["serve"]);
    assert_eq!(run.status, 2);
}

/// What is proven of each example of a project, in one word each.
fn proven(folder: &Folder, memory: &Memory) -> BTreeMap<String, String> {
    let project = project::load(folder, memory).unwrap();
    let levels = project.catalog.proven.iter();
    levels.map(|(id, proven)| (id.clone(), format!("{:?}", proven.level))).collect()
}

#[test]
fn what_is_remembered_of_a_project_is_what_would_be_read() {
    let project = copy_of_this_project();
    let folder = Folder::open(project.path()).unwrap();
    let memory = Memory::default();
    let first = proven(&folder, &memory);
    assert!(first.contains_key("robust-headers-helper/script"), "{first:?}");

    let pattern = "patterns/helpers/robust-headers-helper";
    for (path, from, to) in [
        (format!("{pattern}.yaml"), "umask 0;", "umask 7;"),
        (format!("{pattern}/get-headers.sh"), "\n", "\n\n"),
        ("contracts/login-file.yaml".to_owned(), "within: 3", "within: 2"),
        ("labs/token-endpoint/lab.yaml".to_owned(), "\n", "\n\n"),
    ] {
        let path = project.path().join(path);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let again = proven(&folder, &memory);
        assert_eq!(again, proven(&folder, &Memory::default()), "{}", path.display());
        assert!(!again.contains_key("robust-headers-helper/script"), "{}", path.display());
        fs::write(&path, text).unwrap();
        assert_eq!(proven(&folder, &memory), first, "{}", path.display());
    }
}
