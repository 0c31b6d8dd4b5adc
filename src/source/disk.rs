//! Reads files and folders. The only reader of input.
//!
//! Inside a project nothing leads out: no absolute path, no `..`, no link. A file is read
//! only when it is a regular one and not larger than its limit, so that neither a device
//! nor a gigabyte of nesting can stop the tool.
#![expect(clippy::disallowed_methods, reason = "this is the one place that reads")]

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Error;

/// The most that a pattern, a manifest or front matter may hold, in bytes.
pub const DATA_LIMIT: u64 = 2 << 20;

/// The most that a Markdown file or an example file may hold, in bytes.
pub const TEXT_LIMIT: u64 = 16 << 20;

/// Why a file's text cannot be had. A fault of the input, so it becomes a diagnostic.
#[derive(Debug)]
pub enum Unreadable {
    /// There is no such file.
    Missing,
    /// It is a folder, a device, a socket.
    NotAFile,
    /// The path leads out of the project: it is absolute or holds `..`.
    Outside,
    /// The path goes through a symbolic link.
    Link,
    /// It is larger than its limit, in bytes.
    TooLarge(u64),
    /// It is not UTF-8 from this byte on; with the text before and after it as far as it
    /// could be decoded.
    NotUtf8(usize, String),
    /// The system said no.
    Io(io::Error),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such file"),
            Self::NotAFile => f.write_str("it is no regular file"),
            Self::Outside => f.write_str("the path leads out of the project"),
            Self::Link => f.write_str("the path goes through a symbolic link"),
            Self::TooLarge(limit) => write!(f, "it is larger than {} MiB", limit >> 20),
            Self::NotUtf8(..) => f.write_str("it is not UTF-8"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

/// A folder that nothing leads out of.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    /// By path below `root`.
    unsaved: Arc<BTreeMap<String, String>>,
}

impl Folder {
    /// Opens a folder.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let fail = |source| Error::Read { path: root.to_owned(), source };
        let root = fs::canonicalize(root).map_err(fail)?;
        Ok(Self::at(root))
    }

    fn at(root: PathBuf) -> Self {
        Self { root, unsaved: Arc::default() }
    }

    /// Puts texts that an editor has not saved yet in the place of those on disk, each by its
    /// path below this folder. A file that is not on disk does not come into being.
    pub fn with_unsaved(self, texts: BTreeMap<String, String>) -> Self {
        Self { unsaved: Arc::new(texts), ..self }
    }

    /// Finds the nearest folder at or above `start` that holds a `patternbook.yaml`.
    pub fn find_project(start: &Path) -> Result<Self, Error> {
        let fail = |source| Error::Read { path: start.to_owned(), source };
        let start = fs::canonicalize(start).map_err(fail)?;
        let start =
            if start.is_dir() { start } else { start.parent().unwrap_or(&start).to_owned() };
        let is_project = |folder: &&Path| folder.join("patternbook.yaml").is_file();
        match start.ancestors().find(is_project) {
            Some(root) => Ok(Self::at(root.to_owned())),
            None => Err(Error::NoProject { start }),
        }
    }

