//! Other people's systems, as they really answer.

#![expect(clippy::unwrap_used, reason = "tests")]

mod mail;
mod server;
