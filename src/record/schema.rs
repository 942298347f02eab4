//! The columns of the record as data: what a file writer, a document or a validator reads.

use serde::{Deserialize, Serialize};

/// One column of the record, or one member of a nested object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in every output.
    pub name: &'static str,
    /// Heading it stands under in `docs/record.md`; empty for members of nested objects.
    pub group: &'static str,
    /// What kind of value it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Unit, or how the text is formed.
    pub unit: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

/// Kind of a value; follows from the Rust type, so it cannot differ from it.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Whole number, 0 or more.
    Integer,
    /// Decimal number, rounded to this many decimals.
    Number {
        /// Decimals kept.
        decimals: u8,
    },
    /// True or false.
    Bool,
    /// Date, ISO 8601.
    Date,
    /// Instant in UTC, ISO 8601.
    Instant,
    /// GeoJSON geometry, lon/lat.
    Geometry,
    /// Named values, each a number, a text or a list of texts.
    Params,
    /// An object with these members.
    Object(&'static [Field]),
    /// A list, empty when there is nothing to list.
    List(&'static Kind),
}

/// How a Rust type appears in the record.
pub trait Shape {
    /// Its kind.
    const KIND: Kind;
    /// Whether it may be null.
    const NULLABLE: bool = false;
}

macro_rules! shapes {
    ($($ty:ty => $kind:expr;)*) => { $(impl Shape for $ty { const KIND: Kind = $kind; })* };
}

shapes! {
    String => Kind::Text;
    u32 => Kind::Integer;
    bool => Kind::Bool;
    jiff::civil::Date => Kind::Date;
    jiff::Timestamp => Kind::Instant;
}

impl Shape for std::collections::BTreeMap<String, crate::record::ParamValue> {
    const KIND: Kind = Kind::Params;
}

impl<T: Shape> Shape for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
}

impl<T: Shape> Shape for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}

/// A finite number kept to `D` decimals, so that the last bits of a computation never reach a file.
///
/// Rounding is to the nearest decimal of the exact binary value, ties to even; minus zero becomes zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Rounded<const D: u8>(f64);

impl<const D: u8> Rounded<D> {
    /// The value rounded; `None` for infinities and NaN, which a record writes as null.
    pub fn new(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let rounded: f64 = format!("{value:.*}", usize::from(D)).parse().ok()?;
        Some(Rounded(rounded + 0.0))
    }

    /// The rounded value.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<const D: u8> Shape for Rounded<D> {
    const KIND: Kind = Kind::Number { decimals: D };
}

impl<const D: u8> From<Rounded<D>> for f64 {
    fn from(value: Rounded<D>) -> f64 {
        value.0
    }
}

impl<const D: u8> TryFrom<f64> for Rounded<D> {
    type Error = &'static str;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        Rounded::new(value).ok_or("a number that is not finite")
    }
}

/// Makes a struct and its table of [`Field`]s from the same lines:
/// `name ["published:name"]: Type, "unit", "sentence";` under `in "heading" { }`.
macro_rules! columns {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(in $group:literal {
                $($field:ident $([$rename:literal])?: $ty:ty, $unit:literal, $doc:literal;)*
            })*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($(
                #[doc = concat!($doc, " (", $unit, ")")]
                $(#[serde(rename = $rename)])?
                pub $field: $ty,
            )*)*
        }

        impl $name {
            /// The columns, in the order in which they are written.
            pub const FIELDS: &'static [crate::record::Field] = &[$($(
                crate::record::Field {
                    name: crate::record::schema::published_name!($field $($rename)?),
                    group: $group,
                    kind: <$ty as crate::record::Shape>::KIND,
                    nullable: <$ty as crate::record::Shape>::NULLABLE,
                    unit: $unit,
                    doc: $doc,
                },
            )*)*];
        }

        impl crate::record::Shape for $name {
            const KIND: crate::record::Kind = crate::record::Kind::Object($name::FIELDS);
        }
    };
}

macro_rules! published_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $rename:literal) => {
        $rename
    };
}

pub(super) use {columns, published_name};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_once_and_stay_so() {
        let r = |v: f64| Rounded::<4>::new(v).map(Rounded::get);
        assert_eq!(r(0.123_449_9), Some(0.1234));
        assert_eq!(r(0.1 + 0.2), Some(0.3));
        assert_eq!(r(-0.000_01).map(f64::to_bits), Some(0.0f64.to_bits()));
        assert_eq!(r(f64::NAN), None);
        assert_eq!(r(f64::INFINITY), None);
        assert_eq!(r(1e300), Some(1e300));
    }
}
