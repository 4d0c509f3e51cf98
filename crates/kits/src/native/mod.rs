//! The native format: a folder of TOML files and Markdown pages, read with every mistake named, and written.

mod read;
mod refer;
mod shape;
mod tree;
mod write;
mod yaml;

pub use read::{is_native, read};
pub use shape::schema;
pub use write::write;
