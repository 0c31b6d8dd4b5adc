//! Loads pattern definitions, checks their examples, and publishes them.
//!
//! Most use this through the program `patternbook`. As a library it answers the same questions
//! without a process. These are the ways in that others may build on:
//!
//! - [`inspect::tree::inspect`] checks files and folders, as `patternbook check PATH` does.
//! - [`inspect::tree::inspect_text`] checks one text in memory, by the path that it has.
//! - [`check::check`] checks a snippet in one language.
//! - [`lint::lint`] holds a document against the rules of its kind.
//! - [`project::inspect`] loads and checks a project.
//! - [`publish::reference::all_rules`] lists every rule.
//!
//! ```
//! use patternbook::check::Strictness;
//! use patternbook::inspect::tree;
//!
//! let text = "Call it:\n\n```bash\ncurl https://example.com | jq '.a\n```\n";
//! let (sources, inspection) = tree::inspect_text("README.md", text, Strictness::Documentation);
//! for found in &inspection.diagnostics {
//!     let file = sources.file(found.span.file);
//!     let place = file.position(found.span.start);
//!     println!("{}:{}:{}: {}", file.path, place.line, place.column, found.message);
//! }
//! assert_eq!(inspection.diagnostics.len(), 1);
//! ```
//!
//! None of these prints, or starts a process; only those that take the path of a file or a
//! folder read. Wrong input is a [`diagnostic::Diagnostic`], never an error or a panic; an
//! [`error::Error`] is a tool that cannot go on. Ids of rules are permanent. The rest of the
//! crate is public so that its own program and tests can be built on it, and may change.
//!
//! # Modules
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
pub mod preprocess;
pub mod report;
pub mod serve;
pub mod lsp;
pub mod cli;
