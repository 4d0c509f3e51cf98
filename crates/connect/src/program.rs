//! Programs of whoever runs Tminus that are asked something: they read it on their standard input and answer by how they end.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// The longest word of one that is kept, in characters.
const MAX_WORD: usize = 200;

#[derive(Clone, Debug)]
pub(crate) struct Program {
    name: String,
    arguments: Vec<String>,
}

/// How it ended, and the first line that it said.
pub(crate) struct Answer {
    pub(crate) is_yes: bool,
    pub(crate) said: String,
}

impl Program {
    /// A program with its arguments, between blanks. `None` if there is no program.
    pub(crate) fn new(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(Self { name: words.next()?, arguments: words.collect() })
    }

    /// What it answers: 0 is yes and 1 is no. Anything else, or that it is not there or takes too long, is no answer but why.
    pub(crate) async fn ask(&self, input: &[u8], patience: Duration) -> Result<Answer, String> {
        let unknown = |why: &dyn std::fmt::Display| format!("{}: {why}", self.name);
        let started = Command::new(&self.name)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = started.map_err(|error| unknown(&error))?;
        let reads = child.stdin.take();
        let write = async {
            if let Some(mut reads) = reads {
                // It may have seen enough before it has seen all: how it ends says which.
                let _ = reads.write_all(input).await;
            }
        };
        let ended = timeout(patience, async { tokio::join!(write, child.wait_with_output()).1 }).await;
        let output = ended.map_err(|_| unknown(&"it took too long"))?.map_err(|error| unknown(&error))?;
        let said = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().chars().take(MAX_WORD).collect::<String>();
        match output.status.code() {
            Some(0) => Ok(Answer { is_yes: true, said }),
            Some(1) => Ok(Answer { is_yes: false, said }),
            _ => Err(unknown(&format!("{}; {said}", output.status))),
        }
    }
}