    /// Opens a folder around a file: the one that `root_of` names for the folder that the file is
    /// in, which is itself or above it. Gives the path of the file below it, too.
    pub fn around(
        file: &Path,
        root_of: impl FnOnce(&Path) -> PathBuf,
    ) -> Result<(Self, String), Error> {
        // A text that an editor has not saved yet stands where it will be.
        let file = match canonical(file) {
            Ok(file) => file,
            Err(error) => place_of(file).ok_or(error)?,
        };
        let root = root_of(file.parent().unwrap_or(&file));
        let path = with_slashes(file.strip_prefix(&root).expect("it is one of its ancestors"));
        Ok((Self::at(root), path))
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads a file of this folder; `path` is relative to it, with `/`.
    pub fn read(&self, path: &str, limit: u64) -> Result<String, Unreadable> {
        decode(self.read_bytes(path, limit)?)
    }

    /// Reads a file of this folder as bytes.
    pub fn read_bytes(&self, path: &str, limit: u64) -> Result<Vec<u8>, Unreadable> {
        // Not `Path::components`: it drops a `.` in the middle, and one file would have two
        // names.
        if path.split('/').any(|name| matches!(name, "" | "." | "..")) {
            return Err(Unreadable::Outside);
        }
        let mut full = self.root.clone();
        for name in Path::new(path) {
            full.push(name);
            let kind = fs::symlink_metadata(&full).map_err(unreadable)?.file_type();
            if kind.is_symlink() {
                return Err(Unreadable::Link);
            }
        }
        match self.unsaved.get(path) {
            Some(text) if text.len() as u64 > limit => Err(Unreadable::TooLarge(limit)),
            Some(text) => Ok(text.clone().into_bytes()),
            None => read_bytes(&full, limit),
        }
    }

    /// Tells whether there is a file at a path of this folder.
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).is_file()
    }

    /// Tells of what is at a path whether it is a folder, and whether its owner may execute it.
    /// A link counts as what it leads to, if that is in this folder too.
    pub fn kind(&self, path: &str) -> Option<(bool, bool)> {
        use std::os::unix::fs::PermissionsExt as _;
        let full = self.root.join(path);
        // Most of what is asked for is not there, and following each name of a path takes long.
        fs::symlink_metadata(&full).ok()?;
        let full = fs::canonicalize(full).ok()?;
        let metadata = fs::metadata(full.starts_with(&self.root).then_some(full)?).ok()?;
        Some((metadata.is_dir(), metadata.permissions().mode() & 0o100 != 0))
    }

    /// Tells whether a file of this folder may be executed by its owner.
    pub fn is_executable(&self, path: &str) -> bool {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = fs::symlink_metadata(self.root.join(path));
        metadata.is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0)
    }

    /// Lists every regular file below `path`, sorted, relative to this folder. A folder that
    /// is not there has none. Links are not followed, hidden files are left out.
    pub fn files(&self, path: &str) -> Result<Vec<String>, Error> {
        self.list(path, |name, kind| !name.starts_with(b".") && (kind.is_dir() || kind.is_file()))
    }

    /// Lists everything below `path` that is no folder: hidden files and links too.
    pub fn all_files(&self, path: &str) -> Result<Vec<String>, Error> {
        self.list(path, |_, _| true)
    }

    fn list(
        &self,
        path: &str,
        is_wanted: fn(&[u8], FileType) -> bool,
    ) -> Result<Vec<String>, Error> {
        let mut files = Vec::new();
        let start = self.root.join(path);
        if start.is_dir() {
            self.collect(&start, is_wanted, &mut files)?;
        }
        files.sort();
        Ok(files)
    }

    fn collect(
        &self,
        folder: &Path,
        is_wanted: fn(&[u8], FileType) -> bool,
        files: &mut Vec<String>,
    ) -> Result<(), Error> {
        let fail = |source| Error::Read { path: folder.to_owned(), source };
        for entry in fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let kind = entry.file_type().map_err(fail)?;
            if !is_wanted(entry.file_name().as_encoded_bytes(), kind) {
                continue;
            }
            if kind.is_dir() {
                self.collect(&entry.path(), is_wanted, files)?;
            } else {
                let path = entry.path();
                let relative = path.strip_prefix(&self.root).expect("the walk began at the root");
                files.push(with_slashes(relative));
            }
        }
        Ok(())
    }
}

/// Reads a text file that a person named, wherever it is.
pub fn read(path: &Path, limit: u64) -> Result<String, Unreadable> {
    decode(read_bytes(path, limit)?)
}

/// Reads a text that a person hands over, such as on standard input.
pub fn read_stream(stream: impl Read, limit: u64) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    stream.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(Unreadable::TooLarge(limit));
    }
    decode(bytes)
}

/// Reads a file of this tool's own, such as a cache; nothing, if it is a link or another user
/// wrote it.
pub fn read_own(path: &Path, limit: u64) -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::symlink_metadata(path).ok()?;
    let is_ours = metadata.is_file() && metadata.uid() == rustix::process::geteuid().as_raw();
    is_ours.then(|| read_bytes(path, limit).ok())?
}

