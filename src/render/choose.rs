//! What the template of the decision path may see. A contract, as in [`view`].

use serde::Serialize;

use super::markdown;
use super::view::{self, LinkView, Target};
use crate::model::Catalog;
use crate::model::choose::{self, DecisionPath, Question};
use crate::value::de::Block;

/// The questions that lead to a pattern.
#[derive(Debug, Serialize)]
pub struct ChooseView {
    /// The most questions that anybody has to answer.
    pub longest: usize,
    /// The address of the comparison, if there is one.
    pub compare: Option<String>,
    /// Every question; the first is the start.
    pub questions: Vec<QuestionView>,
}

/// A question.
#[derive(Debug, Serialize)]
pub struct QuestionView {
    /// Its place on the page, unlike that of any heading.
    pub anchor: String,
    /// What is asked; plain text.
    pub question: String,
    /// What helps to answer.
    pub text: Option<String>,
    /// The answers that lead here.
    pub after: Vec<AfterView>,
    /// What a reader may say.
    pub answers: Vec<AnswerView>,
}

/// An answer that leads to a question.
#[derive(Debug, Serialize)]
pub struct AfterView {
    /// The place of the question that it answers.
    pub anchor: String,
    /// What was said; plain text.
    pub answer: String,
}

/// Something that a reader may say.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    /// The words; plain text.
    pub answer: String,
    /// Why it leads where it does.
    pub because: Option<String>,
    /// The question that comes next.
    pub next: Option<NextView>,
    /// At the end of the way: the pattern to use, then those to read with it.
    pub patterns: Vec<LinkView>,
}

/// The question behind an answer.
#[derive(Debug, Serialize)]
pub struct NextView {
    /// Its place on the page.
    pub anchor: String,
    /// What is asked; plain text.
    pub question: String,
}

/// Makes the view of a decision path. `compare` is the address of the comparison.
pub fn path(
    path: &DecisionPath,
    catalog: &Catalog,
    target: &Target<'_>,
    compare: Option<String>,
) -> ChooseView {
    let viewer = Viewer { path, catalog, target };
    let questions = path.questions().iter().enumerate();
    ChooseView {
        longest: path.longest(),
        compare,
        questions: questions.map(|(index, question)| viewer.question(index, question)).collect(),
    }
}

struct Viewer<'a> {
    path: &'a DecisionPath,
    catalog: &'a Catalog,
    target: &'a Target<'a>,
}

impl Viewer<'_> {
    fn question(&self, index: usize, question: &Question) -> QuestionView {
        QuestionView {
            anchor: anchor(question),
            question: question.question.clone(),
            text: question.text.as_ref().map(|text| self.text(text)),
            after: self.after(index),
            answers: question.answers.iter().map(|answer| self.answer(answer)).collect(),
        }
    }

    fn after(&self, index: usize) -> Vec<AfterView> {
        let mut after = Vec::new();
        for question in self.path.questions() {
            for answer in &question.answers {
                if matches!(answer.target, choose::Target::Question(next) if next == index) {
                    let (anchor, answer) = (anchor(question), answer.answer.clone());
                    after.push(AfterView { anchor, answer });
                }
            }
        }
        after
    }

    fn answer(&self, answer: &choose::Answer) -> AnswerView {
        let (next, patterns) = match &answer.target {
            choose::Target::Question(next) => {
                let question = &self.path.questions()[*next];
                let (anchor, question) = (anchor(question), question.question.clone());
                (Some(NextView { anchor, question }), Vec::new())
            }
            choose::Target::Patterns(ids) => {
                (None, ids.iter().map(|id| view::link(id, self.catalog, self.target)).collect())
            }
        };
        let because = answer.because.as_ref().map(|because| self.text(because));
        AnswerView { answer: answer.answer.clone(), because, next, patterns }
    }

    fn text(&self, block: &Block) -> String {
        markdown::field(&block.text, self.target.link)
    }
}

fn anchor(question: &Question) -> String {
    format!("question-{}", question.id)
}
