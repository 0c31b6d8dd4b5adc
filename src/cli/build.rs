//! `patternbook build`: the site and the plugin bundle.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::project::{self, Project};
use super::shelf::{BUILD, Shelf};
use super::{Outcome, colour};
use crate::diagnostic::Severity;
use crate::error::Error;
use crate::model::Catalog;
use crate::publish::book::{self, Book};
use crate::publish::html::HtmlRenderer;
use crate::publish::html::theme::Theme;
use crate::publish::tree::{self, Content, Difference, FileTree, Output, OwnedFolder};
use crate::publish::{bundle, discovery, marketplace};
use crate::render::{Engine, Templates};
use crate::report::{Extent, Format, Style, count};
use crate::source::disk::{self, Folder};

/// Build the site and the plugin bundle of the project around you
///
/// The project is checked first; with errors, nothing is written and the last good output
/// stays. The site goes to DIR/site, the bundle to `skills/` and `.claude-plugin/`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 built, 1 errors in the project or a bundle that is out of date,
2 the tool could not go on.

Examples:
  patternbook build                    dist/site/index.html, skills/, .claude-plugin/marketplace.json
  patternbook build --check            in CI: is the committed bundle what the patterns say?
  patternbook build --for mdbook       dist/mdbook/, for `mdbook build dist/mdbook`
  patternbook build --for agents       dist/agents/.agents/skills/, to copy into a project")]
pub(super) struct Build {
    /// Where the site goes [default: `dist` in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; fail with a diff when the bundle is not what the patterns say
    #[arg(long, conflicts_with_all = ["out", "target"])]
    check: bool,
    /// What to build
    #[arg(long = "for", value_enum, value_name = "TARGET")]
    target: Option<Target>,
    /// Highlight all code again, and remember nothing of it
    ///
    /// Highlighted code is remembered by its content, in the user's cache folder or in the folder
    /// that `PATTERNBOOK_CACHE` names. The site is the same without. Whoever can write to that
    /// folder can write into the pages.
    #[arg(long, conflicts_with_all = ["check", "target"])]
    no_cache: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    /// The book's Markdown, for mdBook itself
    Mdbook,
    /// The skills alone, in `.agents/skills/`, where agents of many makers look
    Agents,
}

/// How a folder of ours is known: nobody else writes this file.
const SITE_MARK: (&str, &str) = (".patternbook", "site");
const MDBOOK_MARK: (&str, &str) = (".patternbook", "mdbook");
const AGENTS_MARK: (&str, &str) = (".patternbook", "agents");

impl Build {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let here = project::current_folder()?;
        if let Some(out) = &self.out {
            refuse_sources(out, Folder::find_project(&here)?.root())?;
        }
        let progress = Progress::new();
        progress.says("checking");
        let project = project::open(&here)?;

        if project.report().count(Severity::Error) > 0 {
            progress.ends();
            let style = Style { colour: colour(), extent: Extent::All };
            Format::Human.write(&project.report(), style, &mut io::stdout().lock())?;
            writeln!(io::stderr(), "error: nothing was built, because of the errors above")?;
            return Ok(Outcome::Findings);
        }
        if self.target == Some(Target::Agents) && project.catalog.manifest.skills.is_empty() {
            anyhow::bail!("`patternbook.yaml` names no skill; add one under `skills`");
        }
        let templates = Templates::of_project(&project.folder)?;
        let engine = Engine::new(&templates)?;
        progress.says("rendering the patterns");
        let bundle = bundle::build(&project.catalog, &engine, project.folder.root())?;
        if self.check {
            progress.ends();
            return check_bundle(&project, &bundle);
        }
        let Some(book) = book::assemble(&project.catalog, &project.sources, &engine)? else {
            anyhow::bail!("the book has errors that the check did not report");
        };
        progress.says("rendering the book");
        let outputs = match self.target {
            Some(Target::Mdbook) => vec![self.markdown_output(&project, &book)],
            Some(Target::Agents) => vec![self.agents_output(&project, &bundle)],
            None => {
                let mut outputs = vec![self.site_output(&project, &book, &bundle, &templates)?];
                outputs.extend(bundle);
                outputs
            }
        };
        progress.says("writing");
        tree::write(&project.folder, &outputs)?;
        if self.target.is_none() {
            for path in bundle::stale(&outputs, &project.folder)? {
                tree::remove(&project.folder, &path)?;
            }
        }
        progress.ends();
        announce(&project, &book, &outputs)?;
        Ok(Outcome::Clean)
    }

    fn out(&self, project: &Project) -> PathBuf {
        self.out.clone().unwrap_or_else(|| project.folder.root().join("dist"))
    }

    fn markdown_output(&self, project: &Project, book: &Book) -> Output {
        owned(self.out(project).join("mdbook"), book.to_markdown(), MDBOOK_MARK)
    }

    /// The skills of the bundle, in the folder of a project that has nothing else of ours.
    fn agents_output(&self, project: &Project, bundle: &[Output]) -> Output {
        let mut folder = OwnedFolder::marked(FileTree::new(), AGENTS_MARK);
        for skill in &project.catalog.manifest.skills {
            let name = &skill.name.value;
            let Some(skill) = bundle::skill(bundle, name) else { continue };
            let path = |file: &String| format!(".agents/skills/{name}/{file}");
            let files = skill.files.iter().map(|(file, bytes)| (path(file), bytes.clone()));
            folder.files.extend(files);
            folder.executables.extend(skill.executables.iter().map(path));
        }
        let path = self.out(project).join("agents");
        Output { path, content: Content::Folder(folder) }
    }

    fn site_output(
        &self,
        project: &Project,
        book: &Book,
        bundle: &[Output],
        templates: &Templates,
    ) -> anyhow::Result<Output> {
        let root = project.folder.root();
        let shelf = (!self.no_cache).then(|| Shelf::of("highlight", &[root.to_owned()], ""));
        let shelf = shelf.flatten();
        let known = shelf.as_ref().map(Shelf::read).unwrap_or_default();
        let renderer = HtmlRenderer::new(Theme { files: templates.below("site") });
        let renderer = renderer.knowing(&known, BUILD);
        let address = book.address()?;
        let (pages, archives) = rayon::join(
            || book.to_site(root, &renderer),
            || archives(&project.catalog, bundle, root, &address),
        );
        let mut files = pages?;
        if let (Some(shelf), Some(highlighted)) = (shelf, renderer.highlighted(BUILD)) {
            shelf.keep(&highlighted);
        }
        files.extend(archives?);
        Ok(owned(self.out(project).join("site"), files, SITE_MARK))
    }
}

