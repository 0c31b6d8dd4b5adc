//! `test` and `merge`: examples are run in the real sandbox, and the ledger says what holds.
//!
//! The projects are in `tests/data/test`: one that holds, one in which each expectation fails
//! once, and one with every fault that is found without a run. They share contracts and a lab.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::place::{Place, runs};
use crate::support::{SMALL, assert_file, patternbook, repository, write};

/// What a run of the project that holds gives: its report and its ledger.
pub(crate) static HELD: LazyLock<(Value, String)> = LazyLock::new(|| {
    let place = Place::with("holds");
    let report = place.test(&[], 0);
    (report, place.read("ledger.json").unwrap())
});

/// A project that holds, with its ledger.
pub(crate) fn proven() -> Place {
    let place = Place::with("holds");
    place.write("ledger.json", &HELD.1);
    place
}

/// What each entry of a ledger says: its id, level, tests and changes.
pub(crate) fn entries(ledger: &str) -> Vec<String> {
    let ledger: Value = serde_json::from_str(ledger).unwrap();
    let entries = ledger["entries"].as_object().unwrap();
    let line = |(id, entry): (&String, &Value)| {
        format!(
            "{id}: {}, {}, {}",
            entry["level"].as_str().unwrap(),
            entry["tests"],
            entry["changes"]
        )
    };
    entries.iter().map(line).collect()
}

/// The units of a report, each with the level that it reached.
fn levels(report: &Value) -> Vec<String> {
    let units = report["units"].as_array().unwrap().iter();
    units.map(|unit| format!("{} {}", unit["id"].as_str().unwrap(), unit["level"])).collect()
}

