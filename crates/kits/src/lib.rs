//! Delivery kits as files: read, check, write.

pub mod page;
pub mod problem;
pub mod totals;
