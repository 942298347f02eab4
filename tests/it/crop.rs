//! Tests of `crop`.

mod calendar;
mod cropping;
mod ensemble;
mod maturity;
mod rotation;
mod swiss;
mod verb;
