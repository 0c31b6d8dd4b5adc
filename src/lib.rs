//! Loads pattern definitions, checks their examples, and publishes them.
//!
//! Data moves one way: a module may use the modules declared before it, never those
//! after it. `tests/it/tidy.rs` holds this.

pub mod error;
pub mod source;
pub mod diagnostic;
pub mod value;
pub mod schema;
pub mod check;
pub mod lint;
