//! Exact money: whole millionths of the currency's unit, so that no cent depends on a binary fraction.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Parts of one unit of currency, and of one.
const PARTS: i128 = 1_000_000;

/// Most digits before the point: as in a requested amount.
const MAX_DIGITS: usize = 15;

/// An amount of money or a price, never negative. Written as a decimal text with at least two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money(i128);

impl Money {
    /// Reads `33000`, `33000.5` or `33000.00`: at most 15 digits and 6 decimals, no sign, no separators.
    pub fn parse(text: &str) -> Option<Money> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, MAX_DIGITS) || !digits(part, 6) {
            return None;
        }
        let part: i128 = format!("{part:0<6}").parse().ok()?;
        whole.parse::<i128>().ok().map(|w| Money(w * PARTS + part))
    }

    /// The amount times a ratio of whole numbers, rounded down. An overflow gives the largest amount.
    pub(super) fn times(self, numerator: i128, denominator: i128) -> Money {
        let product = self.0.saturating_mul(numerator.max(0));
        Money(product.checked_div(denominator).unwrap_or(0))
    }

    /// The amount times a fraction of at most six decimals, rounded down.
    pub(super) fn share(self, frac: f64) -> Money {
        self.times(millionths(frac), PARTS)
    }

    /// The nearest hundredth.
    pub(super) fn hundredths(self) -> Money {
        self.nearest_to(Money(PARTS / 100))
    }

    pub(super) fn in_millionths(self) -> i128 {
        self.0
    }

    /// The sum. An overflow gives the largest amount.
    pub fn plus(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }

    /// The largest multiple of a step that is not more; the amount itself without a step.
    pub(super) fn down_to(self, step: Money) -> Money {
        if step.0 > 0 { Money(self.0 - self.0 % step.0) } else { self }
    }

    /// The nearest multiple of a step, the upper of two equally near.
    pub(super) fn nearest_to(self, step: Money) -> Money {
        if step.0 > 0 { Money(self.0.saturating_add(step.0 / 2)).down_to(step) } else { self }
    }

    /// Part of another amount, as a number; `None` of nothing.
    pub(super) fn part_of(self, whole: Money) -> Option<f64> {
        (whole.0 > 0).then(|| self.0 as f64 / whole.0 as f64)
    }
}

/// A decimal number as whole millionths; what is no number counts as zero.
pub(super) fn millionths(value: f64) -> i128 {
    // At most six decimals are given, so the nearest whole number is the number meant.
    (value * PARTS as f64).round() as i128
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = format!("{:06}", self.0 % PARTS);
        let kept = part.trim_end_matches('0').len().max(2);
        write!(f, "{}.{}", self.0 / PARTS, part.get(..kept).unwrap_or("00"))
    }
}

impl TryFrom<String> for Money {
    type Error = String;

    fn try_from(text: String) -> Result<Money, String> {
        Money::parse(&text)
            .ok_or_else(|| format!("\"{text}\" is no amount: digits, and at most 6 decimals, as text"))
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}

impl JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,6})?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn amounts_are_exact_and_read_back() {
        for (text, shown) in [
            ("33000", "33000.00"),
            ("0.1", "0.10"),
            ("1.005", "1.005"),
            ("999999999999999.999999", "999999999999999.999999"),
        ] {
            assert_eq!(money(text).to_string(), shown);
            assert_eq!(money(shown), money(text));
        }
        for bad in ["", "-1", "1,000", "1e3", "1.", ".5", "1.0000001", "1000000000000000"] {
            assert_eq!(Money::parse(bad), None, "{bad}");
        }
        // Ten cents thirty times are three, which binary fractions do not give.
        let sum = (0..30).fold(Money::default(), |sum, _| sum.plus(money("0.10")));
        assert_eq!(sum, money("3"));
    }

    #[test]
    fn shares_are_rounded_down_and_steps_as_asked() {
        assert_eq!(money("42900").share(0.1), money("4290"));
        assert_eq!(money("0.000001").share(0.5), money("0"));
        assert_eq!(money("4290").nearest_to(money("100")), money("4300"));
        assert_eq!(money("4250").nearest_to(money("100")), money("4300"));
        assert_eq!(money("4290").down_to(money("100")), money("4200"));
        assert_eq!(money("4290").down_to(money("0")), money("4290"));
    }
}
