//! One failed try: what it was, whether to try again, and how long to wait.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// A failure that may pass.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A status that asks to come back later.
    #[error("HTTP status {0}")]
    Status(u16),
    /// No connection, a stall, or a body that broke off.
    #[error("no complete answer")]
    Transport(#[source] reqwest::Error),
    /// An answer of the right length that is not JSON, as a body cut at a proxy gives.
    #[error("an answer that is cut off")]
    CutOff,
}

impl Fault {
    /// Whether a smaller page may help: the gateway gave up on the catalog.
    pub(super) fn wants_smaller_page(&self) -> bool {
        matches!(self, Fault::Status(502 | 504))
    }
}

/// Statuses that are worth another try.
pub(super) fn may_pass(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// How long the server asks to wait: seconds, or a date seen from the server's own `Date`. Anything else
/// is ignored; so is a date without a `Date` to compare with, as this room has no clock.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(text)?;
    let now = http_date(headers.get(DATE)?.to_str().ok()?)?;
    let seconds = until.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp())
}

/// Waiting times with full jitter: uniform between 0 and `base * 2^try`, at most `cap`. Seeded, so that a
/// test sees the same waits; no result depends on them.
#[derive(Debug)]
pub(super) struct Backoff {
    state: u64,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Backoff {
        Backoff { state: seed }
    }

    pub(super) fn wait(&mut self, base: Duration, cap: Duration, tries: u32) -> Duration {
        let most = base.saturating_mul(1_u32.checked_shl(tries).unwrap_or(u32::MAX)).min(cap);
        most.mul_f64(self.uniform())
    }

    /// Uniform in [0, 1): splitmix64 (Steele, Lea and Flood 2014).
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &str)]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        retry_after(&headers).map(|d| d.as_secs())
    }

    #[test]
    fn retry_after_in_seconds_dates_and_junk() {
        let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(asked(&[("retry-after", "7")]), Some(7));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), now]), Some(30));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), now]), Some(0));
        assert_eq!(asked(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]), None);
        assert_eq!(asked(&[("retry-after", "99999999999999999999999999")]), Some(u64::MAX));
        for junk in ["soon", "-1", "1.5", ""] {
            assert_eq!(asked(&[("retry-after", junk), now]), None, "{junk}");
        }
    }

    #[test]
    fn waits_are_jittered_bounded_and_repeatable() {
        let run = || {
            let mut backoff = Backoff::new(7);
            (0..40)
                .map(|t| backoff.wait(Duration::from_millis(100), Duration::from_secs(2), t))
                .collect::<Vec<_>>()
        };
        let waits = run();
        assert_eq!(waits, run());
        assert!(waits.iter().all(|w| *w <= Duration::from_secs(2)));
        assert!(waits[0] <= Duration::from_millis(100));
        assert!(waits.iter().any(|w| *w > Duration::from_secs(1)));
    }
}
