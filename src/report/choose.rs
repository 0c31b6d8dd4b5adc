//! The decision path in a terminal: as an outline, as one question, and the pattern at its
//! end; and the same for programs.

use std::collections::BTreeSet;
use std::io;

use serde::Serialize;

use crate::diagnostic::printable;
use crate::model::choose::{Answer, DecisionPath, Place, Question, Target};
use crate::model::{Catalog, Pattern};
use crate::render::markdown::{resolve_links, wrap};
use crate::value::de::Block;

/// How the decision path is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON object.
    Json,
}

/// How many characters a line has.
const WIDTH: usize = 80;

/// Writes every question with its answers. One that several answers lead to is written once.
pub fn write_outline(
    path: &DecisionPath,
    catalog: &Catalog,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut outline = Outline { path, catalog, shown: BTreeSet::new(), out };
    outline.question(0, 0)
}

/// Writes one question, with the number of each answer.
pub fn write_question(question: &Question, out: &mut dyn io::Write) -> io::Result<()> {
    write_wrapped(&question.question, "", "", out)?;
    if let Some(text) = &question.text {
        write_wrapped(&words(text), "", "", out)?;
    }
    writeln!(out)?;
    write_answers(question, out)
}

/// Writes the answers of a question, each with its number.
pub fn write_answers(question: &Question, out: &mut dyn io::Write) -> io::Result<()> {
    for (number, answer) in (1..).zip(&question.answers) {
        write_wrapped(&answer.answer, &format!("{number:>3}  "), "     ", out)?;
    }
    Ok(())
}

/// Writes what stands at the end: the pattern, and how to read on.
pub fn write_end(
    answer: &Answer,
    ids: &[String],
    catalog: &Catalog,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Some((first, others)) = ids.split_first() else { return Ok(()) };
    write_wrapped(title(first, catalog), "", "", out)?;
    let pattern = catalog.patterns.get(first).map(|pattern| &pattern.content);
    if let Some(content) = pattern {
        write_wrapped(&words(&content.summary), "", "", out)?;
    }
    if let Some(because) = &answer.because {
        writeln!(out)?;
        write_wrapped(&words(because), "", "", out)?;
    }
    if let Some(text) = pattern.and_then(|content| content.answer.as_ref()) {
        writeln!(out, "\n{}", printable(&words(text)))?;
    }
    writeln!(out, "\nAll of it:     patternbook show {first}")?;
    for (index, id) in others.iter().enumerate() {
        let label = if index == 0 { "Read with it:" } else { "" };
        write_wrapped(title(id, catalog), &format!("{label:13}  {id}: "), "               ", out)?;
    }
    Ok(())
}

struct Outline<'a> {
    path: &'a DecisionPath,
    catalog: &'a Catalog,
    shown: BTreeSet<usize>,
    out: &'a mut dyn io::Write,
}

impl Outline<'_> {
    fn question(&mut self, index: usize, depth: usize) -> io::Result<()> {
        let question = &self.path.questions()[index];
        let indent = "     ".repeat(depth);
        if !self.shown.insert(index) {
            let text = format!("{} (as above)", question.question);
            return write_wrapped(&text, &indent, &indent, self.out);
        }
        write_wrapped(&question.question, &indent, &indent, self.out)?;
        for (number, answer) in (1..).zip(&question.answers) {
            let hang = format!("{indent}     ");
            write_wrapped(&answer.answer, &format!("{indent}{number:>3}  "), &hang, self.out)?;
            match &answer.target {
                Target::Question(next) => self.question(*next, depth + 1)?,
                Target::Patterns(ids) => self.patterns(ids, &hang)?,
            }
        }
        Ok(())
    }

    fn patterns(&mut self, ids: &[String], indent: &str) -> io::Result<()> {
        let Some((first, others)) = ids.split_first() else { return Ok(()) };
        let text = format!("{first}: {}", title(first, self.catalog));
        write_wrapped(&text, &format!("{indent}→ "), &format!("{indent}  "), self.out)?;
        match others {
            [] => Ok(()),
            _ => {
                let text = format!("with {}", others.join(", "));
                let indent = format!("{indent}  ");
                write_wrapped(&text, &indent, &indent, self.out)
            }
        }
    }
}

/// Writes a paragraph that begins with `first`, and its other lines with `next`.
fn write_wrapped(text: &str, first: &str, next: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let room = WIDTH.saturating_sub(first.chars().count()).max(WIDTH / 2);
    for (index, line) in wrap(text, room).iter().enumerate() {
        let start = if index == 0 { first } else { next };
        writeln!(out, "{}", printable(&format!("{start}{line}")))?;
    }
    Ok(())
}

/// Prose whose links to patterns are words alone.
fn words(block: &Block) -> String {
    resolve_links(block.text.trim(), &|_| None)
}

fn title<'a>(id: &'a str, catalog: &'a Catalog) -> &'a str {
    catalog.patterns.get(id).map_or(id, |pattern| &pattern.content.title)
}

#[derive(Serialize)]
struct JsonPath<'a> {
    version: u32,
    questions: Vec<JsonQuestion<'a>>,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<JsonQuestion<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<JsonPattern<'a>>,
}

#[derive(Serialize)]
struct JsonQuestion<'a> {
    id: &'a str,
    question: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    answers: Vec<JsonAnswer<'a>>,
}

#[derive(Serialize)]
struct JsonAnswer<'a> {
    answer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonPattern<'a> {
    id: &'a str,
    title: &'a str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
}

/// Writes every question as one JSON object.
pub fn write_json(path: &DecisionPath, out: &mut dyn io::Write) -> io::Result<()> {
    let questions = path.questions().iter().map(|question| json_question(question, path));
    serde_json::to_writer_pretty(
        &mut *out,
        &JsonPath { version: 1, questions: questions.collect() },
    )?;
    writeln!(out)
}

/// Writes where some answers led as one JSON object: a question, or patterns.
pub fn write_json_place(
    place: &Place<'_>,
    path: &DecisionPath,
    catalog: &Catalog,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut json = JsonPlace { version: 1, question: None, because: None, patterns: Vec::new() };
    match place {
        Place::Question(question) => json.question = Some(json_question(question, path)),
        Place::End(answer, ids) => {
            json.because = answer.because.as_ref().map(trimmed);
            let patterns = ids.iter().filter_map(|id| catalog.patterns.get(id));
            json.patterns = patterns.map(json_pattern).collect();
        }
    }
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

fn json_question<'a>(question: &'a Question, path: &'a DecisionPath) -> JsonQuestion<'a> {
    let answer = |answer: &'a Answer| {
        let (next, patterns) = match &answer.target {
            Target::Question(next) => (Some(path.questions()[*next].id.as_str()), Vec::new()),
            Target::Patterns(ids) => (None, ids.iter().map(String::as_str).collect()),
        };
        let because = answer.because.as_ref().map(trimmed);
        JsonAnswer { answer: &answer.answer, because, next, patterns }
    };
    JsonQuestion {
        id: &question.id,
        question: &question.question,
        text: question.text.as_ref().map(trimmed),
        answers: question.answers.iter().map(answer).collect(),
    }
}

fn json_pattern(pattern: &Pattern) -> JsonPattern<'_> {
    let content = &pattern.content;
    JsonPattern {
        id: content.id.as_str(),
        title: &content.title,
        summary: trimmed(&content.summary),
        answer: content.answer.as_ref().map(trimmed),
    }
}

fn trimmed(block: &Block) -> &str {
    block.text.trim()
}
