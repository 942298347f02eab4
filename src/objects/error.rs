//! What can go wrong when bytes are read, and what that means for trying again.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use super::href::Href;
use super::refusal::Refusal;

/// A failed read: which object, which bytes, how often it was tried, and why it failed.
///
/// Query strings of addresses (which may hold signatures) are never shown.
#[derive(Debug)]
pub struct Error {
    href: String,
    range: Range<u64>,
    attempts: u32,
    elapsed: Duration,
    cause: Cause,
}

/// Why a read failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The address is not one that may be read; no request was made.
    Refused(Refusal),
    /// There is no such object.
    Missing,
    /// The server does not let us read it. A private or requester-pays bucket needs credentials; a
    /// public bucket that cannot be listed says this of missing objects too.
    Denied {
        /// HTTP status, 401 or 403.
        status: u16,
    },
    /// The server wants us to read elsewhere; redirects are never followed.
    Redirected {
        /// HTTP status, 300 to 399.
        status: u16,
    },
    /// The object was replaced while it was being read. Start again from its header.
    Changed,
    /// The object ends before the range asked for.
    BeyondEnd {
        /// Its length in bytes, if known.
        object_len: Option<u64>,
    },
    /// The server answers a range request with the whole object, and the range lies too deep in it.
    RangeIgnored,
    /// The server compressed the reply although a byte range was asked for.
    Encoded(String),
    /// The range is larger than one read may be.
    TooLong {
        /// The limit in bytes.
        limit: u64,
    },
    /// The server's reply contradicts the request or itself.
    WrongReply(String),
    /// An HTTP status that is not success.
    Status {
        /// HTTP status.
        status: u16,
        /// Error word of the S3 protocol, if any.
        code: Option<String>,
    },
    /// Nothing arrived in time.
    Timeout(&'static str),
    /// The server has failed too often in this run; no request was made.
    GivenUp,
    /// The connection could not be made, or broke.
    Broken(Box<dyn std::error::Error + Send + Sync>),
    /// The local file could not be read.
    File(std::io::Error),
    /// The local file was opened, and could not be read when its bytes were needed.
    Late(std::io::Error),
    /// The client itself could not be set up.
    Client(Box<dyn std::error::Error + Send + Sync>),
}

impl Cause {
    /// Whether the same request may succeed later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Cause::WrongReply(_) | Cause::Timeout(_) | Cause::GivenUp | Cause::Broken(_) | Cause::Late(_) => {
                true
            }
            Cause::Status { status, code } => {
                matches!(status, 408 | 425 | 429 | 500..=599)
                    || code.as_deref().is_some_and(|c| {
                        matches!(c, "SlowDown" | "RequestTimeout" | "InternalError" | "ServiceUnavailable")
                    })
            }
            Cause::File(e) => !matches!(
                e.kind(),
                std::io::ErrorKind::PermissionDenied
                    | std::io::ErrorKind::InvalidInput
                    | std::io::ErrorKind::IsADirectory
                    | std::io::ErrorKind::NotADirectory
            ),
            _ => false,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Refused(refusal) => write!(f, "refused: {refusal}"),
            Cause::Missing => f.write_str("there is no such object"),
            Cause::Denied { status } => {
                write!(f, "access denied (HTTP {status}); the object needs credentials or does not exist")
            }
            Cause::Redirected { status } => {
                write!(f, "the server redirects elsewhere (HTTP {status}); redirects are not followed")
            }
            Cause::Changed => f.write_str("the object was replaced while it was being read"),
            Cause::BeyondEnd { object_len: Some(n) } => {
                write!(f, "the object has only {n} bytes; it is truncated or its header is wrong")
            }
            Cause::BeyondEnd { object_len: None } => {
                f.write_str("the object ends before these bytes; it is truncated or its header is wrong")
            }
            Cause::RangeIgnored => f.write_str("the server ignores byte ranges"),
            Cause::Encoded(encoding) => {
                write!(f, "the server sent the bytes with content encoding {encoding:?}")
            }
            Cause::TooLong { limit } => write!(f, "more than {limit} bytes asked for in one read"),
            Cause::WrongReply(what) => write!(f, "the server's reply is wrong: {what}"),
            Cause::Status { status, code: Some(code) } => write!(f, "HTTP {status} {code}"),
            Cause::Status { status, code: None } => write!(f, "HTTP {status}"),
            Cause::Timeout(what) => write!(f, "timed out waiting for {what}"),
            Cause::GivenUp => f.write_str("not asked: the server has failed too often in this run"),
            Cause::Broken(source) => write!(f, "the connection failed: {}", deepest(source.as_ref())),
            Cause::File(source) | Cause::Late(source) => write!(f, "the file cannot be read: {source}"),
            Cause::Client(source) => write!(f, "the client cannot be set up: {}", deepest(source.as_ref())),
        }
    }
}

/// The end of a chain of errors: "connection reset by peer" says more than "error sending request".
fn deepest<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

impl Error {
    pub(super) fn new(
        href: &Href,
        range: Range<u64>,
        attempts: u32,
        elapsed: Duration,
        cause: Cause,
    ) -> Self {
        Error { href: href.to_string(), range, attempts, elapsed, cause }
    }

    /// The object, without query string.
    pub fn href(&self) -> &str {
        &self.href
    }

    /// The bytes that were asked for.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// How many requests were made for them (0 when the address was refused).
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Time spent, retries and waits included. Differs from run to run: not for records.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// Why.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Whether the same read may succeed later: the plots that need it are to be tried again.
    pub fn is_transient(&self) -> bool {
        self.cause.is_transient()
    }

    /// Whether the object does not exist (404, `NoSuchKey`, no such file).
    pub fn is_missing(&self) -> bool {
        matches!(self.cause, Cause::Missing)
    }

    /// Whether the address was refused: a security event, not a failure of the network.
    pub fn is_refused(&self) -> bool {
        matches!(self.cause, Cause::Refused(_))
    }

    /// Whether a local file failed when its bytes were needed: it has not been read with patience yet.
    pub fn is_late(&self) -> bool {
        matches!(self.cause, Cause::Late(_))
    }

    /// Whether the object was replaced while being read: start again from its header, once.
    pub fn is_changed(&self) -> bool {
        matches!(self.cause, Cause::Changed)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.range;
        write!(f, "{}, bytes {start} to {end}: {}", self.href, self.cause)?;
        match self.attempts {
            0 | 1 => Ok(()),
            n => write!(f, " (tried {n} times)"),
        }
    }
}

impl std::error::Error for Error {
    // The message already holds the cause; the chain goes on below it.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Broken(e) | Cause::Client(e) => e.source(),
            Cause::File(e) | Cause::Late(e) => std::error::Error::source(e),
            _ => None,
        }
    }
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// An allowed folder cannot be opened.
    #[error("the folder {} cannot be read: {source}", path.display())]
    Root {
        /// As given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An allowed host is not a host name.
    #[error("{0:?} is not a host name; write `host`, `host:port` or `http://host:port`")]
    Host(String),
    /// The S3 endpoint is not an address.
    #[error("{0:?} is not an S3 endpoint; write `https://host` or `http://host:port`")]
    Endpoint(String),
}
