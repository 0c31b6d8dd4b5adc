//! Contracts and labs that every project has, and that work without a project.

/// Path and text of each of their files, sorted by path.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/equipment.rs"));
