//! What several test modules share.
#![allow(unreachable_pub, dead_code, reason = "each test module uses its own part")]

pub mod bucket;
