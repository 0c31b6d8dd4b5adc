//! Outputs in memory, written all or not at all. The only writer.
#![expect(clippy::disallowed_methods, reason = "this is the one place that writes")]

pub mod apply;
mod begin;
mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::{NamedTempFile, TempDir};

use self::folder::stage_folder;
use crate::error::Error;
use crate::source::disk::Folder;

pub use begin::begin;

/// The files of an output: path with `/` to bytes.
pub type FileTree = BTreeMap<String, Vec<u8>>;

/// Something that is written as a whole.
#[derive(Debug)]
pub struct Output {
    /// Where it goes.
    pub path: PathBuf,
    /// What it is.
    pub content: Content,
}

/// A single file, or a folder that holds these files and no others.
#[derive(Debug)]
pub enum Content {
    /// One file. A file that stands there and does not hold the mark is somebody else's.
    File {
        /// What it says.
        bytes: Vec<u8>,
        /// A piece of every file that we would write here.
        mark: String,
    },
    /// A folder.
    Folder(OwnedFolder),
}

/// A folder that is ours alone: writing it replaces whatever stood there.
#[derive(Debug)]
pub struct OwnedFolder {
    /// Its files.
    pub files: FileTree,
    /// Which of them may be executed.
    pub executables: BTreeSet<String>,
    /// A file and a word in it, by which a folder that we wrote is known. A folder without
    /// it is somebody else's, and is not replaced.
    pub mark: (&'static str, &'static str),
}

impl OwnedFolder {
    /// A folder without executables, with the one file more by which it is known.
    pub fn marked(mut files: FileTree, mark: (&'static str, &'static str)) -> Self {
        files.insert(mark.0.to_owned(), format!("{}\n", mark.1).into_bytes());
        Self { files, executables: BTreeSet::new(), mark }
    }
}

/// How a file on disk differs from what it should be.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is not there; with its text.
    Missing(String),
    /// It should not be there.
    Extra,
    /// It says something else: what stands there, and what should.
    Changed(String, String),
    /// It may be executed and should not, or the other way round.
    Mode,
}

/// Writes all outputs. Nothing of what stood there before is touched until every new file
/// is on the disk; then each output is swapped in.
///
/// A link below `root`, the project, is refused: a repository may hold a link `skills` that
/// leads to any folder of the machine.
pub fn write(root: &Folder, outputs: &[Output]) -> Result<(), Error> {
    for output in outputs {
        refuse_links(root.root(), &output.path)?;
        refuse_foreign(output)?;
    }
    // Before anything is staged: two outputs may stand in one folder.
    for output in outputs {
        remove_leftovers(&output.path);
    }
    let mut staged = Vec::new();
    for output in outputs {
        staged.push((stage(output)?, &output.path));
    }
    for (stage, path) in staged {
        stage.swap_in(path).map_err(|source| Error::Write { path: path.clone(), source })?;
    }
    Ok(())
}

/// Removes a folder of ours that is no longer wanted.
pub fn remove(root: &Folder, path: &Path) -> Result<(), Error> {
    refuse_links(root.root(), path)?;
    fs::remove_dir_all(path).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Writes one new file, and refuses to replace one that is there.
pub fn create(root: &Folder, path: &Path, text: &str) -> Result<(), Error> {
    refuse_links(root.root(), path)?;
    let fail = |source| Error::Write { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(fail)?;
    }
    let mut file = fs::File::create_new(path).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)
}

/// Writes a file of the user's own, such as the list of trusted projects: whole or not at all.
pub fn save(path: &Path, text: &str) -> Result<(), Error> {
    let fail = |source| Error::Write { path: path.to_owned(), source };
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(fail)?;
    let stage = stage_file(parent, text.as_bytes()).map_err(fail)?;
    stage.swap_in(path).map_err(fail)
}

