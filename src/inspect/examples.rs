//! The bad and the good example of each rule: files of `examples/`, part of this program.
//!
//! An example is Markdown: a line `Bad:` and the files of a tree in which the rule is broken, a
//! line `Good:` and the same tree as it should be, and, if there are any, a line `Both:` and files
//! of both trees that matter less. A file is a fence whose info string holds `file="path"`, and
//! `executable` where the owner may run it.

use crate::markdown;

/// Rule and text of each file, sorted by rule.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// A rule, broken and kept.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// A tree in which the rule is broken.
    pub bad: Vec<ExampleFile>,
    /// A tree in which nothing is wrong.
    pub good: Vec<ExampleFile>,
    /// What stands beside the files of either tree.
    pub both: Vec<ExampleFile>,
}

impl Example {
    /// The parts that have files, in the order to show them in, each with its title.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &[ExampleFile])> {
        let parts = [
            ("Bad", self.bad.as_slice()),
            ("Good", self.good.as_slice()),
            ("Beside either", self.both.as_slice()),
        ];
        parts.into_iter().filter(|(_, files)| !files.is_empty())
    }
}

/// A file of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its path below the tree.
    pub path: String,
    /// The language that its text is shown in.
    pub language: String,
    /// Its text.
    pub text: String,
    /// Whether its owner may execute it.
    pub is_executable: bool,
}

/// Finds the example of a rule.
pub fn of(rule: &str) -> Option<Example> {
    let name = format!("{rule}.md");
    let at = FILES.binary_search_by(|(path, _)| path.cmp(&name.as_str())).ok()?;
    Some(read(FILES[at].1))
}

/// The rules that have an example, sorted.
pub fn rules() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| path.strip_suffix(".md").unwrap_or(path))
}

/// Reads the text of an example.
pub fn read(text: &str) -> Example {
    let (text, both) = text.split_once("\nBoth:\n").unwrap_or((text, ""));
    let (bad, good) = text.split_once("\nGood:\n").unwrap_or((text, ""));
    Example { bad: files(bad), good: files(good), both: files(both) }
}

fn files(text: &str) -> Vec<ExampleFile> {
    let fences = markdown::outline(text).fences.into_iter();
    let file = |fence: markdown::Fence| {
        let path = fence.attribute("file")?.to_owned();
        let is_executable = fence.info.split_whitespace().any(|word| word == "executable");
        Some(ExampleFile { path, language: fence.language, text: fence.code, is_executable })
    };
    fences.filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_files_of_both_trees() {
        let fence = |info: &str, code: &str| format!("\n```{info}\n{code}\n```\n");
        let text = ["Bad:\n", &fence("sh file=\"a b.sh\" executable", "x")].concat()
            + &["\nGood:\n", &fence("sh file=\"c\"", "y")].concat()
            + &["\nBoth:\n", &fence("sh file=\"d\"", "z")].concat();
        let example = read(&text);
        assert_eq!(example.bad[0].path, "a b.sh");
        assert!(example.bad[0].is_executable);
        assert_eq!((example.good.len(), example.good[0].text.as_str()), (1, "y\n"));
        assert_eq!(example.parts().map(|(title, _)| title).last(), Some("Beside either"));
    }
}
