//! What we hand out.
