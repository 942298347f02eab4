//! Tests of `crop`.

mod calendar;
mod cropping;
mod rotation;
mod swiss;
mod verb;
