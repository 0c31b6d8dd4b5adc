//! `test --no-sandbox`: only who says the word gets it, it proves nothing, and nothing is left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::{Place, finish, runs, timeless};
use crate::support::{Run, files};

const CONSENT: &str = "--no-sandbox=run-on-this-machine";

/// A project, and a folder for temporary files that is its own.
struct Open {
    place: Place,
    temporary: tempfile::TempDir,
}

impl Open {
    fn new() -> Self {
        Self { place: Place::with("open"), temporary: tempfile::tempdir().unwrap() }
    }

    /// A project in which one script, which needs nothing, is another.
    #[track_caller]
    fn with(code: &str) -> Self {
        let open = Self::new();
        let text = open.place.read("patterns/open.yaml").unwrap();
        let (head, _) = text.split_once("    level: proven\n").unwrap();
        let code = code.replace('\n', "\n      ");
        let tests = "    tests: [{name: runs, expect: {within: 1}}]\n";
        open.place
            .write("patterns/open.yaml", &format!("{head}{tests}    code: |\n      {code}\n"));
        open
    }

    /// `test` with these arguments, on a machine that is no CI server.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.command(&self.place.project(), &["test"]);
        command.args(arguments).env("TMPDIR", self.temporary.path());
        command.env_remove("CI").env_remove("PATTERNBOOK_NO_SANDBOX_IN_CI");
        command
    }

    /// Runs the tests in the open, and expects this exit status and that nothing is left.
    #[track_caller]
    fn run(&self, arguments: &[&str], status: i32) -> Run {
        let run = finish(self.command(&[&["--trust", CONSENT], arguments].concat()));
        assert_eq!(run.status, status, "{}{}", run.stdout, run.stderr);
        self.assert_nothing_left();
        run
    }

    #[track_caller]
    fn report(&self, status: i32) -> Value {
        let run = self.run(&["--format", "json"], status);
        timeless(serde_json::from_str(&run.stdout).unwrap())
    }

    #[track_caller]
    fn assert_nothing_left(&self) {
        assert_eq!(folders_in(self.temporary.path()), Vec::<PathBuf>::new());
        let home = format!("HOME={}/", self.temporary.path().display());
        let left: Vec<_> = processes().filter(|it| holds(&it.join("environ"), &home)).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn processes() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter(|it| it.file_name().to_string_lossy().parse::<u32>().is_ok()).map(|it| it.path())
}

fn holds(file: &Path, text: &str) -> bool {
    String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).contains(text)
}

/// Tells whether a process waits for this many seconds.
fn sleeps(seconds: u32) -> bool {
    processes().any(|it| holds(&it.join("cmdline"), &format!("sleep\0{seconds}\0")))
}

/// Expects `test` to refuse, with this message, and to have run nothing.
#[track_caller]
fn check_refused(arguments: &[&str], environment: &[(&str, &str)], message: &str) {
    let open = Open::with("echo ran >\"$OLD\"");
    let mut command = open.command(&[&["--trust"], arguments].concat());
    command.envs(environment.iter().copied());
    let run = finish(command);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

#[test]
fn the_word_is_needed_and_told() {
    let told = "they can read, change and send away everything that you can, and only their time and \
                output are limited. Install bubblewrap instead (on Debian and Ubuntu: apt install \
                bubblewrap). If you have read the examples and want this, say `--no-sandbox=run-on-this-machine`";
    for word in ["--no-sandbox", "--no-sandbox=", "--no-sandbox=yes", "--no-sandbox=run-on-this"] {
        check_refused(&[word], &[], told);
        check_refused(&[word], &[("CI", "true"), ("PATTERNBOOK_NO_SANDBOX_IN_CI", "1")], told);
    }
    // The word is no id of an example.
    check_refused(&["--no-sandbox", "run-on-this-machine"], &[], told);
    check_refused(&[CONSENT, "--locked"], &[], "cannot be used with");
    check_refused(&[CONSENT, "--shard", "1/2"], &[], "cannot be used with");
}

#[test]
fn ci_refuses_unless_it_says_so_itself() {
    let told = "refused in CI: what runs could read the secrets of the job";
    let too = "set `PATTERNBOOK_NO_SANDBOX_IN_CI=1` too";
    check_refused(&[CONSENT], &[("JENKINS_URL", "https://ci.example.com/")], told);
    for ci in ["true", "1", "woodpecker"] {
        check_refused(&[CONSENT], &[("CI", ci)], told);
        check_refused(&[CONSENT], &[("CI", ci), ("PATTERNBOOK_NO_SANDBOX_IN_CI", "yes")], too);
    }
    let open = Open::with("true");
    for environment in [
        &[("CI", "true"), ("PATTERNBOOK_NO_SANDBOX_IN_CI", "1")][..],
        &[("CI", "false")],
        &[("CI", "")],
    ] {
        let mut command = open.command(&["--trust", CONSENT]);
        command.envs(environment.iter().copied());
        assert_eq!(finish(command).status, 0, "{environment:?}");
    }
}

#[test]
fn the_word_is_no_trust() {
    let open = Open::new();
    let run = finish(open.command(&[CONSENT]));
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("are not trusted on this machine"), "{}", run.stderr);
}

