//! Where somebody changes a page: `edit-url-template` of `[output.html]`, as mdBook reads it.

use std::path::{Component, Path};

use mdbook_driver::book::Chapter;
use mdbook_driver::config::Config;

use crate::error::Error;
use crate::publish::html::setting;
use crate::publish::html::view::EditView;
use crate::source::address;

/// What stands for the path of the chapter's file, from the folder of the book.
const PATH: &str = "{path}";

/// Makes the links by which pages are changed.
#[derive(Debug)]
pub(super) struct EditLinks {
    /// None where the book has no such links.
    template: Option<String>,
    words: &'static str,
    /// The folder of the chapters in that of the book.
    source: String,
}

impl EditLinks {
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        let source = config.book.src.display().to_string();
        let template = setting(config, "output.html.edit-url-template")?;
        if let Some(template) = template.filter(|it| it.contains(PATH) && address::is_safe(it)) {
            return Ok(Self { template: Some(template), words: "Edit this page", source });
        }
        // GitHub and GitLab show a file so, whatever the branch is called.
        let show =
            |address: String| format!("{}/blob/HEAD/book/{PATH}", address.trim_end_matches('/'));
        let template = setting(config, "output.patternbook.repository")?.map(show);
        Ok(Self { template, words: "Source of this page", source })
    }

    /// The link for a chapter, if the file that it is written in is known.
    pub(super) fn of(&self, chapter: &Chapter) -> Option<EditView> {
        let template = self.template.as_ref()?;
        let path = Path::new(&self.source).join(chapter.source_path.as_ref()?);
        let (before, after) = template.split_once(PATH)?;
        let mut folders = before.trim_end_matches('/').to_owned();
        let mut below: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                Component::Normal(name) => below.push(name.display().to_string()),
                // A pattern stands above the book.
                Component::ParentDir if below.pop().is_none() => {
                    folders.truncate(folders.rfind('/')?);
                }
                _ => {}
            }
        }
        let href = format!("{folders}/{}{after}", below.join("/"));
        Some(EditView { href, words: self.words })
    }
}

#[cfg(test)]
mod tests {
    use super::{Chapter, Config, EditLinks, EditView};

    const TEMPLATE: (&str, &str) =
        ("output.html.edit-url-template", "https://x.example/edit/book/{path}?a");

    #[track_caller]
    fn check(setting: (&str, &str), source: Option<&str>, expected: Option<(&str, &'static str)>) {
        let mut config = Config::default();
        config.set(setting.0, setting.1).unwrap();
        let mut chapter = Chapter::new("A", String::new(), "a.md", Vec::new());
        chapter.source_path = source.map(Into::into);
        let expected = expected.map(|(href, words)| EditView { href: href.to_owned(), words });
        assert_eq!(EditLinks::new(&config).unwrap().of(&chapter), expected);
    }

    #[test]
    fn a_link_leads_to_the_file_that_the_page_is_written_in() {
        let edit = |href| Some((href, "Edit this page"));
        check(TEMPLATE, Some("b/c.md"), edit("https://x.example/edit/book/src/b/c.md?a"));
        let pattern = Some("../../patterns/a.yaml");
        check(TEMPLATE, pattern, edit("https://x.example/edit/patterns/a.yaml?a"));
        check(TEMPLATE, None, None);
    }

    #[test]
    fn without_a_template_a_page_shows_its_source_in_the_repository() {
        let repository = ("output.patternbook.repository", "https://x.example/a/b/");
        let show = |href| Some((href, "Source of this page"));
        let pattern = Some("../../patterns/a.yaml");
        check(repository, pattern, show("https://x.example/a/b/blob/HEAD/patterns/a.yaml"));
        check(repository, Some("c.md"), show("https://x.example/a/b/blob/HEAD/book/src/c.md"));
        check(("book.title", "T"), pattern, None);
    }
}
