//! The documents that an editor has open, as they are there and not on disk.

use std::path::PathBuf;
use std::sync::Arc;

use lsp_types::Uri;

use crate::source::{address, disk};

/// A document that is open.
#[derive(Debug, Clone)]
pub(super) struct OpenDocument {
    /// Its name in the protocol.
    pub(super) uri: Uri,
    /// Where it is on disk, if it is a file.
    pub(super) path: Option<PathBuf>,
    /// What the editor takes it for, such as `markdown`.
    pub(super) language: String,
    /// Its text, saved or not.
    pub(super) text: Arc<String>,
    /// The editor's number of this text.
    pub(super) version: i32,
    /// Our number of this text: no two texts of a session have the same.
    pub(super) revision: u64,
}

impl OpenDocument {
    /// The path that says what it is. What is no file goes by the language that it has in the
    /// editor.
    pub(super) fn name(&self) -> String {
        match (&self.path, self.language.as_str()) {
            (Some(path), _) => disk::with_slashes(path),
            (None, "markdown") => "untitled.md".to_owned(),
            (None, "shellscript") => "untitled.sh".to_owned(),
            (None, _) => String::new(),
        }
    }
}

/// Finds the path that a `file:` address names, without links where it is on disk.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let (scheme, rest) = uri.as_str().split_once("://")?;
    let rest = scheme.eq_ignore_ascii_case("file").then_some(rest)?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = PathBuf::from(address::decode(rest.strip_prefix('/').map(|_| rest)?)?);
    // A file that was never saved has the place where it will be.
    let full = disk::canonical(&path).ok().or_else(|| disk::place_of(&path));
    Some(full.unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, expected: Option<&str>) {
        assert_eq!(path_of(&uri.parse().unwrap()), expected.map(PathBuf::from));
    }

    #[test]
    fn only_files_have_paths() {
        check("file:///no-such/a%20b%C3%A4.md", Some("/no-such/a bä.md"));
        check("file://localhost/no-such/x.md#L1", Some("/no-such/x.md"));
        check("file:///no-such/%ff", None);
        check("untitled:Untitled-1", None);
        check("git:///no-such/x.md", None);
    }
}
