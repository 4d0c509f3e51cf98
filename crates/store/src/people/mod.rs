//! People of the practice, and members of engagements.

pub mod address;
pub mod member;
pub mod person;
