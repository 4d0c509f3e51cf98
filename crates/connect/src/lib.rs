//! Other people's systems.

mod http;
pub mod mail;
pub mod openid;
pub mod probe;
mod program;
pub mod scanner;
