//! What we hand out, and the few documents that people hand us: calendars, tables, address books.

pub mod schedule;
pub mod table;
