//! The croplens command.
fn main() {}
