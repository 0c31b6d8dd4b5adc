//! Where the reader stands in a repository.

/// The root of the repository that the reader stands in; where there is none, the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Root {
    /// Its path, absolute, with `/`.
    pub path: String,
    /// What leads from it to where the reader stands, such as `docs/`; empty in the root.
    pub below: String,
}

impl Root {
    /// Makes a path absolute that leads from where the reader stands. Links are not resolved.
    pub fn absolute(&self, path: &str) -> String {
        let full = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("{}/{}{path}", self.path, self.below),
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in full.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                _ => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    /// The path from this root, if it leads there; such a path is the same on every machine.
    pub fn relative(&self, path: &str) -> Option<String> {
        let full = self.absolute(path);
        let below = full.strip_prefix(self.path.trim_end_matches('/'))?;
        below.strip_prefix('/').map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::Root;

    #[test]
    fn paths_lead_from_the_root() {
        let root = Root { path: "/code/ä".to_owned(), below: "docs/".to_owned() };
        assert_eq!(root.relative("a.md").unwrap(), "docs/a.md");
        assert_eq!(root.relative("../b c/./a.md").unwrap(), "b c/a.md");
        assert_eq!(root.relative("/code/ä/x.md").unwrap(), "x.md");
        assert_eq!(root.relative("/code/äx/x.md"), None);
        assert_eq!(root.relative("../../x.md"), None);
        assert_eq!(root.absolute("../../x.md"), "/code/x.md");
        let top = Root { path: "/".to_owned(), below: String::new() };
        assert_eq!(top.relative("a.md").unwrap(), "a.md");
    }
}
