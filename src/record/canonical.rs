//! Canonical JSON (RFC 8785) and the hash over it.
//!
//! Own code, some ninety lines, rather than a crate: those there are (serde_jcs, serde_json_canonicalizer)
//! bring a second float printer and have few users, while serde_json already prints the digits that
//! RFC 8785 asks for. The RFC's number samples are in the tests.

use std::cmp::Ordering;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::record::EligibilityRecord;

/// Member that holds the hash and is left out when it is computed.
const HASH_MEMBER: &str = "record_sha256";

/// A record whose hash does not fit its content.
#[derive(Debug, thiserror::Error)]
pub enum Tampered {
    /// Not JSON, or not an object.
    #[error("not a record: {0}")]
    NotARecord(String),
    /// No hash to check.
    #[error("the record carries no record_sha256")]
    NoHash,
    /// Content and hash differ.
    #[error("the record was changed after it was sealed: it says {stated}, its content gives {computed}")]
    Differs {
        /// Hash in the record.
        stated: String,
        /// Hash of the content.
        computed: String,
    },
}

/// SHA-256 as lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Hash of a record over its canonical JSON without `record_sha256`.
pub fn digest(record: &EligibilityRecord) -> String {
    // A record holds no map with keys that are not text, the only thing `to_value` refuses.
    digest_value(serde_json::to_value(record).unwrap_or(Value::Null))
}

/// Checks the hash of one record as JSON text, whatever the order and spacing of its members.
///
/// # Errors
/// [`Tampered`] when the text is no record, has no hash, or its hash does not fit.
pub fn verify(text: &str) -> Result<(), Tampered> {
    let value: Value = serde_json::from_str(text).map_err(|e| Tampered::NotARecord(e.to_string()))?;
    let members = value.as_object().ok_or_else(|| Tampered::NotARecord("not a JSON object".into()))?;
    let stated = members.get(HASH_MEMBER).and_then(Value::as_str).ok_or(Tampered::NoHash)?.to_owned();
    let computed = digest_value(value);
    if stated == computed { Ok(()) } else { Err(Tampered::Differs { stated, computed }) }
}

fn digest_value(mut value: Value) -> String {
    if let Some(members) = value.as_object_mut() {
        members.remove(HASH_MEMBER);
    }
    sha256_hex(canonical_json(&value).as_bytes())
}

/// The value as canonical JSON (RFC 8785): no spaces, members sorted by UTF-16 code units, numbers as
/// ECMAScript prints them.
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    push(&mut out, value);
    out
}

fn push(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => out.push_str(&number(n.as_f64().unwrap_or(0.0))),
        Value::String(s) => push_text(out, s),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by(|a, b| utf16_order(a.0, b.0));
            out.push('{');
            for (i, (key, item)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push_text(out, key);
                out.push(':');
                push(out, item);
            }
            out.push('}');
        }
    }
}

fn utf16_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as ECMAScript's `Number::toString` writes it: shortest digits that read back the same,
/// plain between 1e-6 and 1e21, else with an exponent.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    // serde_json prints the shortest digits and, of two equally near, the even ones, as ECMAScript does
    // (Rust's own `{:e}` takes the upper); only where the point stands is written differently.
    let text = serde_json::Number::from_f64(value.abs()).map(|n| n.to_string()).unwrap_or_default();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{part}");
    let significant = all.trim_start_matches('0');
    let digits = significant.trim_end_matches('0');
    // Position of the decimal point, counted from the first significant digit.
    let leading = (all.len() - significant.len()) as i32;
    let point = exponent.parse::<i32>().unwrap_or(0) + whole.len() as i32 - leading;
    let count = digits.len() as i32;
    let zeros = |n: i32| "0".repeat(n.max(0) as usize);
    let body = if count <= point && point <= 21 {
        format!("{digits}{}", zeros(point - count))
    } else if 0 < point && point <= 21 {
        let (whole, part) = digits.split_at(point as usize);
        format!("{whole}.{part}")
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{:+}", point - 1)
    };
    if value < 0.0 { format!("-{body}") } else { body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_samples_of_rfc_8785_appendix_b() {
        let samples: [(u64, &str); 24] = [
            (0x0000000000000000, "0"),
            (0x8000000000000000, "0"),
            (0x0000000000000001, "5e-324"),
            (0x8000000000000001, "-5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"),
            (0xffefffffffffffff, "-1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"),
            (0xc340000000000000, "-9007199254740992"),
            (0x4430000000000000, "295147905179352830000"),
            (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"),
            (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"),
            (0x444b1ae4d6e2ef4f, "999999999999999900000"),
            (0x444b1ae4d6e2ef50, "1e+21"),
            (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
            (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"),
            (0x41b3de4355555554, "333333333.33333325"),
            (0x41b3de4355555555, "333333333.3333333"),
            (0x41b3de4355555556, "333333333.3333334"),
            (0x41b3de4355555557, "333333333.33333343"),
            (0xbecbf647612f3696, "-0.0000033333333333333333"),
            (0x43143ff3c1cb0959, "1424953923781206.2"),
        ];
        for (bits, text) in samples {
            assert_eq!(number(f64::from_bits(bits)), text, "{bits:016x}");
        }
    }

    #[test]
    fn members_are_sorted_by_utf16_and_text_is_escaped_as_little_as_possible() {
        let value: Value = serde_json::from_str(
            "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":\"\\u000f\\n\\\"\\/\"}",
        )
        .unwrap();
        // The RFC's sorting sample: U+1F600 (surrogates d83d..) stands before U+FB33.
        let expected =
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":\"\\u000f\\n\\\"/\",\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
        assert_eq!(canonical_json(&value), expected);
    }
}