#[test]
fn what_needs_no_sandbox_runs_and_the_rest_is_named() {
    let open = Open::new();
    let report = open.report(3);
    let passed: Vec<_> = runs(&report).into_iter().map(|(id, name, _)| (id, name)).collect();
    let run = |id: &str, name: &str| (format!("open/{id}"), name.to_owned());
    let expected = [
        run("needs-nothing", "answers"),
        run("needs-nothing", "nobody else reads the log"),
        run("needs-nothing", "without `umask`: `nobody else reads the log` fails"),
        run("needs-nothing", "without `umask`: `answers` passes"),
        run("needs-something", "says what it has"),
    ];
    assert_eq!(passed, expected);
    let lab = "it needs the lab `counter`";
    let not_run = |name: &str, reason: &str| json!({"id": "open/needs-something", "name": name, "reason": reason});
    let expected = json!([
        not_run("asks a lab", lab),
        not_run("does without a program", "it hides programs with `without`"),
        not_run("keeps a secret", "it looks at arguments with `not-in-arguments`"),
        not_run("without `eval`: `asks a lab` fails", lab),
    ]);
    assert_eq!(report["notRun"], expected);
    let summary = json!({
        "examples": 2, "unchanged": 0, "passed": 5, "failed": 0, "errors": 0,
        "levels": {"parsed": 2},
    });
    assert_eq!(report["summary"], summary);
    assert_eq!(open.place.read("ledger.json"), None);
}

#[test]
fn a_person_is_warned_and_told_that_nothing_is_proven() {
    let open = Open::new();
    let run = open.run(&["open/needs-something"], 3);
    let warning = "warning: the examples run on this machine, without a sandbox: what runs can read \
                   and change everything that you can\n";
    assert_eq!(run.stderr, warning);
    let expected = "\
not run: open/needs-something: asks a lab: it needs the lab `counter`
not run: open/needs-something: does without a program: it hides programs with `without`
not run: open/needs-something: keeps a secret: it looks at arguments with `not-in-arguments`
not run: open/needs-something: without `eval`: `asks a lab` fails: it needs the lab `counter`

tested 1 example: 1 run passed, 0 failed; 0 errors
not run, for they need a sandbox: 4 runs
run without a sandbox: nothing is noted in the ledger, and no level rises
examples by level: parsed 2
";
    assert_eq!(run.stdout, expected);
    let junit = open.run(&["--format", "junit"], 3).stdout;
    assert_eq!(junit.matches("<skipped message=\"it needs the lab `counter`\"/>").count(), 2);
    let run = open.run(&["open/needs-nothing"], 0);
    let expected = "tested 1 example: 4 runs passed, 0 failed; 0 errors\n\
                    run without a sandbox: nothing is noted in the ledger, and no level rises\n\
                    examples by level: parsed 2\n";
    assert_eq!(run.stdout, expected);
    open.run(&["open/needs-something/asks a lab"], 3);
}

