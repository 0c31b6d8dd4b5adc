//! Tells which variables the documents of a plugin or a project name.

use std::cell::OnceCell;

use super::document::Neighbours;
use super::file_name;
use super::unit::under;

/// Variables that a system or Claude Code itself sets.
static SET_ANYWAY: &[&str] = &[
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "PWD",
    "OLDPWD",
    "SHELL",
    "TMPDIR",
    "LANG",
    "TERM",
    "HOSTNAME",
    "UID",
    "EUID",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "IFS",
    "APPDATA",
    "USERPROFILE",
    "PORT",
    "CI",
    "EDITOR",
    "USERNAME",
    "PPID",
    "OSTYPE",
    "BASH",
    "FUNCNAME",
    "PIPESTATUS",
    "EPOCHSECONDS",
    "EPOCHREALTIME",
    "SRANDOM",
    "GROUPS",
    "DIRSTACK",
    "HOSTTYPE",
    "MACHTYPE",
    "SHELLOPTS",
    "OPTARG",
    "OPTIND",
    "REPLY",
    "COLUMNS",
    "LINES",
];

/// Starts of the names of such variables.
static SET_ANYWAY_STARTS: &[&str] = &["CLAUDE_", "XDG_", "LC_", "BASH_", "GITHUB_ACTION"];

/// Where documents stand, besides the README.
static FOLDERS: &[&str] = &["docs", "doc", "skills", "commands", "agents", "references"];
static FILES: &[&str] = &[
    "INSTALL.md",
    "SETUP.md",
    "CONFIGURATION.md",
    "CONTRIBUTING.md",
    "CLAUDE.md",
    "AGENTS.md",
    "SKILL.md",
    "SECURITY.md",
    ".env.example",
    ".env.sample",
    ".env.template",
    ".claude-plugin/plugin.json",
];

/// The documents of a folder, read when they are asked for.
pub(super) struct Documents<'a> {
    neighbours: &'a dyn Neighbours,
    root: &'a str,
    readme: OnceCell<Option<String>>,
    others: OnceCell<String>,
}

impl<'a> Documents<'a> {
    /// Makes the documents of the folder `root`.
    pub(super) fn new(neighbours: &'a dyn Neighbours, root: &'a str) -> Self {
        Self { neighbours, root, readme: OnceCell::new(), others: OnceCell::new() }
    }

    /// Tells whether a variable needs no document, or has one. Where there is no README,
    /// nobody expects one.
    pub(super) fn explain(&self, name: &str) -> bool {
        if SET_ANYWAY.contains(&name)
            || SET_ANYWAY_STARTS.iter().any(|start| name.starts_with(start))
        {
            return true;
        }
        let readme = self.readme.get_or_init(|| self.read_readme());
        let Some(readme) = readme else { return true };
        names(readme, name) || names(self.others.get_or_init(|| self.read_others()), name)
    }

    fn read_readme(&self) -> Option<String> {
        let names = ["README.md", "README", "readme.md", "Readme.md", "README.markdown"];
        names.iter().find_map(|name| self.neighbours.text(&under(self.root, name)))
    }

    /// The other documents. Not every file of the folder: it may be a large repository.
    fn read_others(&self) -> String {
        let is_document = |path: &String| file_name(path).ends_with(".md");
        let folders =
            FOLDERS.iter().flat_map(|folder| self.neighbours.files(&under(self.root, folder)));
        let single = FILES.iter().map(|name| under(self.root, name));
        let paths = single.chain(folders.filter(is_document));
        let texts = paths.filter_map(|path| self.neighbours.text(&path));
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// Tells whether a text has the whole name in it.
fn names(text: &str, name: &str) -> bool {
    let is_part = |next: char| next.is_ascii_alphanumeric() || next == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
