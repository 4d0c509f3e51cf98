//! Delivery kits as files: read, check, write.

pub mod files;
pub mod inspect;
pub mod limits;
pub mod page;
pub mod problem;
pub mod template;
pub mod text;
pub mod totals;
