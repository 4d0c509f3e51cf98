//! Delivery kits as files: read, check, write.

mod circle;
pub mod files;
pub mod inspect;
pub mod limits;
pub mod native;
pub mod page;
pub mod problem;
pub mod template;
pub mod text;
pub mod totals;
