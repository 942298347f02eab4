//! To be written.

pub mod simulate;
