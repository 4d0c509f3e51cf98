//! Signing in, links and their codes, and keys for programs.

pub mod code;
mod hashing;
pub mod link;
pub mod once;
pub mod session;
pub mod sign_in;
pub mod token;
