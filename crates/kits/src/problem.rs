//! What is wrong with a kit, and where.

use std::fmt;

use serde::Serialize;

/// How much of the input a message quotes, in characters.
pub const MAX_QUOTE: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the reading is sure.
    Note,
    /// Something was changed, left out or is doubtful; the rest was kept.
    Warning,
    /// The kit is refused; nothing of it is imported.
    Error,
}

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, as a path inside what was read, with `/` between folders.
    pub file: String,
    /// Counted from 1; 0 where it concerns the whole file.
    pub line: u32,
    /// In characters, counted from 1; 0 where it concerns the whole line.
    pub column: u32,
    pub severity: Severity,
    pub message: String,
}

impl Problem {
    pub fn error(file: &str, line: u32, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, column: 0, severity: Severity::Error, message: message.into() }
    }

    pub fn warning(file: &str, line: u32, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, line, message) }
    }

    pub fn note(file: &str, line: u32, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(file, line, message) }
    }

    #[must_use]
    pub fn at_column(self, column: u32) -> Self {
        Self { column, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {severity}: {}", self.message)
    }
}

/// Input as a message may quote it: at most [`MAX_QUOTE`] characters, control characters made visible.
pub fn quote(text: &str) -> String {
    let cut: String =
        text.chars().take(MAX_QUOTE).flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect();
    let short = text.chars().count() > MAX_QUOTE;
    format!("“{cut}{}”", if short { "…" } else { "" })
}
