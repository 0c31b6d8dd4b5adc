//! The decision path of a project, `choose.yaml`: questions that end at patterns.
//!
//! A [`DecisionPath`] exists only when it can be walked to the end from everywhere. What is
//! wrong with the file is a diagnostic, and then there is none.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{in_file, read_file};
use super::references::{Known, check_block, check_name, check_unique};
use super::rules::{ANSWER_TARGET, QUESTION_CIRCLE, UNREACHED_QUESTION};
use super::yaml::choose::{AnswerEntry, ChooseFile, MOST_QUESTIONS, QuestionEntry};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::Schema;
use crate::source::disk::{DATA_LIMIT, Folder, Unreadable};
use crate::source::{FileId, Sources, Span};
use crate::value::de::{Block, Located};

/// The name of the file.
pub const FILE: &str = "choose.yaml";

/// The schema of the file.
pub static CHOOSE_SCHEMA: Schema = Schema::new(|| schemars::schema_for!(ChooseFile).to_value());

/// Questions that lead a reader to a pattern.
#[derive(Debug)]
pub struct DecisionPath {
    /// There is at least one; every index in an answer is one of these, and no way leads in
    /// a circle.
    questions: Vec<Question>,
}

/// A question with its answers.
#[derive(Debug)]
pub struct Question {
    /// Its name in the file and in addresses.
    pub id: String,
    /// What is asked; plain text.
    pub question: String,
    /// What helps to answer; Markdown.
    pub text: Option<Block>,
    /// What a reader may say.
    pub answers: Vec<Answer>,
}

/// Something that a reader may say.
#[derive(Debug)]
pub struct Answer {
    /// The words; plain text.
    pub answer: String,
    /// Why it leads where it does; Markdown.
    pub because: Option<Block>,
    /// Where it leads.
    pub target: Target,
}

/// Where an answer leads.
#[derive(Debug)]
pub enum Target {
    /// To another question, by its index.
    Question(usize),
    /// To patterns, by their ids: the one to use, then those to read with it.
    Patterns(Vec<String>),
}

/// Where some answers lead from the start.
#[derive(Debug)]
pub enum Place<'a> {
    /// Something is asked.
    Question(&'a Question),
    /// The end: the last answer names patterns.
    End(&'a Answer, &'a [String]),
}

/// Why some answers lead nowhere.
#[derive(Debug)]
pub enum Astray<'a> {
    /// The question has no such answer as this one of those that were given.
    NoSuchAnswer(&'a Question, usize),
    /// The way had ended when this one of them was given.
    Ended(usize),
}

impl DecisionPath {
    /// The questions, the first of which is the start.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Finds where answers lead. Each is a number from 1, the first for the first question.
    pub fn follow(&self, answers: &[String]) -> Result<Place<'_>, Astray<'_>> {
        let mut place = Place::Question(&self.questions[0]);
        for (given, number) in answers.iter().enumerate() {
            let Place::Question(question) = place else { return Err(Astray::Ended(given)) };
            let answer = question.answer(number).ok_or(Astray::NoSuchAnswer(question, given))?;
            place = match &answer.target {
                Target::Question(next) => Place::Question(&self.questions[*next]),
                Target::Patterns(ids) => Place::End(answer, ids),
            };
        }
        Ok(place)
    }

    /// The most questions that anybody has to answer.
    pub fn longest(&self) -> usize {
        let mut known = vec![None; self.questions.len()];
        self.longest_from(0, &mut known)
    }

    fn longest_from(&self, index: usize, known: &mut [Option<usize>]) -> usize {
        if let Some(length) = known[index] {
            return length;
        }
        let targets = self.questions[index].answers.iter().map(|answer| &answer.target);
        let mut length = 0;
        for target in targets {
            if let Target::Question(next) = target {
                length = length.max(self.longest_from(*next, known));
            }
        }
        known[index] = Some(length + 1);
        length + 1
    }
}

impl Question {
    /// Finds an answer by its number from 1.
    pub fn answer(&self, number: &str) -> Option<&Answer> {
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        self.answers.get(index)
    }
}