/// Lists the files at or below a path that a person named, in no order.
///
/// What `.gitignore` leaves out is left out; links are not followed; of hidden files and
/// folders only those are visited that hold agents' and plugins' documents.
pub fn walk(path: &Path) -> Result<Walked, Error> {
    if !path.exists() {
        return Err(Error::NoSuchPath { path: path.to_owned() });
    }
    let mut walk = ignore::WalkBuilder::new(path);
    walk.hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || is_visited(entry));
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    for entry in walk.build() {
        match entry {
            // What is named by hand is not passed over, whatever it is.
            Ok(entry)
                if entry
                    .file_type()
                    .is_some_and(|kind| kind.is_file() || !kind.is_dir() && entry.depth() == 0) =>
            {
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => unreadable.extend(place_of_error(&error)),
        }
    }
    Ok(Walked { files, unreadable })
}

/// The folders right below one, without what is hidden and what git ignores, sorted.
pub fn folders(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut walk = ignore::WalkBuilder::new(root);
    walk.require_git(false).max_depth(Some(1));
    let mut folders = Vec::new();
    for entry in walk.build() {
        let entry = entry.map_err(|error| {
            let path = place_of_error(&error).unwrap_or_else(|| root.to_owned());
            Error::Read {
                path,
                source: error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into()),
            }
        })?;
        if entry.depth() == 1 && entry.file_type().is_some_and(|kind| kind.is_dir()) {
            folders.push(entry.into_path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// What a walk found.
#[derive(Debug)]
pub struct Walked {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The folders that could not be looked into.
    pub unreadable: Vec<PathBuf>,
}

/// The path that an error of a walk is about.
fn place_of_error(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            place_of_error(err)
        }
        _ => None,
    }
}

/// Tells whether something stands at a path below a folder.
pub fn holds(folder: &Path, path: &str) -> bool {
    folder.join(path).exists()
}

/// Tells whether a file may be executed by its owner; a link counts as what it leads to.
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0)
}

/// Tells whether a path that a person named is a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Makes a path that a person named absolute, without links and `..`.
pub fn canonical(path: &Path) -> Result<PathBuf, Error> {
    fs::canonicalize(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// The place of a file whose folder is there: absolute, and without links in the folder.
pub fn place_of(path: &Path) -> Option<PathBuf> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
}

/// The place of a folder: absolute, and without links as far as it is there already.
pub fn place_of_folder(path: &Path) -> PathBuf {
    for above in path.ancestors() {
        let named = if above == Path::new("") { Path::new(".") } else { above };
        if let (Ok(full), Ok(rest)) = (fs::canonicalize(named), path.strip_prefix(above)) {
            return full.join(rest);
        }
    }
    path.to_owned()
}

/// Tells whether something is at a path; a link counts, wherever it leads.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Tells whether a path is that of a regular file, and of no link to one.
pub fn is_plain_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Finds the root of the repository that holds a folder: the nearest one with a `.git`.
pub fn repository(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// Tells whether a path that a person named is a file.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Writes a path with `/`, on every system.
pub fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/").replacen("//", "/", 1)
}

fn is_visited(entry: &ignore::DirEntry) -> bool {
    const VISITED: [&str; 8] = [
        ".claude",
        ".claude-plugin",
        ".agents",
        ".github",
        ".cursor",
        ".vscode",
        ".mcp.json",
        ".env",
    ];
    let name = entry.file_name().to_string_lossy();
    !name.starts_with('.') || VISITED.contains(&&*name) || name.starts_with(".env.")
}

fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Unreadable> {
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Unreadable::NotAFile);
    }
    if metadata.len() > limit {
        return Err(Unreadable::TooLarge(limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    let file = File::open(path).map_err(unreadable)?;
    // The file may have grown since its size was asked for.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(Unreadable::TooLarge(limit));
    }
    Ok(bytes)
}

/// Reads bytes of a file as text.
pub fn decode(bytes: Vec<u8>) -> Result<String, Unreadable> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        Unreadable::NotUtf8(valid, String::from_utf8_lossy(error.as_bytes()).into_owned())
    })
}

fn unreadable(error: io::Error) -> Unreadable {
    match error.kind() {
        io::ErrorKind::NotFound => Unreadable::Missing,
        _ => Unreadable::Io(error),
    }
}
