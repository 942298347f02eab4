//! To be written.

pub mod series_table;
