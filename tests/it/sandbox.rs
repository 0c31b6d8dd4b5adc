//! The sandbox, attacked: `tests/data/hostile` is a project whose examples are malicious. What
//! they say counts for nothing; each test looks at the host.

mod watch;

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use self::watch::Watched;
use crate::support::{SMALL, assert_file, files, folder, repository, write};

/// Everything that one run does together must end in this time.
const LONGEST: Duration = Duration::from_secs(300);

#[test]
fn hostile_examples_get_nothing_and_leave_nothing() {
    let host = Host::new();
    host.listeners.assert_reached(true, || host.as_host("call/call.py"));
    let found = host.as_host("look/look.py");
    for place in ["home/secret", "project/secret", "tmp/secret", "/proc/self/fd/7", "environment"] {
        assert!(found.contains(&format!("FOUND {} in", host.secret)), "{found}");
        assert!(found.contains(place), "the script does not look at {place}: {found}");
    }
    let arguments = ["--jobs", "4", "look", "call", "reach", "fill", "stay", "leave"];
    host.listeners.assert_reached(false, || {
        let run = host.attack(&arguments, None);
        assert_file(&data("expected.txt"), &run.verdicts());
        // A run is watched every 20 ms, and can grow in that time.
        assert!(run.watched.most_processes <= 128 + 8, "{}", run.watched.most_processes);
        assert!(run.watched.most_memory <= 1536 << 20, "{} MB", run.watched.most_memory >> 20);
        run.stdout
    });
}

#[test]
fn nothing_is_left_for_the_next_test() {
    let host = Host::new();
    let run = host.attack(&["--jobs", "1", "next"], None);
    assert_file(&data("expected-next.txt"), &run.verdicts());
    assert!(run.stdout.contains("looked"), "{}", run.stdout);
}

#[test]
fn reports_for_people_and_servers_hold_no_control_characters() {
    let host = Host::new();
    for format in ["human", "junit"] {
        let run = host.start(&["leave/names", "--format", format], None).wait();
        let is_odd = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(!run.stdout.contains(is_odd), "{:?}", run.stdout);
        assert!(run.stdout.contains("forged"), "{}", run.stdout);
    }
}

#[test]
fn it_holds_for_a_user_who_is_not_root() {
    if !rustix::process::geteuid().is_root() {
        // Then the tests above were about such a user.
        return;
    }
    let host = Host::new();
    let arguments = ["--jobs", "4", "look", "call", "reach", "stay", "leave"];
    host.listeners.assert_reached(false, || {
        let run = host.attack(&arguments, Some("1000"));
        let expected = fs::read_to_string(data("expected.txt")).unwrap();
        let is_chosen = |line: &&str| !line.starts_with("fill/");
        let expected: Vec<&str> = expected.lines().filter(is_chosen).collect();
        assert_eq!(run.verdicts().lines().collect::<Vec<_>>(), expected, "{}", run.stderr);
        run.stdout
    });
}

#[test]
fn a_run_that_is_killed_leaves_nothing() {
    let host = Host::of(&[SMALL[0], ("patterns/one.yaml", STEADY)]);
    let ledger = host.path("project/ledger.json");
    host.start(&["one/first"], None).wait();
    let old = fs::read(&ledger).unwrap();
    let started = Instant::now();
    host.start(&[], None).wait();
    let took = started.elapsed().min(Duration::from_secs(1));
    let new = fs::read(&ledger).unwrap();
    assert_ne!(old, new);
    let expected: BTreeSet<PathBuf> = files(&host.path("project")).into_keys().collect();
    let orphans = watch::orphans();
    // A world is made within the first moments, in many small steps.
    let early = (0..50).map(|step| Duration::from_millis(4 * step));
    let moments = early.chain((1..=12).map(|step| took * step / 11));
    for moment in moments {
        fs::write(&ledger, &old).unwrap();
        let mut run = host.start(&[], None);
        thread::sleep(moment);
        let _ = run.child.kill();
        run.wait();
        watch::assert_no_orphans(&orphans);
        let found = fs::read(&ledger).unwrap();
        assert!(found == old || found == new, "{}", String::from_utf8_lossy(&found));
        assert_eq!(files(&host.path("project")).into_keys().collect::<BTreeSet<_>>(), expected);
        assert!(files(&host.path("tmpdir")).is_empty());
    }
}

