//! What the files of a tree are for, when their own names do not say it: scripts that a
//! configuration names, scripts without an ending, and the other texts of a plugin or a skill.

use std::collections::BTreeSet;
use std::path::Path;

use crate::lint::{self, Kind, leak};

use super::neighbours::Surroundings;
use super::plugin::Plugin;
use super::tree::display;
use super::units::Units;

/// Folders whose files without an ending may be scripts.
const SCRIPT_FOLDERS: [&str; 4] = ["scripts", "bin", "hooks", "helpers"];

/// What is known of files from what is around them.
#[derive(Debug, Default)]
pub(super) struct Roles {
    units: Units,
    /// The paths that a person named, which are never passed over in silence.
    named: BTreeSet<String>,
    /// Where documents may look around.
    pub(super) surroundings: Surroundings,
}

impl Roles {
    /// Looks at what is around files. Each comes with its path as a report shows it.
    pub(super) fn around<'f>(files: impl Iterator<Item = (&'f str, &'f Path)>) -> Self {
        Self { units: Units::around(files), ..Self::default() }
    }

    /// Notes which of the files a person named.
    pub(super) fn with_named(self, named: BTreeSet<String>) -> Self {
        Self { named, ..self }
    }

    /// What the files of a plugin in memory are for.
    pub(super) fn of_plugin(plugin: Plugin) -> Self {
        let (units, surroundings) = (Units::of_plugin(), Surroundings::of_plugin(plugin));
        Self { units, surroundings, ..Self::default() }
    }

    /// Tells whether a file is worth a look, though it is neither Markdown nor a document of a
    /// kind by its name.
    pub(super) fn may_hold(&self, file: &Path) -> bool {
        let path = display(file);
        self.recognize(&path).is_some()
            || self.units.is_helper(&path)
            || may_be_script(&path)
            || self.is_published(&path)
    }

    /// Tells whether a file is a script of a kind, or a text to scan for secrets.
    pub(super) fn holds(&self, path: &str, text: &str) -> bool {
        self.kind(path, text).is_some() || self.is_published(path)
    }

    /// The kind of a file by its path, wherever the person stands who named it.
    pub(super) fn recognize(&self, path: &str) -> Option<&'static dyn Kind> {
        lint::recognize(path).or_else(|| lint::recognize(&self.units.with_folders(path)?))
    }

    /// The kind of a file: by its path, by who names it, or by its first line.
    pub(super) fn kind(&self, path: &str, text: &str) -> Option<&'static dyn Kind> {
        let is_shell = is_shell_script(text);
        let by_content = is_shell && (may_be_script(path) || self.named.contains(path));
        let named = self.recognize(path);
        let ends_as_shell = named.is_some_and(|kind| kind.name() == "shell");
        if self.units.is_helper(path) && (ends_as_shell || is_shell) {
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
        self.units.is_published(path)
    }

    /// Tells whether a document may belong to a plugin, a skill or a marketplace, so that its
    /// links are checked.
    pub(super) fn is_linked(&self, path: &str) -> bool {
        self.units.is_linked(path)
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
}
