//! Tests of `zonal`.
