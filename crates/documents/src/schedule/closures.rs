//! What reading a file of closures gives, and the limits it keeps.

use std::fmt;

use jiff::{Unit, civil::Date};
use tminus_domain::schedule::{Closure, ClosureKind, MAX_CLOSURE_DAYS, MAX_CLOSURES};

/// No file of closures is larger, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// No title is longer, in characters.
pub const MAX_TITLE: usize = 200;
/// After so many errors the file is no calendar, and the rest would not help.
const MAX_ERRORS: usize = 100;

/// What a file holds. It has either closures or errors, never both: nothing is taken from a file that has an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// By first day.
    pub closures: Vec<Closure>,
    /// By line.
    pub problems: Vec<Problem>,
}

/// Something to know about the file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1; 0 where it concerns the whole file.
    pub line: u64,
    pub severity: Severity,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// How something was understood.
    Note,
    /// The file is refused.
    Error,
}

impl Reading {
    pub fn is_refused(&self) -> bool {
        self.errors() > 0
    }

    pub(super) fn refused(line: u64, message: impl Into<String>) -> Self {
        let mut reading = Self::default();
        reading.error(line, message);
        reading
    }

    pub(super) fn error(&mut self, line: u64, message: impl Into<String>) {
        self.problems.push(Problem { line, severity: Severity::Error, message: message.into() });
    }

    pub(super) fn note(&mut self, line: u64, message: impl Into<String>) {
        self.problems.push(Problem { line, severity: Severity::Note, message: message.into() });
    }

    /// Whether reading on would tell nothing more.
    pub(super) fn is_hopeless(&self) -> bool {
        self.errors() >= MAX_ERRORS || self.closures.len() > MAX_CLOSURES
    }

    fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// Takes a closure in, or says why not.
    pub(super) fn add(&mut self, line: u64, title: &str, (from, to): (Date, Date), kind: ClosureKind) {
        let title = title.trim();
        if let Err(reason) = check_title(title).and_then(|()| check_days(title, from, to)) {
            self.error(line, reason);
        } else {
            self.closures.push(Closure { from, to, title: title.to_owned(), kind });
        }
    }

    pub(super) fn finish(mut self) -> Self {
        if self.closures.len() > MAX_CLOSURES {
            self.error(0, format!("the file has more than {MAX_CLOSURES} closures: keep the years that are needed"));
        }
        if self.errors() >= MAX_ERRORS {
            self.error(0, format!("there are {MAX_ERRORS} errors or more: the rest of the file was not read"));
        }
        if self.is_refused() {
            self.closures.clear();
        } else if self.closures.is_empty() {
            self.error(0, "the file has no closures");
        }
        self.closures.sort_by_key(|closure| (closure.from, closure.to));
        self.closures.dedup();
        self.problems.sort_by_key(|problem| problem.line);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { f.write_str(&self.message) } else { write!(f, "line {}: {}", self.line, self.message) }
    }
}

/// The file as text, or what is wrong with it as a whole.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Reading> {
    if bytes.len() > MAX_BYTES {
        return Err(Reading::refused(0, format!("the file has {} bytes: at most {MAX_BYTES} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() as u64 + 1;
        Reading::refused(line, "this line is not UTF-8 text: save the file as UTF-8 and try again")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What people see of a text that they gave: short and on one line.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(80).collect();
    format!("“{short}”")
}

fn check_title(title: &str) -> Result<(), String> {
    if title.is_empty() {
        return Err("this closure has no title: say what it is".to_owned());
    }
    if title.chars().any(char::is_control) {
        return Err(format!("the title {} has control characters or a line break: remove them", quoted(title)));
    }
    if title.chars().count() > MAX_TITLE {
        return Err(format!("the title {}… is longer than {MAX_TITLE} characters", quoted(title)));
    }
    Ok(())
}

fn check_days(title: &str, from: Date, to: Date) -> Result<(), String> {
    let title = quoted(title);
    if to < from {
        return Err(format!("{title} ends on {to}, before it starts on {from}"));
    }
    let days = from.until((Unit::Day, to)).map_or(i32::MAX, |span| span.get_days());
    if days >= MAX_CLOSURE_DAYS {
        return Err(format!("{title} lasts from {from} to {to}: at most {MAX_CLOSURE_DAYS} days are one closure"));
    }
    Ok(())
}
