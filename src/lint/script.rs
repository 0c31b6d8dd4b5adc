//! A shell script as simple commands, read tolerantly and with exact places.
//!
//! The rules need to know which program runs, what it is given, and where its output
//! goes; and they need it for documentation too, with `<placeholder>` words and `$ `
//! prompts that no shell accepts. So nothing here fails: what is not understood is text.

mod reader;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// A script, or the commands that a reader is told to type.
#[derive(Debug)]
pub(super) struct Script<'a> {
    /// The whole text.
    pub text: &'a str,
    /// Every simple command, those inside `$(…)` and functions too, in the order of the text.
    pub commands: Vec<Command>,
    /// Every assignment, in the order of the text.
    pub assignments: Vec<Assignment>,
    /// For each name, where the assignments to it are in the list of them.
    by_name: BTreeMap<String, Vec<usize>>,
    /// The functions that some call lets print to the output of the script.
    printing: BTreeSet<String>,
}

/// One simple command.
#[derive(Debug, Default, Clone)]
pub(super) struct Command {
    /// Where it is.
    pub range: Range<usize>,
    /// The assignments before the first word.
    pub assignments: Vec<Assignment>,
    /// The program and its arguments.
    pub words: Vec<Word>,
    /// Its redirections.
    pub redirects: Vec<Redirect>,
    /// Where its standard output goes.
    pub sink: Sink,
    /// The function whose body it is part of.
    pub function: Option<Rc<str>>,
}

/// `NAME=value`.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    /// The name.
    pub name: String,
    /// Where the whole assignment is.
    pub range: Range<usize>,
    /// The value.
    pub value: Word,
}

/// A word, or the body of a here-document.
#[derive(Debug, Default, Clone)]
pub(super) struct Word {
    /// Where it is, quotes included.
    pub range: Range<usize>,
    /// The text without quotes. Expansions stand in it as they were written.
    pub text: String,
    /// What the shell expands in it; nothing for what stands in single quotes.
    pub expansions: Vec<Expansion>,
}

/// Something that the shell replaces.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    /// Where it is.
    pub range: Range<usize>,
    /// What it is.
    pub kind: ExpansionKind,
}

/// The kinds of expansion that the rules tell apart.
#[derive(Debug, Clone)]
pub(super) enum ExpansionKind {
    /// `$NAME` or `${NAME…}`.
    Variable {
        /// The name, with the `#` or `!` before it.
        name: String,
        /// What follows the name inside the braces, such as `:-default`.
        operator: String,
    },
    /// `$(…)`, a backquote or a process substitution.
    Command,
}

/// A redirection.
#[derive(Debug, Clone)]
pub(super) struct Redirect {
    /// The operator, such as `>` or `<<<`.
    pub operator: &'static str,
    /// The number before the operator.
    pub descriptor: Option<u32>,
    /// The word behind the operator; the delimiter of a here-document.
    pub target: Word,
    /// The text of a here-document.
    pub body: Option<Word>,
    here_document: Option<usize>,
}

/// Where the standard output of a command goes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    /// To the standard output of the script: the terminal, unless someone catches it.
    #[default]
    Stdout,
    /// To standard error.
    Stderr,
    /// Into a variable or a word.
    Captured,
    /// Into the next command.
    Pipe,
    /// Into a file.
    File,
}

