//! The record: numbered, hash-chained entries that prove themselves.

pub mod chain;
pub mod erasing;
pub mod fact;
mod sealing;
