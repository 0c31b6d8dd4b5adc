//! The rules about what `test` runs.

use crate::diagnostic::{Profile, Rule, Severity};

/// Every rule of this module.
pub static RULES: &[&Rule] = &[
    &TEST_FAILED,
    &MUTANT_SURVIVED,
    &MUTANT_BROKEN,
    &LAB_FAILED,
    &LEDGER_STALE,
    &LEDGER_UNREADABLE,
];

const fn error(id: &'static str, summary: &'static str, explanation: &'static str) -> Rule {
    Rule { id, severity: Severity::Error, profile: Profile::Any, summary, explanation }
}

/// A test that fails.
pub static TEST_FAILED: Rule = error(
    "test-failed",
    "an example does not do what its test expects",
    "The example was run in the sandbox as the page shows it, and something that the test expects did not come. The \
     message says what; below it stands what the run printed, and the command that runs this test alone.",
);

/// A mutation that no test notices.
pub static MUTANT_SURVIVED: Rule = error(
    "mutant-survived",
    "a test passes although a security line is missing",
    "A mutation takes out or changes a line that security hangs on, and names the test that must fail then. It did \
     not fail: either the line does nothing, or the test does not look. The same holds for a don't: the attack that \
     it names must succeed against it.",
);

/// A mutation after which nothing works.
pub static MUTANT_BROKEN: Rule = error(
    "mutant-broken",
    "the changed code does not work at all",
    "A mutation must leave code that still does its work without the one line, or else any test fails and nothing is \
     proven. So the failing test must end as it should, with something there that it expects. Where it does not, \
     another test must pass: the first of the example that is not the same, or the one that `passes` names.",
);

/// A lab that does not work.
pub static LAB_FAILED: Rule = error(
    "lab-failed",
    "a lab or the sandbox failed, so nothing can be said",
    "The servers that the test needs did not start, or broke their protocol. This says nothing about the example.",
);

/// An example that the ledger does not prove.
pub static LEDGER_STALE: Rule = error(
    "ledger-stale",
    "the ledger does not prove an example as it is now",
    "The example, one of its tests, or a lab changed since `ledger.json` was written, or the example is new. \
     `patternbook test` runs it and notes what it proves; commit the ledger with the change.",
);

/// A ledger that cannot be read.
pub static LEDGER_UNREADABLE: Rule = error(
    "ledger-unreadable",
    "the ledger cannot be read, so it proves nothing",
    "`ledger.json` says what was proven, and is written by `patternbook test`. A merge of two branches leaves a \
     conflict in it where both proved something: take either side with `git checkout --ours ledger.json` or \
     `--theirs`, and run `patternbook test`, which adds what is missing. One that is broken in another way comes back \
     from Git, or is written anew by `patternbook test --again`.",
);
