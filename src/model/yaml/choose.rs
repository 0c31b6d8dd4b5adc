//! What `choose.yaml` says: questions that lead a reader to a pattern.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema::{LINE, WORDS};
use crate::value::de::{Block, Located};

/// How many questions there may be. Nobody reads more, and walking through them needs memory.
pub(in crate::model) const MOST_QUESTIONS: usize = 200;

/// The decision path: questions that lead from what a reader has in hand to a pattern.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "patternbook decision path")]
pub struct ChooseFile {
    /// The questions. Everybody starts at the first; answers lead to the others.
    #[schemars(length(min = 1, max = MOST_QUESTIONS))]
    pub questions: Vec<QuestionEntry>,
}

/// A question, with answers to choose from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Question")]
pub struct QuestionEntry {
    /// A name, unique in the file. Permanent: the page has it in the question's address.
    #[schemars(regex(pattern = WORDS))]
    pub id: Located<String>,
    /// What is asked, on one line.
    #[schemars(regex(pattern = LINE))]
    pub question: String,
    /// Markdown: one or two sentences that help to answer.
    pub text: Option<Block>,
    /// What a reader may say, at least two.
    #[schemars(length(min = 2))]
    pub answers: Vec<AnswerEntry>,
}

/// An answer: either `next` or `patterns` says where it leads.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Answer")]
pub struct AnswerEntry {
    /// What the reader says, on one line.
    #[schemars(regex(pattern = LINE))]
    pub answer: Located<String>,
    /// The id of the question that comes next.
    pub next: Option<Located<String>>,
    /// Ids of patterns. The first is the one to use; the others are read with it.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub patterns: Vec<Located<String>>,
    /// Markdown: why this is the way, in one sentence.
    pub because: Option<Block>,
}
