//! Bytes by range, from S3 buckets, HTTPS servers and local folders.
//!
//! Comes in: an [`Href`] and byte ranges. Goes out: exactly those bytes, or an [`Error`] that names the
//! object, the range and whether trying again may help. This is the only place that retries requests (a block that
//! came damaged or late gets a fresh start elsewhere, with a new header):
//! bodies that break off are resumed from the byte reached, pinned to the version first seen. Not here:
//! what the bytes mean (see `imagery`), finding objects (see `catalog`), caches (a failure is never
//! remembered), judgement.

mod allow;
mod config;
mod dir;
mod error;
mod href;
mod http;
mod ranges;
mod refusal;
mod reply;
mod retry;
mod s3;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub use self::allow::Allow;
pub use self::config::{Limits, ObjectsConfig, Retry, S3Config, S3Credentials, Timeouts};
pub use self::dir::OnDisk;
pub use self::error::{Cause, Error, SetupError};
pub use self::href::Href;
pub use self::refusal::Refusal;
pub use self::reply::Version;

use self::reply::{Fault, Patience, Progress};

/// Reader of byte ranges; share one per run (it holds the connections, limits and retry budgets).
#[derive(Debug)]
pub struct Objects {
    config: ObjectsConfig,
    gate: allow::Gate,
    s3: OnceLock<aws_sdk_s3::Client>,
    http: OnceLock<Result<reqwest::Client, String>>,
    /// KiB of ranges that may be on their way.
    permits: Semaphore,
    all_permits: u32,
    budgets: retry::Budgets,
    requests: AtomicU64,
    retries: AtomicU64,
    bytes: Arc<AtomicU64>,
}

/// What the reader has done so far. Depends on the network's mood: not for records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests made (reads of local files count too), retries included.
    pub requests: u64,
    /// Requests made again after a failure.
    pub retries: u64,
    /// Bytes of bodies received, and of files read.
    pub bytes: u64,
}

/// The first bytes of an object.
#[derive(Clone, Debug)]
pub struct Head {
    /// At most as many as were asked for, fewer only if the object ends there.
    pub bytes: Bytes,
    /// Length of the object, when the server says.
    pub object_len: Option<u64>,
    /// Which version of the object this is, when the server says.
    pub version: Option<Version>,
}

/// Bytes of an object.
#[derive(Clone, Debug)]
pub enum Part {
    /// They are here.
    Here(Bytes),
    /// They are still in a local file.
    OnDisk(OnDisk),
}

