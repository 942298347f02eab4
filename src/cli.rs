//! To be written.

pub mod crop;
pub mod season;
pub mod table;
