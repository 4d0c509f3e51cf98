//! Kits as they come: the corpus beside the repository, malformed and hostile files, and small samples of our own.

mod any_bytes;
mod backlogs;
mod bad;
mod built_in;
mod corpus;
mod native;
mod page;
mod speed;
mod templates;
