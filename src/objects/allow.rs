//! Which addresses may be read at all: folders, hosts and buckets that somebody named.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use url::{Host, Origin, Url};

use super::error::SetupError;
use super::href::Href;
use super::refusal::Refusal;

/// Which addresses may be read. The default allows nothing.
#[derive(Clone, Debug, Default)]
pub struct Allow {
    /// Folders whose files may be read, symbolic links resolved. Leave empty when items come from a
    /// remote catalog: then no item can name a local file.
    pub roots: Vec<PathBuf>,
    /// Hosts, compared exactly: `host` and `host:port` mean https, `http://host:port` is taken as
    /// written.
    pub hosts: Vec<String>,
    /// S3 buckets, compared exactly.
    pub buckets: Vec<String>,
    /// Whether `http://127.0.0.1`, `http://[::1]` and `http://localhost` may be read on any port.
    pub loopback: bool,
    /// Whether allowed hosts may resolve to private addresses (an archive mirror on the own network).
    pub private_addresses: bool,
}

/// [`Allow`], checked and ready to compare with.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    roots: Vec<PathBuf>,
    origins: Vec<Origin>,
    buckets: Vec<String>,
    pub(super) loopback: bool,
    pub(super) private_addresses: bool,
}

impl Gate {
    pub(super) fn new(allow: &Allow) -> Result<Gate, SetupError> {
        let roots = allow
            .roots
            .iter()
            .map(|root| root.canonicalize().map_err(|source| SetupError::Root { path: root.clone(), source }))
            .collect::<Result<_, _>>()?;
        let origins = allow.hosts.iter().map(|host| origin_of(host)).collect::<Result<_, _>>()?;
        Ok(Gate {
            roots,
            origins,
            buckets: allow.buckets.clone(),
            loopback: allow.loopback,
            private_addresses: allow.private_addresses,
        })
    }

    /// Whether the address may be read. Files are looked at again, links resolved, by [`Gate::file`].
    pub(super) fn check(&self, href: &Href) -> Result<(), Refusal> {
        match href {
            Href::S3 { bucket, .. } if self.buckets.contains(bucket) => Ok(()),
            Href::S3 { bucket, .. } => Err(Refusal::Bucket(bucket.clone())),
            Href::Http(url) if self.origins.contains(&url.origin()) => Ok(()),
            Href::Http(url) if self.loopback && is_loopback(url) => Ok(()),
            Href::Http(url) => Err(Refusal::Host(url.origin().ascii_serialization())),
            Href::File(_) if self.roots.is_empty() => Err(Refusal::Outside),
            Href::File(_) => Ok(()),
        }
    }

    /// The real path of a file, if it lies inside an allowed folder after all links are resolved.
    pub(super) fn file(&self, path: &Path) -> std::io::Result<Result<PathBuf, Refusal>> {
        let real = match path.canonicalize() {
            Ok(real) => real,
            // Whether a file outside exists is nobody's business.
            Err(e) if self.seems_inside(path) => return Err(e),
            Err(_) => return Ok(Err(Refusal::Outside)),
        };
        let inside = self.roots.iter().any(|root| real.starts_with(root));
        Ok(if inside { Ok(real) } else { Err(Refusal::Outside) })
    }

    /// Whether the nearest existing folder above a file that does not exist lies inside.
    fn seems_inside(&self, path: &Path) -> bool {
        let folder = path.ancestors().skip(1).find_map(|a| {
            let a = if a.as_os_str().is_empty() { Path::new(".") } else { a };
            a.canonicalize().ok()
        });
        folder.is_some_and(|f| self.roots.iter().any(|root| f.starts_with(root)))
    }
}

fn origin_of(host: &str) -> Result<Origin, SetupError> {
    let text = if host.contains("://") { host.to_owned() } else { format!("https://{host}") };
    let bad = || SetupError::Host(host.to_owned());
    let Href::Http(url) = Href::parse(&text).map_err(|_| bad())? else { return Err(bad()) };
    if url.path() != "/" || url.query().is_some() {
        return Err(bad());
    }
    Ok(url.origin())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether an address belongs to the public internet.
///
/// # Sources
/// IANA special-purpose address registries (RFC 6890): loopback, private, link-local (cloud metadata
/// lives there), carrier-grade NAT, documentation, benchmarking, multicast and reserved blocks are not
/// public; an IPv4 address mapped or translated into IPv6 is judged as IPv4.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4() {
        return is_public_v4(v4);
    }
    let s = ip.segments();
    if s[0] == 0x0064 && s[1] == 0xff9b {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Only 2000::/3 is handed out; 6to4 and Teredo hide IPv4 addresses, 2001:db8 is documentation.
    s[0] & 0xe000 == 0x2000 && s[0] != 0x2002 && !(s[0] == 0x2001 && (s[1] < 0x0200 || s[1] == 0x0db8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for ip in ["52.218.1.1", "8.8.8.8", "2600:1f68::1", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "2001:db8::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
