//! Closures of a calendar, read from a file.

mod closures;
mod csv;
mod ics;
mod repeat;
mod scan;

pub use self::csv::read_closures_csv;
pub use closures::{MAX_BYTES, MAX_TITLE, Problem, Reading, Severity};
pub use ics::read_closures_ics;

#[cfg(test)]
mod tests;
