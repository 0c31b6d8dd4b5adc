//! `patternbook schema`: the JSON Schemas of the files of a project.

use std::io::{self, Write as _};

use super::Outcome;
use crate::model::choose::CHOOSE_SCHEMA;
use crate::model::equipment::{CONTRACT_SCHEMA, LAB_SCHEMA};
use crate::model::load::{MANIFEST_SCHEMA, PATTERN_SCHEMA};

/// Print the JSON Schema of a file of a project, for editors
///
/// An editor with a YAML language server completes and checks a file that begins with
/// `# yaml-language-server: $schema=…/schema/pattern.json`.
#[derive(Debug, clap::Args)]
pub(super) struct Schema {
    /// Which file to describe
    #[arg(value_enum, default_value_t)]
    file: File,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum File {
    /// A file below `patterns/`
    #[default]
    Pattern,
    /// `patternbook.yaml`
    Manifest,
    /// `choose.yaml`
    Choose,
    /// A file of `contracts/`
    Contract,
    /// The `lab.yaml` of a lab
    Lab,
}

impl Schema {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let schema = match self.file {
            File::Pattern => &PATTERN_SCHEMA,
            File::Manifest => &MANIFEST_SCHEMA,
            File::Choose => &CHOOSE_SCHEMA,
            File::Contract => &CONTRACT_SCHEMA,
            File::Lab => &LAB_SCHEMA,
        };
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &schema.json())?;
        writeln!(out)?;
        Ok(Outcome::Clean)
    }
}
