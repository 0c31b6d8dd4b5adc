//! Turns rendered content into the files of each target.

pub mod tree;
pub mod html;
