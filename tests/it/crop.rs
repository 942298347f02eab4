//! Tests of `crop`.

mod calendar;
mod cropping;
mod ensemble;
mod swiss;
mod verb;
