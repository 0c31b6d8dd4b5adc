//! Cases in which the script never asked the token endpoint: they tested nothing, and so none of
//! them counts as held.

use serde_json::json;

use super::{LAB, case_name};
use crate::model::yaml::contract::When;
use crate::model::yaml::proof::{Expectation, Requests};
use crate::report::probe::NOT_ASKED;
use crate::verify::plan::{Check, Test, Unit};
use crate::verify::result::{RunResult, UnitResult, fault};
use crate::verify::rules::TEST_FAILED;

/// Faults of a connection that come before any request.
const BEFORE_REQUEST: [&str; 5] = ["black-hole", "no-tls", "refused", "tls-reset", "wrong-ca"];

/// The case that ends a script, perhaps before it asked.
const ENDED: &str = "terminated";

/// Expects a request of every case in which the endpoint answers with a fault.
pub(super) fn watch(unit: &mut Unit) {
    for test in unit.tests.iter_mut().filter(|test| must_ask(test)) {
        let requests = Requests { some: Some(json!({})), ..Requests::default() };
        let requests = [(LAB.to_owned(), requests)].into();
        let expect = Expectation { requests, ..Expectation::default() };
        if let Some(step) = test.steps.first_mut() {
            step.checks.push(Check { property: None, says: None, when: When::Always, expect });
        }
    }
}

/// Turns what [`watch`] found into words. If no case asked, then those too tested nothing that
/// hold without a request.
pub(super) fn tell(unit: &Unit, result: &mut UnitResult) {
    let awaited = |run: &&mut RunResult| {
        unit.tests.iter().any(|test| test.name == run.name && must_ask(test))
    };
    let all = result.runs.iter_mut().filter(awaited).count();
    let mut unasked = 0;
    for run in result.runs.iter_mut().filter(awaited).filter(|run| lacks_request(run)) {
        unasked += 1;
        not_asked(unit, run);
    }
    if all > 0 && unasked == all {
        result.runs.iter_mut().for_each(|run| not_asked(unit, run));
    }
}

fn must_ask(test: &Test) -> bool {
    let fault = test.labs.get(LAB).and_then(|options| options.get("fault")?.as_str());
    fault.is_some_and(|fault| !BEFORE_REQUEST.contains(&fault)) && case_name(&test.name) != ENDED
}

fn lacks_request(run: &RunResult) -> bool {
    let message = format!("`{LAB}` received no request");
    run.faults.iter().any(|fault| fault.message.starts_with(&message))
}

/// Whatever else is found of such a case comes of this.
fn not_asked(unit: &Unit, run: &mut RunResult) {
    run.faults = vec![fault(&TEST_FAILED, unit.span.clone(), NOT_ASKED.to_owned())];
}
