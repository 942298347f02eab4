//! Tests of `imagery`.
