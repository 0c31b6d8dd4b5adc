//! The command line: the only reader of the environment and the only printer.
//!
//! To add a subcommand: write `cli/<name>.rs`, and add one variant and one arm here.

mod add;
mod build;
mod check;
mod choose;
mod explain;
mod help;
mod init;
mod list;
mod lsp;
mod machine;
mod mdbook;
mod merge;
mod new;
mod outdated;
mod output;
mod probe;
mod progress;
mod project;
mod schema;
mod selection;
mod serve;
mod shelf;
mod show;
mod test;
mod trust;

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::diagnostic::printable;
use crate::report::Colour;

pub use help::reference_page;

/// How a run ended; the number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is wrong.
    Clean = 0,
    /// Errors were found in the input.
    Findings = 1,
    /// Nothing was there to check or to run, or not all of it could be run.
    Nothing = 3,
}

/// The exit status when the tool could not go on. Clap uses it for wrong arguments too.
const CANNOT_GO_ON: u8 = 2;

/// The exit status when nobody reads the output any more: 128 and the number of `SIGPIPE`.
const BROKEN_PIPE: u8 = 141;

/// Write a pattern once, as data: get a guide, a skill, and a check of every example.
#[derive(Debug, Parser)]
#[command(name = "patternbook", version, propagate_version = true, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit status: 0 clean, 1 findings, 2 wrong usage or the tool could not go on,
3 nothing was checked.

Start here:
  patternbook init retry          begin a project of your own, about any subject
  patternbook check README.md     check every code block of a Markdown file
  patternbook check               check the project around you
  patternbook probe helper.sh     hold a credential helper of yours against 12 properties
  patternbook add                 write a pattern into a plugin of yours
  patternbook test                run its examples in a sandbox, and prove them
  patternbook build               build its site and its plugin bundle
  patternbook serve               see its site while you write
  patternbook choose              answer some questions, and come to the pattern that fits
  patternbook explain             list every rule";

#[derive(Debug, Subcommand)]
enum Command {
    Add(add::Add),
    Build(build::Build),
    Check(check::Check),
    Test(test::Test),
    Merge(merge::Merge),
    Probe(probe::Probe),
    Choose(choose::Choose),
    List(list::List),
    Lsp(lsp::Lsp),
    Mdbook(mdbook::Mdbook),
    Outdated(outdated::Outdated),
    Show(show::Show),
    Explain(explain::Explain),
    Init(init::Init),
    New(new::New),
    Serve(serve::Serve),
    Schema(schema::Schema),
    Completions(Completions),
}

/// Print the completions of a shell
///
/// For bash: `patternbook completions bash > ~/.local/share/bash-completion/completions/patternbook`
#[derive(Debug, clap::Args)]
struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

/// Reads the arguments, runs, and gives the exit status.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        // As when a signal had ended it: whether all was well, nobody knows.
        Err(error) if is_broken_pipe(&error) => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            let message = printable(&format!("{error:#}"));
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::from(CANNOT_GO_ON)
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Add(add) => add.run(),
        Command::Build(build) => build.run(),
        Command::Check(check) => check.run(),
        Command::Test(test) => test.run(),
        Command::Merge(merge) => merge.run(),
        Command::Probe(probe) => probe.run(),
        Command::Choose(choose) => choose.run(),
        Command::List(list) => list.run(),
        Command::Lsp(lsp) => lsp.run(),
        Command::Mdbook(mdbook) => mdbook.run(),
        Command::Outdated(outdated) => outdated.run(),
        Command::Show(show) => show.run(),
        Command::Explain(explain) => explain.run(),
        Command::Init(init) => init.run(),
        Command::New(new) => new.run(),
        Command::Serve(serve) => serve.run(),
        Command::Schema(schema) => schema.run(),
        Command::Completions(completions) => {
            // Not straight to the terminal: the generator panics when its reader goes away.
            let mut script = Vec::new();
            clap_complete::generate(
                completions.shell,
                &mut Cli::command(),
                "patternbook",
                &mut script,
            );
            io::stdout().lock().write_all(&script)?;
            Ok(Outcome::Clean)
        }
    }
}

/// Tells whether the reader of our output went away, as `head` does: that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let of_json = || cause.downcast_ref::<serde_json::Error>()?.io_error_kind();
        kind.or_else(of_json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// Decides about colours: none in a pipe, or when `NO_COLOR` is set (no-color.org).
#[expect(clippy::disallowed_methods, reason = "this is the reader of the environment")]
fn colour() -> Colour {
    let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !is_refused { Colour::Ansi } else { Colour::None }
}
