//! `patternbook init`: a new project that checks, tests and builds as it is.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use super::{Outcome, new, project};
use crate::model::load::MANIFEST;
use crate::publish::tree::{self, FileTree};
use crate::render::{Engine, Templates};
use crate::source::{bidi, disk};

/// Begin a project of your own, about any subject
///
/// Writes a manifest with a guide, a skill and a plugin, one pattern to replace, whose script is
/// tested, and the first page of a site. It checks, tests and builds as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing is replaced. A README.md and a .gitignore stay as they are; where something else of a
project's names is in the way, nothing is written.

Exit status: 0 written, 2 something is in the way.

Examples:
  patternbook init                             in this folder
  patternbook init retry                       in a new folder, with its name as title
  patternbook init retry --title 'Try again'   with a title of its own")]
pub(super) struct Init {
    /// The project's folder; it may be there already
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// The title of the site; the skill and the plugin are named after it [default: of the folder's name]
    #[arg(long, value_parser = parse_title)]
    title: Option<String>,
}

/// What a project reads or `build` writes: what stands there would be taken for a part of it.
const OF_A_PROJECT: &[&str] = &[
    MANIFEST,
    "patterns",
    "plugin",
    "book",
    "choose.yaml",
    "contracts",
    "labs",
    "ledger.json",
    "templates",
    "skills",
    ".claude-plugin",
    "dist/site",
];

/// Files that a repository has anyway. They stay, and the project does without its own.
const KEPT: &[&str] = &["README.md", ".gitignore"];

/// The folder of the templates.
const TEMPLATES: &str = "new/project";

/// What the templates see. What goes into YAML is quoted.
#[derive(Serialize)]
struct ProjectView {
    title: String,
    /// The title, quoted.
    quoted_title: String,
    description: String,
    name: String,
    author: String,
}

impl Init {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let folder = project::current_folder()?.join(&self.folder);
        let is_taken = |name: &&&str| disk::is_there(&folder.join(name));
        let taken: Vec<String> =
            OF_A_PROJECT.iter().filter(is_taken).map(|name| format!("`{name}`")).collect();
        if !taken.is_empty() {
            anyhow::bail!(
                "in the way in `{}`: {}; nothing was written. Move them away, or name a folder of \
                 its own: patternbook init DIR",
                self.folder.display(),
                taken.join(", ")
            );
        }
        let mut files = files(&self.view(&folder))?;
        let is_kept = |name: &&&str| disk::is_there(&folder.join(name));
        let kept: Vec<&str> = KEPT.iter().filter(is_kept).copied().collect();
        files.retain(|path, _| !kept.contains(&path.as_str()));
        let is_script = |path: &&String| path.ends_with(".sh");
        let executables: BTreeSet<String> = files.keys().filter(is_script).cloned().collect();
        let paths: Vec<String> = files.keys().cloned().collect();
        tree::begin(&folder, files, executables, MANIFEST)?;
        self.announce(&paths, &kept)
    }

    fn view(&self, folder: &Path) -> ProjectView {
        let named =
            folder.components().as_path().file_name().map(|name| slug(&name.to_string_lossy()));
        let of_folder =
            named.filter(|name| !name.is_empty()).unwrap_or_else(|| "patterns".to_owned());
        let title = self.title.clone().unwrap_or_else(|| new::title(&of_folder));
        let of_title = Some(slug(&title)).filter(|name| !name.is_empty());
        let quoted = |text: String| json!(text).to_string();
        ProjectView {
            quoted_title: quoted(title.clone()),
            description: quoted(format!("{title}: patterns whose examples are checked and run.")),
            name: of_title.unwrap_or(of_folder),
            author: quoted(format!("The authors of {title}")),
            title,
        }
    }

    fn announce(&self, paths: &[String], kept: &[&str]) -> anyhow::Result<Outcome> {
        let mut out = io::stdout().lock();
        let is_here = self.folder == Path::new(".");
        let shown = |path: &str| match is_here {
            true => PathBuf::from(path),
            false => self.folder.join(path),
        };
        for path in paths {
            writeln!(out, "wrote {}", shown(path).display())?;
        }
        for path in kept {
            writeln!(out, "kept {} as it is", shown(path).display())?;
        }
        writeln!(out, "next:")?;
        if kept.contains(&".gitignore") {
            writeln!(out, "  see that .gitignore names `dist/`, where the site will be")?;
        }
        if !is_here {
            writeln!(out, "  cd {}", quoted(&self.folder.display().to_string()))?;
        }
        writeln!(out, "  patternbook check    hold every example against the rules")?;
        writeln!(out, "  patternbook test     run them in a sandbox, and note what is proven")?;
        writeln!(out, "  patternbook build    write the site, the skills and the plugin")?;
        Ok(Outcome::Clean)
    }
}

/// The files of a new project.
fn files(view: &ProjectView) -> anyhow::Result<FileTree> {
    let templates = Templates::built_in();
    let engine = Engine::new(&templates)?;
    let mut files = FileTree::new();
    for name in templates.below(TEMPLATES).keys() {
        let text = engine.render(&format!("{TEMPLATES}/{name}"), view)?;
        // A real one would hold for the templates.
        let path = if name == "gitignore" { ".gitignore" } else { name };
        files.insert(path.to_owned(), text.into_bytes());
    }
    Ok(files)
}

/// Makes a name of a title: lowercase words of ASCII, joined by hyphens; empty where there are none.
///
/// Without the words that no skill or plugin of others may have in its name.
fn slug(title: &str) -> String {
    let lower = title.to_ascii_lowercase();
    let words = lower.split(|char: char| !char.is_ascii_alphanumeric());
    let is_free =
        |word: &&str| !word.is_empty() && !matches!(*word, "claude" | "anthropic" | "anthropics");
    let mut name = String::new();
    for word in words.filter(is_free) {
        // The specification of skills allows 64 characters.
        if name.len() + 1 + word.len() > 64 {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    name
}

/// A path as an argument of `cd`, for a shell.
fn quoted(path: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || matches!(char, '/' | '.' | '_' | '-');
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    match path.chars().all(is_plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

fn parse_title(title: &str) -> Result<String, String> {
    let title = title.trim();
    if title.is_empty() || title.chars().any(|char| char.is_control() || bidi::is_control(char)) {
        return Err("write it on one line, with letters that are seen".to_owned());
    }
    Ok(title.to_owned())
}
