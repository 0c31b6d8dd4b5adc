//! What the files of a tree are for, when their own names do not say it: scripts that a
//! configuration names, scripts without an ending, and the other texts of a plugin or a skill.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::lint::document::join;
use crate::lint::{self, Kind, leak};
use crate::source::disk::{self, DATA_LIMIT};

use super::tree::display;

/// Folders whose files without an ending may be scripts.
const SCRIPT_FOLDERS: [&str; 4] = ["scripts", "bin", "hooks", "helpers"];

/// What makes a folder one whose texts are all published together.
const UNITS: [&str; 2] = ["SKILL.md", ".claude-plugin/plugin.json"];

/// What is known of the files of a tree from one another.
#[derive(Debug, Default)]
pub(super) struct Roles {
    /// The folders of plugins and skills, with a `/` behind each.
    units: BTreeSet<String>,
    /// Scripts that some configuration runs for the headers of a server.
    helpers: BTreeSet<String>,
}

impl Roles {
    /// Reads the configurations among the files of a tree.
    pub(super) fn read(files: &[PathBuf]) -> Self {
        let mut roles = Self::default();
        for file in files {
            let path = display(file);
            for unit in UNITS {
                if let Some(folder) = path.strip_suffix(unit)
                    && (folder.is_empty() || folder.ends_with('/'))
                {
                    roles.units.insert(folder.to_owned());
                }
            }
            if lint::names_helpers(&path) {
                let text = disk::read(file, DATA_LIMIT).unwrap_or_default();
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let root = folder.strip_suffix(".claude-plugin").unwrap_or(folder);
                let scripts = lint::helper_scripts(&text);
                let root = if root.is_empty() {
                    String::new()
                } else {
                    format!("{}/", root.trim_end_matches('/'))
                };
                let below = scripts.iter().filter_map(|script| join("", script));
                roles.helpers.extend(below.map(|script| format!("{root}{script}")));
            }
        }
        roles
    }

    /// Tells whether a file is worth a look, though it is neither Markdown nor a document of a
    /// kind by its name.
    pub(super) fn may_hold(&self, file: &Path) -> bool {
        let path = display(file);
        self.is_helper(&path) || may_be_script(&path) || self.is_published(&path)
    }

    /// Tells whether a file is a script of a kind, or a text to scan for secrets.
    pub(super) fn holds(&self, path: &str, text: &str) -> bool {
        self.kind(path, text).is_some() || self.is_published(path)
    }

    /// The kind of a file: by its path, by who names it, or by its first line.
    pub(super) fn kind(&self, path: &str, text: &str) -> Option<&'static dyn Kind> {
        let is_shell = is_shell_script(text);
        let by_content = may_be_script(path) && is_shell;
        let named = lint::recognize(path);
        let ends_as_shell = named.is_some_and(|kind| kind.name() == "shell");
        if self.is_helper(path) && (ends_as_shell || is_shell) {
            return lint::kind("credential-helper");
        }
        named.or_else(|| by_content.then(|| lint::kind("shell")).flatten())
    }

    /// Tells whether a file is a text that goes out with a plugin or a skill.
    pub(super) fn is_published(&self, path: &str) -> bool {
        leak::is_scanned(path) && self.is_in_unit(path)
    }

    /// Tells whether a file is part of a plugin or a skill.
    pub(super) fn is_in_unit(&self, path: &str) -> bool {
        let mut slashes = path.match_indices('/').map(|(at, _)| at);
        self.units.contains("") || slashes.any(|at| self.units.contains(&path[..=at]))
    }

    fn is_helper(&self, path: &str) -> bool {
        self.helpers.contains(path)
    }
}

fn may_be_script(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    !name.contains('.') && folder.split('/').any(|part| SCRIPT_FOLDERS.contains(&part))
}

fn is_shell_script(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let mut words = first.strip_prefix("#!").unwrap_or_default().split([' ', '/']);
    words.any(|word| matches!(word, "sh" | "bash" | "dash" | "zsh"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_without_ending_is_known_by_its_first_line() {
        let roles = Roles::default();
        let kind = |path, text| roles.kind(path, text).map(Kind::name);
        assert_eq!(kind("x/bin/deploy", "#!/usr/bin/env bash\n"), Some("shell"));
        assert_eq!(kind("x/bin/deploy", "#!/usr/bin/env python3\n"), None);
        assert_eq!(kind("docs/deploy", "#!/bin/sh\n"), None);
        assert_eq!(kind("a/b.sh", ""), Some("shell"));
    }

    #[test]
    fn only_texts_of_plugins_and_skills_are_published() {
        let units = ["a/skill/".to_owned()].into();
        let roles = Roles { units, ..Roles::default() };
        assert!(roles.is_published("a/skill/scripts/x.py"));
        assert!(!roles.is_published("a/other/x.py"));
        assert!(!roles.is_published("a/skill/logo.png"));
    }
}
