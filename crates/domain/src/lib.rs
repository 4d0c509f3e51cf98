//! What is true and what is allowed: types, rules, calendars, gates. Pure: no IO, no async, no database, no clock.

pub mod access;
pub mod checklist;
pub mod engagement;
pub mod ids;
pub mod kit;
pub mod mail;
pub mod people;
pub mod portfolio;
pub mod record;
pub mod rights;
pub mod schedule;
pub mod search;
