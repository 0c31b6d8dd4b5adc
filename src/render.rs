//! Turns patterns into Markdown, through templates.
//!
//! A project's own `templates/` stand over the built-in ones, file by file. What a template
//! may see is in [`view`].

pub mod choose;
pub mod compare;
pub mod diagram;
pub mod hold;
pub mod markdown;
pub mod proof;
pub mod references;
pub mod symptoms;
pub mod topics;
pub mod view;

use std::collections::BTreeMap;

use serde::Serialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

use crate::error::Error;
use crate::source::disk::{Folder, TEXT_LIMIT, Unreadable};

/// Every built-in template, by name, as `build.rs` found it.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// The texts of all templates, by name.
#[derive(Debug, Clone)]
pub struct Templates {
    texts: BTreeMap<String, String>,
}

/// A template engine that is ready to render.
#[derive(Debug)]
pub struct Engine {
    tera: Tera,
}

impl Templates {
    /// The built-in templates alone.
    pub fn built_in() -> Self {
        let texts = BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self { texts: texts.collect() }
    }

    /// The built-in templates, under those of a project.
    pub fn of_project(folder: &Folder) -> Result<Self, Error> {
        let mut templates = Self::built_in();
        for path in folder.files("templates")? {
            let text =
                folder.read(&path, TEXT_LIMIT).map_err(|problem| unreadable(&path, &problem))?;
            let name = path.strip_prefix("templates/").unwrap_or(&path).to_owned();
            templates.texts.insert(name, text);
        }
        Ok(templates)
    }

    /// The templates whose names begin so and that the project wrote or changed, with their texts.
    pub fn own(&self, start: &str) -> Vec<(&str, &str)> {
        let is_own = |(name, text): &(&str, &str)| {
            name.starts_with(start) && !BUILT_IN.contains(&(*name, *text))
        };
        let texts = self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        texts.filter(is_own).collect()
    }

    /// The templates below a folder, by their names without that folder.
    pub fn below(&self, folder: &str) -> BTreeMap<String, String> {
        let inside = |(name, text): (&String, &String)| {
            let name = name.strip_prefix(folder)?.strip_prefix('/')?;
            Some((name.to_owned(), text.clone()))
        };
        self.texts.iter().filter_map(inside).collect()
    }
}

impl Engine {
    /// Prepares the Markdown templates: those below `book/`, `skill/` and `new/`.
    pub fn new(templates: &Templates) -> Result<Self, Error> {
        let mut tera = Tera::new();
        // Nothing here is HTML; Markdown must stay as it is written.
        tera.autoescape_on(Vec::<&str>::new());
        tera.register_filter("hang", |text: String, arguments: Kwargs, _: &State<'_>| {
            let width = arguments.must_get::<usize>("width")?;
            Ok::<_, tera::Error>(markdown::hang(&text, width))
        });
        tera.register_filter("text", |text: String, _: Kwargs, _: &State<'_>| {
            hold::hold(&markdown::text(&text))
        });
        tera.register_filter("code", |text: String, _: Kwargs, _: &State<'_>| {
            hold::hold(&markdown::code(&text))
        });
        tera.register_filter("cell", |text: String, _: Kwargs, _: &State<'_>| {
            markdown::cell(&text)
        });
        tera.register_filter("link", |link: Value, arguments: Kwargs, _: &State<'_>| {
            let [title, href] =
                ["title", "href"].map(|part| link.get_from_path(part).and_then(Value::as_str));
            let anchor = arguments.get::<&str>("anchor")?;
            let link = markdown::link(title.unwrap_or_default(), href, anchor);
            Ok::<_, tera::Error>(hold::hold(&link))
        });
        let is_ours = |name: &str| !name.starts_with("site/");
        let texts = templates.texts.iter().filter(|(name, _)| is_ours(name));
        let texts: Vec<(&str, &str)> =
            texts.map(|(name, text)| (name.as_str(), text.as_str())).collect();
        tera.add_raw_templates(texts).map_err(|error| template_error(&error, "templates"))?;
        Ok(Self { tera })
    }

    /// Renders a template with a view.
    pub fn render(&self, name: &str, view: &impl Serialize) -> Result<String, Error> {
        let context =
            Context::from_serialize(view).map_err(|error| template_error(&error, "templates"))?;
        let text = self
            .tera
            .render(name, &context)
            .map_err(|error| template_error(&error, "templates"))?;
        Ok(hold::release(&markdown::tidy(&text)))
    }
}

/// Says why a template cannot be read.
fn unreadable(path: &str, problem: &Unreadable) -> Error {
    let reason = match problem {
        Unreadable::Missing => "is not there any more".to_owned(),
        Unreadable::NotAFile => "is no regular file".to_owned(),
        Unreadable::Outside => "leads out of the project".to_owned(),
        Unreadable::Link => "goes through a symbolic link".to_owned(),
        Unreadable::TooLarge(limit) => format!("is larger than {} MiB", limit >> 20),
        Unreadable::NotUtf8(at, _) => format!("is not UTF-8 from byte {at} on"),
        Unreadable::Io(error) => format!("cannot be read: {error}"),
    };
    Error::Template { message: format!("`{path}` {reason}") }
}

/// Says where in which template, in one line; Tera's own report spans many. `folder` is that of
/// a project in which the names of the templates begin.
pub fn template_error(error: &tera::Error, folder: &str) -> Error {
    let message = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let (span, message) = (report.span(), report.message());
            // Tera counts columns from 0.
            let (line, column) = (span.start_line, span.start_col + 1);
            format!("{folder}/{}:{line}:{column}: {message}", report.filename())
        }
        _ => on_one_line(&error.to_string(), folder),
    };
    Error::Template { message }
}

/// A report of Tera that it gives as text only: the message, and below it the place behind an arrow.
fn on_one_line(report: &str, folder: &str) -> String {
    let mut lines = report.trim().lines();
    let message = lines.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    match lines.find_map(|line| line.trim().strip_prefix("--> ")) {
        Some(place) => format!("{folder}/{place}: {message}"),
        None => report.trim().to_owned(),
    }
}
