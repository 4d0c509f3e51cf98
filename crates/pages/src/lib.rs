//! The front door for people: pages, forms, and what they are made of.
//!
//! A page is a struct with a `shell` and an askama template that extends `base.html`; `page::Asked` sends all of it or,
//! to htmx, a part. `templates/macros.html` draws the parts, `draw` the drawings, `words` has every word.

// First: its macro `t!` is then known everywhere.
#[macro_use]
pub mod words;

mod assets;
pub mod draw;
#[cfg(test)]
mod gallery;
mod guard;
mod keys;
pub mod mark;
pub mod page;
mod scheme;
pub mod shell;
pub mod when;
pub mod wrong;

pub use assets::assets_router;
pub use guard::guarded;
pub use scheme::{Scheme, scheme_router};
