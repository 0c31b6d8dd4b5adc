//! The files that a configuration names, and what is said of its variables in other files.

use super::home::{self, Home};
use super::rules;
use crate::diagnostic::{Finding, Fix};
use crate::lint::documented::Documents;
use crate::lint::unit::under;
use crate::lint::{Document, file_name, narrow, plugin, variable};
use crate::value::{Entry, Node};

/// Endings of files that no run makes.
static WRITTEN: &[&str] = &[
    "js", "mjs", "cjs", "ts", "mts", "py", "sh", "bash", "rb", "php", "jar", "json", "yaml", "yml",
    "toml",
];

/// Checks what servers name outside of their file.
pub(super) fn check(document: &Document<'_>, servers: &[Entry], found: &mut Vec<Finding>) {
    let Some(place) = document.place else { return };
    let home = Home::find(place);
    for server in servers {
        check_paths(document.text, &server.node, &home, found);
        check_script(document.text, &server.node, &home, found);
    }
    check_documented(document.text, servers, &home, found);
}

/// Every text of a server in which variables are expanded.
fn texts(server: &Node) -> impl Iterator<Item = &Node> {
    let lists = [server.get("env"), server.get("headers")].into_iter().flatten();
    let values = lists.flat_map(Node::entries).map(|entry| &entry.node);
    let single =
        ["command", "url", "headersHelper"].into_iter().filter_map(|name| server.get(name));
    values.chain(single).chain(server.get("args").into_iter().flat_map(Node::items))
}

fn check_paths(code: &str, server: &Node, home: &Home<'_>, found: &mut Vec<Finding>) {
    let helper = server.get("headersHelper");
    if let Some(node) = helper
        && let Some(named) = node.text().and_then(home::first_script)
    {
        check_exists(code, node, named.source, home, found);
    }
    let command = server.get("command");
    if let Some(node) = command
        && let Some(text) = node.text()
        && text.contains('/')
    {
        check_exists(code, node, text, home, found);
    }
    for node in server.get("args").into_iter().flat_map(Node::items) {
        let text = node.text().unwrap_or_default();
        let path = text.split_once('=').map_or(text, |(_, value)| value);
        let is_path = path.starts_with("${CLAUDE_PLUGIN_ROOT}/") || path.starts_with("./");
        let ending = file_name(path).rsplit_once('.').map_or("", |(_, ending)| ending);
        if is_path && WRITTEN.contains(&ending) {
            check_exists(code, node, path, home, found);
        }
    }
}

fn check_exists(code: &str, node: &Node, source: &str, home: &Home<'_>, found: &mut Vec<Finding>) {
    let Some(path) = home.path(source) else { return };
    if home.entry(source).is_some() || home.is_built(source) {
        return;
    }
    let message = format!("there is no file `{path}` in this {}", home.word());
    let range = narrow(code, node, source);
    let finding = Finding::new(&rules::MISSING_FILE, range, message);
    found.push(finding.help("add the file, or correct the path"));
}

/// A script in a language of which no kind has rules is judged here; a shell script is where it
/// stands.
fn check_script(code: &str, server: &Node, home: &Home<'_>, found: &mut Vec<Finding>) {
    let helper = server.get("headersHelper");
    let named = helper.and_then(|node| Some((node, home::first_script(node.text()?)?)));
    let command = server.get("command");
    let named = named.or_else(|| Some((command?, home::server_script(server)?)));
    let Some((node, named)) = named.filter(|(_, named)| named.is_direct) else { return };
    let name = file_name(named.source);
    let is_shell = name.ends_with(".sh") || name.ends_with(".bash") || !name.contains('.');
    let Some(entry) = home.entry(named.source).filter(|entry| !entry.is_folder) else { return };
    if is_shell || entry.is_executable {
        return;
    }
    let range = narrow(code, node, named.source);
    let finding = Finding::new(&rules::NOT_RUNNABLE, range, format!("`{name}` is not executable"));
    let path = home.path(named.source).map(|path| home.place.from_here(&path));
    let mut finding =
        finding.help(format!("run `chmod +x {name}`, or start it with its interpreter"));
    finding.fix = path.map(|path| Fix::MakeExecutable { path });
    found.push(finding);
}

/// Finds options of the user that the plugin's manifest does not declare.
pub(super) fn check_options(document: &Document<'_>, servers: &[Entry], found: &mut Vec<Finding>) {
    let code = document.text;
    let Some(manifest) = document.place.and_then(|place| Home::find(place).manifest()) else {
        return;
    };
    for node in servers.iter().flat_map(|server| texts(&server.node)) {
        for variable in variable::variables(node.text().unwrap_or_default()) {
            let Some(name) = variable.name.strip_prefix("user_config.") else { continue };
            let options = manifest.get("userConfig");
            if options.is_some_and(|options| options.get(name).is_some()) {
                continue;
            }
            let range = narrow(code, node, variable.source);
            let message =
                format!("`userConfig` of the plugin's manifest does not declare `{name}`");
            let finding = Finding::new(&plugin::UNDECLARED_OPTION, range, message);
            found.push(finding.help("declare it in `.claude-plugin/plugin.json`"));
        }
    }
}

fn check_documented(code: &str, servers: &[Entry], home: &Home<'_>, found: &mut Vec<Finding>) {
    let documents = Documents::new(home.place.neighbours, &home.root);
    let mut seen = Vec::new();
    for node in servers.iter().flat_map(|server| texts(&server.node)) {
        for variable in variable::variables(node.text().unwrap_or_default()) {
            let is_own = variable.name.contains('.') || variable.default.is_some();
            if is_own || seen.contains(&variable.name) || documents.explain(variable.name) {
                continue;
            }
            seen.push(variable.name);
            let range = narrow(code, node, variable.source);
            let message = format!("no document of this {} names `{}`", home.word(), variable.name);
            let finding = Finding::new(&rules::UNDOCUMENTED_VARIABLE, range, message);
            let readme = under(&home.root, "README.md");
            found.push(finding.help(format!("say in `{readme}` what it is and where to get it")));
        }
    }
}
