//! Loads pattern definitions, checks their examples, and publishes them.
//!
//! Data moves one way: a module may use the modules declared before it, never those
//! after it. `tests/it/tidy.rs` holds this.

pub mod error;
pub mod source;
pub mod diagnostic;
pub mod value;
pub mod schema;
pub mod markdown;
pub mod sandbox;
pub mod model;
pub mod check;
pub mod lint;
pub mod inspect;
pub mod lab;
pub mod verify;
pub mod ledger;
pub mod render;
pub mod publish;
pub mod project;
pub mod report;
pub mod lsp;
pub mod cli;
