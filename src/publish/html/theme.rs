//! The look of the site: templates for the pages, and the assets that they load.
//!
//! To add an asset, add its file to the theme: each file that is no template is published
//! under a name with the hash of its content, which templates find as `assets["name"]`.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::{Context, Tera};

use crate::error::Error;
use crate::publish::tree::FileTree;
use crate::render;

/// The files of a theme.
#[derive(Debug, Clone)]
pub struct Theme {
    /// File name to text.
    pub files: BTreeMap<String, String>,
}

impl Theme {
    /// The theme that comes with the tool; insert into its files to override single ones.
    pub fn built_in() -> Self {
        Self { files: render::Templates::built_in().below("site") }
    }
}

/// A theme whose templates are known to parse.
pub(super) struct Templates {
    tera: Tera,
    /// File name in the theme to path in the site.
    pub(super) assets: BTreeMap<String, String>,
}

impl Templates {
    /// Parses the templates of a theme and names its assets.
    pub(super) fn new(theme: &Theme) -> Result<Self, Error> {
        let (templates, assets): (Vec<_>, Vec<_>) =
            theme.files.iter().partition(|(name, _)| name.ends_with(".html"));
        let mut tera = Tera::default();
        tera.add_raw_templates(templates).map_err(|error| template_error(&error))?;
        let assets =
            assets.into_iter().map(|(name, text)| (name.clone(), asset_path(name, text))).collect();
        Ok(Self { tera, assets })
    }

    /// Renders a template with what a view holds.
    pub(super) fn render(&self, name: &str, view: &impl Serialize) -> Result<Vec<u8>, Error> {
        Context::from_serialize(view)
            .and_then(|context| self.tera.render(name, &context))
            .map(String::into_bytes)
            .map_err(|error| template_error(&error))
    }

    /// The assets of a theme as files of the site.
    pub(super) fn asset_files(&self, theme: &Theme) -> FileTree {
        let file = |(name, path): (&String, &String)| {
            (path.clone(), theme.files[name].clone().into_bytes())
        };
        self.assets.iter().map(file).collect()
    }
}

/// A name that changes with the content, so that browsers may keep the file for ever.
fn asset_path(name: &str, text: &str) -> String {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let hash = &hash[..8];
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("assets/{stem}-{hash}.{extension}"),
        None => format!("assets/{name}-{hash}"),
    }
}

fn template_error(error: &tera::Error) -> Error {
    render::template_error(error, "templates/site")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Templates, Theme};

    #[track_caller]
    fn check(template: &str, expected: &str) {
        let files = BTreeMap::from([("a.html".to_owned(), template.to_owned())]);
        let view = BTreeMap::from([("title", "<b>")]);
        let result = Templates::new(&Theme { files })
            .and_then(|templates| templates.render("a.html", &view));
        let output = match result {
            Ok(bytes) => String::from_utf8(bytes).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(output, expected);
    }

    #[test]
    fn values_are_escaped() {
        check("{{ title }}", "&lt;b&gt;");
    }

    #[test]
    fn undefined_variable_is_an_error_with_its_place() {
        check(
            "\n  {{ titel }}",
            "cannot use the templates: templates/site/a.html:2:6: Variable `titel` is not defined. \
             Available variables: title",
        );
    }

    #[test]
    fn syntax_error_has_its_place() {
        check(
            "a\n{% if %}",
            "cannot use the templates: templates/site/a.html:2:7: Found `%}` but expected one of: integer, \
             float, string, bool, ident, `-`, `not`, `<`, `{`, `[` or `(`",
        );
    }

    #[test]
    fn asset_names_change_with_their_content() {
        let mut theme = Theme { files: BTreeMap::from([("a.css".to_owned(), "a".to_owned())]) };
        let path = |theme: &Theme| Templates::new(theme).unwrap().assets["a.css"].clone();
        let before = path(&theme);
        assert_eq!(before, "assets/a-17762fdd.css");
        theme.files.insert("a.css".to_owned(), "b".to_owned());
        assert_ne!(path(&theme), before);
    }
}
