//! Asking a tool whether it lets somebody in. A connector that knows a tool by itself answers the same question.

use std::time::Duration;

use serde::Serialize;

use crate::program::Program;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program that asks: it reads one [`Question`] as JSON on its standard input and ends with 0 if the tool lets the person in, with 1 if it does
/// not. What it says in its first line is kept as evidence.
#[derive(Clone, Debug)]
pub struct Probe(Program);

/// Whether one person gets into one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    pub engagement: String,
    /// The id that the kit gives it, such as `jira`.
    pub resource: String,
    pub title: String,
    /// Such as `account` or `confluence`.
    pub kind: String,
    pub person: String,
    pub email: String,
}

/// What the tool said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub lets_in: bool,
    pub words: String,
}

/// Nobody can tell: the program is not there, broke, or took too long.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tool could not be asked: {0}")]
pub struct Unknown(String);

impl Probe {
    /// A program with its arguments, between blanks. `None` if there is no program.
    pub fn new(line: &str) -> Option<Self> {
        Program::new(line).map(Self)
    }

    pub async fn ask(&self, question: &Question) -> Result<Said, Unknown> {
        let line = serde_json::to_vec(question).map_err(|error| Unknown(error.to_string()))?;
        let answer = self.0.ask(&line, PATIENCE).await.map_err(Unknown)?;
        Ok(Said { lets_in: answer.is_yes, words: answer.said })
    }
}