#[test]
fn without_bubblewrap_nothing_runs() {
    check_missing(&["bwrap"], "`bwrap` (install bubblewrap)");
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let message =
        "`bwrap` (install bubblewrap), `nsenter` (install util-linux), `tar` (install tar)";
    check_missing(&["bwrap", "nsenter", "tar"], message);
}

#[test]
fn without_node_nothing_runs() {
    check_missing(&["node"], "`node` (install Node.js 20 or later)");
}

#[test]
fn without_npm_nothing_runs() {
    check_missing(&["npm"], "`npm` is not installed; install Node 20 or later, with npm");
}

#[test]
fn an_old_bubblewrap_is_refused() {
    let host = Host::of(&[SMALL[0], ("patterns/one.yaml", STEADY)]);
    write(host.folder.path(), "old/bwrap", b"#!/bin/sh\necho bubblewrap 0.6.1\n");
    make_readable(&host.path("old/bwrap"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_patternbook"));
    let path = format!("{}:/usr/bin", host.path("old").display());
    host.furnish(&mut command).env("PATH", path).args(["test", "--trust"]);
    host.assert_refused(command, "bubblewrap 0.6.1 is too old; 0.8 is the first");
}

/// Runs a project where these programs are not, and expects that nothing happens.
#[track_caller]
fn check_missing(programs: &[&str], message: &str) {
    let host = Host::of(&[SMALL[0], ("patterns/one.yaml", STEADY)]);
    // bubblewrap itself hides them: without rights, and also those of `/usr/bin`.
    let mut command = Command::new("bwrap");
    command.args(["--dev-bind", "/", "/"]);
    let path = std::env::var_os("PATH").unwrap();
    let folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map(PathBuf::from);
    let hidden: BTreeSet<PathBuf> = std::env::split_paths(&path)
        .chain(folders)
        .flat_map(|folder| programs.iter().map(move |program| folder.join(program)))
        .filter_map(|program| fs::canonicalize(program).ok())
        .collect();
    for program in hidden {
        command.arg("--ro-bind").arg(host.path("nothing")).arg(program);
    }
    command.args(["--", env!("CARGO_BIN_EXE_patternbook"), "test", "--trust"]);
    host.furnish(&mut command);
    host.assert_refused(command, message);
}

/// Examples that pass: one at once, one with a lab, and one for which packages are needed.
const STEADY: &str = "id: one
title: One
summary: The only one.
examples:
  - id: first
    title: First
    language: bash
    code: |
      sleep 0.2
    tests: [{name: runs}]
  - id: second
    title: Second
    language: bash
    code: |
      curl -s https://auth.example.com/ & sleep 0.2; wait
    setup: {labs: {token-endpoint: {}}}
    tests: [{name: runs, expect: {exit: any}}]
";

/// The same, where a lab has packages.
const WITH_PACKAGES: &str = "  - id: third
    title: Third
    language: bash
    code: |
      true
    setup: {labs: {packed: {}}}
    tests: [{name: runs}]
";

/// That lab.
const PACKED: &[(&str, &str)] = &[
    ("lab.yaml", "title: A lab with packages\n"),
    ("package.json", "{}\n"),
    ("package-lock.json", "{}\n"),
];

/// One test at a time: a machine that is full of attacks is slow.
static TURN: Mutex<()> = Mutex::new(());

/// A machine with secrets, and a project of somebody else.
struct Host {
    _turn: MutexGuard<'static, ()>,
    folder: TempDir,
    secret: String,
    listeners: Listeners,
}

/// A run of the program that was started.
struct Started {
    child: Child,
    watcher: Option<thread::JoinHandle<Watched>>,
    ends: Arc<AtomicBool>,
}

/// What came of a run.
struct Attacked {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    watched: Watched,
}

impl Host {
    /// A host with the hostile project.
    fn new() -> Self {
        let files = files(&data("."));
        let text = |(path, bytes): (&PathBuf, &Vec<u8>)| {
            (path.display().to_string(), String::from_utf8(bytes.clone()).unwrap())
        };
        let files: Vec<(String, String)> = files.iter().map(text).collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        Self::of(&files)
    }

    fn of(project: &[(&str, &str)]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = folder(&[("nothing", "")]);
        let root = folder.path();
        let secret = format!("canary-{:016x}", RandomState::new().hash_one(root));
        for place in ["home", "project", "tmp"] {
            write(root, &format!("{place}/secret"), secret.as_bytes());
        }
        fs::create_dir(root.join("tmpdir")).unwrap();
        let listeners = Listeners::open(root, &mark(&secret));
        for (path, text) in project {
            let text = listeners.fill_in(text);
            let text = ["home", "project", "tmp"].iter().fold(text, |text, place| {
                let path = root.join(place).display().to_string();
                text.replace(&format!("@{}@", place.to_uppercase()), &path)
            });
            let text = text.replace("@MARK@", &mark(&secret));
            write(&root.join("project"), path, text.as_bytes());
        }
        fs::copy(env!("CARGO_BIN_EXE_patternbook"), root.join("patternbook")).unwrap();
        // Whoever can reach the files may read them: nothing but the sandbox is in the way.
        make_readable(root);
        fs::set_permissions(root.join("nothing"), fs::Permissions::from_mode(0o644)).unwrap();
        Self { _turn: turn, folder, secret, listeners }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Sets what a command of this host finds around itself.
    fn furnish<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("HOME", self.path("home")).env("TMPDIR", self.path("tmpdir"));
        command.env("XDG_CACHE_HOME", self.path("cache")).env_remove("XDG_STATE_HOME");
        command.current_dir(self.path("project")).stdin(Stdio::null())
    }

    /// Runs a script of the hostile project without a sandbox: it must know its trade.
    fn as_host(&self, script: &str) -> String {
        let script = self.path("project/patterns").join(script);
        let mut command = Command::new("python3");
        command
            .arg(data("host.py"))
            .arg(self.path("home/secret"))
            .args(["/usr/bin/env", "python3"]);
        let output = self.furnish(&mut command).arg(script).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts `patternbook test` with everything open that a careless host leaves open.
    fn start(&self, arguments: &[&str], user: Option<&str>) -> Started {
        let mut command = Command::new(if user.is_some() { "setpriv" } else { "/usr/bin/env" });
        if let Some(user) = user {
            let owned = ["project", "home", "tmpdir", "tmp", "."];
            let owned = owned.map(|path| self.path(path));
            assert!(Command::new("chown").arg(user).args(owned).status().unwrap().success());
            command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]);
        }
        command.args(["/usr/bin/python3"]).arg(data_copy(self)).arg(self.path("home/secret"));
        command.arg(self.path("patternbook")).args(["test", "--trust"]).args(arguments);
        self.furnish(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let ends = Arc::new(AtomicBool::new(false));
        let (pid, ended) = (child.id(), ends.clone());
        let watcher = Some(thread::spawn(move || Watched::watch(pid, &ended)));
        Started { child, watcher, ends }
    }

    /// Runs hostile examples, and checks what must hold after each such run.
    #[track_caller]
    fn attack(&self, arguments: &[&str], user: Option<&str>) -> Attacked {
        let (mounts, started) = (watch::mounts(), Instant::now());
        let arguments = [&["--again", "--format", "json"], arguments].concat();
        let run = self.start(&arguments, user).wait();
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        assert!(started.elapsed() < LONGEST);
        assert!(run.watched.unbounded.is_empty(), "{:#?}", run.watched.unbounded);
        assert!(!watch::arguments().contains(&mark(&self.secret)));
        let new: Vec<String> = watch::mounts().difference(&mounts).cloned().collect();
        let is_odd = |line: &&String| line.contains("newroot") || line.contains("/world");
        assert!(!new.iter().any(|line| is_odd(&line)), "{new:#?}");
        assert!(files(&self.path("tmpdir")).is_empty());
        for found in [self.secret.as_str(), "FOUND", "WORKED", "PRIVATE KEY"] {
            let line = run.stdout.lines().find(|line| line.contains(found));
            assert_eq!(line, None, "{found}");
        }
        run
    }

    /// Runs a command, and expects that it refuses, and writes nothing.
    #[track_caller]
    fn assert_refused(&self, mut command: Command, message: &str) {
        let pattern = self.path("project/patterns/one.yaml");
        fs::write(&pattern, STEADY.to_owned() + WITH_PACKAGES).unwrap();
        for (name, text) in PACKED {
            write(&self.path("project/labs/packed"), name, text.as_bytes());
        }
        let before = files(&self.path("project"));
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{stderr}\n{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(stderr.contains(message), "{stderr}");
        assert!(output.stdout.is_empty());
        assert_eq!(files(&self.path("project")), before);
        assert!(files(&self.path("tmpdir")).is_empty());
    }
}

impl Started {
    /// Waits for the end, and for everything that was started to be gone.
    #[track_caller]
    fn wait(mut self) -> Attacked {
        let output = self.child.wait_with_output().unwrap();
        self.ends.store(true, Ordering::Relaxed);
        let watched = self.watcher.take().unwrap().join().unwrap();
        watched.assert_gone();
        Attacked {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            watched,
        }
    }
}

impl Attacked {
    /// What the program says of each test: the beginning of each fault, in order.
    fn verdicts(&self) -> String {
        let name_of_daemon = regex::Regex::new("daemon-[0-9a-f]+").unwrap();
        let report: Value = serde_json::from_str(&self.stdout).unwrap();
        let mut lines = Vec::new();
        for unit in report["units"].as_array().unwrap() {
            for run in unit["runs"].as_array().unwrap() {
                let name = format!("{}/{}", text(&unit["id"]), text(&run["name"]));
                let mut faults: Vec<String> = run["faults"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|fault| text(&fault["message"]).escape_debug().take(80).collect())
                    .filter(|fault: &String| !fault.starts_with("it took"))
                    .collect();
                faults.sort();
                lines.push(format!(
                    "{name}: {}\n",
                    if faults.is_empty() { "passed" } else { "failed" }
                ));
                lines.extend(faults.iter().map(|fault| format!("{name}: {fault}\n")));
            }
        }
        name_of_daemon.replace_all(&lines.concat(), "DAEMON").into_owned()
    }
}

/// Everything on the host that listens.
struct Listeners {
    tcp: TcpListener,
    udp: UdpSocket,
    unix: [UnixListener; 2],
    names: [(&'static str, String); 5],
}

impl Listeners {
    fn open(root: &Path, name: &str) -> Self {
        let tcp = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
        let udp = UdpSocket::bind("[::]:0").or_else(|_| UdpSocket::bind("0.0.0.0:0")).unwrap();
        // Nothing is sent: this asks the kernel which address would be used.
        let outside = UdpSocket::bind("0.0.0.0:0").unwrap();
        let _ = outside.connect("192.0.2.77:9");
        let path = root.join("tmp/socket");
        let abstract_name = SocketAddr::from_abstract_name(name).unwrap();
        let unix =
            [UnixListener::bind(&path).unwrap(), UnixListener::bind_addr(&abstract_name).unwrap()];
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        unix.iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
        let names = [
            ("@TCP@", tcp.local_addr().unwrap().port().to_string()),
            ("@UDP@", udp.local_addr().unwrap().port().to_string()),
            ("@ADDRESS@", outside.local_addr().unwrap().ip().to_string()),
            ("@ABSTRACT@", name.to_owned()),
            ("@SOCKET@", path.display().to_string()),
        ];
        Self { tcp, udp, unix, names }
    }

    fn fill_in(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// Checks whether somebody calls while something is done: on every way, or on none.
    #[track_caller]
    fn assert_reached(&self, expected: bool, action: impl FnOnce() -> String) {
        let said = action();
        let mut reached = [false; 4];
        while self.tcp.accept().is_ok() {
            reached[0] = true;
        }
        while self.udp.recv(&mut [0; 16]).is_ok() {
            reached[1] = true;
        }
        for (index, listener) in self.unix.iter().enumerate() {
            while listener.accept().is_ok() {
                reached[2 + index] = true;
            }
        }
        assert_eq!(reached, [expected; 4], "{said}");
    }
}

/// What daemons of the hostile project are called.
fn mark(secret: &str) -> String {
    secret.replace("canary", "daemon")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn data(path: &str) -> PathBuf {
    repository().join("tests/data/hostile").join(path)
}

/// `host.py` where every user can read it.
fn data_copy(host: &Host) -> PathBuf {
    let copy = host.path("host.py");
    fs::copy(data("host.py"), &copy).unwrap();
    copy
}

/// Lets everybody read a file or a folder and what is in it, and run what is a program.
fn make_readable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| make_readable(&entry.unwrap().path()));
    }
}
