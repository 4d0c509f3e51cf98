//! Delivery kits as files: read, check, write.

pub mod backlog;
pub mod check;
mod circle;
pub mod diff;
pub mod files;
pub mod inspect;
pub mod limits;
pub mod native;
pub mod page;
pub mod problem;
pub mod template;
pub mod text;
pub mod totals;
mod unique;
