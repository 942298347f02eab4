//! The cropped area: closed forms, laws, the simulator's truth, real fields.

mod fields;
mod laws;
mod shapes;
mod simulated;
mod swiss;
