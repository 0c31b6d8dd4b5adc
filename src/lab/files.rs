//! Files that stand ready for a test.

use crate::model::yaml::proof::{FileEntry, FileKind};
use crate::sandbox::archive::{Content, Item};

/// What stands ready, in the working folder; `None` for nothing.
pub fn item(file: &FileEntry) -> Option<Item> {
    let content = match (file.kind, &file.link) {
        (_, Some(target)) => Content::Link(target.clone()),
        (FileKind::Nothing, None) => return None,
        (FileKind::Folder, None) => Content::Folder,
        (FileKind::Pipe, None) => Content::Pipe,
        (FileKind::File, None) => {
            let text = file.content.as_ref().map(|content| content.text.clone());
            Content::File(text.unwrap_or_default().into_bytes())
        }
    };
    let usual = if content == Content::Folder { 0o755 } else { 0o644 };
    let mode = file.mode.as_ref().and_then(|mode| u32::from_str_radix(mode, 8).ok());
    Some(Item { path: in_work(&file.path).to_owned(), mode: mode.unwrap_or(usual), content })
}

/// A path below the home or the working folder, which are the same.
pub fn in_work(path: &str) -> &str {
    path.strip_prefix("~/").or_else(|| path.strip_prefix("./")).unwrap_or(path)
}
