//! New files and changed ones in a folder of somebody else's, all or none.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Edit, PREFIX, folder_of, refuse_links, stage_edit, swap_in};
use crate::error::Error;
use crate::source::disk::Folder;

/// A file below a folder that comes into being, or that changes.
#[derive(Debug)]
pub struct Change {
    /// Its path below the folder, with `/`.
    pub path: String,
    /// What it says now; nothing, if it is not there. If that is not so by then, nothing is written.
    pub before: Option<String>,
    /// What it shall say.
    pub after: String,
    /// Whether who may read it shall be able to execute it too.
    pub makes_executable: bool,
}

/// Makes and changes files of a folder, all or none: new ones first, then those of [`super::edit`]. If one
/// cannot be made or changed, the new ones and their folders go again.
///
/// A link is refused, on the way to a file too. What [`super::edit`] says of other programs holds here.
pub fn apply(root: &Folder, changes: &[Change]) -> Result<(), Error> {
    let mut made = Made::default();
    let applied = apply_noting(root, changes, &mut made);
    if applied.is_err() {
        made.remove();
    }
    applied
}

fn apply_noting(root: &Folder, changes: &[Change], made: &mut Made) -> Result<(), Error> {
    let mut edits = Vec::new();
    let mut new = Vec::new();
    for change in changes {
        let path = root.root().join(&change.path);
        refuse_links(root.root(), &path)?;
        match &change.before {
            Some(before) => edits.push(Edit {
                path,
                before: before.clone(),
                after: Some(change.after.clone()),
                makes_executable: change.makes_executable,
            }),
            None => {
                let fail = |source| Error::Write { path: path.clone(), source };
                made.folders_to(&path).map_err(fail)?;
                let mode = if change.makes_executable { 0o777 } else { 0o666 };
                new.push((stage_new(&path, &change.after, mode).map_err(fail)?, path.clone()));
            }
        }
    }
    let staged = edits.iter().map(stage_edit).collect::<Result<Vec<_>, _>>()?;
    for (file, path) in new {
        let fail = |source| Error::Write { path: path.clone(), source };
        file.persist_noclobber(&path).map_err(|error| fail(error.error))?;
        made.files.push(path);
    }
    swap_in(staged)
}

/// What did not exist before.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    /// Makes the folders that a file needs.
    fn folders_to(&mut self, path: &Path) -> io::Result<()> {
        let missing = folder_of(path).ancestors().take_while(|folder| !folder.exists());
        for folder in missing.collect::<Vec<_>>().into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    /// Takes it away again, as far as that is possible: a folder that others use by now stays.
    fn remove(&self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A new file beside its place; the system takes away what the user's mask does.
fn stage_new(path: &Path, text: &str, mode: u32) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).permissions(Permissions::from_mode(mode));
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_goes_when_a_file_was_changed_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("README.md"), "by another").unwrap();
        let change = |path: &str, before: Option<&str>| Change {
            path: path.to_owned(),
            before: before.map(str::to_owned),
            after: "after".to_owned(),
            makes_executable: true,
        };
        let root = Folder::open(folder.path()).unwrap();
        let changes =
            [change("a/b/c.sh", None), change("d", None), change("README.md", Some("before"))];
        apply(&root, &changes).unwrap_err();
        let left = root.all_files("").unwrap();
        assert_eq!(left, ["README.md"]);
        assert!(!folder.path().join("a").exists());
        // A file that has come into being meanwhile is not replaced, and what was made goes.
        let changes = [change("e/f", None), change("README.md", None)];
        apply(&root, &changes).unwrap_err();
        assert_eq!(fs::read_to_string(folder.path().join("README.md")).unwrap(), "by another");
        assert!(!folder.path().join("e").exists());
    }
}
