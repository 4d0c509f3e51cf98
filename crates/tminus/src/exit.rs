//! How a command ends: one mapping from failures to exit codes and words.

use std::{error::Error, io, process::ExitCode};

use serde_json::json;
use tminus_app::{Failure, Refusal, store::StoreError};

use crate::print::Out;

/// What `--help` says of exit codes.
pub(crate) const CODES: &str = "Exit codes:
  0  it was done
  1  refused: a rule said no, a file is not usable, a proof failed; nothing was changed
  2  the command was not understood
  3  not found, or not yours to see
  4  conflict: somebody else changed it first
  5  unavailable: the database or the disk cannot be used now";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Refused = 1,
    Usage = 2,
    NotFound = 3,
    Conflict = 4,
    Unavailable = 5,
}

/// Why a command ended early. An empty message: all was said already.
#[derive(Debug)]
pub(crate) struct Stop {
    kind: Kind,
    message: String,
    /// All that is wrong, where there is more than one thing.
    details: Vec<String>,
}

impl Stop {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), details: Vec::new() }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// Refused, and said already.
    pub(crate) fn said() -> Self {
        Self::new(Kind::Refused, "")
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// With what happened before it in the same command.
    #[must_use]
    pub(crate) fn after(mut self, what: &str) -> Self {
        self.message = format!("{} ({what})", self.message);
        self
    }

    /// Reading or writing a file did not work.
    pub(crate) fn file(what: &str, path: &std::path::Path, error: &io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Unavailable };
        Self::new(kind, format!("{} cannot be {what}: {error}", path.display()))
    }

    /// Says why, on standard error, and gives the exit code.
    pub(crate) fn tell(self, out: Out) -> ExitCode {
        let code = ExitCode::from(self.kind as u8);
        if self.message.is_empty() {
            return code;
        }
        if out.json {
            let kind = match self.kind {
                Kind::Refused => "refused",
                Kind::Usage => "usage",
                Kind::NotFound => "not_found",
                Kind::Conflict => "conflict",
                Kind::Unavailable => "unavailable",
            };
            let error = json!({ "error": { "kind": kind, "message": self.message, "details": self.details } });
            anstream::eprintln!("{error}");
        } else {
            anstream::eprintln!("{}: {}", print_kind(self.kind), self.message);
            for detail in &self.details {
                anstream::eprintln!("  {detail}");
            }
        }
        code
    }
}

fn print_kind(kind: Kind) -> String {
    let word = match kind {
        Kind::Refused => "Refused",
        Kind::Usage => "Usage",
        Kind::NotFound => "Not found",
        Kind::Conflict => "Conflict",
        Kind::Unavailable => "Unavailable",
    };
    crate::print::red(word)
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::not_found("there is no such thing here, or it is not yours to see"),
            Failure::Forbidden | Failure::NeedsCode | Failure::SignedOut => Self::refused(failure.to_string()),
            Failure::Refused(refusal) => refusal.into(),
            Failure::Conflict(item) => {
                let now = item.map(|item| format!("; “{}” is at version {}", item.content.title, item.version)).unwrap_or_default();
                Self::new(Kind::Conflict, format!("somebody else changed it since you looked; nothing was saved{now}"))
            }
            Failure::Unavailable(error) | Failure::Broken(error) => error.into(),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        let details: Vec<String> = match &refusal {
            Refusal::Setup(problems) if problems.len() > 1 => problems.iter().map(ToString::to_string).collect(),
            Refusal::Kit(problems) => problems.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let message = match &refusal {
            Refusal::Kit(_) => "the kit was refused; nothing of it was imported".to_owned(),
            Refusal::Setup(problems) if problems.len() > 1 => format!("{} things are wrong; nothing was saved", problems.len()),
            other => other.to_string(),
        };
        Self { details, ..Self::refused(message) }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        let kind = if matches!(error, StoreError::Conflict) { Kind::Conflict } else { Kind::Unavailable };
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many errors repeat their cause in their own words.
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            source = cause.source();
        }
        Self::new(kind, message)
    }
}
