//! The enumerated words of the record.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::record::{Kind, Shape};

macro_rules! words {
    ($($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)* })*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// The words, in declaration order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word used in files.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": $name::WORDS })
            }
        }

        impl Shape for $name {
            const KIND: Kind = Kind::Word($name::WORDS);
        }
    )* };
}

words! {
    /// The recommendation. An appraisal, never a credit decision.
    pub enum Status {
        /// What is seen supports the application.
        Supports = "supports",
        /// A person has to look: evidence is thin, or something needs explaining.
        Refer = "refer",
        /// What is seen speaks against the application, with a reason about plot, applicant or policy.
        DoesNotSupport = "does_not_support",
        /// The input itself could not be used.
        NotAppraised = "not_appraised",
    }

    /// How much evidence stands behind the status. Says nothing about the farmer.
    pub enum Confidence {
        /// Thin.
        Low = "low",
        /// Enough.
        Medium = "medium",
        /// Ample.
        High = "high",
    }

    /// Whom or what a reason is about.
    pub enum Party {
        /// The land as seen.
        Plot = "plot",
        /// What the applicant sent or declared.
        Applicant = "applicant",
        /// Clouds, gaps, age of images.
        Imagery = "imagery",
        /// The archive: missing or unreadable scenes.
        Source = "source",
        /// What the method can and cannot tell.
        Model = "model",
        /// The lender's own rules.
        Policy = "policy",
    }

    /// What a reason does to the status. Ordered from harmless to grave.
    pub enum Effect {
        /// For information.
        Info = "info",
        /// Speaks for the application.
        For = "for",
        /// Leads to a person looking.
        Refer = "refer",
        /// Speaks against the application.
        Against = "against",
        /// No appraisal was possible.
        Block = "block",
    }

    /// Where the season's window comes from.
    pub enum SeasonSource {
        /// A crop calendar.
        Calendar = "calendar",
        /// The curve itself.
        Phenology = "phenology",
        /// The lender.
        Lender = "lender",
        /// The days before as_of that the pipeline's settings name.
        Settings = "settings",
    }

    /// Whether the plot has shown what a part of the loan waits for.
    pub enum Met {
        /// It was seen.
        Yes = "yes",
        /// The deadline is past, the plot was seen well enough, and it did not show.
        No = "no",
        /// The deadline is still to come.
        NotYet = "not_yet",
        /// The deadline is past, and clouds or missing images hide the answer.
        CannotTell = "cannot_tell",
    }

    /// A phase of a crop's growth.
    pub enum Phase {
        /// From the start of the season to half of the rise.
        Early = "early",
        /// From half of the rise to half of the fall.
        Full = "full",
        /// From half of the fall on.
        Ripening = "ripening",
    }

    /// Whether a crop cycle is seen in the season.
    pub enum CropSeen {
        /// Seen.
        Yes = "yes",
        /// The plot was seen well enough, and no crop cycle shows.
        No = "no",
        /// Not seen well enough, or too early.
        CannotTell = "cannot_tell",
    }

    /// Whether what is seen agrees with what was declared.
    pub enum Agreement {
        /// Agrees.
        Yes = "yes",
        /// Disagrees.
        No = "no",
        /// Cannot be told.
        CannotTell = "cannot_tell",
    }

    /// How well Sentinel-2's 10 m pixels resolve the plot, best first.
    pub enum Grade {
        /// 30 inner pixels or more.
        A = "A",
        /// 8 to 29 inner pixels.
        B = "B",
        /// 4 to 7 inner pixels, or more than 60 % of pixels lost to the inner buffer.
        C = "C",
        /// Fewer than 4 inner pixels: no opinion.
        D = "D",
    }
}

/// A record about which nothing is known yet refers.
impl Default for Status {
    fn default() -> Self {
        Status::Refer
    }
}