/// Writes files that a person named, such as reports: all of them whole, or none.
///
/// A file that is replaced hands its mode on. A link or a device is refused, for it would be
/// replaced by a file; and so is a folder that is not there, for it may be a slip.
pub fn save_all(files: &[(&Path, Vec<u8>)]) -> Result<(), Error> {
    let mut staged = Vec::new();
    for (path, bytes) in files {
        let fail = |source| Error::Write { path: path.to_path_buf(), source };
        let metadata = path.symlink_metadata().ok();
        if let Some(metadata) = &metadata {
            if metadata.is_symlink() {
                return Err(Error::Link { path: path.to_path_buf() });
            }
            if !metadata.is_file() {
                return Err(fail(io::Error::other("something is there that is no regular file")));
            }
        }
        staged.push((stage_named(path, bytes, metadata.as_ref()).map_err(fail)?, *path));
    }
    for (stage, path) in staged {
        let fail = |source| Error::Write { path: path.to_owned(), source };
        stage.swap_in(path).map_err(fail)?;
    }
    Ok(())
}

/// A change in a file that a person wrote.
#[derive(Debug)]
pub struct Edit {
    /// The file.
    pub path: PathBuf,
    /// What it says now. If it says something else by then, nothing is written.
    pub before: String,
    /// What it shall say, if that changes.
    pub after: Option<String>,
    /// Whether who may read it shall be able to execute it too.
    pub makes_executable: bool,
}

/// Changes files that are there, all or none. They keep their owner and who may do what.
///
/// A link is refused: what it leads to was not named. Nothing is changed when one of the files
/// is not what it was, and each is compared once more just before it is replaced. What remains:
/// what another program writes in the moment between these two is lost; and when it writes to one
/// of the files while others are replaced already, or the disk fails, those get their old text
/// again as far as that is possible.
pub fn edit(edits: &[Edit]) -> Result<(), Error> {
    swap_in(edits.iter().map(stage_edit).collect::<Result<_, _>>()?)
}

/// Replaces each file by its new one, as long as it is what it was.
fn swap_in(staged: Vec<(Stage, &Edit)>) -> Result<(), Error> {
    for (_, edit) in &staged {
        unchanged(edit)?;
    }
    let mut swapped: Vec<&Edit> = Vec::new();
    for (stage, edit) in staged {
        let fail = |source| Error::Write { path: edit.path.clone(), source };
        let done = unchanged(edit).and_then(|_| stage.swap_in(&edit.path).map_err(fail));
        if let Err(error) = done {
            put_back(&swapped);
            return Err(error);
        }
        swapped.push(edit);
    }
    Ok(())
}

/// Gives files their old text again, as far as that is possible.
fn put_back(swapped: &[&Edit]) {
    for edit in swapped {
        let Some(after) = &edit.after else { continue };
        let back = Edit {
            path: edit.path.clone(),
            before: after.clone(),
            after: Some(edit.before.clone()),
            makes_executable: false,
        };
        if let Ok((stage, _)) = stage_edit(&back) {
            // The error that made this necessary is told; this one could only repeat it.
            let _ = stage.swap_in(&edit.path);
        }
    }
}

/// Makes sure that a file is there, is no link, and says what it said.
fn unchanged(edit: &Edit) -> Result<fs::Metadata, Error> {
    let fail = |source| Error::Write { path: edit.path.clone(), source };
    let metadata = fs::symlink_metadata(&edit.path).map_err(fail)?;
    if metadata.is_symlink() {
        return Err(Error::Link { path: edit.path.clone() });
    }
    if !metadata.is_file() || fs::read(&edit.path).map_err(fail)? != edit.before.as_bytes() {
        return Err(fail(io::Error::other("it was changed while it was looked at")));
    }
    Ok(metadata)
}

