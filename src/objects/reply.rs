//! One reply to a range request: does it answer what was asked, and do its bytes all arrive?

use std::ops::Range;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};

use super::error::Cause;

/// What tells one state of an object from another: its entity tag, or else its time of modification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    text: String,
    strong_etag: bool,
}

impl Version {
    /// From the headers of a reply. A weak tag or a date can be compared, but not sent as `If-Match`.
    pub(super) fn of_reply(etag: Option<&str>, last_modified: Option<&str>) -> Option<Version> {
        let usable =
            |t: &&str| !t.is_empty() && t.len() <= 256 && t.bytes().all(|b| matches!(b, b' '..=b'~'));
        match etag.filter(usable) {
            Some(tag) => Some(Version { text: tag.to_owned(), strong_etag: tag.starts_with('"') }),
            None => last_modified.filter(usable).map(Version::of_state),
        }
    }

    /// From any text that changes with the object.
    pub(crate) fn of_state(text: &str) -> Version {
        Version { text: text.to_owned(), strong_etag: false }
    }

    /// The text, to be compared with that of another day.
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// The value of `If-Match`, where the standard (RFC 9110, 13.1.1) lets us send one.
    pub(super) fn if_match(&self) -> Option<&str> {
        self.strong_etag.then_some(self.text.as_str())
    }
}

/// A failed attempt, and how long the server asks us to wait before the next.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) cause: Cause,
    pub(super) retry_after: Option<Duration>,
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Fault { cause, retry_after: None }
    }
}

/// The head of a successful reply and its body, whoever sent it.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_range: Option<String>,
    pub(super) content_length: Option<u64>,
    pub(super) content_encoding: Option<String>,
    pub(super) version: Option<Version>,
    pub(super) body: Body,
}

pub(super) enum Body {
    S3(ByteStream),
    Http(reqwest::Response),
}

impl Body {
    async fn chunk(&mut self) -> Result<Option<Bytes>, Cause> {
        match self {
            Body::S3(stream) => stream.next().await.transpose().map_err(|e| Cause::Broken(Box::new(e))),
            Body::Http(reply) => reply.chunk().await.map_err(|e| Cause::Broken(Box::new(e.without_url()))),
        }
    }
}

/// What one read has so far, kept from one attempt to the next.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) wanted: Range<u64>,
    /// Whether the object may end inside the range.
    pub(super) may_be_short: bool,
    pub(super) got: BytesMut,
    /// All that was wanted, where it came in one piece.
    pub(super) whole: Option<Bytes>,
    pub(super) version: Option<Version>,
    pub(super) object_len: Option<u64>,
    /// Bytes that came over the wire, unwanted ones included.
    pub(super) received: u64,
}

impl Progress {
    pub(super) fn new(wanted: Range<u64>, may_be_short: bool, pinned: Option<Version>) -> Progress {
        Progress {
            wanted,
            may_be_short,
            got: BytesMut::new(),
            whole: None,
            version: pinned,
            object_len: None,
            received: 0,
        }
    }

    /// Takes what was read out.
    pub(super) fn bytes(&mut self) -> Bytes {
        self.whole.take().unwrap_or_else(|| std::mem::take(&mut self.got).freeze())
    }

    /// The bytes still to be had.
    pub(super) fn rest(&self) -> Range<u64> {
        self.wanted.start + self.got.len() as u64..self.wanted.end
    }

    /// Takes the reply to a request for [`Progress::rest`].
    pub(super) async fn take(&mut self, mut reply: Reply, limits: Patience) -> Result<(), Fault> {
        let plan = self.check(&reply, limits.skip_bytes)?;
        self.version = self.version.take().or(reply.version.take());
        self.object_len = plan.object_len.or(self.object_len);
        let mut skip = plan.skip;
        let mut rest = plan.len;
        // Not all at once: a server that promises much and sends nothing must not cost memory.
        self.got.reserve(usize::try_from(rest.min(1 << 20)).unwrap_or(0));
        while rest > 0 {
            let next = tokio::time::timeout(limits.read, reply.body.chunk());
            let chunk = next.await.map_err(|_| Cause::Timeout("the next piece of the body"))??;
            let Some(mut chunk) = chunk else {
                if plan.end_unknown {
                    return Ok(());
                }
                let eof = std::io::Error::new(
                    std::io::ErrorKind::UnexpectedEof,
                    format!("the body ended {rest} bytes early"),
                );
                return Err(Cause::Broken(Box::new(eof)).into());
            };
            self.received += chunk.len() as u64;
            let unwanted = skip.min(chunk.len() as u64);
            skip -= unwanted;
            let _ = chunk.split_to(usize::try_from(unwanted).unwrap_or(0));
            if chunk.len() as u64 > rest && !plan.whole_object {
                return Err(Cause::WrongReply("the body is longer than it says".to_owned()).into());
            }
            chunk.truncate(usize::try_from(rest).unwrap_or(usize::MAX));
            rest -= chunk.len() as u64;
            self.got.extend_from_slice(&chunk);
        }
        Ok(())
    }

