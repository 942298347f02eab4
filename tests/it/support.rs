//! What several test modules share: loopback servers, and the command as a user runs it.
#![allow(dead_code, unreachable_pub, reason = "each test module uses its own part")]

pub mod archive;
pub mod bucket;
pub mod command;
pub mod stac;
