//! Why the tool itself cannot go on. Wrong input is a diagnostic, not an error.

use std::path::PathBuf;
use std::{error, fmt, io};

/// A failure of the tool or of the machine it runs on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder could not be written.
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder is in the way that this tool did not write.
    Foreign {
        /// The file or folder.
        path: PathBuf,
    },
    /// An output would go through a symbolic link.
    Link {
        /// The link.
        path: PathBuf,
    },
    /// No `patternbook.yaml` was found in a folder or in any folder above it.
    NoProject {
        /// Where the search began.
        start: PathBuf,
    },
    /// A path on the command line does not exist.
    NoSuchPath {
        /// The path.
        path: PathBuf,
    },
    /// Changes of files cannot be heard of.
    Watch {
        /// The folder.
        path: PathBuf,
        /// Why, and what to do.
        message: String,
    },
    /// Nothing can be served.
    Serve {
        /// Why.
        message: String,
    },
    /// A template could not be used.
    Template {
        /// What the template engine said, with the template's name, line and column.
        message: String,
    },
    /// Programs are missing that the sandbox needs.
    MissingPrograms {
        /// Each with what to install.
        programs: Vec<String>,
    },
    /// The sandbox cannot be had.
    Sandbox {
        /// Why, and what to do.
        message: String,
    },
    /// Something cannot be had, or failed, where there is no sandbox.
    Unconfined {
        /// Why.
        message: String,
    },
    /// A program could not be started.
    Start {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A lab could not be installed, did not start, or broke its protocol.
    Lab {
        /// Its name.
        name: String,
        /// What happened.
        message: String,
    },
    /// git could not say what was changed.
    Git {
        /// Since when.
        revision: String,
        /// What it said.
        message: String,
    },
    /// mdBook could not build the book.
    Book {
        /// What mdBook said.
        message: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, source } => write!(f, "cannot read `{}`: {source}", path.display()),
            Self::Write { path, source } => {
                write!(f, "cannot write `{}`: {source}", path.display())
            }
            Self::Foreign { path } => write!(
                f,
                "`{}` was there and patternbook did not write it; move it away, \
                 or for the site choose another `--out`",
                path.display()
            ),
            Self::Link { path } => write!(
                f,
                "`{}` is a symbolic link, and nothing is written through it; remove it",
                path.display()
            ),
            Self::NoProject { start } => write!(
                f,
                "no `patternbook.yaml` in `{}` or in any folder above it; \
                 go to a project's folder",
                start.display()
            ),
            Self::NoSuchPath { path } => write!(f, "`{}` does not exist", path.display()),
            Self::MissingPrograms { programs } => write!(
                f,
                "no sandbox without {}; on Debian and Ubuntu: \
                 apt install bubblewrap util-linux tar",
                programs.join(", ")
            ),
            Self::Sandbox { message } => write!(f, "the sandbox failed: {message}"),
            Self::Unconfined { message } => write!(f, "without a sandbox: {message}"),
            Self::Start { program, source } => write!(f, "cannot start `{program}`: {source}"),
            Self::Lab { name, message } => write!(f, "the lab `{name}` failed: {message}"),
            Self::Watch { path, message } => {
                write!(f, "cannot hear of changes in `{}`: {message}", path.display())
            }
            Self::Serve { message } => write!(f, "cannot serve the preview: {message}"),
            Self::Template { message } => write!(f, "cannot use the templates: {message}"),
            Self::Git { revision, message } => {
                write!(f, "cannot tell what was changed since `{revision}`: {message}")
            }
            Self::Book { message } => write!(f, "mdBook cannot build the book: {message}"),
        }
    }
}

impl error::Error for Error {}
