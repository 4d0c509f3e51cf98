//! What any database that Tminus runs on must do. Each test runs on both.
