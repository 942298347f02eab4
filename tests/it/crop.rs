//! Tests of `crop`.

mod calendar;
mod cropping;
mod ensemble;
mod rotation;
mod swiss;
mod verb;
