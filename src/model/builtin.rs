//! What works without a project: contracts and labs, and the patterns that `add` writes anywhere.

/// Path and text of each of their files, sorted by path.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/equipment.rs"));

/// Path and text of each pattern that has a part `add`, and of the files of its examples.
pub static PATTERNS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/patterns.rs"));
