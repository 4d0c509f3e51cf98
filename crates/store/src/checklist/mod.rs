//! Items, what is said about them, and their files.

pub mod comment;
pub mod item;
pub mod saved;
