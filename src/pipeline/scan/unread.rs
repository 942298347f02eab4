//! Why a whole scene could not be read, and what that means for its plots.

use crate::imagery;
use crate::objects::Refusal;
use crate::observation::Reject;
use crate::pipeline::bridge::ComputeLost;
use crate::pipeline::search::words;
use crate::zonal;

/// Why a whole scene could not be read.
#[derive(Clone, Debug)]
pub(in crate::pipeline) struct Unread {
    pub(in crate::pipeline) reject: Reject,
    /// What happened, in words.
    pub(in crate::pipeline) problem: String,
}

impl Unread {
    /// The scene has no file that could be used, today or by another run.
    pub(in crate::pipeline) fn useless(problem: String) -> Unread {
        Unread { reject: Reject::AssetMissing, problem }
    }
}

impl From<ComputeLost> for Unread {
    fn from(lost: ComputeLost) -> Unread {
        Unread { reject: Reject::ReadFailed, problem: lost.to_string() }
    }
}

impl From<Refusal> for Unread {
    fn from(error: Refusal) -> Unread {
        Unread::useless(words(&error))
    }
}

impl From<imagery::Error> for Unread {
    fn from(error: imagery::Error) -> Unread {
        let reject = if error.is_of_no_use() { Reject::AssetMissing } else { Reject::ReadFailed };
        Unread { reject, problem: words(&error) }
    }
}

impl From<zonal::DifferentCrs> for Unread {
    fn from(error: zonal::DifferentCrs) -> Unread {
        Unread::useless(error.to_string())
    }
}

impl From<crate::crs::Error> for Unread {
    fn from(error: crate::crs::Error) -> Unread {
        Unread::useless(words(&error))
    }
}
