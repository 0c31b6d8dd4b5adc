//! `patternbook mdbook`: a preprocessor of mdBook.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{MDBOOK_VERSION, PreprocessorContext, parse_input};
use serde::Deserialize;

use super::{Outcome, project};
use crate::diagnostic::{Severity, printable, suggest};
use crate::error::Error;
use crate::inspect::Inspection;
use crate::model::load::MANIFEST;
use crate::preprocess::{self, Circumstances, Shelf, Woven};
use crate::project::Inspected;
use crate::publish::book;
use crate::render::{Engine, Templates};
use crate::report::{Colour, Extent, Format, Report, Style};
use crate::source::disk::{Folder, with_slashes};
use crate::source::{FileId, Sources};

/// Put patterns and examples into a book of mdBook, and check its code; mdBook starts this
///
/// It reads the book from mdBook and hands it back. In chapters, `{{#pattern ID}}` becomes the
/// page of a pattern, and `{{#example PATTERN/EXAMPLE}}` the code of an example with its proof.
/// A backslash before the braces leaves them as they are. What is wrong stands on standard error;
/// an error fails the build.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Settings, in book.toml:
  [preprocessor.patternbook]
  command = \"patternbook mdbook\"
  before = [\"links\"]         # so that a backslash and lines are those of your files
  project = \"../patterns\"    # the folder with patternbook.yaml; default: the book's root,
                             # or the nearest folder above it that has one
  check = true               # whether the code in the book's own fences is checked

Exit status: 0 the book is written to standard output, 1 errors, 2 the tool could not go on.")]
pub(super) struct Mdbook {
    #[command(subcommand)]
    question: Option<Question>,
}

#[derive(Debug, clap::Subcommand)]
enum Question {
    /// Tell mdBook by the exit status whether a renderer is supported: each of them is
    Supports {
        /// Its name
        renderer: String,
    },
}

/// What `book.toml` says of this preprocessor, in `[preprocessor.patternbook]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Settings {
    project: Option<String>,
    check: Option<bool>,
    before: Vec<String>,
    #[serde(flatten)]
    others: BTreeMap<String, toml::Value>,
}

/// What `book.toml` says of any other preprocessor.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Other {
    after: Vec<String>,
}

/// Our name in `book.toml`.
const NAME: &str = "patternbook";

/// The names of our settings.
const SETTINGS: [&str; 2] = ["project", "check"];

impl Mdbook {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        if let Some(Question::Supports { renderer: _ }) = &self.question {
            return Ok(Outcome::Clean);
        }
        let stdin = io::stdin();
        if stdin.is_terminal() {
            anyhow::bail!(
                "mdBook starts this: write `[preprocessor.patternbook]` and \
                 `command = \"patternbook mdbook\"` into `book.toml`"
            );
        }
        let (context, mut book) = parse_input(stdin.lock()).map_err(|error| {
            anyhow::anyhow!("cannot read what mdBook sent: {error:#}; this is for mdBook 0.5")
        })?;
        warn_of_version(&context.mdbook_version)?;
        let settings = settings(&context.config)?;
        let circumstances = circumstances(&context.config, &settings)?;
        let Some(woven) = weave(&context, &settings, &circumstances, &mut book)? else {
            return Ok(Outcome::Findings);
        };
        report(&woven.sources, &woven.inspection, "")?;
        if has_errors(&woven.inspection) {
            return Ok(Outcome::Findings);
        }
        serde_json::to_writer(io::stdout().lock(), &book)?;
        Ok(Outcome::Clean)
    }
}