#[test]
fn examples_that_hold_reach_their_level() {
    let (report, ledger) = &*HELD;
    let expected = [
        "counting/ask: ran, 6, 0",
        "counting/everything: ran, 8, 0",
        "gate/config: ran, 1, 0",
        "gate/script: proven, 3, 4",
        "greeting/unwilling: ran, 5, 0",
        "greeting/willing: ran, 8, 0",
    ];
    assert_eq!(entries(ledger), expected);
    let summary = json!({
        "examples": 6, "unchanged": 0, "passed": 37, "failed": 0, "errors": 0,
        "levels": {"shown": 1, "ran": 5, "proven": 1},
    });
    assert_eq!(report["summary"], summary);
    let failed: Vec<_> =
        runs(report).into_iter().filter(|(.., faults)| !faults.is_empty()).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn what_is_proven_is_not_run_again() {
    let place = proven();
    let run = place.run(&["test", "--trust"]);
    let expected = "tested 0 examples: 0 runs passed, 0 failed; 0 errors\n\
                    not run again, unchanged since the ledger: 6 examples\n\
                    examples by level: proven 1, ran 5, shown 1\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, expected));
    assert_eq!(place.read("ledger.json").unwrap(), HELD.1);
}

#[test]
fn no_cache_changes_a_result() {
    let place = proven();
    assert_eq!(place.test(&["--again"], 0), HELD.0);
    assert_eq!(place.read("ledger.json").unwrap(), HELD.1, "a proof that is repeated is no news");
    fs::remove_file(place.project().join("ledger.json")).unwrap();
    assert_eq!(place.test(&["--jobs", "2"], 0), HELD.0);
    assert_eq!(place.read("ledger.json").unwrap(), HELD.1);
}

#[test]
fn other_tools_run_it_again() {
    let place = proven();
    place.write("ledger.json", &HELD.1.replace("\"bash\": \"", "\"bash\": \"0."));
    assert_eq!(place.run(&["test", "--locked"]).status, 0);
    assert_eq!(
        levels(&place.test(&["gate"], 0)),
        ["gate/config \"ran\"", "gate/script \"proven\""]
    );
}

/// Edits a proven project, and expects these entries of the ledger to prove nothing any more.
#[track_caller]
fn check_stale(path: &str, from: &str, to: &str, expected: &[&str]) {
    let place = proven();
    place.edit(path, from, to);
    let run = place.run(&["test", "--locked", "--format", "json"]);
    assert_eq!(run.status, i32::from(!expected.is_empty()), "{}{}", run.stdout, run.stderr);
    let check = place.run(&["check", "--format", "json"]);
    assert_eq!(check.status, run.status, "{}", check.stdout);
    for (run, rule) in [(&run, "ledger-stale"), (&check, "not-proven")] {
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let found = report["diagnostics"].as_array().unwrap().iter();
        let id = |found: &Value| {
            found["message"].as_str().unwrap().split('`').nth(1).unwrap().to_owned()
        };
        let stale: Vec<String> = found.filter(|found| found["rule"] == rule).map(id).collect();
        assert_eq!(stale, expected, "{rule}: {}", run.stdout);
    }
}

#[test]
fn a_change_makes_stale_what_hangs_on_it() {
    let gate = "patterns/gate.yaml";
    let counting = "patterns/counting.yaml";
    let greeting = "patterns/greeting.yaml";
    let contract = "contracts/greeter.yaml";
    // The code: of the example, and of one that stands beside another.
    check_stale(gate, "echo open >state", "echo opened >state", &["gate/script", "gate/config"]);
    check_stale(gate, "{\"key\": \"right\"}", "{\"key\": \"left\"}", &["gate/config"]);
    check_stale(gate, "xargs)", "xargs -n 1)", &["gate/script"]);
    // A test: its name, setup, input, expectation, retry.
    check_stale(gate, "the key in it opens", "its key opens", &["gate/config"]);
    check_stale(gate, "content: right, mode", "content: wrong, mode", &["gate/script"]);
    check_stale(counting, "input: exit 7", "input: exit 8", &["counting/everything"]);
    check_stale(counting, "within: 5", "within: 6", &["counting/ask"]);
    check_stale(counting, "times: 2", "times: 3", &["counting/ask"]);
    check_stale(counting, "id: everything", "id: all", &["counting/all"]);
    // A mutation.
    check_stale(gate, "exit 1: \"true\"", "exit 1: \"false\"", &["gate/script"]);
    check_stale(gate, "        passes: others cannot read the state\n", "", &["gate/script"]);
    // A contract: its properties, a parameter, a case that does not apply, a value.
    check_stale(
        contract,
        "empty: false",
        "empty: true",
        &["greeting/willing", "greeting/unwilling"],
    );
    check_stale(contract, "default: hello", "default: hi", &["greeting/willing"]);
    check_stale(greeting, "name: world", "name: all", &["greeting/willing"]);
    check_stale(greeting, "greeting: good day", "greeting: hi", &["greeting/unwilling"]);
    // A lab.
    check_stale("labs/counter/main.mjs", "// Answers", "// Gives", &["counting/ask"]);
    check_stale("labs/counter/lab.yaml", "A server", "One", &["counting/ask"]);
}

#[test]
fn words_and_layout_leave_proofs_alone() {
    let gate = "patterns/gate.yaml";
    check_stale(gate, "id: gate\n", "# A comment.\n\nid: gate\n", &[]);
    check_stale(gate, "title: The script", "title: A script", &[]);
    let block = "expect:\n          exit: failure\n\n          stdout: {empty: true}\n          files: [{\"path\": state, count: 0}]";
    check_stale(
        gate,
        "expect: {exit: failure, stdout: {empty: true}, files: [{path: state, count: 0}]}",
        block,
        &[],
    );
    check_stale(gate, "remove: umask", "remove: umask 077", &[]);
    check_stale("contracts/greeter.yaml", "text: It keeps its secret.", "text: It is silent.", &[]);
    check_stale("patternbook.yaml", "summary: All of it.", "summary: All.", &[]);
}

#[test]
fn no_ledger_hides_a_failure_and_it_is_run_again_until_it_holds() {
    let place = proven();
    place.edit("patterns/gate.yaml", "echo open >state", "echo shut >state");
    assert_eq!(levels(&place.test(&[], 1)), ["gate/config \"ran\"", "gate/script null"]);
    let left = entries(&place.read("ledger.json").unwrap());
    assert!(!left.iter().any(|entry| entry.starts_with("gate/script")), "{left:?}");
    assert_eq!(levels(&place.test(&[], 1)), ["gate/script null"]);
    assert_eq!(levels(&place.test(&["--failed"], 1)), ["gate/script null"]);
    place.edit("patterns/gate.yaml", "echo shut >state", "echo open >state");
    assert_eq!(levels(&place.test(&["--failed"], 0)), ["gate/script \"proven\""]);
    let run = place.run(&["test", "--failed"]);
    assert_eq!((run.status, run.stderr.as_str()), (3, "nothing failed the last time\n"));
    place.test(&[], 0);
    assert_eq!(place.read("ledger.json").unwrap(), HELD.1);
}

#[test]
fn an_example_that_fails_without_a_change_loses_its_proof() {
    let place = Place::empty();
    for (path, text) in SMALL {
        write(&place.project(), path, text.as_bytes());
    }
    // It holds in every second second.
    let code = "language: bash\n    tests: [{name: it is even}]\n    code: |\n      exit $(($(date +%s) % 2))";
    place.edit("patterns/one.yaml", "language: json\n    code: |\n      {\"a\": 1}", code);
    let has_entry =
        || place.read("ledger.json").is_some_and(|ledger| ledger.contains("one/config"));
    for wanted in [true, false] {
        let status = i32::from(!wanted);
        while place.run(&["test", "--trust", "--again"]).status != status {}
        assert_eq!(has_entry(), wanted);
    }
}

#[test]
fn a_failure_that_is_gone_is_not_run_again() {
    let place = proven();
    place.edit("patterns/gate.yaml", "{\"key\": \"right\"}", "{\"key\": \"left\"}");
    place.test(&["gate/config"], 1);
    place.edit("patterns/gate.yaml", "id: config", "id: settings");
    assert_eq!(place.run(&["test", "--failed"]).status, 3);
}

#[test]
fn every_expectation_can_fail() {
    let place = Place::with("breaks");
    let report = place.test(&["--jobs", "12"], 1);
    let mut text = String::new();
    for (id, name, faults) in runs(&report) {
        text.push_str(&format!("{id}: {}\n", name.replace('\u{1b}', "\\e")));
        faults.iter().for_each(|fault| text.push_str(&format!("  {fault}\n")));
    }
    assert_file(&repository().join("tests/data/test/breaks/expected.txt"), &text);
    assert_eq!(place.read("ledger.json"), None, "a failure is no proof");
    let not_proven = |found: &Value| found["rule"] == "not-proven";
    assert!(
        !report["diagnostics"].as_array().unwrap().iter().any(not_proven),
        "that it failed says why it is not proven"
    );
}

#[test]
fn what_cannot_be_run_is_found_before() {
    let project = repository().join("tests/data/test/faulty");
    let run = patternbook(&project, &["check"]);
    assert_eq!(run.status, 1);
    assert_file(&project.join("expected.txt"), &run.stdout);
}

#[test]
fn tries_are_counted_and_labs_forget_between_them() {
    let unit = &HELD.0["units"][0];
    let tries =
        |run: &Value| (run["name"].as_str().unwrap().to_owned(), run["tries"].as_u64().unwrap());
    let tried: Vec<_> = unit["runs"].as_array().unwrap().iter().map(tries).collect();
    let more: Vec<_> = tried.iter().filter(|(_, tries)| *tries > 1).collect();
    let twice = ["a flaky server is asked again", "what fails beside others is tried again alone"];
    assert_eq!(more, twice.map(|name| (name.to_owned(), 2)).each_ref());
    let place = Place::with("breaks");
    let report = place.test(&["expectations/ends/tried three times"], 1);
    assert_eq!(report["units"][0]["runs"][0]["tries"], 3);
}

#[test]
fn a_report_for_programs_has_all_that_a_person_sees() {
    let place = Place::with("breaks");
    let report =
        place.test(&["expectations/ends/several at once", "expectations/ends/the last step"], 1);
    let again = "patternbook test --again 'expectations/ends/";
    let fault =
        |message: &str| json!({"rule": "test-failed", "property": null, "message": message});
    let expected = json!([{"id": "expectations/ends", "level": null, "runs": [
        {
            "name": "the last step", "passed": false, "tries": 2,
            "faults": [fault("expected exit status 0, but the exit status was 5")],
            "output": {
                "step": 3, "command": "bash './example.sh'", "end": "the exit status was 5",
                "stdout": "it is the third", "stderr": "",
            },
            "again": format!("{again}the last step'"),
        },
        {
            "name": "several at once", "passed": false, "tries": 2,
            "faults": [
                fault("expected exit status 0, but the exit status was 6"),
                fault("standard output should be `in`, and is `out`"),
                fault("standard error should be empty, and is `err`"),
            ],
            "output": {
                "step": 1, "command": "bash './example.sh'", "end": "the exit status was 6",
                "stdout": "out", "stderr": "err",
            },
            "again": format!("{again}several at once'"),
        },
    ]}]);
    assert_eq!(report["units"], expected);
    assert_eq!((&report["version"], &report["summary"]["failed"]), (&1.into(), &2.into()));
    let diagnostic = &report["diagnostics"][0];
    let place = ["path", "line", "column", "rule"].map(|key| diagnostic[key].clone());
    assert_eq!(
        place,
        [json!("patterns/expectations.yaml"), 24.into(), 15.into(), json!("test-failed")]
    );
}

/// Reads XML and prints each element with its attributes and text, or fails.
const READ_XML: &str = "
import sys, xml.etree.ElementTree as tree
for element in tree.parse(sys.argv[1]).iter():
    attributes = {name: value for name, value in element.attrib.items() if name != 'time'}
    print(element.tag, attributes, repr((element.text or '').strip()))
";

#[test]
fn junit_is_xml_whatever_an_example_prints() {
    let place = Place::with("breaks");
    let name = "expectations/ends/characters that no report may carry as they are";
    let arguments = ["test", "--trust", "--format", "junit", "--output", "report.xml", name];
    let run = place.run(&[&arguments[..], &["proofs"]].concat());
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("stdout | \u{fffd}[31m<&>\"]]>\u{fffd}\u{fffd}"), "{}", run.stdout);
    let path = place.project().join("report.xml");
    let mut python = Command::new("python3");
    let output = python.args(["-c", READ_XML]).arg(path).stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_file(&repository().join("tests/data/test/breaks/junit.txt"), &text);
}

