//! The skills of a site, where agents look for them: `/.well-known/agent-skills/index.json`, with
//! an archive of each skill and its digest.
//!
//! As version 0.2.0 of the draft has it:
//! <https://github.com/cloudflare/agent-skills-discovery-rfc>. Agents look only at the root of a
//! host, so a site in a folder is found by nobody who was not told of it.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::bundle::{self, json_text};
use super::tree::{FileTree, Output, OwnedFolder};
use crate::error::Error;
use crate::model::Catalog;
use crate::model::yaml::manifest::Skill;
use crate::sandbox::archive::{Item, pack};

/// The folder that agents look into.
const FOLDER: &str = ".well-known/agent-skills";
/// How they know how to read the index.
const SCHEMA: &str = "https://schemas.agentskills.io/discovery/0.2.0/schema.json";

/// The files of the site by which agents find the skills of a bundle; none without a skill.
pub fn files(catalog: &Catalog, outputs: &[Output]) -> Result<FileTree, Error> {
    let packed: Vec<(&Skill, io::Result<Vec<u8>>)> = catalog
        .manifest
        .skills
        .par_iter()
        .filter_map(|skill| Some((skill, archive(bundle::skill(outputs, &skill.name.value)?))))
        .collect();
    let mut files = FileTree::new();
    let mut skills = Vec::new();
    for (skill, archive) in packed {
        let file = format!("{}.tar.gz", skill.name.value);
        let archive = archive.map_err(|source| {
            let path = format!("{FOLDER}/{file}").into();
            Error::Write { path, source }
        })?;
        skills.push(json!({
            "name": skill.name.value,
            "type": "archive",
            "description": skill.description.trim(),
            // From where the index is, so that it holds for a site in a folder too.
            "url": file,
            "digest": format!("sha256:{}", sha256(&archive)),
        }));
        files.insert(format!("{FOLDER}/{file}"), archive);
    }
    if !skills.is_empty() {
        let index = json!({"$schema": SCHEMA, "skills": skills});
        files.insert(format!("{FOLDER}/index.json"), json_text(&index).into_bytes());
    }
    Ok(files)
}

/// A skill's folder as an archive, the same bytes every time.
fn archive(folder: &OwnedFolder) -> io::Result<Vec<u8>> {
    let item = |(path, bytes): (&String, &Vec<u8>)| {
        let mode = if folder.executables.contains(path) { 0o755 } else { 0o644 };
        Item { mode, ..Item::file(path, bytes.as_slice()) }
    };
    tar_gz(&folder.files.iter().map(item).collect::<Vec<_>>())
}

/// Packs files, the same bytes every time.
pub(super) fn tar_gz(items: &[Item]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&pack(items)?)?;
    encoder.finish()
}

/// The digest of bytes, as `sha256sum` writes it.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_digest_is_in_lower_case_hexadecimal() {
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(super::sha256(b""), expected);
    }
}
