//! The hand-written files of the plugin: agents, commands, hooks, pictures.

use super::files::add;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::markdown;
use crate::source::disk::{Folder, TEXT_LIMIT, decode};
use crate::source::{FileId, Sources};

/// The folder that holds them, as the plugin does.
pub const PLUGIN_SOURCE: &str = "plugin";

/// A file that goes into the plugin as it is.
#[derive(Debug)]
pub struct PluginFile {
    /// Its path in the plugin, such as `agents/reviewer.md`.
    pub path: String,
    /// What it says.
    pub bytes: Vec<u8>,
    /// Whether it may be executed.
    pub is_executable: bool,
    /// The file, if it is a text.
    pub file: Option<FileId>,
}

/// Reads the hand-written files.
pub(super) fn load(
    folder: &Folder,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<PluginFile>, Error> {
    let mut files = Vec::new();
    for path in folder.all_files(PLUGIN_SOURCE)? {
        let bytes = match folder.read_bytes(&path, TEXT_LIMIT) {
            Ok(bytes) => bytes,
            Err(problem) => {
                add(sources, diagnostics, &path, Err(problem));
                continue;
            }
        };
        let text = decode(bytes.clone());
        // A picture is no text; a page has to be one.
        let file = if text.is_ok() || markdown::is_file(&path) {
            let (file, is_readable) = add(sources, diagnostics, &path, text);
            is_readable.then_some(file)
        } else {
            None
        };
        files.push(PluginFile {
            path: path[PLUGIN_SOURCE.len() + 1..].to_owned(),
            bytes,
            is_executable: folder.is_executable(&path),
            file,
        });
    }
    Ok(files)
}