#[test]
fn reports_of_one_run_go_to_several_files() {
    let place = Place::with("holds");
    let run = place.run(&["test", "--locked", "--format=junit=t.xml", "--format=json=t.json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("\ntested 0 examples"), "{}", run.stdout);
    let read = |name| fs::read_to_string(place.project().join(name)).unwrap();
    assert!(read("t.xml").starts_with("<?xml"));
    assert!(read("t.json").starts_with('{'));
}

#[test]
fn no_report_for_people_moves_the_cursor() {
    let place = Place::with("breaks");
    let run = place.run(&["test", "--trust", "expectations/ends"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    assert!(run.stdout.contains("exit 1 # \u{fffd}[31m"), "{}", run.stdout);
    let again = r"patternbook test --again 'expectations/ends/a name that is '\''quoted'\'', with ";
    assert!(run.stdout.contains(again), "{}", run.stdout);
}

#[test]
fn a_person_names_what_to_run() {
    let place = Place::with("holds");
    let test = "the right key opens";
    let one = |report: &Value| {
        runs(report).into_iter().map(|(id, name, _)| format!("{id}: {name}")).collect::<Vec<_>>()
    };
    let report = place.test(&[&format!("gate/script/{test}"), "greeting/willing/greeter/asked"], 0);
    assert_eq!(
        one(&report),
        [format!("gate/script: {test}"), "greeting/willing: greeter/asked".to_owned()]
    );
    assert_eq!(levels(&report), ["gate/script null", "greeting/willing null"]);
    assert_eq!(place.read("ledger.json"), None, "a part of an example proves nothing");
    let report =
        place.test(&["gate/script", &format!("gate/script/{test}"), "greeting/unwilling"], 0);
    assert_eq!(levels(&report), ["gate/script \"proven\"", "greeting/unwilling \"ran\""]);
    let ledger = entries(&place.read("ledger.json").unwrap());
    assert_eq!(ledger, ["gate/script: proven, 3, 4", "greeting/unwilling: ran, 5, 0"]);
    assert_eq!(
        levels(&place.test(&["gate"], 0)),
        ["gate/config \"ran\"", "gate/script \"proven\""]
    );
}

#[test]
fn a_part_that_fails_takes_the_proof_away() {
    let place = proven();
    place.edit("patterns/gate.yaml", "      echo open\n    tests", "      echo shut\n    tests");
    place.test(&["gate/script/the right key opens"], 1);
    assert_eq!(entries(&place.read("ledger.json").unwrap()).len(), 5);
}

/// Expects arguments of `test` to be refused with this message.
#[track_caller]
fn check_refused(arguments: &[&str], message: &str) {
    let place = Place::with("holds");
    let run = place.run(&[&["test", "--trust"], arguments].concat());
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), place.read("ledger.json")), ("", None));
}

#[test]
fn names_that_mean_nothing_are_refused() {
    check_refused(&["gaet"], "no example with tests is named `gaet`; did you mean `gate`?");
    check_refused(&["gate", "gate/scirpt"], "named `gate/scirpt`; did you mean `gate/script`?");
    check_refused(&["gate/note"], "no example with tests is named `gate/note`");
    check_refused(&[""], "no example with tests is named ``");
    check_refused(
        &["gate/script/the right key open"],
        "`gate/script` has no test `the right key open`; did you mean `the right key opens`?",
    );
    check_refused(
        &["greeting/willing/greeter/shouted-at"],
        "`greeting/willing` has no test `greeter/shouted-at`",
    );
    check_refused(&["--locked", "--again"], "cannot be used with");
    check_refused(&["--failed", "gate"], "cannot be used with");
    for shard in ["", "2", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"] {
        check_refused(&[&format!("--shard={shard}")], "write it as `2/5`, the second of five");
    }
    check_refused(&["--jobs", "0"], "0 is not in 1..=256");
}

#[test]
fn the_parts_of_a_sharded_run_add_up() {
    let whole = Place::with("holds");
    let mut arguments = vec![vec!["merge".to_owned()]; 2];
    for number in 1..=4 {
        let part = Place::with("holds");
        let report = part.test(&["--shard", &format!("{number}/4")], 0);
        let files = [
            ("ledger", part.read("ledger.json").unwrap()),
            ("report", with_times(report).to_string()),
        ];
        for (arguments, (name, text)) in arguments.iter_mut().zip(files) {
            let path = format!("{name}-{number}.json");
            whole.write(&path, &text);
            arguments.push(path);
        }
    }
    let run = |arguments: &[String]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        whole.run(&arguments)
    };
    let merged = run(&arguments[0]);
    assert_eq!((merged.status, merged.stderr.as_str()), (0, "the ledger proves 6 of 6 examples\n"));
    assert_eq!(whole.read("ledger.json").unwrap(), HELD.1);
    let merged = run(&arguments[1]);
    assert_eq!(merged.status, 0, "{}", merged.stderr);
    let merged = crate::place::timeless(serde_json::from_str(&merged.stdout).unwrap());
    assert_eq!(merged, HELD.0);
}

