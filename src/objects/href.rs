//! Where an object lies: an address, parsed once.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::refusal::Refusal;

/// Longest address accepted, bytes.
const MAX_LEN: usize = 4096;
/// Longest S3 key, bytes (S3 User Guide, "Naming objects").
const MAX_KEY_LEN: usize = 1024;

/// Where an object lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Href {
    /// An object in an S3 bucket.
    S3 {
        /// Bucket name, 3 to 63 characters of `a-z 0-9 . -`.
        bucket: String,
        /// Key, not percent-encoded.
        key: String,
    },
    /// An `https://` (or, on loopback, `http://`) address.
    Http(Url),
    /// A local file.
    File(PathBuf),
}

impl Href {
    /// Parses `s3://bucket/key`, `https://host/path`, `file:///path` or a plain path.
    ///
    /// # Errors
    /// Anything that could mean something else to somebody: other schemes, user-info, control
    /// characters and white space, backslashes, GDAL `/vsi` paths, dot segments in S3 keys.
    pub fn parse(text: &str) -> Result<Href, Refusal> {
        if text.is_empty() || text.len() > MAX_LEN {
            return Err(Refusal::Length(text.len()));
        }
        if text.chars().any(|c| c.is_control()) {
            return Err(Refusal::ControlCharacter);
        }
        if text.starts_with("/vsi") {
            return Err(Refusal::Vsi);
        }
        match scheme_of(text) {
            None => Ok(Href::File(PathBuf::from(text))),
            Some("s3") => text.get(5..).map_or(Err(Refusal::Malformed), s3_href),
            Some("http" | "https") => http_href(text).map(Href::Http),
            Some("file") => file_href(text),
            Some(other) => Err(Refusal::Scheme(other.chars().take(20).collect())),
        }
    }

    /// Whether the object is a file of this machine.
    pub fn is_file(&self) -> bool {
        matches!(self, Href::File(_))
    }

    /// The S3 object that a public AWS address names (`https://bucket.s3.region.amazonaws.com/key` or
    /// `https://s3.region.amazonaws.com/bucket/key`), with its region.
    pub(super) fn as_s3_of_aws(&self) -> Option<(Href, &str)> {
        let Href::Http(url) = self else { return None };
        if url.scheme() != "https" || url.port().is_some() || url.query().is_some() {
            return None;
        }
        let host = url.host_str()?.strip_suffix(".amazonaws.com")?;
        let path = percent_decoded(url.path().strip_prefix('/')?)?;
        let (bucket, region, key) = match host.rsplit_once(".s3.") {
            Some((bucket, region)) => (bucket, region, path.as_str()),
            None => {
                let (bucket, key) = path.split_once('/')?;
                (bucket, host.strip_prefix("s3.")?, key)
            }
        };
        let region_is_one_word = !region.is_empty() && !region.contains('.');
        let href = checked_s3(bucket, key).ok()?;
        region_is_one_word.then_some((href, region))
    }

    /// The server or disk that a shared retry budget is kept for.
    pub(super) fn authority(&self) -> String {
        match self {
            Href::S3 { bucket, .. } => format!("s3://{bucket}"),
            Href::Http(url) => url.origin().ascii_serialization(),
            Href::File(_) => "file".to_owned(),
        }
    }
}

impl fmt::Display for Href {
    /// The address without its query string, which may hold a signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Href::S3 { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Href::Http(url) => {
                write!(f, "{}{}", url.origin().ascii_serialization(), url.path())
            }
            Href::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The scheme before the first colon, if the text starts like one.
fn scheme_of(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let letter_first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
    let fits = letter_first && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    fits.then_some(scheme)
}

fn s3_href(rest: &str) -> Result<Href, Refusal> {
    let (bucket, key) = rest.split_once('/').ok_or(Refusal::Malformed)?;
    checked_s3(bucket, key)
}

fn checked_s3(bucket: &str, key: &str) -> Result<Href, Refusal> {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = bucket.as_bytes();
    let bucket_fits = (3..=63).contains(&bytes.len())
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && !bucket.contains("..")
        && !bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    if !bucket_fits {
        return Err(Refusal::BucketName);
    }
    if key.is_empty() || key.len() > MAX_KEY_LEN || key.chars().any(char::is_control) {
        return Err(Refusal::Malformed);
    }
    if key.split('/').any(|part| part == "." || part == "..") || key.contains('\\') {
        return Err(Refusal::DotSegment);
    }
    Ok(Href::S3 { bucket: bucket.to_owned(), key: key.to_owned() })
}

fn http_href(text: &str) -> Result<Url, Refusal> {
    if text.contains('\\') || text.contains(char::is_whitespace) {
        return Err(Refusal::ControlCharacter);
    }
    let after = text.split_once("://").ok_or(Refusal::Malformed)?.1;
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Refusal::UserInfo);
    }
    let mut url = Url::parse(text).map_err(|_| Refusal::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Refusal::Malformed);
    }
    url.set_fragment(None);
    Ok(url)
}

fn file_href(text: &str) -> Result<Href, Refusal> {
    let url = Url::parse(text).map_err(|_| Refusal::Malformed)?;
    let path = url.to_file_path().map_err(|()| Refusal::Malformed)?;
    let shown = path.to_string_lossy();
    if shown.chars().any(char::is_control) {
        return Err(Refusal::ControlCharacter);
    }
    if shown.starts_with("/vsi") {
        return Err(Refusal::Vsi);
    }
    Ok(Href::File(path))
}

/// `%41` to `A`; `None` for broken escapes and bytes that are not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let high = char::from(bytes.next()?).to_digit(16)?;
        let low = char::from(bytes.next()?).to_digit(16)?;
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_parse_and_show_themselves_without_secrets() {
        for (text, shown) in [
            ("s3://sentinel-cogs/a/b c.tif", "s3://sentinel-cogs/a/b c.tif"),
            ("https://example.com/a.tif?sig=secret#x", "https://example.com/a.tif"),
            ("file:///data/a%20b.tif", "/data/a b.tif"),
            ("tiles/a.tif", "tiles/a.tif"),
        ] {
            assert_eq!(Href::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn public_aws_addresses_name_an_s3_object() {
        let s3 = |t: &str| Href::parse(t).unwrap().as_s3_of_aws().map(|(h, r)| (h.to_string(), r.to_owned()));
        let region = "us-west-2".to_owned();
        assert_eq!(
            s3("https://sentinel-cogs.s3.us-west-2.amazonaws.com/a/B%2004.tif"),
            Some(("s3://sentinel-cogs/a/B 04.tif".into(), region.clone()))
        );
        assert_eq!(
            s3("https://s3.us-west-2.amazonaws.com/sentinel-cogs/a.tif"),
            Some(("s3://sentinel-cogs/a.tif".into(), region))
        );
        for other in [
            "https://sentinel-cogs.s3.us-west-2.amazonaws.com.evil.example/a.tif",
            "https://sentinel-cogs.s3.us-west-2.amazonaws.com/a.tif?versionId=1",
            "http://sentinel-cogs.s3.us-west-2.amazonaws.com/a.tif",
            "https://sentinel-cogs.s3.us-west-2.amazonaws.com:8443/a.tif",
            "https://b.s3.x.us-west-2.amazonaws.com/a.tif",
            "https://sentinel-cogs.s3.us-west-2.amazonaws.com/a%2f%2e%2e%2fb.tif",
        ] {
            assert_eq!(s3(other), None, "{other}");
        }
    }
}
