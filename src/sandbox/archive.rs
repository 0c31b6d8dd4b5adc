//! Files on their way into a world and out of it, as tar archives.
//!
//! Nothing of the host ever follows a path inside a world: what came out of it is data.

use std::io::{self, Read as _};

use tar::{Archive, Builder, EntryType, Header};

/// Something to put into a world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its path, relative.
    pub path: String,
    /// Its permissions.
    pub mode: u32,
    /// What it is.
    pub content: Content,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file with these bytes.
    File(Vec<u8>),
    /// A folder.
    Folder,
    /// A symbolic link to this.
    Link(String),
    /// A named pipe.
    Pipe,
    /// Something else, such as a socket.
    Other,
}

impl Item {
    /// A file that everybody may read.
    pub fn file(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), mode: 0o644, content: Content::File(bytes.into()) }
    }

    /// A folder.
    pub fn folder(path: impl Into<String>) -> Self {
        Self { path: path.into(), mode: 0o755, content: Content::Folder }
    }

    /// A program.
    pub fn program(path: impl Into<String>, text: &str) -> Self {
        Self { mode: 0o755, ..Self::file(path, text) }
    }

    /// A symbolic link.
    pub fn link(path: impl Into<String>, target: impl Into<String>) -> Self {
        Self { path: path.into(), mode: 0o777, content: Content::Link(target.into()) }
    }
}

/// Packs items. Folders above them are made by the reader.
pub fn pack(items: &[Item]) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    for item in items {
        let mut header = Header::new_gnu();
        header.set_mode(item.mode);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(0);
        match &item.content {
            Content::File(bytes) => {
                header.set_entry_type(EntryType::Regular);
                header.set_size(bytes.len() as u64);
                builder.append_data(&mut header, &item.path, bytes.as_slice())?;
            }
            Content::Folder => {
                header.set_entry_type(EntryType::Directory);
                builder.append_data(&mut header, &item.path, io::empty())?;
            }
            Content::Link(target) => {
                header.set_entry_type(EntryType::Symlink);
                builder.append_link(&mut header, &item.path, target)?;
            }
            Content::Pipe => {
                header.set_entry_type(EntryType::Fifo);
                builder.append_data(&mut header, &item.path, io::empty())?;
            }
            Content::Other => {}
        }
    }
    builder.into_inner()
}

/// Unpacks an archive into memory.
pub fn unpack(archive: &[u8]) -> io::Result<Vec<Item>> {
    let mut items = Vec::new();
    for entry in Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let path = path.trim_start_matches("./").trim_end_matches('/').to_owned();
        let mode = entry.header().mode()?;
        let content = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                Content::File(bytes)
            }
            EntryType::Directory => Content::Folder,
            EntryType::Symlink => {
                let target = entry.link_name_bytes().unwrap_or_default();
                Content::Link(String::from_utf8_lossy(&target).into_owned())
            }
            EntryType::Fifo => Content::Pipe,
            _ => Content::Other,
        };
        items.push(Item { path, mode, content });
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let items = vec![
            Item::folder("a"),
            Item::file("a/long-name-".to_owned() + &"x".repeat(150), "text\n"),
            Item::program("a/run", "#!/bin/sh\n"),
            Item::link("a/link", "/etc/passwd"),
            Item { path: "a/pipe".to_owned(), mode: 0o600, content: Content::Pipe },
        ];
        assert_eq!(unpack(&pack(&items).unwrap()).unwrap(), items);
    }
}
