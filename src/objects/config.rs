//! How objects are read: who may be asked, how patiently, and how much at once.

use std::fmt;
use std::time::Duration;

use super::allow::Allow;

/// Settings of [`super::Objects`]. None of them can change the bytes that are read.
#[derive(Clone, Debug, Default)]
pub struct ObjectsConfig {
    /// Which addresses may be read; the default allows none.
    pub allow: Allow,
    /// S3.
    pub s3: S3Config,
    /// Waiting times.
    pub timeouts: Timeouts,
    /// Trying again.
    pub retry: Retry,
    /// Sizes and numbers.
    pub limits: Limits,
}

/// Settings of S3.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// Another server that speaks S3, `http://host:port`; AWS if absent.
    pub endpoint: Option<String>,
    /// Region of the buckets.
    pub region: String,
    /// Keys to sign with; requests are unsigned if absent.
    pub credentials: Option<S3Credentials>,
    /// `endpoint/bucket/key` instead of `bucket.endpoint/key`.
    pub path_style: bool,
    /// Read `https://bucket.s3.region.amazonaws.com/key` as an S3 object where the bucket is allowed
    /// and the region (or an own endpoint) fits.
    pub map_public_https: bool,
}

impl Default for S3Config {
    /// The public Sentinel-2 COG archive: `us-west-2` (Registry of Open Data on AWS, sentinel-2-l2a-cogs).
    fn default() -> Self {
        S3Config {
            endpoint: None,
            region: "us-west-2".to_owned(),
            credentials: None,
            path_style: false,
            map_public_https: true,
        }
    }
}

/// Keys to sign S3 requests with. `Debug` does not show them.
#[derive(Clone)]
pub struct S3Credentials {
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: String,
    /// Session token of temporary keys.
    pub session_token: Option<String>,
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Credentials(..)")
    }
}

/// Waiting times.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the head of a reply, and for each further piece of its body.
    pub read: Duration,
    /// For one range altogether, retries and waits included; a disk of this machine is read without a limit.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 5 s to connect, 20 s of silence (the AWS SDK's grace of a stalled stream), 180 s altogether
    /// (object_store's retry timeout).
    fn default() -> Self {
        Timeouts {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(20),
            total: Duration::from_secs(180),
        }
    }
}

/// Trying again: exponential backoff with full jitter.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Requests for one range, the first included; at least 1.
    pub attempts: u32,
    /// Upper bound of the first wait; it doubles each time.
    pub first_backoff: Duration,
    /// Upper bound of any wait.
    pub max_backoff: Duration,
    /// Longest `Retry-After` that is honoured; a longer one is cut to this.
    pub retry_after_cap: Duration,
    /// Retries one server may cost before every success earns one back: when a server is down, the
    /// reads of it fail quickly instead of all waiting.
    pub budget: u32,
}

impl Default for Retry {
    /// 8 requests over up to half a minute of waits; `Retry-After` up to 60 s.
    fn default() -> Self {
        Retry {
            attempts: 8,
            first_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(15),
            retry_after_cap: Duration::from_secs(60),
            budget: 500,
        }
    }
}

/// Sizes and numbers.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of ranges being fetched at once, over all callers.
    pub bytes_in_flight: u64,
    /// Largest single range, bytes.
    pub range_bytes: u64,
    /// Ranges with at most this many unwanted bytes between them are fetched as one.
    pub merge_gap: u64,
    /// Ranges are not merged beyond this size, bytes.
    pub merge_bytes: u64,
    /// Requests of one call that run at the same time.
    pub concurrency: usize,
    /// Bytes read and thrown away when a server ignores ranges and starts at 0.
    pub skip_bytes: u64,
}

impl Default for Limits {
    /// 64 MiB in flight, ranges up to 128 MiB, gaps up to 256 KiB (stack measurements: one request costs
    /// more than that many bytes), merged up to 8 MiB, 8 at once, 8 MiB skipped.
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Limits {
            bytes_in_flight: 64 * MIB,
            range_bytes: 128 * MIB,
            merge_gap: 256 << 10,
            merge_bytes: 8 * MIB,
            concurrency: 8,
            skip_bytes: 8 * MIB,
        }
    }
}
