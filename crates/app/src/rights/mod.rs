//! Signing in, and keys for programs.

pub mod once;
pub mod sign_in;
pub mod token;