impl<'a> Script<'a> {
    /// Reads a script. Never fails.
    pub(super) fn read(text: &'a str) -> Self {
        let mut commands = reader::read(text);
        commands.sort_by_key(|command| (command.range.start, command.range.end));
        let assignments: Vec<Assignment> = commands.iter().flat_map(Command::assigned).collect();
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, assignment) in assignments.iter().enumerate() {
            by_name.entry(assignment.name.clone()).or_default().push(index);
        }
        let printing = commands.iter().filter(|call| {
            call.sink == Sink::Stdout && call.function.as_deref() != Some(call.name())
        });
        let printing = printing.map(|call| call.name().to_owned()).collect();
        Self { text, commands, assignments, by_name, printing }
    }

    /// Tells whether this is a script with a `#!` line, not commands to type.
    pub(super) fn is_file(&self) -> bool {
        self.text.starts_with("#!")
    }

    /// The first line, when it says which program reads the script.
    pub(super) fn shebang(&self) -> Option<&'a str> {
        if self.is_file() { self.text.lines().next() } else { None }
    }

    /// The commands that run inside a place of the text, such as a `$(…)`.
    pub(super) fn inside(&self, range: &Range<usize>) -> impl Iterator<Item = &Command> {
        let Range { start, end } = *range;
        let first = self.commands.partition_point(|command| command.range.start < start);
        let starts_inside = move |command: &&Command| command.range.start <= end;
        let near = self.commands[first..].iter().take_while(starts_inside);
        near.filter(move |command| command.range.end <= end)
    }

    /// The assignments to a name, in the order of the text.
    pub(super) fn assignments_to(&self, name: &str) -> impl Iterator<Item = &Assignment> {
        let indexes = self.by_name.get(name).into_iter().flatten();
        indexes.map(|index| &self.assignments[*index])
    }

    /// Tells whether what a command prints reaches the output of the script. The output of
    /// a function does when some call of it is neither caught nor sent elsewhere.
    pub(super) fn reaches_output(&self, command: &Command) -> bool {
        let is_called = |function: &Rc<str>| self.printing.contains(&**function);
        command.sink == Sink::Stdout && command.function.as_ref().is_none_or(is_called)
    }
}

impl Command {
    /// The program and its arguments, without `timeout 5s`, `sudo` and other wrappers.
    pub(super) fn program(&self) -> &[Word] {
        let mut words = &self.words[..];
        while let Some((first, rest)) = words.split_first() {
            let options = match first.text.as_str() {
                "sudo" | "command" | "exec" | "nohup" | "builtin" | "env" => {
                    leading(rest, |word| word.starts_with('-') || word.contains('='))
                }
                "timeout" | "gtimeout" => {
                    leading(rest, |word| word.starts_with('-')) + usize::from(rest.len() > 1)
                }
                _ => break,
            };
            words = rest.get(options..).unwrap_or_default();
        }
        words
    }

    /// The name of the program, without its folder; empty when there is none.
    pub(super) fn name(&self) -> &str {
        let path = self.program().first().map_or("", |word| word.text.as_str());
        path.rsplit('/').next().unwrap_or_default()
    }

    /// What is given to the program.
    pub(super) fn arguments(&self) -> &[Word] {
        self.program().get(1..).unwrap_or_default()
    }

    /// Tells whether one of the wrappers before the program limits its time.
    pub(super) fn has_timeout(&self) -> bool {
        let wrappers = self.words.len() - self.program().len();
        self.words[..wrappers].iter().any(|word| word.text.ends_with("timeout"))
    }

    /// What it assigns, be it before a program or as arguments of `export` and its like.
    pub(super) fn assigned(&self) -> Vec<Assignment> {
        let mut assigned = self.assignments.clone();
        let first = self.words.first().map_or("", |word| word.text.as_str());
        if matches!(first, "export" | "declare" | "local" | "readonly" | "typeset") {
            assigned.extend(self.words[1..].iter().filter_map(Assignment::split));
        }
        assigned
    }

    /// Every text that the command holds: words, values, targets, here-documents.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Word> {
        let values = self.assignments.iter().map(|assignment| &assignment.value);
        let redirects = self
            .redirects
            .iter()
            .flat_map(|redirect| std::iter::once(&redirect.target).chain(redirect.body.as_ref()));
        values.chain(&self.words).chain(redirects)
    }
}

impl Assignment {
    /// Reads a word as `NAME=value`; `None` when it is something else.
    pub(super) fn split(word: &Word) -> Option<Self> {
        let (name, value) = word.text.split_once('=')?;
        let name = name.trim_end_matches('+');
        let name = name.split('[').next().unwrap_or_default();
        if !is_name(name) {
            return None;
        }
        let range = (word.range.start + word.text.len() - value.len()).min(word.range.end);
        let value = Word {
            range: range..word.range.end,
            text: value.to_owned(),
            expansions: word.expansions.clone(),
        };
        Some(Self { name: name.to_owned(), range: word.range.clone(), value })
    }
}

