//! Makes each output as files in memory, then writes them all at once.

pub mod add;
pub mod book;
pub mod bundle;
pub mod discovery;
pub mod html;
pub mod marketplace;
pub mod reference;
pub mod tree;
