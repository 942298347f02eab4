//! Where an asset of an item may point. Only syntax is judged here; whether a host or a folder may be
//! opened at all is decided again by `objects`, which opens it.

use std::path::{Component, Path, PathBuf};

use url::{Host, Url};

/// Longest link accepted, bytes.
const MAX_HREF_BYTES: usize = 4096;

/// Where an item came from: decides which links it may carry.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// A STAC API. Links must be absolute `https://` or `s3://`, and `http://` on loopback when the
    /// API itself is on loopback.
    Remote {
        /// Root of the API.
        root: &'a Url,
    },
    /// A file under a folder that the user named. Links may also be relative, or absolute inside that
    /// folder.
    Local {
        /// The item's file, absolute.
        file: &'a Path,
        /// The folder nothing may leave, absolute.
        folder: &'a Path,
    },
}

/// The link made absolute, or why it is refused.
pub(super) fn resolve(href: &str, origin: &Origin<'_>) -> Result<String, &'static str> {
    if href.is_empty() {
        return Err("it is empty");
    }
    if href.len() > MAX_HREF_BYTES {
        return Err("it is longer than 4096 bytes");
    }
    if href.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err("it holds spaces, control characters or backslashes");
    }
    if !has_scheme(href) {
        return match origin {
            Origin::Remote { .. } => Err("an item of a web catalog may not point to a path"),
            Origin::Local { file, folder } => inside(Path::new(href), file, folder),
        };
    }
    let url = Url::parse(href).map_err(|_| "it is not a URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries a user name");
    }
    match (url.scheme(), origin) {
        ("https", _) if url.host().is_some() => Ok(url.into()),
        ("http", _) if !loopback(&url) => Err("plain http is accepted on loopback only"),
        ("http", Origin::Remote { root }) if !(root.scheme() == "http" && loopback(root)) => {
            Err("an item of a web catalog may not point to this machine")
        }
        ("http", _) => Ok(url.into()),
        ("s3", _) => s3(href, &url),
        ("file", Origin::Local { file, folder }) => {
            let path = url.to_file_path().map_err(|()| "it is not a local file")?;
            inside(&path, file, folder)
        }
        ("file", Origin::Remote { .. }) => Err("an item of a web catalog may not point to a local file"),
        _ => Err("only https, s3 and files beside the item are read"),
    }
}

fn s3(href: &str, url: &Url) -> Result<String, &'static str> {
    let bucket = url.host_str().is_some_and(|b| !b.is_empty());
    let key = href.splitn(4, '/').nth(3).unwrap_or("");
    let dots = key.split('/').any(|part| part == "." || part == "..");
    if !bucket || key.is_empty() || dots || url.port().is_some() {
        return Err("it is not a bucket and a key");
    }
    Ok(href.to_owned())
}

/// `path` seen from the item's folder, without `.` and `..`, if it stays inside `folder`.
fn inside(path: &Path, file: &Path, folder: &Path) -> Result<String, &'static str> {
    let absolute = plain(&file.parent().unwrap_or(folder).join(path));
    if !absolute.starts_with(folder) || absolute == folder {
        return Err("it leaves the folder of the catalog");
    }
    absolute.into_os_string().into_string().map_err(|_| "the path is not valid UTF-8")
}

/// The path without `.` and `..`, by its text alone.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// `word:` at the start, as RFC 3986 spells a scheme.
pub(super) fn has_scheme(href: &str) -> bool {
    href.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Whether the host is this machine.
pub(super) fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_catalog_reaches_no_path_of_this_machine() {
        let root = Url::parse("https://earth-search.example/v1").unwrap();
        let remote = Origin::Remote { root: &root };
        for good in ["https://b.s3.us-west-2.amazonaws.com/k/B04.tif", "s3://bucket/29/R/KH/B04.tif"] {
            assert_eq!(resolve(good, &remote).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "/etc/passwd",
            "B04.tif",
            "../B04.tif",
            "//host/B04.tif",
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "file:etc/passwd",
            "http://127.0.0.1/B04.tif",
            "http://169.254.169.254/latest",
            "http://example.com/B04.tif",
            "https://user:word@example.com/B04.tif",
            "https://example.com/B04.tif\r\nHost: other",
            "https:\\\\example.com\\B04.tif",
            "s3://bucket",
            "s3://bucket/",
            "s3://bucket/a/../../b",
            "s3:///key",
            "/vsicurl/https://example.com/B04.tif",
            "vrt:///etc/passwd",
            "data:image/tiff;base64,AAAA",
            "ftp://example.com/B04.tif",
            "gs://bucket/key",
        ] {
            assert!(resolve(bad, &remote).is_err(), "{bad}");
        }
        assert!(resolve(&format!("https://h/{}", "a".repeat(5000)), &remote).is_err());
    }

    #[test]
    fn plain_http_on_loopback_only_for_a_catalog_on_loopback() {
        let root = Url::parse("http://127.0.0.1:9000").unwrap();
        let href = "http://127.0.0.1:9001/B04.tif";
        assert!(resolve(href, &Origin::Remote { root: &root }).is_ok());
        assert!(resolve("http://10.0.0.1/B04.tif", &Origin::Remote { root: &root }).is_err());
        assert!(resolve("file:///etc/passwd", &Origin::Remote { root: &root }).is_err());
    }

    #[test]
    fn a_local_item_stays_in_its_folder() {
        let local =
            Origin::Local { file: Path::new("/data/cat/a/item.json"), folder: Path::new("/data/cat") };
        for (href, path) in [
            ("B04.tif", "/data/cat/a/B04.tif"),
            ("./x/../B04.tif", "/data/cat/a/B04.tif"),
            ("../b/B04.tif", "/data/cat/b/B04.tif"),
            ("/data/cat/c.tif", "/data/cat/c.tif"),
            ("file:///data/cat/c.tif", "/data/cat/c.tif"),
        ] {
            assert_eq!(resolve(href, &local).as_deref(), Ok(path), "{href}");
        }
        for bad in
            ["../../B04.tif", "/etc/passwd", "/data/catalog2/B04.tif", "file:///etc/passwd", "..", "//host/x"]
        {
            assert!(resolve(bad, &local).is_err(), "{bad}");
        }
    }
}
