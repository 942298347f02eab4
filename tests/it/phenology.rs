//! Tests of `phenology`.
