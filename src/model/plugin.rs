//! The hand-written files of the plugin: agents, commands, hooks, pictures.

use super::files::add;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::source::Sources;
use crate::source::disk::{Folder, TEXT_LIMIT};

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
}

/// Reads the hand-written files.
pub(super) fn load(
    folder: &Folder,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<PluginFile>, Error> {
    let mut files = Vec::new();
    for path in folder.all_files(PLUGIN_SOURCE)? {
        match folder.read_bytes(&path, TEXT_LIMIT) {
            Ok(bytes) => files.push(PluginFile {
                path: path[PLUGIN_SOURCE.len() + 1..].to_owned(),
                bytes,
                is_executable: folder.is_executable(&path),
            }),
            Err(problem) => {
                add(sources, diagnostics, &path, Err(problem));
            }
        }
    }
    Ok(files)
}
