//! Signing in here and by providers of identities, links and their codes, and keys for programs.

pub mod code;
pub mod factor;
mod hashing;
pub mod link;
pub mod once;
pub mod passkey;
pub mod provider;
pub mod session;
pub mod sign_in;
pub mod token;
