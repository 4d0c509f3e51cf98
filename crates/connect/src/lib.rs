//! Other people's systems.

pub mod mail;
