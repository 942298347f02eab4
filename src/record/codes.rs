//! What a reason code is, and the laws of the table of codes. The rows are in `codes/rows.rs`.
//!
//! Two laws are checked by the compiler below: imagery, source and model never speak against anybody; and
//! whatever speaks against somebody names the measured number and the threshold.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::record::{Effect, EligibilityRecord, Party};

/// How a parameter is shown in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A count.
    Count,
    /// Days.
    Days,
    /// A fraction 0 to 1, shown in percent.
    Percent,
    /// Hectares.
    Hectares,
    /// Metres.
    Metres,
    /// Degrees.
    Degrees,
    /// NDVI, two decimals.
    Ndvi,
    /// Probability, two decimals.
    Probability,
    /// A plain number.
    Number,
    /// ISO 8601 date.
    Date,
    /// A word of [`WORDS`](crate::record::WORDS), or as it stands.
    Word,
    /// Text as it stands.
    Text,
}

/// One parameter of a reason.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Name in braces in the sentences.
    pub name: &'static str,
    /// How it is shown.
    pub form: Form,
}

/// One row of the code table.
#[derive(Clone, Copy, Debug)]
pub struct CodeFacts {
    /// The code as variant.
    pub variant: Code,
    /// The code as written.
    pub code: &'static str,
    /// Whom or what it is about.
    pub party: Party,
    /// The gravest effect it can have; a policy may make it milder.
    pub effect: Effect,
    /// Parameters in the order in which they are given.
    pub params: &'static [Param],
    /// Names of the measured number and of the threshold, where there are such.
    pub measured_against: Option<(&'static str, &'static str)>,
    /// Sentence in English.
    pub en: &'static str,
    /// Sentence in Chinese.
    pub zh: &'static str,
}

macro_rules! codes {
    ($($variant:ident $code:literal $party:ident $effect:ident
        ($($param:ident: $form:ident),*) $([$measured:literal vs $threshold:literal])?
        $en:literal $zh:literal;)*) => {
        /// A reason code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum Code { $(#[doc = $en] $variant,)* }

        /// The table of reason codes, most important first.
        pub const CODES: &[CodeFacts] = &[$(CodeFacts {
            variant: Code::$variant,
            code: $code,
            party: Party::$party,
            effect: Effect::$effect,
            params: &[$(Param { name: stringify!($param), form: Form::$form }),*],
            measured_against: codes!(@pair $($measured, $threshold)?),
            en: $en,
            zh: $zh,
        }),*];

        impl Code {
            /// This code's row of [`CODES`].
            pub fn facts(self) -> &'static CodeFacts {
                // The table is made from the same lines as the enum, in the same order.
                &CODES[self as usize]
            }

            /// The code written like this.
            pub fn parse(text: &str) -> Option<Code> {
                CODES.iter().find(|row| row.code == text).map(|row| row.variant)
            }
        }

        impl TryFrom<String> for Code {
            type Error = String;

            fn try_from(text: String) -> Result<Code, String> {
                Code::parse(&text).ok_or_else(|| format!("there is no reason code {text}"))
            }
        }

        impl From<Code> for &'static str {
            fn from(code: Code) -> &'static str {
                code.facts().code
            }
        }
    };
    (@pair) => { None };
    (@pair $measured:literal, $threshold:literal) => { Some(($measured, $threshold)) };
}

// After the macro, which is in force below it only.
mod rows;

pub use rows::{CODES, Code};

/// Codes of an appraisal that another run may take further: what was missing may be there then.
pub const DEFERRING: [Code; 3] = [Code::SrcSearchFailed, Code::SrcReadFailed, Code::InternalError];

impl EligibilityRecord {
    /// The code of the reason for which another run may say more; `None` for a finished record.
    pub fn deferring_code(&self) -> Option<&'static str> {
        let says = |code: &str| self.reasons_all.iter().chain(&self.reasons).any(|r| r.code() == code);
        DEFERRING.into_iter().map(|code| code.facts().code).find(|code| says(code))
    }
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = CODES.iter().map(|row| row.code).collect();
        json_schema!({ "type": "string", "enum": codes, "description": "A reason code." })
    }
}

// The laws of the table. A row that breaks one does not compile.
const _: () = {
    let mut i = 0;
    while i < CODES.len() {
        let row = &CODES[i];
        assert!(row.effect.allowed_for(row.party), "imagery, source and model never speak against anybody");
        assert!(
            !matches!(row.effect, Effect::Against) || row.measured_against.is_some(),
            "whatever speaks against somebody names the measured number and the threshold"
        );
        i += 1;
    }
};