impl Part {
    /// How many they are.
    pub fn len(&self) -> usize {
        match self {
            Part::Here(bytes) => bytes.len(),
            Part::OnDisk(part) => part.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands the bytes on. Those of a local file are read now, by this thread, which waits for them.
    ///
    /// # Errors
    /// [`Cause::Changed`] if the file was written to since it was opened, [`Cause::Late`] if it cannot be read.
    pub fn with<R>(&self, take: impl FnOnce(&[u8]) -> R) -> Result<R, Error> {
        match self {
            Part::Here(bytes) => Ok(take(bytes)),
            Part::OnDisk(part) => part.with(take),
        }
    }
}

impl Objects {
    /// A reader. No connection is made yet.
    ///
    /// # Errors
    /// Allowed folders that cannot be opened, allowed hosts or an endpoint that are not addresses.
    pub fn new(config: ObjectsConfig) -> Result<Objects, SetupError> {
        let gate = allow::Gate::new(&config.allow)?;
        s3::check(&config.s3)?;
        let kib = (config.limits.bytes_in_flight / 1024).clamp(1, u64::from(u32::MAX >> 4));
        let all_permits = u32::try_from(kib).unwrap_or(1);
        Ok(Objects {
            gate,
            s3: OnceLock::new(),
            http: OnceLock::new(),
            permits: Semaphore::new(all_permits as usize),
            all_permits,
            budgets: retry::Budgets::new(config.retry.budget),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            bytes: Arc::default(),
            config,
        })
    }

    /// Requests that are made for one range before it is given up.
    pub fn attempts(&self) -> u32 {
        self.config.retry.attempts
    }

    /// Whether an address may be read at all, without reading it.
    ///
    /// # Errors
    /// [`Refusal`]; files are looked at again, links resolved, when they are read.
    pub fn permits(&self, href: &Href) -> Result<(), Refusal> {
        self.gate.check(&self.route(href))
    }

    /// The bytes `range` of the object, all of them. An empty range needs no request.
    ///
    /// # Errors
    /// See [`Cause`]; among them an object that ends inside the range.
    pub async fn get_range(&self, href: &Href, range: Range<u64>) -> Result<Bytes, Error> {
        if range.start >= range.end {
            return Ok(Bytes::new());
        }
        Ok(self.read(href, range, false, None).await?.bytes())
    }

    /// The first `len` bytes of the object, fewer if it is shorter, with its version and length.
    ///
    /// # Errors
    /// See [`Cause`]; an empty object is [`Cause::BeyondEnd`].
    pub async fn get_head(&self, href: &Href, len: u64) -> Result<Head, Error> {
        let mut progress = self.read(href, 0..len.max(1), true, None).await?;
        Ok(Head { bytes: progress.bytes(), object_len: progress.object_len, version: progress.version })
    }

    /// All the ranges, in the order given; near ones share a request, requests run side by side.
    ///
    /// # Errors
    /// The first failure; see [`Cause`].
    pub async fn get_ranges(&self, href: &Href, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        self.get_ranges_of(href, None, ranges).await
    }

    /// As [`Objects::get_ranges`], of one version of the object.
    ///
    /// # Errors
    /// Also [`Cause::Changed`] if the object is not of that version any more.
    pub async fn get_ranges_of(
        &self,
        href: &Href,
        version: Option<&Version>,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, Error> {
        let runs = ranges::merge(ranges, &self.config.limits);
        let reads = runs.into_iter().map(|run| async move {
            let progress = self.read(href, run.range.clone(), false, version.cloned()).await?;
            Ok((run, progress))
        });
        let side_by_side = self.config.limits.concurrency.max(1);
        let mut read: Vec<_> = futures::stream::iter(reads).buffered(side_by_side).try_collect().await?;
        let mut parts = vec![Bytes::new(); ranges.len()];
        let mut seen = version.cloned();
        for (run, progress) in &mut read {
            // Runs of one call belong together even when nobody pinned a version.
            match (&seen, progress.version.take()) {
                (Some(a), Some(b)) if *a != b => {
                    let changed = Cause::Changed;
                    return Err(Error::new(href, run.range.clone(), 1, Duration::ZERO, changed));
                }
                (None, now) => seen = now,
                _ => {}
            }
            let whole = progress.bytes();
            for member in &run.members {
                if let (Some(range), Some(part)) = (ranges.get(*member), parts.get_mut(*member)) {
                    let at = |byte: u64| usize::try_from(byte - run.range.start).unwrap_or(usize::MAX);
                    *part = whole.slice(at(range.start)..at(range.end));
                }
            }
        }
        Ok(parts)
    }

    /// As [`Objects::get_ranges_of`], but bytes of a local file are left there until they are needed. What is in the
    /// way of a file shows now; only a disk that fails while it is read shows later.
    ///
    /// # Errors
    /// As [`Objects::get_ranges_of`].
    pub async fn parts_of(
        &self,
        href: &Href,
        version: Option<&Version>,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Part>, Error> {
        if let Some(parts) = self.on_disk(href, version, ranges).await {
            return Ok(parts);
        }
        Ok(self.get_ranges_of(href, version, ranges).await?.into_iter().map(Part::Here).collect())
    }

    /// The ranges as places in a local file; `None` if the object is none, or cannot be opened and read as usual.
    async fn on_disk(
        &self,
        href: &Href,
        version: Option<&Version>,
        ranges: &[Range<u64>],
    ) -> Option<Vec<Part>> {
        let Href::File(path) = href else { return None };
        let limits = &self.config.limits;
        let runs: Vec<Range<u64>> = ranges::merge(ranges, limits).into_iter().map(|run| run.range).collect();
        if runs.is_empty() || runs.iter().any(|run| run.end - run.start > limits.range_bytes) {
            return None;
        }
        let requests = runs.len() as u64;
        self.gate.check(href).ok()?;
        let opened = dir::open(&self.gate, href, path, version.cloned(), runs, &self.bytes);
        let file = tokio::time::timeout(self.config.timeouts.total, opened).await.ok()??;
        self.requests.fetch_add(requests, Ordering::Relaxed);
        let part = |range: &Range<u64>| match range.is_empty() {
            true => Some(Part::Here(Bytes::new())),
            false => file.part(range).map(Part::OnDisk),
        };
        ranges.iter().map(part).collect()
    }

    /// Requests and bytes that [`Objects::get_ranges`] of these ranges costs when nothing goes wrong.
    pub fn cost(&self, ranges: &[Range<u64>]) -> (u64, u64) {
        let runs = ranges::merge(ranges, &self.config.limits);
        (runs.len() as u64, runs.iter().map(|run| run.range.end - run.range.start).sum())
    }

    /// Which of these ranges [`Objects::get_ranges`] fetches together: positions in the list, by their start.
    pub fn runs(&self, ranges: &[Range<u64>]) -> Vec<Vec<usize>> {
        ranges::merge(ranges, &self.config.limits).into_iter().map(|run| run.members).collect()
    }

    /// Bytes of blocks that may be on their way or wait for the compute pool: half of
    /// [`Limits::bytes_in_flight`], the rest is for headers and classifications.
    pub fn room(&self) -> u64 {
        self.config.limits.bytes_in_flight / 2
    }

    /// Ranges with at most this many unwanted bytes between them are fetched as one.
    pub fn merge_gap(&self) -> u64 {
        self.config.limits.merge_gap
    }

    /// What has been done so far.
    pub fn counters(&self) -> Counters {
        Counters {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// The address that is really read: a public https address of an allowed bucket is read as S3.
    fn route(&self, href: &Href) -> Href {
        let s3 = &self.config.s3;
        if !s3.map_public_https {
            return href.clone();
        }
        match href.as_s3_of_aws() {
            Some((mapped, region))
                if (s3.endpoint.is_some() || region == s3.region) && self.gate.check(&mapped).is_ok() =>
            {
                mapped
            }
            _ => href.clone(),
        }
    }

    /// Reads one range with all patience that the settings grant.
    async fn read(
        &self,
        href: &Href,
        range: Range<u64>,
        may_be_short: bool,
        pinned: Option<Version>,
    ) -> Result<Progress, Error> {
        let fail = |attempts, elapsed, cause| Error::new(href, range.clone(), attempts, elapsed, cause);
        let route = self.route(href);
        if let Err(refusal) = self.gate.check(&route) {
            return Err(fail(0, Duration::ZERO, Cause::Refused(refusal)));
        }
        let len = range.end.saturating_sub(range.start);
        let limit = self.config.limits.range_bytes;
        if len > limit {
            return Err(fail(0, Duration::ZERO, Cause::TooLong { limit }));
        }
        let kib = u32::try_from(len.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, self.all_permits);
        let Ok(_permit) = self.permits.acquire_many(kib).await else {
            let closed = std::io::Error::other("the reader was closed");
            return Err(fail(0, Duration::ZERO, Cause::Client(Box::new(closed))));
        };

        let started = Instant::now();
        let deadline = started + self.config.timeouts.total;
        let authority = route.authority();
        let Some(_leave) = self.budgets.enter(&authority) else {
            return Err(fail(0, Duration::ZERO, Cause::GivenUp));
        };
        let mut progress = Progress::new(range.clone(), may_be_short, pinned);
        let mut attempts = 0;
        loop {
            attempts += 1;
            self.requests.fetch_add(1, Ordering::Relaxed);
            self.retries.fetch_add(u64::from(attempts > 1), Ordering::Relaxed);
            let attempt = tokio::time::timeout_at(deadline, self.attempt(&route, &mut progress)).await;
            self.bytes.fetch_add(std::mem::take(&mut progress.received), Ordering::Relaxed);
            let fault = match attempt {
                Ok(Ok(())) => {
                    self.budgets.earn(&authority);
                    return Ok(progress);
                }
                Ok(Err(fault)) => fault,
                Err(_) => Cause::Timeout("the whole read").into(),
            };
            let wait = self.config.retry.wait(attempts, fault.retry_after);
            let again = fault.cause.is_transient()
                && attempts < self.config.retry.attempts
                && Instant::now() + wait < deadline
                && self.budgets.spend(&authority);
            if !again {
                return Err(fail(attempts, started.elapsed(), fault.cause));
            }
            tracing::debug!(href = %href, attempts, cause = %fault.cause, ?wait, "reading again");
            if progress.version.is_none() {
                // Without a version the second half could belong to another object.
                progress.got.clear();
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, route: &Href, progress: &mut Progress) -> Result<(), Fault> {
        let timeouts = &self.config.timeouts;
        let headers = |_| Cause::Timeout("the reply to begin");
        // Connecting has its own, shorter limit inside.
        let patience = timeouts.read.max(timeouts.connect);
        let reply = match route {
            Href::File(path) => return Ok(dir::read(&self.gate, path, progress).await?),
            Href::S3 { bucket, key } => {
                let client = self.s3.get_or_init(|| s3::client(&self.config.s3, timeouts));
                tokio::time::timeout(patience, s3::ask(client, bucket, key, progress)).await
            }
            Href::Http(url) => {
                let made = || http::client(&self.gate, timeouts).map_err(|e| e.to_string());
                let client =
                    self.http.get_or_init(made).as_ref().map_err(|e| Cause::Client(e.as_str().into()))?;
                tokio::time::timeout(patience, http::ask(client, url, progress)).await
            }
        };
        let limits = Patience { read: timeouts.read, skip_bytes: self.config.limits.skip_bytes };
        progress.take(reply.map_err(headers)??, limits).await
    }
}