impl Expansion {
    /// The name of the variable; `None` for a command.
    pub(super) fn variable(&self) -> Option<&str> {
        match &self.kind {
            ExpansionKind::Variable { name, .. } => Some(name),
            ExpansionKind::Command => None,
        }
    }

    /// The name of the variable when its whole value takes this place, not `${#NAME}` or
    /// `${NAME:+set}`.
    pub(super) fn whole_variable(&self) -> Option<&str> {
        let ExpansionKind::Variable { name, operator } = &self.kind else { return None };
        let is_length_or_indirect = name.starts_with(['#', '!']);
        let is_value = ["", ":-", "-", ":?", "?", ":=", "="].iter().any(|start| match *start {
            "" => operator.is_empty(),
            start => operator.starts_with(start),
        });
        (is_value && !is_length_or_indirect).then_some(name.as_str())
    }
}

/// Tells whether a text is the name of a variable.
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_')
}

fn leading(words: &[Word], is_option: fn(&str) -> bool) -> usize {
    words.iter().take_while(|word| is_option(&word.text)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let script = Script::read(text);
        let line = |command: &Command| {
            let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            let assigned: Vec<String> = command
                .assignments
                .iter()
                .map(|assignment| format!("{}={} ", assignment.name, assignment.value.text))
                .collect();
            format!("{:?}: {}{}", command.sink, assigned.concat(), words.join(" "))
        };
        let found: Vec<String> = script.commands.iter().map(line).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quotes_comments_and_operators() {
        check(
            "echo 'a # b' \"c $D\" # no\nx && y || z; w & v",
            &[
                "Stdout: echo a # b c $D",
                "Stdout: x",
                "Stdout: y",
                "Stdout: z",
                "Stdout: w",
                "Stdout: v",
            ],
        );
    }

    #[test]
    fn a_command_in_a_word_is_captured() {
        check(
            "T=$(timeout 5s curl -s x | jq .) || exit 1",
            &[
                "Stdout: T=$(timeout 5s curl -s x | jq .) ",
                "Pipe: timeout 5s curl -s x",
                "Captured: jq .",
                "Stdout: exit 1",
            ],
        );
    }

    #[test]
    fn the_redirection_of_a_group_counts_for_its_commands() {
        check(
            "{ echo a; echo b >&2; } > file\nif x; then echo c; fi | cat\n",
            &[
                "File: echo a",
                "Stderr: echo b",
                "File: ",
                "Pipe: x",
                "Pipe: echo c",
                "Pipe: ",
                "Stdout: cat",
            ],
        );
    }

    #[test]
    fn a_here_document_is_a_body_and_not_commands() {
        let script = Script::read("cat <<EOF > f\n{ $A $(b) }\nEOF\necho <<'E'\n$A\nE\nz\n");
        let names: Vec<&str> = script.commands.iter().map(Command::name).collect();
        assert_eq!(names, ["cat", "b", "echo", "z"]);
        let body = script.commands[0].redirects[0].body.as_ref().unwrap();
        assert_eq!((body.text.as_str(), body.expansions.len()), ("{ $A $(b) }\n", 2));
        let body = script.commands[2].redirects[0].body.as_ref().unwrap();
        assert_eq!((body.text.as_str(), body.expansions.len()), ("$A\n", 0));
    }

    #[test]
    fn cases_functions_tests_and_arithmetic() {
        check(
            "f() { echo a; }\ncase $1 in\n a|b) x ;;\n *) y ;;\nesac\n[[ a < b && c ]] && z=$((1 + $(d)))\n",
            &[
                "Stdout: echo a",
                "Stdout: case $1 in",
                "Stdout: x",
                "Stdout: y",
                "Stdout: [[ a b c ]]",
                "Stdout: z=$((1 + $(d))) ",
            ],
        );
    }

    #[test]
    fn deep_nesting_is_text() {
        for opening in ["$(", "${a:-", "\"$(", "x=(", "`", "{ ", "<("] {
            Script::read(&opening.repeat(100_000));
        }
    }

    #[test]
    fn documentation_has_prompts_and_placeholders() {
        check("$ curl <your-host>/x -d <b>\n", &["Stdout: curl <your-host>/x -d <b>"]);
    }
}
