//! Inspects the hand-written files of the plugin as what they become there: an agent, a command,
//! hooks, a page among the skills.

use std::collections::BTreeMap;

use super::Inspection;
use super::roles::Roles;
use super::tree::{Request, inspect_file, is_document_at};
use crate::check::Strictness;
use crate::diagnostic::Diagnostic;
use crate::lint::document::{Entry, Neighbours, join};
use crate::markdown;
use crate::model::Catalog;
use crate::model::files::add;
use crate::model::plugin::PLUGIN_SOURCE;
use crate::source::disk::decode;
use crate::source::{FileId, Sources};

/// A plugin that is in memory.
#[derive(Debug, Default)]
pub struct Plugin {
    /// Its files, by their paths in it.
    pub files: BTreeMap<String, File>,
}

/// A file of a plugin.
#[derive(Debug)]
pub struct File {
    /// What it says.
    pub bytes: Vec<u8>,
    /// Whether its owner may execute it.
    pub is_executable: bool,
}

/// Reports the hand-written documents and scripts that are no texts; a picture need not be one.
pub fn check_texts(catalog: &Catalog, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) {
    for written in catalog.plugin.iter().filter(|written| written.file.is_none()) {
        // A page was reported when it was read.
        let is_document = !markdown::is_file(&written.path) && is_document_at(&written.path);
        if is_document || written.bytes.starts_with(b"#!") {
            let path = format!("{PLUGIN_SOURCE}/{}", written.path);
            add(sources, diagnostics, &path, decode(written.bytes.clone()));
        }
    }
}

/// Inspects the hand-written files of a plugin. What is found stands where they were written.
pub fn inspect(catalog: &Catalog, sources: &Sources, plugin: Plugin) -> Inspection {
    let roles = Roles::of_plugin(plugin);
    let request = Request::plain(Strictness::Documentation);
    let mut inspection = Inspection::default();
    for written in &catalog.plugin {
        let Some(file) = written.file else { continue };
        let path = &written.path;
        if is_document_at(path) || roles.holds(path, &sources.file(file).text) {
            inspection.append(inspect_file(sources, file, path, &roles, &request));
        }
    }
    inspection
}

/// The rules that say that a file is missing.
const OF_MISSING: [&str; 7] = [
    "hook-missing-file",
    "link-missing-file",
    "marketplace-missing-source",
    "mcp-missing-file",
    "plugin-missing-path",
    "skill-missing-file",
    "skill-missing-mention",
];

/// Leaves out that the hand-written files of a plugin name what is missing, where it may be of a
/// pattern that cannot be read. What comments suppress is to be taken out before.
pub fn leave_out_missing(catalog: &Catalog, inspection: &mut Inspection) {
    if catalog.unread.is_empty() {
        return;
    }
    let files: Vec<FileId> = catalog.plugin.iter().filter_map(|written| written.file).collect();
    inspection
        .diagnostics
        .retain(|found| !OF_MISSING.contains(&found.rule.id) || !files.contains(&found.span.file));
}

impl Neighbours for Plugin {
    fn entry(&self, path: &str) -> Option<Entry> {
        let path = join("", path)?;
        if let Some(file) = self.files.get(&path) {
            return Some(Entry { is_folder: false, is_executable: file.is_executable });
        }
        let is_folder = !self.files(&path).is_empty();
        is_folder.then_some(Entry { is_folder, is_executable: true })
    }

    fn text(&self, path: &str) -> Option<String> {
        String::from_utf8(self.files.get(&join("", path)?)?.bytes.clone()).ok()
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let is_below = |path: &&String| {
            let below = path.strip_prefix(folder);
            folder.is_empty() || below.is_some_and(|below| below.starts_with('/'))
        };
        self.files.keys().filter(is_below).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::KINDS;

    #[test]
    fn each_rule_of_what_is_missing_is_one() {
        let rules: Vec<&str> =
            KINDS.iter().flat_map(|kind| kind.rules()).map(|rule| rule.id).collect();
        for id in OF_MISSING {
            assert!(rules.contains(&id), "{id}");
        }
    }
}
