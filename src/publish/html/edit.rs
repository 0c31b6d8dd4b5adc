//! Where somebody changes a page: `edit-url-template` of `[output.html]`, as mdBook reads it.

use std::path::{Component, Path};

use mdbook_driver::book::Chapter;
use mdbook_driver::config::Config;

use crate::error::Error;
use crate::publish::html::setting;

/// What stands for the path of the chapter's file, from the folder of the book.
const PATH: &str = "{path}";

/// Makes the links by which pages are changed.
#[derive(Debug)]
pub(super) struct EditLinks {
    /// None where the book has no such links.
    template: Option<String>,
    /// The folder of the chapters in that of the book.
    source: String,
}

impl EditLinks {
    pub(super) fn new(config: &Config) -> Result<Self, Error> {
        let template = setting(config, "output.html.edit-url-template")?;
        let source = config.book.src.display().to_string();
        Ok(Self { template: template.filter(|template| template.contains(PATH)), source })
    }

    /// The link for a chapter, if the file that it is written in is known.
    pub(super) fn of(&self, chapter: &Chapter) -> Option<String> {
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
        Some(format!("{folders}/{}{after}", below.join("/")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Chapter, Config, EditLinks};

    #[track_caller]
    fn check(source: Option<&str>, expected: Option<&str>) {
        let mut config = Config::default();
        config
            .set("output.html.edit-url-template", "https://x.example/edit/book/{path}?a")
            .unwrap();
        let mut chapter = Chapter::new("A", String::new(), "a.md", Vec::new());
        chapter.source_path = source.map(Into::into);
        assert_eq!(EditLinks::new(&config).unwrap().of(&chapter).as_deref(), expected);
    }

    #[test]
    fn a_link_leads_to_the_file_that_the_page_is_written_in() {
        check(Some("b/c.md"), Some("https://x.example/edit/book/src/b/c.md?a"));
        check(Some("../../patterns/a.yaml"), Some("https://x.example/edit/patterns/a.yaml?a"));
        check(None, None);
    }
}
