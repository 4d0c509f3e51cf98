//! What is true and what is allowed: types, rules, calendars, gates. Pure: no IO, no async, no database, no clock.

pub mod checklist;
pub mod engagement;
pub mod ids;
pub mod kit;
pub mod people;
pub mod record;
pub mod rights;
pub mod schedule;