/// The folders of a project whose files somebody wrote, or that the bundle goes to.
const TAKEN: &[&str] =
    &["patterns", "plugin", "labs", "contracts", "templates", "book", "skills", ".claude-plugin"];

/// Refuses to put a site among what the project in `root` is made of: it would be read as a part
/// of it, or stand in the way of it.
fn refuse_sources(out: &Path, root: &Path) -> anyhow::Result<()> {
    let place = without_ups(&disk::place_of_folder(out));
    let problem = match TAKEN.iter().find(|name| place.starts_with(root.join(name))) {
        Some(name) => format!("belongs to `{name}/` of the project"),
        None if place == root => "is the project itself".to_owned(),
        None if root.starts_with(&place) => "holds the project".to_owned(),
        None => return Ok(()),
    };
    anyhow::bail!(
        "cannot build into `{}`: it {problem}; name a folder for the output alone, such as `--out dist`",
        out.display()
    )
}

/// A path without `..`: what is not there yet cannot be a link.
fn without_ups(path: &Path) -> PathBuf {
    let mut place = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(place.pop()),
            part => place.push(part),
        }
    }
    place
}

/// The bundle, packed for whoever takes it from the site at `address`.
fn archives(
    catalog: &Catalog,
    bundle: &[Output],
    root: &Path,
    address: &str,
) -> Result<FileTree, Error> {
    let (skills, plugin) = rayon::join(
        || discovery::files(catalog, bundle),
        || marketplace::files(catalog, bundle, root, address),
    );
    let mut files = skills?;
    files.extend(plugin?);
    Ok(files)
}

/// Makes a folder that is ours alone, with the file by which it is known.
fn owned(path: PathBuf, files: FileTree, mark: (&'static str, &'static str)) -> Output {
    Output { path, content: Content::Folder(OwnedFolder::marked(files, mark)) }
}

fn announce(project: &Project, book: &Book, outputs: &[Output]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let warnings = project.report().count(Severity::Warning);
    if warnings > 0 {
        writeln!(out, "{}; `patternbook check` shows them", count(warnings, "warning"))?;
    }
    writeln!(out, "built {}, {}", count(project.patterns, "pattern"), count(book.len(), "page"))?;
    for output in outputs {
        let path = shown(&output.path, project);
        match &output.content {
            Content::Folder(folder) if folder.files.contains_key("index.html") => {
                writeln!(out, "  {path}/index.html")?;
            }
            Content::Folder(_) => writeln!(out, "  {path}/")?,
            Content::File { .. } => writeln!(out, "  {path}")?,
        }
    }
    Ok(())
}

/// A path as it can be opened from where the person stands.
fn shown(path: &Path, project: &Project) -> String {
    match path.strip_prefix(project.folder.root()) {
        Ok(below) => format!("{}{}", project.base, below.display()),
        Err(_) => path.display().to_string(),
    }
}

fn check_bundle(project: &Project, bundle: &[Output]) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    let mut differing = 0;
    for output in bundle {
        for (path, difference) in tree::compare(&project.folder, output)? {
            differing += 1;
            write!(out, "{}", describe(&format!("{}{path}", project.base), &difference))?;
        }
    }
    for path in bundle::stale(bundle, &project.folder)? {
        differing += 1;
        write!(out, "{}", describe(&shown(&path, project), &Difference::Extra))?;
    }
    if differing == 0 {
        writeln!(out, "the bundle is what the patterns say")?;
        return Ok(Outcome::Clean);
    }
    let files = count(differing, "file");
    writeln!(out, "out of date in the bundle: {files}; `patternbook build` writes them")?;
    Ok(Outcome::Findings)
}

fn describe(path: &str, difference: &Difference) -> String {
    let diff = |found: &str, wanted: &str| {
        let diff = similar::TextDiff::from_lines(found, wanted);
        diff.unified_diff().header(path, &format!("{path} (as it should be)")).to_string()
    };
    match difference {
        Difference::Missing(wanted) => diff("", wanted),
        Difference::Changed(found, wanted) => diff(found, wanted),
        Difference::Extra => format!("{path}: should not be there\n"),
        Difference::Mode => format!("{path}: its executable bit is wrong\n"),
    }
}

/// Says on a terminal what is going on; silent in a pipe and in CI.
struct Progress {
    bar: ProgressBar,
}

impl Progress {
    fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {msg}…");
        bar.set_style(style.expect("the template is well-formed"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar }
    }

    fn says(&self, message: &'static str) {
        self.bar.set_message(message);
    }

    fn ends(&self) {
        self.bar.finish_and_clear();
    }
}
