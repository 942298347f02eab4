//! Seconds by stage, for `run.json`; nothing else may know them.

use std::collections::BTreeMap;
use std::time::Instant;

/// A stop watch with laps.
#[derive(Debug)]
pub(super) struct Timings {
    began: Instant,
    lap: Instant,
    seconds: BTreeMap<String, f64>,
}

impl Timings {
    pub(super) fn start() -> Timings {
        let now = Instant::now();
        Timings { began: now, lap: now, seconds: BTreeMap::new() }
    }

    /// Ends a stage.
    pub(super) fn lap(&mut self, stage: &str) {
        let now = Instant::now();
        *self.seconds.entry(stage.to_owned()).or_default() += (now - self.lap).as_secs_f64();
        self.lap = now;
    }

    /// The stages since this was asked before, and the time since then.
    pub(super) fn take(&mut self) -> BTreeMap<String, f64> {
        let now = Instant::now();
        let mut seconds = std::mem::take(&mut self.seconds);
        seconds.insert("total".to_owned(), (now - self.began).as_secs_f64());
        self.began = now;
        seconds
    }
}
