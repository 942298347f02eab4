//! Tests of `phenology`.

pub(crate) mod real;
mod synthetic;
pub(crate) mod verb;
