//! The `patternbook` program.

fn main() {}