#[test]
fn neither_success_nor_failure_changes_a_ledger() {
    let open = Open::with("true");
    assert_eq!(open.place.run(&["test", "--trust"]).status, 0);
    let ledger = open.place.read("ledger.json").unwrap();
    open.run(&[], 0);
    assert_eq!(open.place.read("ledger.json").unwrap(), ledger);
    open.place.edit("patterns/open.yaml", "      true", "      false");
    let before = files(&open.place.project());
    let run = open.run(&[], 1);
    let again =
        format!("run it again: patternbook test --again 'open/needs-nothing/runs' {CONSENT}");
    assert!(run.stdout.contains(&again), "{}", run.stdout);
    assert_eq!(files(&open.place.project()), before);
}

#[test]
fn a_test_has_the_environment_of_a_test_and_a_folder_of_its_own() {
    let open = Open::with(
        "env | cut -d = -f 1 | sort | tr '\\n' ' '\n\
         [ \"$PWD\" = \"$HOME\" ] && [ -w \"$TMPDIR\" ] && ls -A . \"$TMPDIR\"; echo \"$PATH\"; stat -c %a ../..; exit 1",
    );
    let report = open.report(1);
    let stdout = report["units"][0]["runs"][0]["output"]["stdout"].as_str().unwrap();
    let folder = open.temporary.path().join("patternbook-").display().to_string();
    let (before, after) = stdout.split_once(&folder).unwrap();
    // `PWD` and `_` are bash's own.
    assert!(before.starts_with("HOME LANG PATH PWD SHLVL TMPDIR _ "), "{stdout}");
    assert!(before.contains(".:\nanswer.sh\n"), "{stdout}");
    assert!(after.contains("/test/programs:"), "{stdout}");
    assert!(after.ends_with("/usr/bin:/usr/sbin:/bin:/sbin\n700"), "{stdout}");
}

#[test]
fn a_process_that_is_left_is_a_failure_and_is_ended() {
    let open = Open::with("sleep 47110815 & echo started");
    let report = open.report(1);
    assert!(runs(&report)[0].2[0].contains("processes were left behind: (sleep) sleep 47110815"));
    assert!(!sleeps(47_110_815));
}

#[test]
fn what_hides_is_ended_with_the_folder() {
    // The first holds the outputs, the second holds nothing that is ours.
    let open = Open::with(
        "setsid sleep 47110816 &\nsetsid sleep 47110817 </dev/null >/dev/null 2>&1 &\nsleep 0.2",
    );
    let started = Instant::now();
    let report = open.report(1);
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(runs(&report)[0].2[0].contains("processes were left behind: (sleep) sleep 47110816"));
    assert!(!sleeps(47_110_816) && !sleeps(47_110_817));
}

#[test]
fn limits_hold_for_all_that_a_test_starts() {
    let open = Open::with("sleep 47110818 | sleep 47110818");
    let faults = runs(&open.report(1)).remove(0).2;
    assert!(faults[0].contains("it did not end, and was ended"), "{faults:?}");
    assert!(!sleeps(47_110_818));
    let open = Open::with("yes & yes");
    let faults = runs(&open.report(1)).remove(0).2;
    assert!(faults[0].contains("printed"), "{faults:?}");
}

#[test]
fn permissions_keep_no_folder() {
    let open = Open::with("mkdir -p a/b/c && echo >a/b/c/d && chmod 0 a/b/c a/b a ../tmp .");
    open.run(&[], 0);
}

#[test]
fn what_cannot_be_read_hides_nothing_else() {
    let open = Open::with("mkdir a; echo b >b; echo c >c; chmod 0 a b");
    let (from, to) = ("{within: 1}", "{files: [{path: c, content: {is: c}}]}");
    open.place.edit("patterns/open.yaml", from, to);
    open.run(&[], 0);
}

#[test]
fn a_run_that_is_killed_leaves_nothing() {
    let open = Open::with("setsid sleep 47110819 & sleep 47110819");
    let mut command = open.command(&["--trust", CONSENT]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let wait_until = |is_so: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !is_so() {
            assert!(started.elapsed() < Duration::from_secs(20), "it takes too long");
            thread::sleep(Duration::from_millis(10));
        }
    };
    wait_until(&|| sleeps(47_110_819));
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until(&|| folders_in(open.temporary.path()).is_empty());
    wait_until(&|| !sleeps(47_110_819));
    open.assert_nothing_left();
}
