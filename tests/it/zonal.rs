//! Tests of `zonal` and `crs`.

mod coverage;
mod exactextract;
mod mask;
mod observe;
mod offset_guard;
mod projection;
mod quicklook;
mod real;
