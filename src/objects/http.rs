//! Ranges of files on HTTPS servers, without redirects, proxies or private addresses.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, HeaderMap, HeaderName,
    IF_MATCH, LAST_MODIFIED, RANGE, RETRY_AFTER,
};
use url::Url;

use super::allow::{Gate, is_public};
use super::config::Timeouts;
use super::error::Cause;
use super::refusal::Refusal;
use super::reply::{Body, Fault, Progress, Reply, Version};
use super::retry::retry_after;

/// A client that asks once, follows nothing and connects only to addresses that may be read.
pub(super) fn client(gate: &Gate, timeouts: &Timeouts) -> Result<reqwest::Client, reqwest::Error> {
    // Fails only if somebody chose a provider before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("croplens/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(timeouts.connect)
        .dns_resolver(Resolver { private: gate.private_addresses, loopback: gate.loopback })
        .build()
}

/// Resolves names to public addresses only, so that a name cannot be pointed at the local network.
#[derive(Clone, Copy, Debug)]
struct Resolver {
    private: bool,
    loopback: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let may = *self;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let readable = |a: &SocketAddr| {
                may.private
                    || is_public(a.ip())
                    || (may.loopback && host == "localhost" && a.ip().is_loopback())
            };
            if !found.is_empty() && !found.iter().any(readable) {
                return Err(Refusal::PrivateAddress.into());
            }
            let addresses: Addrs =
                Box::new(found.into_iter().filter(readable).collect::<Vec<_>>().into_iter());
            Ok(addresses)
        })
    }
}

/// Asks once for the bytes that `progress` still lacks.
pub(super) async fn ask(client: &reqwest::Client, url: &Url, progress: &Progress) -> Result<Reply, Fault> {
    let rest = progress.rest();
    let mut request = client
        .get(url.clone())
        .header(RANGE, format!("bytes={}-{}", rest.start, rest.end.saturating_sub(1)))
        .header(ACCEPT_ENCODING, "identity");
    if let Some(tag) = progress.version.as_ref().and_then(Version::if_match) {
        request = request.header(IF_MATCH, tag);
    }
    let reply = request.send().await.map_err(connection_fault)?;
    let status = reply.status().as_u16();
    let headers = reply.headers();
    let cause = match status {
        200..=299 => {
            return Ok(Reply {
                status,
                content_range: text(headers, &CONTENT_RANGE).map(str::to_owned),
                content_length: text(headers, &CONTENT_LENGTH).and_then(|t| t.parse().ok()),
                content_encoding: text(headers, &CONTENT_ENCODING).map(str::to_owned),
                version: Version::of_reply(text(headers, &ETAG), text(headers, &LAST_MODIFIED)),
                body: Body::Http(reply),
            });
        }
        404 | 410 => Cause::Missing,
        401 | 403 => Cause::Denied { status },
        300..=399 => Cause::Redirected { status },
        412 => Cause::Changed,
        416 => Cause::BeyondEnd { object_len: None },
        _ => Cause::Status { status, code: None },
    };
    Err(Fault { cause, retry_after: retry_after(text(headers, &RETRY_AFTER), text(headers, &DATE)) })
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

fn connection_fault(error: reqwest::Error) -> Cause {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(e) = source {
        if let Some(refusal) = e.downcast_ref::<Refusal>() {
            return Cause::Refused(refusal.clone());
        }
        source = e.source();
    }
    Cause::Broken(Box::new(error.without_url()))
}