    /// Whether the head of the reply answers the request, and what its body then holds.
    fn check(&self, reply: &Reply, skip_bytes: u64) -> Result<Plan, Cause> {
        let wrong = |what: String| Err(Cause::WrongReply(what));
        if let Some(encoding) = reply.content_encoding.as_deref()
            && !encoding.is_empty()
            && !encoding.eq_ignore_ascii_case("identity")
        {
            return Err(Cause::Encoded(encoding.chars().take(40).collect()));
        }
        match (&self.version, &reply.version) {
            (Some(pinned), Some(now)) if pinned != now => return Err(Cause::Changed),
            (Some(_), None) => return wrong("it does not say which version of the object it is".to_owned()),
            _ => {}
        }
        let ask = self.rest();
        let (skip, end, object_len) = match (reply.status, &reply.content_range) {
            (206, Some(text)) => {
                let Some((first, end, total)) = content_range(text) else {
                    return wrong(format!("content range {:?}", text.chars().take(60).collect::<String>()));
                };
                if first != ask.start || end > ask.end || total.is_some_and(|t| t < end) {
                    return wrong(format!("content range {first}-{} was not asked for", end - 1));
                }
                if reply.content_length.is_some_and(|n| n != end - first) {
                    return wrong("content length and content range differ".to_owned());
                }
                if end < ask.end && total != Some(end) {
                    return wrong("it holds less than was asked for".to_owned());
                }
                (0, Some(end), total)
            }
            (206, None) => return wrong("a partial reply without content range".to_owned()),
            (200, _) => (ask.start, reply.content_length, reply.content_length),
            (other, _) => return wrong(format!("HTTP {other} to a range request")),
        };
        if skip > skip_bytes {
            return Err(Cause::RangeIgnored);
        }
        if end.is_some_and(|end| end <= ask.start || (end < ask.end && !self.may_be_short)) {
            return Err(Cause::BeyondEnd { object_len });
        }
        Ok(Plan {
            skip,
            len: end.map_or(ask.end, |end| end.min(ask.end)) - ask.start,
            whole_object: reply.status == 200,
            end_unknown: end.is_none() && self.may_be_short,
            object_len,
        })
    }
}

/// The limits of one attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) read: Duration,
    pub(super) skip_bytes: u64,
}

struct Plan {
    skip: u64,
    len: u64,
    whole_object: bool,
    end_unknown: bool,
    object_len: Option<u64>,
}

/// `bytes 0-99/1000` as (first, end, total); the end is exclusive, the total may be `*`.
fn content_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    (first <= last && last < u64::MAX).then(|| (first, last + 1, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read_strictly() {
        assert_eq!(content_range("bytes 0-99/1000"), Some((0, 100, Some(1000))));
        assert_eq!(content_range("bytes 5-5/*"), Some((5, 6, None)));
        for bad in
            ["", "bytes */10", "bytes 9-3/10", "items 0-1/2", "bytes 0-18446744073709551615/*", "bytes 0-1"]
        {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_strong_tags_are_sent_back() {
        let tag = |e, m| Version::of_reply(e, m).map(|v| v.if_match().map(str::to_owned));
        assert_eq!(tag(Some("\"a\""), None), Some(Some("\"a\"".to_owned())));
        assert_eq!(tag(Some("W/\"a\""), None), Some(None));
        assert_eq!(tag(None, Some("Sun, 06 Nov 1994 08:49:37 GMT")), Some(None));
        assert_eq!(tag(None, None), None);
    }
}