/// Puts a file into a cache of the user's, and removes the oldest ones above `most`.
pub fn keep(folder: &Path, name: &str, bytes: &[u8], most: usize) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::create_dir_all(folder.parent().unwrap_or(folder))?;
    if !folder.is_dir() {
        // Nobody else reads it: findings quote files. Another run may make it meanwhile.
        let _ = fs::DirBuilder::new().mode(0o700).create(folder);
    }
    let mut file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(folder.join(name))?;
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        // The user may have named a folder that holds other files too.
        if is_alike(&entry.file_name().to_string_lossy(), name) {
            entries.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    entries.sort();
    let surplus = entries.len().saturating_sub(most);
    for (_, path) in &entries[..surplus] {
        // Another run may have removed it.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

/// Tells whether two names of files are hashes of one length with one ending.
fn is_alike(a: &str, b: &str) -> bool {
    let (Some((a, end_of_a)), Some((b, end_of_b))) = (a.split_once('.'), b.split_once('.')) else {
        return false;
    };
    let is_hash = a.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash && a.len() == b.len() && end_of_a == end_of_b
}

/// Compares an output with what is on the disk below `root`. Keys are paths below `root`.
pub fn compare(root: &Folder, output: &Output) -> Result<BTreeMap<String, Difference>, Error> {
    let base = output.path.strip_prefix(root.root()).unwrap_or(&output.path);
    let base = crate::source::disk::with_slashes(base);
    let mut differences = BTreeMap::new();
    match &output.content {
        Content::File { bytes, .. } => compare_file(root, &base, bytes, None, &mut differences),
        Content::Folder(folder) => {
            for (name, bytes) in &folder.files {
                let executable = Some(folder.executables.contains(name));
                let path = format!("{base}/{name}");
                compare_file(root, &path, bytes, executable, &mut differences);
            }
            for path in root.all_files(&base)? {
                let name = path.strip_prefix(&format!("{base}/")).unwrap_or(&path);
                if !folder.files.contains_key(name) {
                    differences.insert(path, Difference::Extra);
                }
            }
        }
    }
    Ok(differences)
}

fn compare_file(
    root: &Folder,
    path: &str,
    bytes: &[u8],
    executable: Option<bool>,
    differences: &mut BTreeMap<String, Difference>,
) {
    let wanted = String::from_utf8_lossy(bytes).into_owned();
    let difference = match root.read_bytes(path, u64::MAX - 1) {
        Err(_) => Difference::Missing(wanted),
        Ok(found) if found != bytes => {
            Difference::Changed(String::from_utf8_lossy(&found).into_owned(), wanted)
        }
        Ok(_) if executable.is_some_and(|wanted| wanted != root.is_executable(path)) => {
            Difference::Mode
        }
        Ok(_) => return,
    };
    differences.insert(path.to_owned(), difference);
}

/// How the names of new outputs begin until they are swapped in.
const PREFIX: &str = ".patternbook-";

/// A new output beside the place where it will stand.
enum Stage {
    File(NamedTempFile),
    Folder(TempDir),
}

impl Stage {
    fn swap_in(self, path: &Path) -> io::Result<()> {
        match self {
            Self::File(file) => file.persist(path).map(drop).map_err(|error| error.error),
            // The folder that stood there is then the temporary one, and goes with it.
            Self::Folder(folder) if path.exists() => {
                renameat_with(CWD, folder.path(), CWD, path, RenameFlags::EXCHANGE)?;
                folder.close()
            }
            Self::Folder(folder) => fs::rename(folder.path(), path),
        }
    }
}

fn stage(output: &Output) -> Result<Stage, Error> {
    let fail = |source| Error::Write { path: output.path.clone(), source };
    let parent = output.path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(fail)?;
    match &output.content {
        Content::File { bytes, .. } => stage_file(parent, bytes).map_err(fail),
        Content::Folder(folder) => {
            stage_folder(parent, folder, Some(&output.path)).map(Stage::Folder).map_err(fail)
        }
    }
}

/// Removes what a build that was killed left beside an output.
fn remove_leftovers(path: &Path) {
    let Some(Ok(entries)) = path.parent().map(fs::read_dir) else { return };
    for entry in entries.flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            let leftover = entry.path();
            // If it cannot be removed it stays, and does no harm.
            let _ = match leftover.is_dir() {
                true => fs::remove_dir_all(leftover),
                false => fs::remove_file(leftover),
            };
        }
    }
}

