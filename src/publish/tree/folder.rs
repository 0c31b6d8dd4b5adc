//! A new folder beside the place where it will stand.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Component, Path};

use rayon::prelude::*;
use rustix::process::geteuid;
use tempfile::TempDir;

use super::{OwnedFolder, PREFIX};
use crate::source::disk::Folder;

/// Writes a folder into a new one in `parent`.
///
/// Most files of a build are what they were in `before`, the folder that it takes the place of:
/// they are linked, which takes a fraction of the time that a new file does. That nobody writes
/// into a file of ours, but in its place, is what makes that safe.
pub(super) fn stage_folder(
    parent: &Path,
    folder: &OwnedFolder,
    before: Option<&Path>,
) -> io::Result<TempDir> {
    let stage = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
    fs::set_permissions(stage.path(), Permissions::from_mode(0o755))?;
    let leads_out = |name: &&String| {
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        !Path::new(name).components().all(is_plain)
    };
    if let Some(name) = folder.files.keys().find(leads_out) {
        return Err(io::Error::other(format!("`{name}` leads out of it")));
    }
    let folders: BTreeSet<&Path> =
        folder.files.keys().filter_map(|name| Path::new(name).parent()).collect();
    for folder in folders {
        fs::create_dir_all(stage.path().join(folder))?;
    }
    // A folder that is not there, or not to be read, has nothing to link.
    let before = before.and_then(|before| Folder::open(before).ok());
    folder.files.par_iter().try_for_each(|(name, bytes)| {
        let path = stage.path().join(name);
        let is_executable = folder.executables.contains(name);
        let linked = |before| link(before, name, bytes, is_executable, &path);
        if before.as_ref().is_some_and(linked) {
            return Ok(());
        }
        fs::write(&path, bytes)?;
        match is_executable {
            true => fs::set_permissions(&path, Permissions::from_mode(0o755)),
            false => Ok(()),
        }
    })?;
    Ok(stage)
}

/// Links a file of a folder, if it is the same, and nobody else can write into it: it is ours, and
/// has no other name. That it cannot be linked is no fault: not every file system has links.
fn link(folder: &Folder, name: &str, bytes: &[u8], is_executable: bool, to: &Path) -> bool {
    let path = folder.root().join(name);
    let is_alike = |file: fs::Metadata| {
        file.len() == bytes.len() as u64
            && (file.mode() & 0o111 != 0) == is_executable
            && (file.uid(), file.nlink()) == (geteuid().as_raw(), 1)
    };
    fs::symlink_metadata(&path).is_ok_and(is_alike)
        && folder.read_bytes(name, bytes.len() as u64).is_ok_and(|found| found == bytes)
        && fs::hard_link(&path, to).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;
    use crate::publish::tree::FileTree;

    /// Stages the same three files again after `change`, and tells which of them are linked.
    fn linked_after(change: impl FnOnce(&Path)) -> Vec<&'static str> {
        let names = ["a", "b/c", "b/run"];
        let files: FileTree = names.map(|name| (name.to_owned(), name.into())).into();
        let mut folder = OwnedFolder::marked(files, ("mark", "ours"));
        folder.executables.insert("b/run".to_owned());
        let parent = tempfile::tempdir().unwrap();
        let before: PathBuf = stage_folder(parent.path(), &folder, None).unwrap().keep();
        change(&before);
        let after = stage_folder(parent.path(), &folder, Some(&before)).unwrap();
        for name in names {
            assert_eq!(fs::read(after.path().join(name)).unwrap(), name.as_bytes());
            let is_executable = fs::metadata(after.path().join(name)).unwrap().mode() & 0o111 != 0;
            assert_eq!(is_executable, name == "b/run");
        }
        let inode = |folder: &Path, name: &str| fs::metadata(folder.join(name)).unwrap().ino();
        let is_linked = |name: &&str| inode(&before, name) == inode(after.path(), name);
        names.into_iter().filter(is_linked).collect()
    }

    #[test]
    fn what_did_not_change_is_linked() {
        assert_eq!(linked_after(|_| ()), ["a", "b/c", "b/run"]);
    }

    #[test]
    fn what_says_something_else_or_may_do_something_else_is_written_anew() {
        let other_text = |before: &Path| fs::write(before.join("a"), "z").unwrap();
        assert_eq!(linked_after(other_text), ["b/c", "b/run"]);
        let other_mode = |before: &Path| {
            let permissions = Permissions::from_mode(0o755);
            fs::set_permissions(before.join("b/c"), permissions).unwrap();
        };
        assert_eq!(linked_after(other_mode), ["a", "b/run"]);
    }

    #[test]
    fn what_has_another_name_is_written_anew() {
        let elsewhere = tempfile::tempdir().unwrap();
        let name_again =
            |before: &Path| fs::hard_link(before.join("a"), elsewhere.path().join("a")).unwrap();
        assert_eq!(linked_after(name_again), ["b/c", "b/run"]);
    }

    #[test]
    fn nothing_is_linked_through_a_link() {
        let elsewhere = tempfile::tempdir().unwrap();
        let lead_out = |before: &Path| {
            let folder = elsewhere.path().join("b");
            fs::rename(before.join("b"), &folder).unwrap();
            symlink(folder, before.join("b")).unwrap();
        };
        assert_eq!(linked_after(lead_out), ["a"]);
    }
}
