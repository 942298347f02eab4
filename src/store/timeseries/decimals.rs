//! Numbers with six decimals, as `format!("{:.6}")` writes them, several times faster.

use std::io::Write;

/// Below this, a number times a million is known to a ten-thousandth.
const LARGEST: f64 = 1e6;
/// How near to the middle between two results a number must lie to be left to the exact formatter.
const DOUBT: f64 = 1e-3;

/// Appends a number with six decimals, rounded as the exact decimal expansion says; nothing for a missing, NaN or
/// infinite one; no negative zero.
pub(super) fn six_decimals(value: Option<f64>, out: &mut Vec<u8>) {
    let Some(value) = value.filter(|v| v.is_finite()) else { return };
    let millionths = value.abs() * 1e6;
    let whole = millionths.floor();
    let rest = millionths - whole;
    if value.abs() >= LARGEST || (rest - 0.5).abs() < DOUBT {
        exact(value, out);
        return;
    }
    let n = whole as u64 + u64::from(rest > 0.5);
    if value < 0.0 && n > 0 {
        out.push(b'-');
    }
    digits(n / 1_000_000, 1, out);
    out.push(b'.');
    digits(n % 1_000_000, 6, out);
}

fn exact(value: f64, out: &mut Vec<u8>) {
    let start = out.len();
    // Writing to memory does not fail.
    drop(write!(out, "{value:.6}"));
    if out.get(start..) == Some(b"-0.000000") {
        out.remove(start);
    }
}

/// Appends a whole number with at least `least` digits.
fn digits(mut n: u64, least: usize, out: &mut Vec<u8>) {
    let mut text = [b'0'; 20];
    let mut first = text.len();
    while n > 0 || text.len() - first < least {
        first -= 1;
        if let Some(digit) = text.get_mut(first) {
            *digit = b'0' + (n % 10) as u8;
        }
        n /= 10;
    }
    out.extend_from_slice(text.get(first..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the formatter of the standard library says.
    fn formatted(value: f64) -> String {
        if !value.is_finite() {
            return String::new();
        }
        let text = format!("{value:.6}");
        if text == "-0.000000" { "0.000000".to_owned() } else { text }
    }

    fn written(value: f64) -> String {
        let mut out = Vec::new();
        six_decimals(Some(value), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn ends_halves_and_nothing() {
        let halves = (0..2000).map(|i| (f64::from(i) - 1000.0) / 2e6 + 0.25);
        let ends = [0.0, -0.0, 1.0, -1.0, 4e-7, -4e-7, 5e-7, -5e-7, 999_999.999_999_9, 1e6, -1e15, 1e300];
        for value in halves.chain(ends).chain([f64::NAN, f64::INFINITY, f64::MIN_POSITIVE, 0.999_999_5]) {
            assert_eq!(written(value), formatted(value), "{value:e}");
        }
        let mut out = Vec::new();
        six_decimals(None, &mut out);
        assert!(out.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn as_the_standard_library_writes_it(value in prop_oneof![-1.0..1.0f64, -2e6..2e6f64, any::<f64>()]) {
            prop_assert_eq!(written(value), formatted(value));
        }
    }
}
