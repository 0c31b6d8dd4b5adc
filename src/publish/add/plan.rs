//! Works out what is written, without writing: every file as it is and as it shall be.

use std::collections::BTreeSet;

use super::values::Answers;
use super::{Clash, Conflict, Part, Recipe, is_json, json, readme};
use crate::error::Error;
use crate::model::added::stays_below;
use crate::model::files::describe;
use crate::publish::tree::apply::Change;
use crate::source::disk::{Folder, TEXT_LIMIT, Unreadable};
use crate::source::{SourceFile, Sources, Span, disk};
use crate::value::{self, Entry};

/// Everything that is written, or what is in the way.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files that change, in the order of the recipe; README.md last.
    pub changes: Vec<Change>,
    /// What keeps us from writing any of them.
    pub conflicts: Vec<Conflict>,
    /// Every file that the recipe is about, changed or not.
    pub paths: Vec<String>,
}

/// Where a plugin says what it is called.
pub const MANIFEST: &str = ".claude-plugin/plugin.json";

/// How a README may be called; the first is what a new one is called.
const READMES: [&str; 3] = ["README.md", "readme.md", "Readme.md"];

/// Works out what a recipe writes into a folder. Of the files in `replaced` ours is taken where
/// something else stands there.
///
/// A link in the place of a file is an error.
pub fn plan(
    recipe: &Recipe<'_>,
    answers: &Answers,
    folder: &Folder,
    replaced: &BTreeSet<String>,
) -> Result<Plan, Error> {
    let conflicts = misplaced(recipe, answers);
    if !conflicts.is_empty() {
        return Ok(Plan { conflicts, ..Plan::default() });
    }
    let mut planner = Planner { answers, folder, replaced, plan: Plan::default() };
    for part in recipe.parts() {
        planner.add_part(&part)?;
    }
    if let Some(section) = readme::section(recipe, answers) {
        let title = recipe.add.readme.as_ref().map_or("", |readme| &readme.title);
        planner.add_section(&section, title)?;
    }
    Ok(planner.plan)
}

/// The files that answers lead to a place where none may be: what `check` saw of their paths was
/// without them.
fn misplaced(recipe: &Recipe<'_>, answers: &Answers) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    let mut paths = BTreeSet::new();
    for path in recipe.paths(answers) {
        let is_readme = recipe.add.readme.is_some() && path.eq_ignore_ascii_case(READMES[0]);
        let message = if !stays_below(&path) {
            "with these answers it leads out of the plugin, or into `.git`"
        } else if is_readme || !paths.insert(path.clone()) {
            "with these answers two files go here"
        } else {
            continue;
        };
        let help = "give another value with `--set`, or mend `to` in the pattern".to_owned();
        conflicts.push(Conflict { path, line: 1, column: 1, message: message.to_owned(), help });
    }
    conflicts
}

struct Planner<'a> {
    answers: &'a Answers,
    folder: &'a Folder,
    replaced: &'a BTreeSet<String>,
    plan: Plan,
}

