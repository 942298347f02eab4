//! Loopback servers the tests read from.

pub mod bucket;
pub mod stac;
