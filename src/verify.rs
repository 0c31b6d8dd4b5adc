//! Runs the tests of examples, and proves them by changing the code.
//!
//! [`plan`] says what is to be run, [`schedule`] runs it in parallel, [`result`] draws the
//! conclusions. Nothing here reads or writes a project.

pub mod attempt;
pub mod code;
pub mod judge;
pub mod marks;
pub mod plan;
pub mod result;
pub mod rules;
pub mod open;
mod scene;
pub mod schedule;
pub mod types;

/// Goes up when the meaning of a test changes, so that older proofs do not count.
pub const REVISION: u32 = 1;