/// A report with a time in each run, as `merge` reads it.
fn with_times(mut report: Value) -> Value {
    for unit in report["units"].as_array_mut().unwrap() {
        unit["runs"].as_array_mut().unwrap().iter_mut().for_each(|run| run["seconds"] = 0.0.into());
    }
    report
}

#[test]
fn only_what_proves_the_examples_as_they_are_is_merged() {
    let place = Place::with("holds");
    place.write("other.json", &HELD.1);
    place.edit("patterns/gate.yaml", "echo open >state", "echo opened >state");
    let run = place.run(&["merge", "other.json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, "the ledger proves 4 of 6 examples\n"));
    place.write("none.json", "[]");
    let run = place.run(&["merge", "none.json"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    let what = "`none.json` is neither a ledger nor a report of `patternbook test --format json`";
    assert!(run.stderr.contains(what), "{}", run.stderr);
    place.write("broken.json", &HELD.1[..HELD.1.len() / 2]);
    let run = place.run(&["merge", "broken.json"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("the ledger cannot be read: "), "{}", run.stderr);
    let run = place.run(&["merge", "nowhere.json"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[test]
fn a_stranger_s_project_is_not_run_without_consent() {
    let place = Place::with("holds");
    let run = place.run(&["test", "gate/config"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    let way_out =
        "are not trusted on this machine, so none was run. Read them; then add `--trust`, once";
    assert!(run.stderr.contains(way_out), "{}", run.stderr);
    assert_eq!(place.read("ledger.json"), None);
    place.test(&["gate/config"], 0);
    assert_eq!(place.run(&["test", "gate/config"]).status, 0, "consent is remembered");
    let elsewhere = tempfile::tempdir().unwrap();
    crate::support::copy_folder(&place.project(), elsewhere.path());
    assert_eq!(place.run_in(elsewhere.path(), &["test"]).status, 2, "consent is for one place");
    assert_eq!(place.run_in(elsewhere.path(), &["test", "--locked"]).status, 1);
}

#[test]
fn a_project_without_tests_has_nothing_to_run() {
    let place = Place::empty();
    for (path, text) in SMALL {
        write(&place.project(), path, text.as_bytes());
    }
    let run = place.run(&["test"]);
    let message = "nothing was run: no example has `tests` or `contracts`\n";
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (3, "", message));
}