fn stage_file(parent: &Path, bytes: &[u8]) -> io::Result<Stage> {
    let mut file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(parent)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(Permissions::from_mode(0o644))?;
    Ok(Stage::File(file))
}

/// A new file beside the place that a person named for it.
fn stage_named(path: &Path, bytes: &[u8], now: Option<&fs::Metadata>) -> io::Result<Stage> {
    let mut builder = tempfile::Builder::new();
    // The system takes away what the user's mask does.
    builder.prefix(PREFIX).permissions(Permissions::from_mode(0o666));
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    if let Some(now) = now {
        file.as_file().set_permissions(now.permissions())?;
    }
    Ok(Stage::File(file))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

fn stage_edit(edit: &Edit) -> Result<(Stage, &Edit), Error> {
    let now = unchanged(edit)?;
    let mode = now.permissions().mode();
    let mode = if edit.makes_executable { mode | (mode & 0o444) >> 2 } else { mode };
    let text = edit.after.as_ref().unwrap_or(&edit.before);
    let stage = stage_text(&edit.path, text, mode, &now);
    let fail = |source| Error::Write { path: edit.path.clone(), source };
    Ok((stage.map_err(fail)?, edit))
}

fn stage_text(path: &Path, text: &str, mode: u32, now: &fs::Metadata) -> io::Result<Stage> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let builder = &mut tempfile::Builder::new();
    let mut file = builder.prefix(PREFIX).tempfile_in(folder_of(path))?;
    file.write_all(text.as_bytes())?;
    let new = file.as_file().metadata()?;
    if (new.uid(), new.gid()) != (now.uid(), now.gid()) {
        fchown(file.as_file(), Some(now.uid()), Some(now.gid()))?;
    }
    file.as_file().set_permissions(Permissions::from_mode(mode & 0o7777))?;
    Ok(Stage::File(file))
}

/// Refuses a path that leaves the project through a link.
fn refuse_links(root: &Path, path: &Path) -> Result<(), Error> {
    let Ok(below) = path.strip_prefix(root) else { return Ok(()) };
    let mut current = root.to_owned();
    for name in below {
        current.push(name);
        if current.is_symlink() {
            return Err(Error::Link { path: current });
        }
    }
    Ok(())
}

/// Refuses to replace a file or folder that somebody else wrote.
fn refuse_foreign(output: &Output) -> Result<(), Error> {
    let path = &output.path;
    let is_ours = match &output.content {
        Content::File { mark, .. } => !path.exists() || holds(path, mark),
        Content::Folder(folder) => {
            let is_empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
            let (file, word) = folder.mark;
            !path.exists() || is_empty() || holds(&path.join(file), word)
        }
    };
    match is_ours {
        true => Ok(()),
        false => Err(Error::Foreign { path: path.clone() }),
    }
}

fn holds(path: &Path, word: &str) -> bool {
    fs::read(path).is_ok_and(|text| String::from_utf8_lossy(&text).contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_at_the_last_moment_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let edit = |name: &str| Edit {
            path: folder.path().join(name),
            before: "before".to_owned(),
            after: Some("after".to_owned()),
            makes_executable: false,
        };
        let edits = [edit("a"), edit("b")];
        for edit in &edits {
            fs::write(&edit.path, "before").unwrap();
        }
        let staged = edits.iter().map(stage_edit).collect::<Result<_, _>>().unwrap();
        fs::write(&edits[1].path, "by another").unwrap();
        swap_in(staged).unwrap_err();
        let read = |edit: &Edit| fs::read_to_string(&edit.path).unwrap();
        assert_eq!((read(&edits[0]).as_str(), read(&edits[1]).as_str()), ("before", "by another"));
    }
}
