//! Tests of `crop`.
