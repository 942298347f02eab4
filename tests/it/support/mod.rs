//! What several test modules share: loopback servers, the command as a user runs it, and documents whose
//! tables are made from the code. The bench of the engine uses it too, which is why this file is no `support.rs`.
#![allow(dead_code, unreachable_pub, reason = "each test module uses its own part")]

pub mod archive;
pub mod bucket;
pub mod command;
pub mod document;
pub mod stac;
