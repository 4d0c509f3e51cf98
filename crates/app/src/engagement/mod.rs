//! Engagements: opened, listed, planned anew, closed.

pub mod closing;
pub mod closures;
pub mod list;
pub mod offboarding;
pub mod open;
pub mod plan;
pub mod retention;
pub mod search;