impl Planner<'_> {
    fn add_part(&mut self, part: &Part<'_>) -> Result<(), Error> {
        let code = part.code();
        let ours = match is_json(part.example) {
            true => self.answers.fill_json(&code),
            false => self.answers.fill(&code),
        };
        let is_executable = part.example.script.as_ref().is_some_and(|it| it.is_executable)
            || ours.starts_with("#!");
        let path = self.answers.fill_path(part.path);
        if path != MANIFEST && is_json(part.example) {
            self.refuse_servers_of_manifest(&ours);
        }
        let Ok(before) = self.read(&path)? else { return Ok(()) };
        let replaces = self.replaced.contains(&path);
        let after = match &before {
            Some(theirs) if is_json(part.example) && !theirs.trim().is_empty() => {
                let new_only: Vec<&str> =
                    part.file.new_only.iter().map(|key| key.as_str()).collect();
                let kind = part.example.entry.kind.as_ref().map(|kind| kind.as_str());
                let names_servers = kind == Some("mcp-config");
                let way = json::Way { new_only: &new_only, names_servers, replaces };
                json::merge(theirs, &ours, way)
            }
            Some(theirs) if *theirs != ours && !theirs.is_empty() && !replaces => {
                let (at, message) = first_difference(theirs, &ours);
                Err(vec![Clash { at, message, help: None }])
            }
            _ => Ok(ours),
        };
        let named = if is_json(part.example) { &code } else { part.path };
        let help = self.help(&path, named);
        self.note(&path, before, after, is_executable, &help);
        Ok(())
    }

    /// Refuses servers that the plugin's manifest has already: Claude Code reads both files.
    fn refuse_servers_of_manifest(&mut self, ours: &str) {
        let Some(text) = self.manifest() else { return };
        let (Some(manifest), Some(ours)) = (value::json::parse(&text), value::json::parse(ours))
        else {
            return;
        };
        let theirs = manifest.get(json::SERVERS).map_or(&[][..], |servers| servers.entries());
        let is_ours = |key: &str| ours.get(json::SERVERS).is_some_and(|it| it.get(key).is_some());
        let file = SourceFile::new(MANIFEST, text);
        for Entry { key, key_range, .. } in theirs.iter().filter(|entry| is_ours(&entry.key)) {
            let at = file.position(key_range.start);
            self.plan.conflicts.push(Conflict {
                path: MANIFEST.to_owned(),
                line: at.line,
                column: at.column,
                message: format!("`{key}` is a server of this plugin already"),
                help: "give another name with `--set`, or take that server out".to_owned(),
            });
        }
    }

    /// The text of the plugin's manifest, if it has one.
    fn manifest(&self) -> Option<String> {
        self.folder.read(MANIFEST, TEXT_LIMIT).ok()
    }

    fn add_section(&mut self, section: &readme::Section, title: &str) -> Result<(), Error> {
        let is_there = |name: &&&str| disk::is_there(&self.folder.root().join(name));
        let path = READMES.iter().find(is_there).unwrap_or(&READMES[0]);
        let Ok(before) = self.read(path)? else { return Ok(()) };
        let replaces = self.replaced.iter().any(|name| name.eq_ignore_ascii_case(path));
        let start = match &before {
            Some(text) => text.clone(),
            None => format!("# {}\n", self.name()),
        };
        let after = readme::place(section, &start, replaces).map_err(|clash| vec![clash]);
        let help = self.help(path, title);
        self.note(path, before, after, false, &help);
        Ok(())
    }

    /// The title of a new README: the plugin's name or, where it has none, its folder's.
    fn name(&self) -> String {
        let manifest = self.manifest().and_then(|text| value::json::parse(&text));
        let stated = manifest.and_then(|node| Some(node.get("name")?.text()?.to_owned()));
        let folder = self.folder.root().file_name().unwrap_or_default().to_string_lossy();
        let name = as_heading(&stated.unwrap_or_else(|| folder.into_owned()));
        if name.is_empty() { "Plugin".to_owned() } else { name }
    }

    /// Reads what is there: nothing, a text, or something that is in the way and has been noted.
    fn read(&mut self, path: &str) -> Result<Result<Option<String>, ()>, Error> {
        match self.folder.read(path, TEXT_LIMIT) {
            Ok(text) => Ok(Ok(Some(text))),
            Err(Unreadable::Missing) => Ok(Ok(None)),
            Err(Unreadable::Link) => Err(Error::Link { path: self.folder.root().join(path) }),
            Err(problem) => {
                let mut sources = Sources::default();
                let file = sources.add(SourceFile::new(path, ""));
                let found = describe(&problem, path, Span::new(file, 0..0));
                let help = "move it away, or repair it".to_owned();
                let path = path.to_owned();
                let conflict = Conflict { path, line: 1, column: 1, message: found.message, help };
                self.plan.conflicts.push(conflict);
                Ok(Err(()))
            }
        }
    }

    /// What to do where something else stands. Another value is a way out only where one decides
    /// what is named there, as a path, a key or a heading.
    fn help(&self, path: &str, named: &str) -> String {
        let other = match self.answers.decide(named) {
            true => " give another value with `--set`, or",
            false => "",
        };
        format!("`--replace {path}` takes the pattern's in its place; or{other} move yours away")
    }

    fn note(
        &mut self,
        path: &str,
        before: Option<String>,
        after: Result<String, Vec<Clash>>,
        is_executable: bool,
        help: &str,
    ) {
        self.plan.paths.push(path.to_owned());
        match after {
            Ok(after) => {
                let lacks_bit =
                    is_executable && (before.is_none() || !self.folder.is_executable(path));
                if lacks_bit || before.as_ref() != Some(&after) {
                    let path = path.to_owned();
                    let change = Change { path, before, after, makes_executable: lacks_bit };
                    self.plan.changes.push(change);
                }
            }
            Err(clashes) => {
                let file = SourceFile::new(path, before.unwrap_or_default());
                for clash in clashes {
                    let at = file.position(clash.at);
                    self.plan.conflicts.push(Conflict {
                        path: path.to_owned(),
                        line: at.line,
                        column: at.column,
                        message: clash.message,
                        help: clash.help.unwrap_or(help).to_owned(),
                    });
                }
            }
        }
    }
}

/// Where a file that is there begins to differ from ours.
fn first_difference(theirs: &str, ours: &str) -> (usize, String) {
    let same = theirs.lines().zip(ours.lines()).take_while(|(theirs, ours)| theirs == ours);
    let line = same.count();
    let start = theirs.split_inclusive('\n').take(line).map(str::len).sum();
    (start, "the file is there, and from here on says something else".to_owned())
}

/// As much of a name as a heading can have.
fn as_heading(name: &str) -> String {
    let is_plain = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '.' | ' ');
    let name: String = name.chars().filter(is_plain).collect();
    name.trim_matches([' ', '-', '.']).to_owned()
}
