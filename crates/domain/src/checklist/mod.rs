//! The checklist: activities, items, and what they need to be done.

pub mod filter;
pub mod item;
pub mod outline;
pub mod status;
pub mod word;
pub mod work;
