//! Other people's systems, as they really answer.

#![expect(clippy::unwrap_used, reason = "tests")]

mod mail;
mod openid;
mod provider;
mod scanner;
mod server;
