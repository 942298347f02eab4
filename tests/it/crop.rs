//! Tests of `crop`.

mod calendar;
mod cropping;
mod drawn_fields;
mod ensemble;
mod events;
mod grown_fields;
mod learned;
mod maturity;
mod rotation;
mod sequences;
mod sources;
mod sowing;
mod swiss;
mod verb;
mod vigour;
mod water;
mod yields;
