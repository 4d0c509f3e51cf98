//! Delivery kits as files: read, check, write.
