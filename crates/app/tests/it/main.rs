//! What people do, against a real store and a clock that is set.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod access;
mod address;
mod checklist;
mod copying;
mod crew;
mod customer;
mod digest;
mod editions;
mod ended;
mod engagement;
mod factor;
mod files;
mod first_day;
mod kept;
mod kit;
mod last_day;
mod leaving;
mod links;
mod mail;
mod membership;
mod passkey;
mod people;
mod portfolio;
mod providers;
mod register;
mod resource;
mod retention;
mod rights;
mod search;
mod security;
mod sheet;
mod sides;
mod together;
mod undo;
