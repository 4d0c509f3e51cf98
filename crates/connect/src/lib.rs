//! Other people's systems.

mod http;
pub mod mail;
pub mod openid;
pub mod scanner;
