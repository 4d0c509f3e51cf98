//! A program that looks for malware in what people attach.

use std::time::Duration;

use crate::program::{Answer, Program};

/// How long it may take for one file.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads a file on its standard input and ends with 0 if it is clean, with 1 if it is not, as `clamdscan -` does.
#[derive(Clone, Debug)]
pub struct Scanner(Program);

/// Why a file is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unclean {
    /// With what the program said of it.
    #[error("malware: {0}")]
    Found(String),
    /// Nobody can tell: the program is not there, broke, or took too long.
    #[error("it could not be looked at: {0}")]
    Unknown(String),
}

impl Scanner {
    /// A program with its arguments, between blanks. `None` if there is no program.
    pub fn new(line: &str) -> Option<Self> {
        Program::new(line).map(Self)
    }

    pub async fn look(&self, bytes: &[u8]) -> Result<(), Unclean> {
        match self.0.ask(bytes, PATIENCE).await {
            Ok(Answer { is_yes: true, .. }) => Ok(()),
            Ok(Answer { said, .. }) => Err(Unclean::Found(said)),
            Err(why) => Err(Unclean::Unknown(why)),
        }
    }
}
