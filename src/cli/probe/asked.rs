//! Cases in which the script never asked the token endpoint: they tested nothing, and so none of
//! them counts as held.

use std::collections::BTreeSet;

use serde_json::json;

use super::{LAB, case_name};
use crate::model::yaml::contract::{ContractFile, Outcome, When};
use crate::model::yaml::proof::{Expectation, Requests};
use crate::report::probe::NOT_ASKED;
use crate::verify::plan::{Check, Test, Unit};
use crate::verify::result::{RunResult, UnitResult, fault};
use crate::verify::rules::TEST_FAILED;

/// Faults of a connection that come before any request.
const BEFORE_REQUEST: [&str; 5] = ["black-hole", "no-tls", "refused", "tls-reset", "wrong-ca"];

/// The case that ends a script, perhaps before it asked.
const ENDED: &str = "terminated";

/// Expects a request of every case in which the endpoint answers with a fault, or the script is to
/// succeed. Gives the names of these tests.
pub(super) fn watch(unit: &mut Unit, contract: &ContractFile) -> BTreeSet<String> {
    let mut awaited = BTreeSet::new();
    for test in unit.tests.iter_mut().filter(|test| must_ask(test, contract)) {
        let requests = Requests { some: Some(json!({})), ..Requests::default() };
        let requests = [(LAB.to_owned(), requests)].into();
        let expect = Expectation { requests, ..Expectation::default() };
        if let Some(step) = test.steps.first_mut() {
            step.checks.push(Check { property: None, says: None, when: When::Always, expect });
            awaited.insert(test.name.clone());
        }
    }
    awaited
}

/// Turns what [`watch`] found into words. If no case asked, then those too tested nothing that
/// hold without a request.
pub(super) fn tell(unit: &Unit, awaited: &BTreeSet<String>, result: &mut UnitResult) {
    let mut unasked = 0;
    let is_unasked = |run: &&mut RunResult| awaited.contains(&run.name) && lacks_request(run);
    for run in result.runs.iter_mut().filter(is_unasked) {
        unasked += 1;
        not_asked(unit, run);
    }
    if unasked > 0 && unasked == awaited.len() {
        result.runs.iter_mut().for_each(|run| not_asked(unit, run));
    }
}

fn must_ask(test: &Test, contract: &ContractFile) -> bool {
    let name = case_name(&test.name);
    let fault = test.labs.get(LAB).and_then(|options| options.get("fault")?.as_str());
    let mut cases = contract.cases.iter();
    let asks = match fault {
        Some(fault) => !BEFORE_REQUEST.contains(&fault),
        None => cases.any(|case| case.name.value == name && case.outcome == Outcome::Success),
    };
    asks && name != ENDED
}

/// Tells whether what [`watch`] expects was found missing: any request is one such as `{}`.
fn lacks_request(run: &RunResult) -> bool {
    let message = format!("`{LAB}` received no request such as {{}}; the last: none at all");
    run.faults.iter().any(|fault| fault.message == message)
}

/// Whatever else is found of such a case comes of this.
fn not_asked(unit: &Unit, run: &mut RunResult) {
    run.faults = vec![fault(&TEST_FAILED, unit.span.clone(), NOT_ASKED.to_owned())];
}
