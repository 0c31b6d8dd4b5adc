//! The site as a marketplace of plugins: the bundle as archives, and a `marketplace.json` that
//! leads to them.
//!
//! Claude Code takes a plugin from a site as a zip archive, by its whole address with `https:`; so
//! there is a marketplace only where the site's address is known.

use std::fmt::Write as _;
use std::io::{self, Cursor, Write as _};
use std::path::Path;

use serde_json::json;
use zip::CompressionMethod::Deflated;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{DateTime, ZipArchive, ZipWriter};

use super::bundle;
use super::discovery::{sha256, tar_gz};
use super::tree::{Content, FileTree, Output};
use crate::error::Error;
use crate::model::Catalog;
use crate::sandbox::archive::Item;

/// What `claude plugin marketplace add` is given the address of.
pub(super) const PATH: &str = "marketplace.json";
/// The folder of the archives.
const FOLDER: &str = "plugin";

/// A file for an archive.
#[derive(Debug)]
struct Entry<'a> {
    /// Its path in the archive, with `/`.
    path: String,
    bytes: &'a [u8],
    is_executable: bool,
}

impl Entry<'_> {
    fn mode(&self) -> u32 {
        if self.is_executable { 0o755 } else { 0o644 }
    }
}

/// The archives of a bundle, their checksums, and the marketplace; none without a bundle. `root`
/// is the folder of the project, `address` that of the site, with `/` at its end.
pub fn files(
    catalog: &Catalog,
    outputs: &[Output],
    root: &Path,
    address: &str,
) -> Result<FileTree, Error> {
    let mut files = FileTree::new();
    let Some(manifest) = &catalog.manifest.bundle else { return Ok(files) };
    let plugin = plugin_files(outputs, root);
    let name = &manifest.name;
    let fail = |source| Error::Write { path: FOLDER.into(), source };
    let (tar, zip) = rayon::join(|| packed_as_tar(&plugin), || packed_as_zip(&plugin));
    let (tar, zip) = (tar.map_err(fail)?, zip.map_err(fail)?);
    let skills = packed_skills(catalog, &zip).map_err(|error| fail(error.into()))?;
    let mut archives = vec![(format!("{name}.tar.gz"), tar), (format!("{name}.zip"), zip)];
    archives.extend(skills);
    let mut sums = String::new();
    for (file, bytes) in archives {
        let digest = sha256(&bytes);
        writeln!(sums, "{digest}  {file}").expect("strings take any text");
        if address.starts_with("https://") && file.ends_with(".zip") {
            let url = format!("{address}{FOLDER}/{file}");
            let source = json!({"source": "archive", "url": url, "sha256": digest});
            let text = bundle::json_text(&bundle::marketplace(manifest, &source));
            files.insert(PATH.to_owned(), text.into_bytes());
        }
        files.insert(format!("{FOLDER}/{file}"), bytes);
    }
    files.insert(format!("{FOLDER}/SHA256SUMS"), sums.into_bytes());
    Ok(files)
}

/// The files of a bundle, by their path in the plugin; sorted.
fn plugin_files<'a>(outputs: &'a [Output], root: &Path) -> Vec<Entry<'a>> {
    let mut files = Vec::new();
    for output in outputs {
        // The marketplace of the repository is none of the plugin's files.
        let Some(path) = bundle::path_in_plugin(&output.path, root) else { continue };
        match &output.content {
            Content::File { bytes, .. } => {
                files.push(Entry { path, bytes, is_executable: false });
            }
            Content::Folder(folder) => {
                files.extend(folder.files.iter().map(|(name, bytes)| Entry {
                    path: format!("{path}/{name}"),
                    bytes,
                    is_executable: folder.executables.contains(name),
                }));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Each skill as `NAME.skill`: a zip archive of its folder, as apps take them by upload. `plugin` is
/// the archive of all of it, whose files need not be packed again.
fn packed_skills(catalog: &Catalog, plugin: &[u8]) -> ZipResult<Vec<(String, Vec<u8>)>> {
    let mut plugin = ZipArchive::new(Cursor::new(plugin))?;
    let mut archives = Vec::new();
    for skill in &catalog.manifest.skills {
        let name = &skill.name.value;
        let folder = format!("{name}/");
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..plugin.len() {
            let file = plugin.by_index_raw(index)?;
            if file.name()?.starts_with(&folder) {
                archive.raw_copy_file(file)?;
            }
        }
        archives.push((format!("{name}.skill"), archive.finish()?.into_inner()));
    }
    Ok(archives)
}

fn packed_as_tar(files: &[Entry<'_>]) -> io::Result<Vec<u8>> {
    let item = |file: &Entry<'_>| Item { mode: file.mode(), ..Item::file(&file.path, file.bytes) };
    tar_gz(&files.iter().map(item).collect::<Vec<_>>())
}

fn packed_as_zip(files: &[Entry<'_>]) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let options = SimpleFileOptions::default()
            .compression_method(Deflated)
            // The first day that the format knows: the same bytes every time.
            .last_modified_time(DateTime::default())
            .unix_permissions(file.mode());
        archive.start_file(&file.path, options)?;
        archive.write_all(file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
