//! The help of every command as one page of the book.

use std::fmt::Write as _;

use clap::CommandFactory as _;

use super::Cli;

/// Writes the page of all commands.
pub fn reference_page() -> String {
    let mut page = format!("{}\n\n# Commands\n", crate::publish::reference::NOTICE);
    let mut root = Cli::command().term_width(100);
    write!(page, "\n```text\n{}```\n", trimmed(&root.render_long_help().to_string()))
        .expect("strings take any text");
    root.build();
    for command in root.get_subcommands_mut() {
        if command.get_name() == "help" {
            continue;
        }
        let help = trimmed(&command.render_long_help().to_string());
        write!(page, "\n## patternbook {}\n\n```text\n{help}```\n", command.get_name())
            .expect("strings take any text");
    }
    page
}

/// Without spaces at the ends of lines, which clap leaves.
fn trimmed(help: &str) -> String {
    let mut text = String::new();
    for line in help.trim_end().lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
