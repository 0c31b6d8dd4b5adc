//! Where a configuration stands: its plugin, its project, and the files that it names.

use crate::lint::document::{Entry, Place, join};
use crate::lint::script::Script;
use crate::lint::unit::{MANIFEST, under};
use crate::value::{Node, json};

/// The folder that `${CLAUDE_PLUGIN_ROOT}` stands for, with the slash behind it.
const PLUGIN_ROOT: &str = "${CLAUDE_PLUGIN_ROOT}/";

/// Programs that run the script which is their first argument.
static INTERPRETERS: &[&str] = &[
    "sh", "bash", "zsh", "dash", "node", "nodejs", "bun", "deno", "tsx", "python", "python3", "uv",
    "ruby", "perl", "php",
];

/// Where the relative paths of a configuration start.
pub(in crate::lint) struct Home<'a> {
    pub(in crate::lint) place: Place<'a>,
    /// The plugin, or else the folder of the configuration.
    pub(in crate::lint) root: String,
    pub(in crate::lint) is_plugin: bool,
}

/// A script that a configuration names.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::lint) struct Named<'a> {
    /// As it is written.
    pub(in crate::lint) source: &'a str,
    /// Whether it is run itself, and no interpreter is.
    pub(in crate::lint) is_direct: bool,
}

impl<'a> Home<'a> {
    /// Finds the plugin around a configuration, or takes its folder.
    pub(in crate::lint) fn find(place: Place<'a>) -> Self {
        let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let plugin = nearest(place, folder, MANIFEST);
        let is_plugin = plugin.is_some();
        Self { place, root: plugin.unwrap_or(folder).to_owned(), is_plugin }
    }

    /// Finds the plugin around a script, or the project whose configuration may name it.
    pub(in crate::lint) fn of_script(place: Place<'a>) -> Self {
        let home = Self::find(place);
        let project = nearest(place, &home.root, ".mcp.json").filter(|_| !home.is_plugin);
        let root = project.map_or_else(|| home.root.clone(), str::to_owned);
        Self { root, ..home }
    }

    /// The plugin's manifest, if this is a plugin and the manifest can be read.
    pub(in crate::lint) fn manifest(&self) -> Option<Node> {
        let text = self.place.neighbours.text(&under(&self.root, MANIFEST))?;
        json::parse(&text).filter(|_| self.is_plugin)
    }

    /// The path of what a configuration names, if it is one that can be found here.
    pub(in crate::lint) fn path(&self, source: &str) -> Option<String> {
        join(&self.root, &relative(source)?)
    }

    /// What is at the path that a configuration names.
    pub(in crate::lint) fn entry(&self, source: &str) -> Option<Entry> {
        self.place.neighbours.entry(&self.path(source)?)
    }

    /// What the folder is called in messages.
    pub(in crate::lint) fn word(&self) -> &'static str {
        if self.is_plugin { "plugin" } else { "project" }
    }

    /// Tells whether something that a build makes may be missing here.
    pub(in crate::lint) fn is_built(&self, source: &str) -> bool {
        const OUTPUTS: [&str; 8] =
            ["dist", "build", "out", "target", "node_modules", ".venv", "venv", "lib"];
        const BUILDERS: [&str; 5] =
            ["package.json", "pyproject.toml", "Cargo.toml", "go.mod", "Makefile"];
        let is_output = source.split('/').any(|part| OUTPUTS.contains(&part));
        let has = |name: &&str| self.place.neighbours.entry(&under(&self.root, name)).is_some();
        is_output && BUILDERS.iter().any(has)
    }
}

/// The nearest folder at or above `folder` that holds a file.
fn nearest<'f>(place: Place<'_>, folder: &'f str, file: &str) -> Option<&'f str> {
    let mut at = folder;
    loop {
        if place.neighbours.entry(&under(at, file)).is_some() {
            return Some(at);
        }
        match at.rsplit_once('/') {
            Some((parent, _)) => at = parent,
            None if !at.is_empty() => at = "",
            None => return None,
        }
    }
}

/// The path below the plugin or the project; nothing for what only a run can tell.
pub(in crate::lint) fn relative(source: &str) -> Option<String> {
    let path = source.strip_prefix(PLUGIN_ROOT).unwrap_or(source);
    let path = path.strip_prefix("${CLAUDE_PROJECT_DIR:-.}/").unwrap_or(path);
    let is_open = path.is_empty() || path.contains(['$', '*', '?', '<', '{', '~', ' ']);
    (!is_open && !path.starts_with('/')).then(|| path.to_owned())
}

/// The script that a shell command runs first.
pub(in crate::lint) fn first_script(command: &str) -> Option<Named<'_>> {
    let script = Script::read(command);
    let first = script.commands.first()?;
    let words = first.program();
    let is_runner = INTERPRETERS.contains(&first.name());
    let word = if is_runner {
        words.iter().skip(1).find(|word| !word.text.starts_with('-') && word.text != "run")?
    } else {
        words.first()?
    };
    let source = command.get(word.range.clone())?.trim_matches(['"', '\'']);
    // A name alone is a program on `PATH`.
    let is_path = source.contains('/') || is_runner && source.contains('.');
    is_path.then_some(Named { source, is_direct: !is_runner })
}

/// The script that a stdio server is, which its interpreter may be given as an argument.
pub(in crate::lint) fn server_script(server: &Node) -> Option<Named<'_>> {
    let command = server.get("command")?.text()?;
    let name = command.rsplit('/').next().unwrap_or_default();
    if !INTERPRETERS.contains(&name) {
        return command.contains('/').then_some(Named { source: command, is_direct: true });
    }
    let texts = server.get("args").into_iter().flat_map(Node::items).filter_map(Node::text);
    let source = texts.into_iter().find(|text| !text.starts_with('-') && *text != "run")?;
    source.contains(['/', '.']).then_some(Named { source, is_direct: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_a_command() {
        let check = |command, expected: Option<(&str, bool)>| {
            let found = first_script(command).map(|named| (named.source, named.is_direct));
            assert_eq!(found, expected, "{command}");
        };
        check(
            "${CLAUDE_PLUGIN_ROOT}/scripts/a.sh",
            Some(("${CLAUDE_PLUGIN_ROOT}/scripts/a.sh", true)),
        );
        check("\"${CLAUDE_PLUGIN_ROOT}/a.sh\" --x", Some(("${CLAUDE_PLUGIN_ROOT}/a.sh", true)));
        check("bash ./a.sh", Some(("./a.sh", false)));
        check("node -r x.js a.js", Some(("x.js", false)));
        check("aws-headers --json", None);
    }

    #[test]
    fn only_plain_paths_can_be_found() {
        assert_eq!(relative("${CLAUDE_PLUGIN_ROOT}/a/b.js").as_deref(), Some("a/b.js"));
        assert_eq!(relative("./a.js").as_deref(), Some("./a.js"));
        for source in ["/usr/bin/x", "${HOME}/x", "~/x", "a/*.js", ""] {
            assert_eq!(relative(source), None, "{source}");
        }
    }
}
