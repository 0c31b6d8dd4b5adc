//! Begins a folder: new files where nothing of their names stands yet, all or none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{FileTree, OwnedFolder, folder::stage_folder};
use crate::error::Error;

/// Writes new files into a folder, which is made if it is not there.
///
/// They are written beside, and then each file and folder at the top is moved to its place in one
/// step. `last` is moved last, so that what was begun is there as a whole once `last` is. Where
/// something stands already, nothing is written.
pub fn begin(
    folder: &Path,
    files: FileTree,
    executables: BTreeSet<String>,
    last: &'static str,
) -> Result<(), Error> {
    let fail = |source| Error::Write { path: folder.to_owned(), source };
    let names = files.keys().filter_map(|path| path.split('/').next());
    let mut names: Vec<String> =
        BTreeSet::from_iter(names).into_iter().map(str::to_owned).collect();
    names.sort_by_key(|name| name == last);
    fs::create_dir_all(folder).map_err(fail)?;
    let owned = OwnedFolder { files, executables, mark: (last, "") };
    let stage = stage_folder(folder, &owned, None).map_err(fail)?;
    let mut moved: Vec<PathBuf> = Vec::new();
    for name in &names {
        let path = folder.join(name);
        let staged = stage.path().join(name);
        if let Err(error) = renameat_with(CWD, staged, CWD, &path, RenameFlags::NOREPLACE) {
            for path in moved {
                // Back to where it goes away with the rest.
                let name = path.file_name().unwrap_or_default();
                let _ = fs::rename(&path, stage.path().join(name));
            }
            return Err(Error::Write { path, source: error.into() });
        }
        moved.push(path);
    }
    Ok(())
}
