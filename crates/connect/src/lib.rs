//! Other people's systems.
