//! When to ask again, and when to stop asking.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::config::Retry;

impl Retry {
    /// How long to wait after the `attempts`-th failure.
    ///
    /// # Method
    /// Full jitter: uniform between 0 and `first_backoff * 2^(attempts - 1)`, at most `max_backoff`. What
    /// the server asks for comes on top of a jitter of one `first_backoff`, so that many readers do not
    /// come back at the same moment.
    ///
    /// # Sources
    /// M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    pub(super) fn wait(&self, attempts: u32, retry_after: Option<Duration>) -> Duration {
        match retry_after {
            Some(asked) => asked.min(self.retry_after_cap) + self.first_backoff.mul_f64(random_fraction()),
            None => {
                let doubled = self.first_backoff.saturating_mul(1 << attempts.saturating_sub(1).min(20));
                doubled.min(self.max_backoff).mul_f64(random_fraction())
            }
        }
    }
}

/// Uniform in 0..1. Only waiting times depend on it, never an answer.
fn random_fraction() -> f64 {
    // Each RandomState has other keys: enough to spread waits, and no dependency.
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1u64 << 53) as f64
}

/// What `Retry-After` asks for: seconds, or a date, which is compared with the reply's own `Date` so that
/// no clock of ours is needed. Junk and dates in the past ask for nothing.
pub(super) fn retry_after(value: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let value = value?.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u32::MAX.into())));
    }
    let seconds = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp().as_second());
    let until = seconds(value)? - seconds(date?.trim())?;
    u64::try_from(until).ok().map(Duration::from_secs)
}

/// Retries left for each server.
#[derive(Debug)]
pub(super) struct Budgets {
    full: u32,
    left: Mutex<BTreeMap<String, u32>>,
    /// Servers without retries left that one read is asking all the same.
    probed: Mutex<BTreeSet<String>>,
}

/// Leave to read from a server.
#[derive(Debug)]
pub(super) struct Leave<'a> {
    probing: Option<(&'a Budgets, String)>,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if let Some((budgets, authority)) = self.probing.take() {
            budgets.probed.lock().unwrap_or_else(PoisonError::into_inner).remove(&authority);
        }
    }
}

impl Budgets {
    pub(super) fn new(full: u32) -> Budgets {
        Budgets { full, left: Mutex::default(), probed: Mutex::default() }
    }

    /// Leave to read; `None` while the server has cost all its retries and another read is finding out
    /// whether it is back. So a silent server costs one waiting time after the other, not hundreds.
    pub(super) fn enter(&self, authority: &str) -> Option<Leave<'_>> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner).get(authority).copied();
        if left != Some(0) {
            return Some(Leave { probing: None });
        }
        let mut probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        let first = probed.insert(authority.to_owned());
        first.then(|| Leave { probing: Some((self, authority.to_owned())) })
    }

    /// Takes one retry; `false` if the server has cost too many.
    pub(super) fn spend(&self, authority: &str) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let left = left.entry(authority.to_owned()).or_insert(self.full);
        let some = *left > 0;
        *left = left.saturating_sub(1);
        some
    }

    /// A success earns one retry back.
    pub(super) fn earn(&self, authority: &str) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = left.get_mut(authority) {
            *left = (*left + 1).min(self.full);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        attempts: 5,
        first_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(1),
        retry_after_cap: Duration::from_secs(60),
        budget: 2,
    };

    #[test]
    fn waits_are_jittered_and_capped() {
        let waits: Vec<_> = (0..200).map(|i| RETRY.wait(i % 40, None)).collect();
        assert!(waits.iter().all(|w| *w <= Duration::from_secs(1)));
        assert!(waits.iter().any(|w| *w != waits[0]));
        assert!((0..200).all(|_| RETRY.wait(1, None) <= Duration::from_millis(100)));
        let asked = RETRY.wait(1, Some(Duration::from_secs(7)));
        assert!(asked >= Duration::from_secs(7) && asked <= Duration::from_millis(7100));
        assert!(RETRY.wait(1, Some(Duration::from_secs(86400))) <= Duration::from_millis(60_100));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_or_junk() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let cases = [
            ("7", Some(7)),
            ("0", Some(0)),
            ("99999999999999999999999", Some(u64::from(u32::MAX))),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:40:00 GMT", None),
            ("soon", None),
            ("", None),
            ("-5", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(retry_after(Some(value), date), seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(Some("Sun, 06 Nov 1994 08:50:07 GMT"), None), None);
    }

    #[test]
    fn a_server_that_is_down_uses_up_its_budget_and_no_other_ones() {
        let budgets = Budgets::new(2);
        assert!(budgets.spend("a") && budgets.spend("a") && !budgets.spend("a"));
        assert!(budgets.spend("b"));
        let first = budgets.enter("a");
        assert!(first.is_some() && budgets.enter("a").is_none() && budgets.enter("b").is_some());
        drop(first);
        assert!(budgets.enter("a").is_some());
        budgets.earn("a");
        assert!(budgets.enter("a").is_some() && budgets.enter("a").is_some());
        assert!(budgets.spend("a") && !budgets.spend("a"));
    }
}
