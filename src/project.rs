//! Loads a project and holds everything in it against every rule.
//!
//! A terminal and an editor ask the same question; here is the one answer to both.

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::inspect::project::check_claims;
use crate::inspect::{self, Inspection, suppress};
use crate::ledger::{self, Ledger};
use crate::model::load::{self, Loaded};
use crate::model::{self, Catalog, expectations};
use crate::publish::reference::all_rules;
use crate::publish::{book, bundle};
use crate::source::disk::{DATA_LIMIT, Folder, Unreadable};
use crate::source::{SourceFile, Sources, Span};
use crate::verify::marks::{self, marks};
use crate::verify::rules::LEDGER_UNREADABLE;

/// A project with everything that was found in it.
#[derive(Debug)]
pub struct Inspected {
    /// Every text that was read.
    pub sources: Sources,
    /// What the project says.
    pub catalog: Catalog,
    /// What was found, not yet sorted.
    pub inspection: Inspection,
    /// What was proven; empty where nothing was. Or why the record of it cannot be read.
    pub ledger: Result<Ledger, Box<Diagnostic>>,
    /// Why the plugin could not be made, so that what somebody wrote for it was not inspected.
    pub plugin: Result<(), Error>,
}

/// What a program that loads a project again and again need not work out twice.
#[derive(Debug, Default)]
pub struct Memory {
    model: model::memory::Memory,
    marks: marks::Memory,
}

/// Loads and inspects the project in `folder`.
pub fn inspect(folder: &Folder) -> Result<Inspected, Error> {
    let mut project = load(folder, &Memory::default())?;
    project.inspect(folder);
    Ok(project)
}

/// Loads the project in `folder`. Nothing is found yet but what keeps a file from being read.
pub fn load(folder: &Folder, memory: &Memory) -> Result<Inspected, Error> {
    let Loaded { mut sources, mut catalog, mut diagnostics } =
        load::load_again(folder, &memory.model)?;
    inspect::plugin::check_texts(&catalog, &mut sources, &mut diagnostics);
    let ledger = read_ledger(folder, &mut sources);
    match &ledger {
        Ok(ledger) => {
            let marks = marks(&catalog, &sources, &memory.marks);
            catalog.proven = ledger.proven(&marks);
        }
        Err(fault) => diagnostics.push(Diagnostic::clone(fault)),
    }
    let inspection = Inspection::from(diagnostics);
    Ok(Inspected { sources, catalog, inspection, ledger, plugin: Ok(()) })
}

impl Inspected {
    /// Holds everything against every rule. `folder` is the project's.
    pub fn inspect(&mut self, folder: &Folder) {
        let Self { sources, catalog, inspection, ledger, plugin } = self;
        let rules = all_rules();
        // Each asks for itself, so all ask at once.
        let questions: [&(dyn Fn() -> Inspection + Sync); 4] = [
            &|| expectations::check(catalog, sources).into(),
            &|| inspect::project::inspect(catalog, &rules),
            &|| inspect::project::inspect_chapters(catalog, sources),
            &|| inspect::project::inspect_texts(sources),
        ];
        let (answers, of_plugin): (Vec<Inspection>, _) = rayon::join(
            || questions.par_iter().map(|question| question()).collect(),
            || inspect_plugin(catalog, sources, folder),
        );
        for answer in answers {
            inspection.append(answer);
        }
        match of_plugin {
            Ok(of_plugin) => inspection.append(of_plugin),
            Err(error) => *plugin = Err(error),
        }
        inspection.diagnostics.extend(book::inspect(catalog, sources, folder));
        // That an unreadable ledger proves nothing need not be said of each example.
        if ledger.is_ok() {
            inspection.diagnostics.extend(check_claims(catalog));
        }
        suppress::suppress(sources, &rules, inspection);
        inspect::plugin::leave_out_missing(catalog, inspection);
    }
}

/// Inspects what somebody wrote for the plugin. Only where that is do its other files come into
/// being, which such a file may name.
fn inspect_plugin(
    catalog: &Catalog,
    sources: &Sources,
    folder: &Folder,
) -> Result<Inspection, Error> {
    if catalog.plugin.iter().all(|written| written.file.is_none()) {
        return Ok(Inspection::default());
    }
    let plugin = bundle::plugin(catalog, folder)?;
    let inspect = |plugin| inspect::plugin::inspect(catalog, sources, plugin);
    Ok(plugin.map(inspect).unwrap_or_default())
}

/// Reads the ledger of a project; an empty one where there is none.
fn read_ledger(folder: &Folder, sources: &mut Sources) -> Result<Ledger, Box<Diagnostic>> {
    let text = match folder.read(ledger::FILE, DATA_LIMIT) {
        Ok(text) => text,
        Err(Unreadable::Missing) => return Ok(Ledger::default()),
        Err(problem) => {
            let file = sources.add(SourceFile::unreadable(ledger::FILE, ""));
            let message = format!("the ledger cannot be read: {problem}");
            let diagnostic = Diagnostic::new(&LEDGER_UNREADABLE, Span::new(file, 0..0), message);
            let help = "bring back the committed one, or remove it: `patternbook test` writes it";
            return Err(Box::new(diagnostic.help(help)));
        }
    };
    Ledger::read(&text).map_err(|fault| {
        let file = sources.add(SourceFile::new(ledger::FILE, text));
        let span = Span::new(file, fault.range);
        Box::new(Diagnostic::new(&LEDGER_UNREADABLE, span, fault.message).help(fault.help))
    })
}
