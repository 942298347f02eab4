//! From flags to doors: the catalogue, the bytes, the compute pool.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::catalog::{self, Catalog};
use crate::objects::{Allow, Objects, ObjectsConfig, Retry, S3Config, S3Credentials, Timeouts};
use crate::pipeline::Doors;

use super::Stop;
use super::run_flags::{AccessFlags, RunFlags};

/// Hosts of the public Sentinel-2 archives that the known catalogues link to.
/// Source: the asset links of Earth Search and Planetary Computer items.
const ARCHIVE_HOSTS: [&str; 3] = [
    "sentinel-cogs.s3.us-west-2.amazonaws.com",
    "e84-earth-search-sentinel-data.s3.us-west-2.amazonaws.com",
    "sentinel2l2a01.blob.core.windows.net",
];

/// Buckets of the same archives.
const ARCHIVE_BUCKETS: [&str; 2] = ["sentinel-cogs", "e84-earth-search-sentinel-data"];

/// Opens the doors a run needs.
pub(super) fn open(flags: &RunFlags) -> Result<Doors, Stop> {
    let place = flags.catalog.as_str();
    let catalog = Catalog::open(place, conversation(&flags.access))
        .map_err(|e| Stop::usage(format!("--catalog {place}: {e}")))?;
    let config = ObjectsConfig {
        allow: allow(flags, &catalog)?,
        s3: s3(&flags.access)?,
        timeouts: timeouts(&flags.access),
        retry: retry(&flags.access),
        ..ObjectsConfig::default()
    };
    let objects = Objects::new(config).map_err(|e| Stop::usage(format!("access settings: {e}")))?;
    Ok(Doors { catalog, objects: Arc::new(objects), pool: flags.pool()? })
}

/// How patiently the catalogue is asked.
fn conversation(access: &AccessFlags) -> catalog::Limits {
    let mut limits = catalog::Limits::default();
    if let Some(attempts) = access.attempts {
        limits.attempts = attempts;
    }
    if let Some(seconds) = access.read_timeout_s {
        limits.read_timeout = Duration::from_secs(seconds);
        limits.connect_timeout = limits.connect_timeout.min(limits.read_timeout);
        limits.request_timeout = limits.request_timeout.max(limits.read_timeout);
    }
    limits
}

/// How long images are waited for.
fn timeouts(access: &AccessFlags) -> Timeouts {
    let mut timeouts = Timeouts::default();
    if let Some(seconds) = access.read_timeout_s {
        timeouts.read = Duration::from_secs(seconds);
        timeouts.connect = timeouts.connect.min(timeouts.read);
        timeouts.total = timeouts.total.max(timeouts.read);
    }
    timeouts
}

/// How often images are asked for.
fn retry(access: &AccessFlags) -> Retry {
    let usual = Retry::default();
    Retry { attempts: access.attempts.unwrap_or(usual.attempts), ..usual }
}

/// What may be read: the known archives, what the user names, and what lies beside the catalogue.
fn allow(flags: &RunFlags, catalog: &Catalog) -> Result<Allow, Stop> {
    let mut allow = Allow {
        hosts: ARCHIVE_HOSTS.map(str::to_owned).to_vec(),
        buckets: ARCHIVE_BUCKETS.map(str::to_owned).to_vec(),
        ..Allow::default()
    };
    allow.hosts.extend(flags.access.allow_host.iter().cloned());
    allow.buckets.extend(flags.access.allow_bucket.iter().cloned());
    match catalog {
        Catalog::Local(items) => allow.roots.push(Path::new(items.folder()).to_owned()),
        Catalog::Api(_) => {
            // A catalogue on this machine may link to files served by this machine; a remote one may not.
            let url = Url::parse(&flags.catalog).map_err(|e| Stop::usage(format!("--catalog: {e}")))?;
            allow.loopback = url.scheme() == "http";
            if let (false, Some(host)) = (allow.loopback, url.host_str()) {
                allow.hosts.push(host.to_owned());
            }
        }
    }
    Ok(allow)
}

fn s3(access: &AccessFlags) -> Result<S3Config, Stop> {
    let credentials = if access.s3_sign { Some(credentials()?) } else { None };
    Ok(S3Config {
        endpoint: access.s3_endpoint.clone(),
        region: access.s3_region.clone(),
        credentials,
        path_style: access.s3_endpoint.is_some(),
        map_public_https: true,
    })
}

#[expect(clippy::disallowed_methods, reason = "the environment is read here, at the rim")]
fn credentials() -> Result<S3Credentials, Stop> {
    let need = |name: &str| {
        std::env::var(name).map_err(|_| Stop::usage(format!("--s3-sign needs {name} in the environment")))
    };
    Ok(S3Credentials {
        access_key_id: need("AWS_ACCESS_KEY_ID")?,
        secret_access_key: need("AWS_SECRET_ACCESS_KEY")?,
        session_token: std::env::var("AWS_SESSION_TOKEN").ok(),
    })
}
