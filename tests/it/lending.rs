//! Tests of `lending`.
