//! `probe`: helpers that each break one property, held against the built-in contracts.

use std::thread;

use serde_json::Value;

use crate::place::Place;
use crate::support::{Run, assert_file, repository};

/// A helper that keeps the contract in every case.
const ROBUST: &str = "patterns/helpers/robust-headers-helper/get-headers.sh";
const LOGIN: &str = "~/.config/acme/login=acme-id:s3cr3t-Value.XYZ";
const SECRET: [&str; 2] = ["--env", "ACME_SECRET=s3cr3t-Value.XYZ"];

/// Probes a script of this repository.
#[track_caller]
fn probe(script: &str, arguments: &[&str]) -> Run {
    let script = repository().join(script).display().to_string();
    Place::empty().run(&[&["probe", script.as_str()], arguments].concat())
}

/// Probes a script in one case, and returns `status: properties that it breaks`.
fn broken(script: &str, case: &str) -> String {
    let script = format!("tests/data/probe/{script}.sh");
    let run = probe(&script, &[&SECRET[..], &["--case", case, "--format", "json"]].concat());
    let report: Value = serde_json::from_str(&run.stdout).expect(&run.stderr);
    let runs = report["units"][0]["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "{}", run.stdout);
    let faults = runs[0]["faults"].as_array().unwrap().iter();
    let mut properties: Vec<&str> =
        faults.map(|fault| fault["property"].as_str().unwrap_or("none")).collect();
    properties.dedup();
    format!("{script} in {case}: {} {}", run.status, properties.join(" "))
        .replace("tests/data/probe/", "")
}

#[test]
fn a_property_that_is_broken_is_named() {
    // One of them waits for its end, so all run at the same time.
    let expected = [
        ("good", "ok", "0 "),
        ("good", "http-500", "0 "),
        ("silent-failure", "http-500", "1 P8"),
        ("banner", "ok", "1 P2"),
        ("hides-failure", "http-500", "1 P6"),
        ("secret-in-arguments", "ok", "1 P11"),
        ("tells-secret", "ok", "1 P10"),
        ("no-quoting", "ok", "0 "),
        ("no-quoting", "token-with-quote", "1 P2"),
        ("no-quoting", "header-injection", "1 P3 P7"),
        ("leaves-process", "ok", "1 P12"),
        ("waits", "hang", "1 P1 P6 P8"),
    ];
    let found: Vec<String> = thread::scope(|scope| {
        let start = |(script, case, _)| scope.spawn(move || broken(script, case));
        let threads: Vec<_> = expected.map(start).into();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let expected = expected.map(|(script, case, end)| format!("{script}.sh in {case}: {end}"));
    assert_eq!(found, expected);
}

#[test]
fn a_helper_that_keeps_a_contract_gets_a_table_without_a_cross() {
    let run = probe(ROBUST, &["--contract", "login-file", "--file", LOGIN]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_file(&repository().join("tests/data/probe/robust.txt"), &run.stdout);
}

#[test]
fn a_helper_that_breaks_a_contract_is_told_how_to_mend_it() {
    let run = probe(
        "tests/data/probe/elsewhere.sh",
        &["--contract", "login-file", "--env", "ACME_HOST=auth.example.com", "--jobs", "2"],
    );
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert_file(&repository().join("tests/data/probe/elsewhere.txt"), &run.stdout);
}

#[test]
fn a_request_without_the_login_does_not_hold() {
    let curl = "curl=exec /usr/bin/curl -q -sf --data a=b https://auth.example.com/token";
    let case = ["--contract", "login-file", "--case", "right", "--case", "link"];
    let run = probe(ROBUST, &[&case[..], &["--file", LOGIN, "--program", curl]].concat());
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout.matches("  L2: A right login arrives to the byte.\n").count(), 2);
}

#[test]
fn cases_that_never_asked_do_not_hold() {
    let help = "help: give it its login: `--file '~/.config/acme/login=TEXT'`, or with `--env` ";
    let run = probe(ROBUST, &["--case", "http-500", "--case", "refused", "--case", "ok"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    for case in ["http-500", "refused", "ok"] {
        let line = format!("✗ {case}\n  the token endpoint was not asked, so nothing was tested\n");
        assert!(run.stdout.contains(&line), "{}", run.stdout);
    }
    assert!(run.stdout.contains(help), "{}", run.stdout);
    assert!(run.stdout.ends_with(": 0 of 3 cases hold\n"), "{}", run.stdout);

    let run = probe(ROBUST, &[]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(help) && !run.stdout.contains(['✓', '✗']), "{}", run.stdout);
    assert!(run.stdout.ends_with(": 0 of 96 cases hold, 0 of 12 properties\n"), "{}", run.stdout);

    // What is refused in time shows nothing, if what is right would not be asked for either.
    let never = ["--file", LOGIN, "--program", "curl=echo no >&2; exit 1"];
    let run = probe(ROBUST, &[&["--contract", "login-file"], &never[..]].concat());
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.ends_with(": 0 of 19 cases hold, 0 of 4 properties\n"), "{}", run.stdout);

    // Here nobody is to be asked.
    let run = probe(ROBUST, &["--file", LOGIN, "--case", "refused"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn what_a_helper_needs_can_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s3cr3t-Value.XYZ").unwrap();
    let file = format!("~/.acme/secret=@{}", secret.display());
    let needs = ["--case", "ok", "--env", "ACME_HOST=auth.corp.example", "--file", &file];
    let status = |more: &[&str]| {
        let run = probe("tests/data/probe/elsewhere.sh", &[&needs, more].concat());
        (run.status, run.stdout)
    };
    let (without, said) = status(&[]);
    assert_eq!(without, 1, "the host is unknown: {said}");
    assert_eq!(status(&["--host", "auth.corp.example"]).0, 0);
    let (other, said) = status(&["--host", "auth.corp.example", "--option", "token=tok-other"]);
    assert_eq!(other, 1, "{said}");
    assert!(said.contains("P7"), "{said}");
    let more =
        ["--host", "auth.corp.example", "--option", "token=tok-other", "--with", "token=tok-other"];
    assert_eq!(status(&more).0, 0);
    let stub = ["--host", "auth.corp.example", "--program", "curl=echo no >&2; exit 1"];
    assert_eq!(status(&stub).0, 1);
}

#[test]
fn the_properties_cases_and_parameters_are_listed() {
    let run = Place::empty().run(&["probe", "--list"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for line in [
        "credential-helper: A helper that prints a credential\n",
        "\n  P12  No process stays behind.\n",
        "\nParameters, for --with\n",
        "[default: s3cr3t-Value.XYZ]\n",
        "\n  at-once                      Twelve servers connect in the same second.\n",
        "\n  token-null                   The token is null.\n",
        "\n  no-lifetime                  expires_in is missing.\n",
    ] {
        assert!(run.stdout.contains(line), "{line}{}", run.stdout);
    }
    let run = Place::empty().run(&["probe", "--list", "--contract", "login-file"]);
    assert!(run.stdout.starts_with("login-file: "), "{}", run.stdout);
}

/// Expects arguments of `probe` to be refused with this message.
#[track_caller]
fn check_refused(arguments: &[&str], message: &str) {
    let run = probe("tests/data/probe/good.sh", arguments);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

#[test]
fn what_means_nothing_is_refused() {
    check_refused(
        &["--case", "okk"],
        "the contract has no case `okk`; see `patternbook probe --list`",
    );
    check_refused(&["--case", "ok", "--case", "k"], "the contract has no case `k`");
    check_refused(
        &["--contract", "login"],
        "no contract `login`; there are `cached-credential-helper`, `credential-helper`, `login-file`\n",
    );
    check_refused(
        &["--contract", "login-fil"],
        "no contract `login-fil`; did you mean `login-file`?",
    );
    check_refused(
        &["--case", "cut-json", "--option", "format=text"],
        "nothing is left to run; left out: cut-json; with `format=text` the answer is the token alone",
    );
    check_refused(&["--with", "secert=x"], "the contract has no parameter `secert`");
    check_refused(&["--option", "falt=x"], "the token endpoint has no option `falt`");
    check_refused(&["--env", "X"], "write it as NAME=VALUE");
    check_refused(&["--env", "=X"], "write it as NAME=VALUE");
    check_refused(&["--file", "~/a"], "write it as PATH=TEXT, or PATH=@FILE");
    check_refused(&["--program", "curl"], "write it as NAME=TEXT, or NAME=@FILE");
    check_refused(&["--file", "~/a=@/nowhere/at/all"], "cannot read `/nowhere/at/all`");
    check_refused(
        &["--file", "/etc/passwd=x"],
        "write a path below the home, such as `~/.config/acme/login`",
    );
    check_refused(&["--file", "~/../x=x"], "write a path below the home");
    let readme = repository().join("README.md").display().to_string();
    let run = Place::empty().run(&["probe", &readme]);
    let message =
        "is no script: it cannot be executed, and does not begin with `#!`; name the helper";
    assert_eq!((run.status, run.stderr.contains(message)), (2, true), "{}", run.stderr);
    let run = Place::empty().run(&["probe", "no.sh"]);
    assert_eq!(
        (run.status, run.stderr.contains("cannot read `no.sh`")),
        (2, true),
        "{}",
        run.stderr
    );
    assert_eq!(Place::empty().run(&["probe"]).status, 2);
}

#[test]
fn a_case_says_how_to_run_it_again() {
    let script = repository().join("tests/data/probe/no-quoting.sh").display().to_string();
    let options = ["--env", "ACME_SECRET=s3cr3t-Value.XYZ", "--with", "address=It's"];
    let case = ["--case", "header-injection", "--case", "ok"];
    let run = Place::empty().run(&[&["probe", script.as_str()], &options[..], &case].concat());
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    let quoted =
        ["--env", "ACME_SECRET=s3cr3t-Value.XYZ", "--with", r"'address=It'\''s'"].join(" ");
    let again =
        format!("run it again: patternbook probe {script} {quoted} --case header-injection\n");
    assert!(run.stdout.contains(&again), "{}", run.stdout);
    assert!(!run.stdout.contains("built-in/"), "{}", run.stdout);
    assert!(run.stdout.starts_with("✓ ok\n✗ header-injection\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("no-quoting.sh: 1 of 2 cases hold\n"), "{}", run.stdout);
    // What broke P7, in words: its schema speaks of other things.
    let plain = "  P7: It prints the token that the service gave, to the byte.\n    standard output at `/Authorization` is `Bearer x`\n";
    assert!(run.stdout.contains(plain), "{}", run.stdout);
}

#[test]
fn a_secret_that_the_script_never_gets_is_no_test() {
    let run = probe("tests/data/probe/good.sh", &["--case", "ok"]);
    let warning = "warning: nothing that the script gets holds `s3cr3t-Value.XYZ`, ";
    assert!(run.stderr.starts_with(warning), "{}", run.stderr);
    let given = ["--case", "ok", "--with", "secret=other", "--file", "~/login=acme:other"];
    let run = probe("tests/data/probe/good.sh", &given);
    assert_eq!(run.stderr, "");
}

#[test]
fn cases_that_cannot_be_are_left_out_with_the_reason() {
    let options = ["--case", "ok", "--case", "type-dpop", "--option", "format=text"];
    let run = probe("tests/data/probe/good.sh", &[&SECRET[..], &options].concat());
    assert!(run.stderr.starts_with("left out: type-dpop; with `format=text` "), "{}", run.stderr);
    assert!(run.stdout.ends_with(" of 1 case hold\n"), "{}", run.stdout);
}
