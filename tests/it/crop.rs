//! Tests of `crop`.

mod calendar;
mod cropping;
mod swiss;
mod verb;