/// Reads the decision path of a project; none where there is no file, or one with faults.
pub(super) fn load(
    folder: &Folder,
    known: &Known,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<DecisionPath> {
    let text = folder.read(FILE, DATA_LIMIT);
    if matches!(text, Err(Unreadable::Missing)) {
        return None;
    }
    let (file, is_readable) = super::files::add(sources, diagnostics, FILE, text);
    if !is_readable {
        return None;
    }
    let (read, found) = read_file::<ChooseFile>(&sources.file(file).text, &CHOOSE_SCHEMA);
    let before = diagnostics.len();
    diagnostics.extend(found.into_iter().map(|finding| in_file(finding, file)));
    let (content, _) = read?;
    if content.questions.len() > MOST_QUESTIONS {
        return None;
    }
    check(&content, file, known, diagnostics);
    let is_error = |found: &Diagnostic| found.rule.severity == Severity::Error;
    if diagnostics[before..].iter().any(is_error) { None } else { resolve(content) }
}

fn check(content: &ChooseFile, file: FileId, known: &Known, diagnostics: &mut Vec<Diagnostic>) {
    let questions = &content.questions;
    check_unique("question", questions.iter().map(|question| &question.id), file, diagnostics);
    let ids: BTreeSet<&str> = questions.iter().map(|question| question.id.as_str()).collect();
    for question in questions {
        if let Some(text) = &question.text {
            check_block(text, known, file, diagnostics);
        }
        let answers = &question.answers;
        check_unique("answer", answers.iter().map(|answer| &answer.answer), file, diagnostics);
        for answer in answers {
            check_target(answer, file, diagnostics);
            if let Some(next) = &answer.next {
                check_name("question", next, ids.iter().copied(), file, diagnostics);
            }
            check_unique("pattern", answer.patterns.iter(), file, diagnostics);
            for name in &answer.patterns {
                known.check(name, file, diagnostics);
            }
            if let Some(because) = &answer.because {
                check_block(because, known, file, diagnostics);
            }
        }
    }
    check_ways(questions, file, diagnostics);
}

fn check_target(answer: &AnswerEntry, file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let leads = match (&answer.next, answer.patterns.is_empty()) {
        (Some(_), true) | (None, false) => return,
        (Some(_), false) => "both to a question and to patterns",
        (None, true) => "nowhere",
    };
    let span = Span::new(file, answer.answer.range.clone());
    let message = format!("the answer `{}` leads {leads}", answer.answer.value);
    let help = "give it either `next: QUESTION`, or `patterns: [PATTERN]`";
    diagnostics.push(Diagnostic::new(&ANSWER_TARGET, span, message).help(help));
}

/// Reports questions that nobody is asked, and ways that lead in a circle.
fn check_ways(questions: &[QuestionEntry], file: FileId, diagnostics: &mut Vec<Diagnostic>) {
    let mut walk = Walk { indexes: indexes(questions), questions, way: Vec::new(), file };
    let mut done = BTreeSet::new();
    // Also from questions that nobody is asked: a circle among them is reported too.
    for index in 0..questions.len() {
        walk.from(index, &mut done, diagnostics);
    }
    let answers = questions.iter().flat_map(|question| &question.answers);
    let next = answers.filter_map(|answer| answer.next.as_ref());
    // Everybody is asked the first one.
    let asked = next.chain(questions.first().map(|question| &question.id));
    let asked: BTreeSet<&str> = asked.map(Located::as_str).collect();
    for question in questions {
        if !asked.contains(question.id.as_str()) {
            let span = Span::new(file, question.id.range.clone());
            let message = format!("no answer leads to the question `{}`", question.id.value);
            let help = "name it as the `next` of an answer, or remove it";
            diagnostics.push(Diagnostic::new(&UNREACHED_QUESTION, span, message).help(help));
        }
    }
}

fn indexes(questions: &[QuestionEntry]) -> BTreeMap<String, usize> {
    let ids = questions.iter().map(|question| question.id.value.clone());
    ids.zip(0..).collect()
}

/// A walk along every way, depth first.
struct Walk<'a> {
    questions: &'a [QuestionEntry],
    indexes: BTreeMap<String, usize>,
    /// The questions from the start of the walk to where it stands.
    way: Vec<usize>,
    file: FileId,
}

impl Walk<'_> {
    fn from(&mut self, index: usize, done: &mut BTreeSet<usize>, found: &mut Vec<Diagnostic>) {
        if done.contains(&index) {
            return;
        }
        self.way.push(index);
        for next in self.questions[index].answers.iter().filter_map(|it| it.next.as_ref()) {
            let Some(target) = self.indexes.get(next.as_str()).copied() else { continue };
            match self.way.iter().position(|passed| *passed == target) {
                Some(start) => found.push(self.circle(start, next)),
                None => self.from(target, done, found),
            }
        }
        self.way.pop();
        done.insert(index);
    }

    fn circle(&self, start: usize, next: &Located<String>) -> Diagnostic {
        let passed = self.way[start..].iter().map(|index| self.questions[*index].id.as_str());
        let names: Vec<&str> = passed.chain([next.as_str()]).collect();
        let message = format!("this answer leads in a circle: {}", names.join(" → "));
        let span = Span::new(self.file, next.range.clone());
        Diagnostic::new(&QUESTION_CIRCLE, span, message)
            .help("let it lead to another question, or to patterns")
    }
}

/// Replaces the ids of questions by their indexes; none when one of them is unknown.
fn resolve(content: ChooseFile) -> Option<DecisionPath> {
    let indexes = indexes(&content.questions);
    let mut questions = Vec::new();
    for entry in content.questions {
        let answers = entry.answers.into_iter().map(|answer| resolve_answer(answer, &indexes));
        questions.push(Question {
            answers: answers.collect::<Option<_>>()?,
            id: entry.id.value,
            question: entry.question,
            text: entry.text,
        });
    }
    Some(DecisionPath { questions })
}

fn resolve_answer(entry: AnswerEntry, indexes: &BTreeMap<String, usize>) -> Option<Answer> {
    let target = match entry.next {
        Some(next) => Target::Question(*indexes.get(next.as_str())?),
        None => Target::Patterns(entry.patterns.into_iter().map(|id| id.value).collect()),
    };
    Some(Answer { answer: entry.answer.value, because: entry.because, target })
}
