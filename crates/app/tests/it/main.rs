//! What people do, against a real store and a clock that is set.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod checklist;
mod copying;
mod editions;
mod engagement;
mod files;
mod kept;
mod kit;
mod people;
mod rights;
mod sides;
mod together;
mod undo;
