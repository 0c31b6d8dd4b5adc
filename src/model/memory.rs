//! What a program that reads a project again and again need not read twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::yaml::PatternFile;

/// The patterns as they were read last, by the paths of their files.
#[derive(Debug, Default)]
pub struct Memory {
    patterns: Mutex<HashMap<String, (String, Arc<PatternFile>)>>,
}

impl Memory {
    /// What a file says, if it was read without a fault and its text is still the same.
    pub(super) fn pattern(&self, path: &str, text: &str) -> Option<Arc<PatternFile>> {
        let patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, content) = patterns.get(path)?;
        (known == text).then(|| Arc::clone(content))
    }

    /// Keeps what a file without a fault says.
    pub(super) fn keep(&self, path: &str, text: &str, content: &Arc<PatternFile>) {
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        patterns.insert(path.to_owned(), (text.to_owned(), Arc::clone(content)));
    }
}
