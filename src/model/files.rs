//! Adds files to the sources of a run, readable or not.

use super::rules::{FILE_TOO_LARGE, NOT_UTF8, PATH_OUTSIDE_PROJECT, UNREADABLE_FILE};
use crate::diagnostic::Diagnostic;
use crate::source::disk::Unreadable;
use crate::source::{FileId, SourceFile, Sources, Span};

/// Adds a file that may be unreadable; says whether its text can be worked on.
pub fn add(
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
    path: &str,
    text: Result<String, Unreadable>,
) -> (FileId, bool) {
    let problem = match text {
        Ok(text) => return (sources.add(SourceFile::new(path, text)), true),
        Err(problem) => problem,
    };
    let (text, at) = match &problem {
        Unreadable::NotUtf8(at, text) => (text.clone(), *at),
        _ => (String::new(), 0),
    };
    let file = sources.add(SourceFile::unreadable(path, text));
    diagnostics.push(describe(&problem, path, Span::new(file, at..at)));
    (file, false)
}

/// Says why the file at `path` cannot be read; `span` is where it is named.
pub fn describe(problem: &Unreadable, path: &str, span: Span) -> Diagnostic {
    match problem {
        Unreadable::Missing => {
            Diagnostic::new(&UNREADABLE_FILE, span, format!("there is no file `{path}`"))
                .help("write it, or correct the name")
        }
        Unreadable::NotAFile => {
            Diagnostic::new(&UNREADABLE_FILE, span, format!("`{path}` is no regular file"))
                .help("name a file, not a folder or a device")
        }
        Unreadable::Io(error) => {
            Diagnostic::new(&UNREADABLE_FILE, span, format!("cannot read `{path}`: {error}"))
        }
        Unreadable::Outside => Diagnostic::new(
            &PATH_OUTSIDE_PROJECT,
            span,
            format!("`{path}` leads out of the project"),
        )
        .help("name a file of this project, without `..` and without a leading `/`"),
        Unreadable::Link => {
            let message = format!("`{path}` goes through a symbolic link");
            Diagnostic::new(&PATH_OUTSIDE_PROJECT, span, message)
                .help("put the file itself into the project")
        }
        Unreadable::TooLarge(limit) => {
            let message = format!("`{path}` is larger than {} MiB", limit >> 20);
            Diagnostic::new(&FILE_TOO_LARGE, span, message).help("split it, or move it elsewhere")
        }
        Unreadable::NotUtf8(..) => {
            Diagnostic::new(&NOT_UTF8, span, format!("`{path}` is not UTF-8 from here on"))
                .help("save the file as UTF-8")
        }
    }
}
