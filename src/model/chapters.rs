//! The hand-written Markdown of a project: its README and the chapters of its book.

use super::files::add;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::source::disk::{Folder, TEXT_LIMIT};
use crate::source::{FileId, Sources};

/// The folder with the book's hand-written files.
pub const BOOK_SOURCE: &str = "book/src/";

/// The hand-written files of a project.
#[derive(Debug, Default)]
pub struct Chapters {
    /// Every Markdown file, by its path in the project.
    pub markdown: Vec<(String, FileId)>,
    /// Pictures and other files of the book, by their path below `book/src/`.
    pub assets: Vec<(String, Vec<u8>)>,
    /// `book/book.toml`, if there is one.
    pub config: Option<FileId>,
}

/// Reads the hand-written files.
pub(super) fn load(
    folder: &Folder,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Chapters, Error> {
    let mut chapters = Chapters::default();
    let mut paths = folder.files(BOOK_SOURCE.trim_end_matches('/'))?;
    if folder.has("README.md") {
        paths.push("README.md".to_owned());
    }
    for path in paths {
        if !path.ends_with(".md") {
            let name = path.strip_prefix(BOOK_SOURCE).unwrap_or(&path).to_owned();
            match folder.read_bytes(&path, TEXT_LIMIT) {
                Ok(bytes) => chapters.assets.push((name, bytes)),
                Err(problem) => {
                    add(sources, diagnostics, &path, Err(problem));
                }
            }
            continue;
        }
        let text = folder.read(&path, TEXT_LIMIT);
        let (file, is_readable) = add(sources, diagnostics, &path, text);
        if is_readable {
            chapters.markdown.push((path, file));
        }
    }
    if folder.has("book/book.toml") {
        let text = folder.read("book/book.toml", TEXT_LIMIT);
        let (file, is_readable) = add(sources, diagnostics, "book/book.toml", text);
        chapters.config = is_readable.then_some(file);
    }
    Ok(chapters)
}
