//! What a document belongs to: the plugin or the skill around it, as its place tells.
//!
//! What makes a folder a unit, such as a plugin, is said here and nowhere else.

use super::document::{Place, join};
use crate::value::{Node, json};

/// What makes a folder a skill.
pub const SKILL: &str = "SKILL.md";

/// What makes a folder a plugin or a marketplace: a folder in it.
pub const PLUGINS: &str = ".claude-plugin";

/// What makes a folder a plugin: the manifest, below its root.
pub const MANIFEST: &str = ".claude-plugin/plugin.json";

/// What makes a folder one that its documents may look around in, the first that is anywhere
/// above them: a plugin is copied whole, and nothing outside of it comes along.
pub const SURROUNDINGS: [&str; 4] = [PLUGINS, ".git", ".claude", SKILL];

/// The configurations of a plugin or a project, below its root, that may name scripts of it.
pub const CONFIGURATIONS: [&str; 3] = [".mcp.json", "managed-mcp.json", MANIFEST];

/// The list of plugins, below the root of a marketplace.
const MARKETPLACE: &str = ".claude-plugin/marketplace.json";

/// A plugin that a document belongs to.
pub(super) struct Plugin {
    /// Its folder, below the folder that the rules may look into; empty for that folder itself.
    pub root: String,
    /// Its manifest, or its entry in the marketplace when it has none. Nothing when it cannot be
    /// read.
    pub manifest: Option<Node>,
}

/// Finds the plugin around a document.
pub(super) fn plugin(place: &Place<'_>) -> Option<Plugin> {
    for root in folders_around(place.path) {
        let manifest = under(root, MANIFEST);
        if place.neighbours.entry(&manifest).is_some() {
            let text = place.neighbours.text(&manifest);
            let manifest = text.and_then(|text| json::parse(&text));
            return Some(Plugin { root: root.to_owned(), manifest });
        }
    }
    let marketplace = json::parse(&place.neighbours.text(MARKETPLACE)?)?;
    let base = marketplace.get("metadata").and_then(|metadata| metadata.get("pluginRoot"));
    let base = base.and_then(Node::text).unwrap_or_default();
    for entry in marketplace.get("plugins")?.items() {
        let Some(source) = entry.get("source").and_then(Node::text) else { continue };
        let Some(root) = join(base, source) else { continue };
        if below(place.path, &root).is_some() {
            return Some(Plugin { root, manifest: Some(entry.clone()) });
        }
    }
    None
}

/// Finds the folder of the skill around a document.
pub(super) fn skill_root(place: &Place<'_>) -> Option<String> {
    let is_skill = |root: &&str| place.neighbours.entry(&under(root, SKILL)).is_some();
    folders_around(place.path).find(is_skill).map(str::to_owned)
}

/// Tells whether a document is in the folder of a plugin or of a marketplace.
pub(super) fn is_in_plugin(place: &Place<'_>) -> bool {
    let is_root = |root: &str| {
        let folder = place.neighbours.entry(&under(root, PLUGINS));
        folder.is_some_and(|entry| entry.is_folder)
    };
    folders_around(place.path).any(is_root)
}

/// Tells whether Claude Code takes a document for a component: one in `folder` of a plugin, of
/// `.claude`, or named by the manifest under the field `folder`. A snippet is one.
pub(super) fn is_component(place: Option<&Place<'_>>, folder: &str) -> bool {
    let Some(place) = place else { return true };
    if format!("/{}", place.path).contains(&format!("/.claude/{folder}/")) {
        return true;
    }
    let Some(plugin) = plugin(place) else { return false };
    let Some(path) = below(place.path, &plugin.root) else { return false };
    let named = plugin.manifest.as_ref().and_then(|manifest| manifest.get(folder));
    let is_named = |named: &&str| {
        join("", named).is_some_and(|named| path == named || below(path, &named).is_some())
    };
    // A manifest that names others switches the default folder off; what is in it is meant to
    // be a component all the same.
    path.starts_with(&format!("{folder}/"))
        || named.is_some_and(|named| paths(named).iter().any(is_named))
}

/// Tells whether a path is that of a Markdown file which may be a component of the kind that
/// `folder` holds: `agents` or `commands`. A skill's own folder of that name holds other things.
pub(super) fn may_be_component(path: &str, folder: &str) -> bool {
    if !path.contains(folder) {
        return false;
    }
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last().copied().unwrap_or_default();
    let Some(at) = parts[..parts.len() - 1].iter().rposition(|part| *part == folder) else {
        return false;
    };
    let is_of_skill = at >= 2 && parts[at - 2] == "skills";
    name.ends_with(".md") && !matches!(name, "README.md" | "SKILL.md") && !is_of_skill
}

/// A path and a list of paths, as a list.
pub(super) fn paths(node: &Node) -> Vec<&str> {
    let items = node.items().iter().filter_map(Node::text);
    node.text().into_iter().chain(items).collect()
}

/// The names of the MCP servers that a plugin brings along.
pub(super) fn servers(place: &Place<'_>, plugin: &Plugin) -> Vec<String> {
    let mut maps = Vec::new();
    let read = |path: &str| {
        let path = join(&plugin.root, path)?;
        json::parse(&place.neighbours.text(&path)?)
    };
    let named = plugin.manifest.as_ref().and_then(|manifest| manifest.get("mcpServers"));
    maps.extend(named.cloned());
    maps.extend(named.map(paths).unwrap_or_default().into_iter().filter_map(read));
    maps.extend(read(".mcp.json"));
    let inner = |map: &Node| map.get("mcpServers").unwrap_or(map).entries().to_vec();
    maps.iter().flat_map(inner).map(|entry| entry.key).collect()
}

/// Joins a folder, which may be empty, and a path.
pub(super) fn under(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// The part of a path below a folder, if it is below it.
pub(super) fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// The folders around a path, the nearest first; the last is empty.
fn folders_around(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let current = rest?;
        let parent = current.rsplit_once('/').map_or("", |(folder, _)| folder);
        rest = (!current.is_empty()).then_some(parent);
        rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_end_with_the_root() {
        assert_eq!(folders_around("a/b/c.md").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders_around("c.md").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn only_a_whole_folder_counts() {
        assert_eq!(below("a/b", "a"), Some("b"));
        assert_eq!(below("ab/c", "a"), None);
        assert_eq!(below("x", ""), Some("x"));
    }
}
