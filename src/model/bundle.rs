//! Checks what the plugin is made of besides its skills.

use std::collections::BTreeSet;

use super::Catalog;
use super::added::stays_below;
use super::plugin::PLUGIN_SOURCE;
use super::references::unknown;
use super::rules::BUNDLE_FILE;
use super::yaml::manifest::Bundle;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Checks the examples that are files of the plugin, and the hand-written files.
pub(super) fn check(catalog: &Catalog, bundle: &Bundle, diagnostics: &mut Vec<Diagnostic>) {
    let file = catalog.manifest_file;
    let skills: BTreeSet<&str> =
        catalog.manifest.skills.iter().map(|skill| skill.name.as_str()).collect();
    let mut check = |path: &str, span: Span, named: &str| {
        let (message, help) = match path.split_once('/') {
            _ if !stays_below(path) => ("leads out of the plugin", "name a path in the plugin"),
            None => (
                "stands in no folder of the plugin",
                "put it into one, such as `assets/`; what stands at its top is written by `build`",
            ),
            Some((folder, _)) if folder.starts_with('.') => {
                ("stands in a hidden folder", "put it into one whose name begins with a letter")
            }
            Some((folder, _)) if skills.contains(folder) => {
                ("stands in the folder of a skill", "name another folder")
            }
            Some(_) => return,
        };
        let diagnostic = Diagnostic::new(&BUNDLE_FILE, span, format!("`{named}` {message}"));
        diagnostics.push(diagnostic.help(help));
    };
    for written in &catalog.plugin {
        let named = format!("{PLUGIN_SOURCE}/{}", written.path);
        check(&written.path, Span::new(file, 0..0), &named);
    }
    for (path, id) in &bundle.examples {
        check(path, Span::new(file, id.range.clone()), path);
    }
    for (path, id) in &bundle.examples {
        let span = Span::new(file, id.range.clone());
        if catalog.plugin.iter().any(|written| written.path == *path) {
            let message = format!("`{path}` is written by hand, in `{PLUGIN_SOURCE}/`, too");
            let diagnostic = Diagnostic::new(&BUNDLE_FILE, span.clone(), message);
            diagnostics.push(diagnostic.help("take one of the two out"));
        }
        if catalog.example(&id.value).is_none() {
            let ids = catalog.example_ids();
            diagnostics.push(unknown("example", &id.value, ids.iter().map(String::as_str), span));
        }
    }
}
