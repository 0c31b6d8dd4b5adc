//! `patternbook choose`: question by question to a pattern.

use std::io::{self, BufRead, IsTerminal as _, Write};

use super::{Outcome, project};
use crate::diagnostic::printable;
use crate::model::Catalog;
use crate::model::choose::{Astray, DecisionPath, FILE, Place, Question};
use crate::report::choose::{self, Format};

/// Answer some questions, and come to the pattern that fits
///
/// Asks what `choose.yaml` of the project around you says. In a terminal, type the number of
/// an answer; `b` goes back, and nothing or `q` ends. Elsewhere, and with `--all`, every
/// question is printed with where its answers lead.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done, 2 a number that is no answer, or the tool could not go on.

Examples:
  patternbook choose                      asks, in a terminal
  patternbook choose 2 1                  the second answer, then the first
  patternbook choose --all                every question, as an outline
  patternbook choose --format json 2 1    the pattern at the end, for a program")]
pub(super) struct Choose {
    /// Answers, each by its number: the first for the first question
    #[arg(value_name = "NUMBER")]
    answers: Vec<String>,
    /// Print every question, and ask nothing
    #[arg(long, conflicts_with = "answers")]
    all: bool,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Choose {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let project = project::open(&project::current_folder()?)?;
        let catalog = &project.catalog;
        let Some(path) = &catalog.decisions else {
            match project.folder.has(FILE) {
                true => anyhow::bail!("`{FILE}` has errors; `patternbook check` shows them"),
                false => anyhow::bail!(
                    "this project has no `{FILE}`; `patternbook list` lists its patterns"
                ),
            }
        };
        let mut out = io::stdout().lock();
        let shows_all = self.all || self.answers.is_empty();
        match self.format {
            Format::Json if shows_all => choose::write_json(path, &mut out)?,
            Format::Json => {
                let place = self.place(path)?;
                choose::write_json_place(&place, path, catalog, &mut out)?;
            }
            Format::Human => {
                let is_asked = !self.all && io::stdin().is_terminal() && out.is_terminal();
                match is_asked {
                    true => {
                        self.place(path)?;
                        let mut dialogue = Dialogue { path, catalog, out: &mut out };
                        dialogue.run(self.answers.clone(), &mut io::stdin().lock())?;
                    }
                    false if shows_all => choose::write_outline(path, catalog, &mut out)?,
                    false => self.write_place(&self.place(path)?, catalog, &mut out)?,
                }
            }
        }
        Ok(Outcome::Clean)
    }

    /// Where the answers of the command line lead.
    fn place<'a>(&self, path: &'a DecisionPath) -> anyhow::Result<Place<'a>> {
        path.follow(&self.answers).map_err(|astray| match astray {
            Astray::NoSuchAnswer(question, given) => {
                anyhow::anyhow!("{}", no_such_answer(&self.answers[given], question))
            }
            Astray::Ended(given) => {
                let (used, left) = self.answers.split_at(given);
                let (used, left) = (used.join(" "), left.join(" "));
                anyhow::anyhow!("`{used}` leads to a pattern already; leave out `{left}`")
            }
        })
    }

    fn write_place(
        &self,
        place: &Place<'_>,
        catalog: &Catalog,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match place {
            Place::End(answer, ids) => choose::write_end(answer, ids, catalog, out),
            Place::Question(question) => {
                choose::write_question(question, out)?;
                let answers = self.answers.join(" ");
                writeln!(out, "\nGo on with: patternbook choose {answers} NUMBER")
            }
        }
    }
}

/// Says that something is no answer, and what there is.
fn no_such_answer(given: &str, question: &Question) -> String {
    let mut answers = Vec::new();
    choose::write_answers(question, &mut answers).expect("memory takes any text");
    let answers = String::from_utf8_lossy(&answers).into_owned();
    let question = &question.question;
    printable(&format!("`{given}` is none of the answers to “{question}”:\n{}", answers.trim_end()))
}

/// Questions and answers in a terminal.
struct Dialogue<'a> {
    path: &'a DecisionPath,
    catalog: &'a Catalog,
    out: &'a mut dyn Write,
}

enum Reply {
    Answer(String),
    Back,
    End,
}

impl Dialogue<'_> {
    /// Asks until the way or the person comes to an end. `answers` have been given already,
    /// and lead somewhere.
    fn run(&mut self, mut answers: Vec<String>, input: &mut dyn BufRead) -> io::Result<()> {
        while let Ok(place) = self.path.follow(&answers) {
            let question = match place {
                Place::Question(question) => question,
                Place::End(answer, ids) => {
                    return choose::write_end(answer, ids, self.catalog, self.out);
                }
            };
            choose::write_question(question, self.out)?;
            match self.ask(question, input)? {
                Reply::Answer(number) => answers.push(number),
                Reply::Back => drop(answers.pop()),
                Reply::End => break,
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// Asks until the reply is one that can be followed.
    fn ask(&mut self, question: &Question, input: &mut dyn BufRead) -> io::Result<Reply> {
        loop {
            write!(self.out, "\n1-{}, b: back, q: quit > ", question.answers.len())?;
            self.out.flush()?;
            let mut line = String::new();
            input.read_line(&mut line)?;
            match line.trim() {
                "" | "q" => return Ok(Reply::End),
                "b" => return Ok(Reply::Back),
                number if question.answer(number).is_some() => {
                    return Ok(Reply::Answer(number.to_owned()));
                }
                other => writeln!(self.out, "{}", no_such_answer(other, question))?,
            }
        }
    }
}
