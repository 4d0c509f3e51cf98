//! The Tminus binary.
fn main() {}
