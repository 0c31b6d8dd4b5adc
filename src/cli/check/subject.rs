//! What `check` looked at, and what it found there: a project, or files of any origin.

use std::path::PathBuf;

use crate::cli::project::Project;
use crate::error::Error;
use crate::inspect::Inspection;
use crate::report::{Report, Root};
use crate::source::{FileId, Sources};

/// What was looked at.
pub(super) enum Subject {
    /// A project.
    Project(Box<Project>),
    /// Files of any origin.
    Tree(Tree),
}

/// Files of any origin, and what was found in them.
pub(super) struct Tree {
    pub(super) sources: Sources,
    pub(super) inspection: Inspection,
    /// Where the person stands.
    pub(super) root: Root,
}

impl Subject {
    pub(super) fn parts(&self) -> (&Sources, &Inspection) {
        match self {
            Self::Project(project) => (&project.sources, &project.inspection),
            Self::Tree(tree) => (&tree.sources, &tree.inspection),
        }
    }

    pub(super) fn parts_mut(&mut self) -> (&mut Sources, &mut Inspection) {
        match self {
            Self::Project(project) => (&mut project.sources, &mut project.inspection),
            Self::Tree(tree) => (&mut tree.sources, &mut tree.inspection),
        }
    }

    /// Where a file is, from where the person stands.
    pub(super) fn path(&self, file: FileId) -> PathBuf {
        let path = &self.parts().0.file(file).path;
        match self {
            Self::Project(project) => project.folder.root().join(path),
            Self::Tree(_) => PathBuf::from(path),
        }
    }

    /// Says why a part of it could not be looked at.
    pub(super) fn require_whole(self) -> Result<(), Error> {
        match self {
            Self::Project(project) => project.plugin,
            Self::Tree(_) => Ok(()),
        }
    }

    pub(super) fn report(&self) -> Report<'_> {
        match self {
            Self::Project(project) => project.report(),
            Self::Tree(Tree { sources, inspection, root }) => {
                Report { sources, base: "", inspection, patterns: None, root }
            }
        }
    }
}
