//! A document as the rules of its kind see it: its text, where it stands, and what is beside it.

/// A document to hold against the rules of its kind.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    /// The text.
    pub text: &'a str,
    /// Where it stands; nothing for a snippet.
    pub place: Option<Place<'a>>,
}

/// Where a document stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Its path below the folder that the rules may look into, with `/`.
    pub path: &'a str,
    /// The name of the folder that it is in.
    pub folder: &'a str,
    /// What is in the folder that the rules may look into.
    pub neighbours: &'a dyn Neighbours,
}

/// Answers what rules ask about the files around a document.
///
/// Every path is below one folder, which nothing leads out of: the plugin that the document
/// belongs to, or else its repository, or else the folder that was given to the tool.
pub trait Neighbours: Sync {
    /// What is at a path. A link counts as what it leads to, if that is in the folder too.
    fn entry(&self, path: &str) -> Option<Entry>;

    /// The text of a regular file, if it can be read.
    fn text(&self, path: &str) -> Option<String>;

    /// The paths of all regular files below a folder, sorted; hidden ones too.
    fn files(&self, folder: &str) -> Vec<String>;
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Whether it is a folder, not a file.
    pub is_folder: bool,
    /// Whether its owner may execute it.
    pub is_executable: bool,
}

impl<'a> Document<'a> {
    /// Makes a document that stands nowhere, such as an example.
    pub fn snippet(text: &'a str) -> Self {
        Self { text, place: None }
    }
}

impl Place<'_> {
    /// The path of what the document names by a path of its own folder. Nothing, if that
    /// leads out of the folder that the rules may look into.
    pub fn resolve(&self, relative: &str) -> Option<String> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        join(folder, relative)
    }

    /// The path of a file, from the folder of the document; the other way round.
    pub fn from_here(&self, path: &str) -> String {
        format!("{}{path}", "../".repeat(self.path.matches('/').count()))
    }
}

/// Joins two paths and takes out `.` and `..`. Nothing, if the result leads out.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("", "./x//y").as_deref(), Some("x/y"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(join("a", "/etc"), None);
    }
}
