//! A program that looks for malware in what people attach.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// How long it may take for one file.
const PATIENCE: Duration = Duration::from_mins(1);

/// The longest word of it that is kept for the log, in characters.
const MAX_WORD: usize = 200;

/// Reads a file on its standard input and ends with 0 if it is clean, with 1 if it is not, as `clamdscan -` does.
#[derive(Clone, Debug)]
pub struct Scanner {
    program: String,
    arguments: Vec<String>,
}

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
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(Self { program: words.next()?, arguments: words.collect() })
    }

    pub async fn look(&self, bytes: &[u8]) -> Result<(), Unclean> {
        let unknown = |why: &dyn std::fmt::Display| Unclean::Unknown(format!("{}: {why}", self.program));
        let started = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = started.map_err(|error| unknown(&error))?;
        let input = child.stdin.take();
        let write = async {
            if let Some(mut input) = input {
                // It may have seen enough before it has seen all: how it ends says which.
                let _ = input.write_all(bytes).await;
            }
        };
        let ended = timeout(PATIENCE, async { tokio::join!(write, child.wait_with_output()).1 }).await;
        let output = ended.map_err(|_| unknown(&"it took too long"))?.map_err(|error| unknown(&error))?;
        let said = || String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().chars().take(MAX_WORD).collect::<String>();
        match output.status.code() {
            Some(0) => Ok(()),
            Some(1) => Err(Unclean::Found(said())),
            _ => Err(unknown(&format!("{}; {}", output.status, said()))),
        }
    }
}
