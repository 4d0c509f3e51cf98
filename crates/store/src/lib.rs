//! Where things are kept: one set of queries for both databases.
