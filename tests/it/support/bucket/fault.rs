//! What can go wrong, and what was seen.

use std::time::Duration;

/// What goes wrong with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An error status with an S3 error document of this code.
    Status(u16, &'static str),
    /// 429 with this `Retry-After`.
    RetryAfter(&'static str),
    /// The connection is closed before a reply.
    Reset,
    /// No reply, until the client gives up.
    StallHeaders,
    /// The body stops after so many bytes, the connection stays open.
    StallBody(usize),
    /// The body stops after so many bytes, the connection closes.
    CutBody(usize),
    /// `Content-Length` says this many bytes more (or fewer) than the content range.
    ContentLength(i64),
    /// The content range says that the bytes begin so much later.
    ContentRange(u64),
    /// 206 without a content range.
    NoContentRange,
    /// The whole object, status 200.
    IgnoreRange,
    /// The whole object in chunks, status 200, no length.
    IgnoreRangeChunked,
    /// 302 to this address.
    Redirect(String),
    /// The object has become another: new tag; `If-Match` fails with 412.
    ChangedEtag,
    /// The byte at this offset of the object has all bits flipped.
    Corrupt(u64),
    /// `Content-Encoding: gzip`.
    Gzip,
    /// One byte at a time, with this pause.
    Drip(Duration),
    /// An endless header.
    EndlessHeader,
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Path, percent-decoded, without query.
    pub path: String,
    /// Value of `Range`.
    pub range: Option<String>,
    /// Value of `If-Match`.
    pub if_match: Option<String>,
    /// Whether it was signed.
    pub signed: bool,
    /// Status of the reply, 0 if there was none.
    pub status: u16,
    /// Bytes of body sent.
    pub bytes: u64,
}
