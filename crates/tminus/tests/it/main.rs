//! The built binary, as people and programs use it.

mod backup;
mod engagement;
mod faults;
mod kit;
mod people;
mod place;
mod record;
mod serve;
