//! The built binary, as people and programs use it.

mod backup;
#[cfg(unix)]
mod disk;
mod engagement;
mod faults;
mod item;
mod kit;
mod people;
mod place;
mod record;
mod serve;