/// Weaves the book, unless the project has errors: then they are reported.
fn weave(
    context: &PreprocessorContext,
    settings: &Settings,
    circumstances: &Circumstances,
    book: &mut Book,
) -> anyhow::Result<Option<Woven>> {
    if settings.project.is_none() && !preprocess::names_patterns(book) {
        return Ok(Some(preprocess::weave(book, circumstances, None)?));
    }
    if !settings.before.iter().any(|name| name == "links") && circumstances.has_links {
        say(
            "warning: mdBook's `links` comes first, so a backslash does not escape, and lines may \
             be others than in your files; write `before = [\"links\"]` into \
             `[preprocessor.patternbook]`",
        )?;
    }
    let folder = find_project(&context.root, settings)?;
    let Inspected { sources, catalog, mut inspection, ledger: _, plugin: _ } =
        crate::project::inspect(&folder)?;
    // Warnings are for `patternbook check`; and the project's own chapters and plugin are not used.
    let chapters: Vec<FileId> = catalog.chapters.markdown.iter().map(|(_, file)| *file).collect();
    inspection.diagnostics.retain(|found| {
        let file = found.span.file;
        let path = &sources.file(file).path;
        let is_other = chapters.contains(&file)
            || ["book/", "plugin/"].iter().any(|folder| path.starts_with(folder));
        !is_other && found.rule.severity == Severity::Error
    });
    inspection.sort();
    if has_errors(&inspection) {
        report(&sources, &inspection, &format!("{}/", with_slashes(folder.root())))?;
        say("error: the book was not built, because of the errors above in its patterns")?;
        return Ok(None);
    }
    let engine = Engine::new(&Templates::of_project(&folder)?)?;
    let published = book::published(&catalog, &sources);
    let shelf = Shelf { catalog: &catalog, engine: &engine, published };
    Ok(Some(preprocess::weave(book, circumstances, Some(&shelf))?))
}

/// The project that `book.toml` names, or the nearest one.
fn find_project(root: &Path, settings: &Settings) -> anyhow::Result<Folder> {
    let Some(path) = &settings.project else {
        return Folder::find_project(root).map_err(|error| match error {
            Error::NoProject { start: _ } => anyhow::anyhow!(
                "the book names patterns, and no folder from its root upwards has a `{MANIFEST}`; \
                 write `project = \"PATH\"` into `[preprocessor.patternbook]`"
            ),
            error => error.into(),
        });
    };
    let folder = Folder::open(&root.join(path))?;
    if !folder.has(MANIFEST) {
        anyhow::bail!(
            "`{path}` has no `{MANIFEST}`; name the folder of a project as `project` of \
             `[preprocessor.patternbook]`, from the book's root"
        );
    }
    Ok(folder)
}

fn settings(config: &Config) -> anyhow::Result<Settings> {
    let settings: Settings = config
        .get(&format!("preprocessor.{NAME}"))
        .map_err(|error| anyhow::anyhow!("in `book.toml`: {error:#}"))?
        .unwrap_or_default();
    // mdBook's own settings stand here too, and may become more.
    for name in settings.others.keys() {
        if let Some(near) = suggest(name, SETTINGS) {
            anyhow::bail!("`[preprocessor.{NAME}]` has no `{name}`; did you mean `{near}`?");
        }
    }
    Ok(settings)
}

fn circumstances(config: &Config, settings: &Settings) -> anyhow::Result<Circumstances> {
    let others: BTreeMap<String, Other> = config.preprocessors()?.into_iter().collect();
    let has = |name: &str| config.build.use_default_preprocessors || others.contains_key(name);
    let follows = others.get("links").is_some_and(|it| it.after.iter().any(|name| name == NAME));
    let precedes = settings.before.iter().any(|name| name == "links");
    Ok(Circumstances {
        folder: with_slashes(&config.book.src),
        has_links: has("links"),
        links_follows: has("links") && (follows || precedes),
        has_index: has("index"),
        checks: settings.check.unwrap_or(true),
    })
}

/// Warns when mdBook is of another kind than this was built with.
fn warn_of_version(version: &str) -> anyhow::Result<()> {
    let kind =
        |version: &str| version.splitn(3, '.').take(2).map(str::to_owned).collect::<Vec<_>>();
    if kind(version) != kind(MDBOOK_VERSION) {
        say(&format!(
            "warning: this is for mdBook {MDBOOK_VERSION}, and was started by {version}"
        ))?;
    }
    Ok(())
}

fn has_errors(inspection: &Inspection) -> bool {
    inspection.diagnostics.iter().any(|found| found.rule.severity == Severity::Error)
}

/// Shows what was found, if anything was, where mdBook lets it through.
fn report(sources: &Sources, inspection: &Inspection, base: &str) -> anyhow::Result<()> {
    if inspection.diagnostics.is_empty() {
        return Ok(());
    }
    let root = project::root()?;
    let report = Report { sources, base, inspection, patterns: None, root: &root };
    let style = Style { colour: Colour::None, extent: Extent::Readable };
    Format::Human.write(&report, style, &mut io::stderr().lock())?;
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{}", printable(line))
}
