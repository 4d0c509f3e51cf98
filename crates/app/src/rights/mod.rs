//! Signing in, and keys for programs.

mod hashing;
pub mod once;
pub mod sign_in;
pub mod token;
