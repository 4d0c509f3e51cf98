//! People of the practice, and members of engagements.

pub mod member;
pub mod person;
