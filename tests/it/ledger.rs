//! The ledger: what cannot be read, what is noted and forgotten, and that no report is green
//! where the exit status is not.

use std::time::Duration;
use std::{fs, thread};

use serde_json::{Value, json};

use crate::place::Place;
use crate::support::{SMALL, write};
use crate::test::{HELD, entries, proven};

#[test]
fn a_merged_report_with_errors_is_no_success() {
    let place = proven();
    place.edit("patterns/gate.yaml", "{\"key\": \"right\"}", "{\"key\": \"left\"}");
    let report = place.run(&["test", "--locked", "--format", "json"]);
    place.write("report.json", &report.stdout);
    let run = place.run(&["merge", "report.json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(run.stdout, report.stdout);
}

/// Writes a ledger that cannot be read, and expects every command to say so and none to write
/// over it; but for a run of everything, where `is_ours` says that it was a ledger.
#[track_caller]
fn check_unreadable(ledger: &str, place_and_message: &str, help: &str, is_ours: bool) {
    let place = proven();
    place.write("ledger.json", ledger);
    for arguments in [&[][..], &["gate"], &["gate", "--again"], &["--locked"], &["--failed"]] {
        let run = place.run(&[&["test", "--trust"], arguments].concat());
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        let expected = format!("error: `ledger.json`, {place_and_message}");
        assert!(run.stderr.starts_with(&expected), "{}", run.stderr);
        assert!(run.stderr.contains(help), "{}", run.stderr);
    }
    let run = place.run(&["check"]);
    assert_eq!(run.status, 1);
    assert_eq!(run.stdout.matches("error[").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("error[ledger-unreadable]: "), "{}", run.stdout);
    assert_eq!(place.run(&["merge", "ledger.json"]).status, 2);
    assert_eq!(place.read("ledger.json").unwrap(), ledger);
    if is_ours {
        place.test(&["--again"], 0);
        assert_eq!(place.read("ledger.json").unwrap(), HELD.1);
    }
}

#[test]
fn a_ledger_that_cannot_be_read_is_neither_empty_nor_written_over() {
    let from = "    \"gate/config\"";
    let conflict = format!("<<<<<<< HEAD\n{from}: 1,\n=======\n{from}");
    let line = HELD.1.lines().position(|line| line.starts_with(from)).unwrap() + 1;
    check_unreadable(
        &HELD.1.replace(from, &conflict),
        &format!("line {line}: the ledger has a merge conflict here"),
        "git checkout --ours ledger.json",
        true,
    );
    check_unreadable(
        &HELD.1.replace("\"version\": 1", "\"version\": 2"),
        "line 3: the ledger has version 2, and this program reads version 1",
        "`patternbook test --again` writes it anew",
        false,
    );
    check_unreadable("", "line 1: the ledger cannot be read: ", "remove the file", false);
}

#[test]
fn a_ledger_that_is_not_ours_to_read_is_not_empty() {
    let place = proven();
    fs::remove_file(place.project().join("ledger.json")).unwrap();
    fs::create_dir(place.project().join("ledger.json")).unwrap();
    let run = place.run(&["test", "--locked"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("it is no regular file"), "{}", run.stderr);
}

#[test]
fn every_error_is_a_failing_case() {
    let place = proven();
    place.edit("patterns/gate.yaml", "{\"key\": \"right\"}", "{\"key\": \"left\"}");
    place.edit("patterns/greeting.yaml", "title: Greeting", "title: Greeting\nrelated: [gaet]");
    let report = place.run(&["test", "--locked", "--format", "junit"]);
    assert_eq!(report.status, 1);
    for case in [
        "<testcase classname=\"gate/config\" name=\"the ledger proves it\"",
        "<failure type=\"ledger-stale\"",
        "<testsuite name=\"check\" tests=\"1\" failures=\"1\">",
        "<testcase classname=\"patterns/greeting.yaml\" name=\"unknown-reference at 3:11\"",
    ] {
        assert_eq!(report.stdout.matches(case).count(), 1, "{case}\n{}", report.stdout);
    }
    let report = place.run(&["test", "--locked", "--format", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let failed = json!([report["summary"]["failed"], report["summary"]["errors"]]);
    assert_eq!(failed, json!([1, 2]));
    assert_eq!(report["units"][0]["runs"][0]["faults"][0]["rule"], "ledger-stale");
}

#[test]
fn a_part_of_the_ledger_can_be_asked_and_a_part_may_be_empty() {
    let place = proven();
    place.edit("patterns/gate.yaml", "{\"key\": \"right\"}", "{\"key\": \"left\"}");
    let status = |shard: &str| place.run(&["test", "--locked", "--shard", shard]).status;
    // The example is the fourth of six.
    assert_eq!(["1/3", "2/3", "3/3"].map(status), [1, 0, 0]);
    for arguments in [&["test", "--locked"][..], &["test", "--trust"]] {
        let run = place.run(&[arguments, &["--shard", "7/7"]].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, "shard 7/7 has no examples\n"));
        assert!(run.stdout.starts_with("tested 0 examples"), "{}", run.stdout);
    }
}

#[test]
fn what_has_errors_itself_is_not_noted() {
    let place = Place::with("holds");
    place.edit("patterns/gate.yaml", "id: gate\n", "id: gate\nrelated: [gaet]\n");
    let report = place.test(&["gate", "greeting/willing"], 1);
    let rules = report["diagnostics"].as_array().unwrap().iter().map(|found| &found["rule"]);
    assert_eq!(rules.collect::<Vec<_>>(), ["unknown-reference"]);
    assert_eq!(entries(&place.read("ledger.json").unwrap()), ["greeting/willing: ran, 8, 0"]);
}

#[test]
fn a_failure_is_known_as_soon_as_it_is_seen() {
    let place = Place::empty();
    for (path, text) in SMALL {
        write(&place.project(), path, text.as_bytes());
    }
    let code = "language: bash\n    tests: [{name: one}, {name: two}]\n    code: |\n      exit 0";
    place.edit("patterns/one.yaml", "language: json\n    code: |\n      {\"a\": 1}", code);
    place.test(&[], 0);
    // The ledger says of the code that fails what was true of the one that held.
    place.edit("patterns/one.yaml", "exit 0", "[ ! -e slow ] || exec sleep 8; exit 7");
    place.edit("patterns/one.yaml", "{name: two}", "{name: two, setup: {files: [{path: slow}]}}");
    let arguments = ["test", "--again", "--jobs", "1"];
    let mut run = place.start(&arguments);
    let has_entry = || place.read("ledger.json").unwrap().contains("one/config");
    while has_entry() && run.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(run.try_wait().unwrap().is_none(), "it was known only at the end");
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(!has_entry());
}
