//! What we hand out, and the few documents that people hand us: calendars.

pub mod schedule;
