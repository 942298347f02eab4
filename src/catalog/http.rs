//! One request of a STAC API, tried until it is answered or given up: timeouts, bounded bodies, retries
//! with jitter, `Retry-After`, and at most one redirect within the same host.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Client, Method, Response, redirect};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::error::Error;
use super::fault::{Backoff, Fault, may_pass, retry_after};
use super::href::loopback;

/// Bounds of a conversation with a STAC API.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Items asked for per page.
    pub page_items: u32,
    /// Fewest items asked for per page after the gateway gave up on larger ones.
    pub least_page_items: u32,
    /// Most pages of one search.
    pub max_pages: u32,
    /// Most items of one search.
    pub max_items: u64,
    /// Most bytes of one answer.
    pub max_body_bytes: u64,
    /// Most bytes of a paging link with its body.
    pub max_link_bytes: usize,
    /// Tries per page.
    pub attempts: u32,
    /// First waiting time between tries; doubles with each.
    pub backoff: Duration,
    /// Longest waiting time of our own.
    pub backoff_cap: Duration,
    /// Longest waiting time that a server may ask for.
    pub retry_after_cap: Duration,
    /// Time allowed to connect.
    pub connect_timeout: Duration,
    /// Longest silence within an answer.
    pub read_timeout: Duration,
    /// Time allowed for one request with its answer.
    pub request_timeout: Duration,
    /// Time allowed for a whole search.
    pub search_timeout: Duration,
    /// Seed of the jitter. No result depends on it.
    pub jitter_seed: u64,
}

impl Default for Limits {
    /// Earth Search answers 100 items in about 3 MB; a page of 100 stays far from its 502.
    fn default() -> Limits {
        Limits {
            page_items: 100,
            least_page_items: 10,
            max_pages: 1000,
            max_items: 100_000,
            max_body_bytes: 64 << 20,
            max_link_bytes: 8 << 10,
            attempts: 5,
            backoff: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(20),
            retry_after_cap: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(120),
            search_timeout: Duration::from_secs(1800),
            jitter_seed: 0,
        }
    }
}

/// What a conversation cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) requests: u32,
    pub(super) retries: u32,
    pub(super) bytes: u64,
}

/// One page to be asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Map<String, Value>,
    pub(super) page: u32,
}

impl Call {
    /// Items per page asked for, in the body or the query.
    fn limit(&self) -> Option<u32> {
        let in_query = || self.url.query_pairs().find(|(k, _)| k == "limit").map(|(_, v)| v.into_owned());
        match self.method {
            Method::POST => self.body.get("limit")?.as_u64().and_then(|n| u32::try_from(n).ok()),
            _ => in_query()?.parse().ok(),
        }
    }

    /// Halves the page; false if it is as small as it may be.
    fn shrink(&mut self, least: u32) -> bool {
        let Some(limit) = self.limit() else { return false };
        let smaller = (limit / 2).max(least);
        if smaller >= limit {
            return false;
        }
        if self.method == Method::POST {
            self.body.insert("limit".to_owned(), smaller.into());
        } else {
            let pairs: Vec<(String, String)> =
                self.url.query_pairs().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
            let mut query = self.url.query_pairs_mut();
            query.clear();
            for (key, value) in pairs {
                let value = if key == "limit" { smaller.to_string() } else { value };
                query.append_pair(&key, &value);
            }
        }
        true
    }
}

/// An answer, and whether a smaller page than asked for had to be taken.
#[derive(Debug)]
pub(super) struct Answer<T> {
    pub(super) value: T,
    pub(super) shrunk: bool,
}

enum Failure {
    MayPass(Fault, Option<Duration>),
    Final(Error),
}

/// A client bound to one root.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    pub(super) root: Url,
    pub(super) limits: Limits,
}

impl Http {
    pub(super) fn new(root: &str, limits: Limits) -> Result<Http, Error> {
        let bad = |why| Error::BadRoot { root: super::skip::printable(root), why };
        let mut url = Url::parse(root).map_err(|_| bad("it is not a URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("an address may not carry a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("give the root of the API, without a query"));
        }
        match url.scheme() {
            "https" => {}
            "http" if loopback(&url) => {}
            _ => return Err(bad("it must start with https:// (http:// only on this machine)")),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        // Another part of the program may have installed it already; the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .user_agent(concat!("croplens/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(limits.connect_timeout)
            .read_timeout(limits.read_timeout)
            .timeout(limits.request_timeout);
        // On loopback without TLS no certificates are needed, and a bare machine may have none.
        let builder = if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let client = builder.build().map_err(Error::Client)?;
        Ok(Http { client, root: url, limits })
    }

    /// The answer to a call as JSON.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        call: &mut Call,
        backoff: &mut Backoff,
        cost: &mut Cost,
    ) -> Result<Answer<T>, Error> {
        let mut shrunk = false;
        let mut tries = 0;
        loop {
            cost.requests = cost.requests.saturating_add(1);
            let (fault, asked) = match self.once(call, cost).await {
                Ok(value) => return Ok(Answer { value, shrunk }),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::MayPass(fault, asked)) => (fault, asked),
            };
            tries += 1;
            if tries >= self.limits.attempts {
                let url = without_query(&call.url);
                return Err(Error::Unreachable { url, page: call.page, attempts: tries, source: fault });
            }
            cost.retries = cost.retries.saturating_add(1);
            if fault.wants_smaller_page() {
                shrunk |= call.shrink(self.limits.least_page_items);
            }
            let own = backoff.wait(self.limits.backoff, self.limits.backoff_cap, tries - 1);
            let wait = asked.map_or(own, |asked| asked.max(own).min(self.limits.retry_after_cap));
            tracing::debug!(page = call.page, tries, %fault, ?wait, "catalog asked again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn once<T: DeserializeOwned>(&self, call: &Call, cost: &mut Cost) -> Result<T, Failure> {
        let mut response = self.send(call, call.url.clone()).await?;
        if matches!(response.status().as_u16(), 301 | 302 | 307 | 308) {
            let to = self.redirect_target(&response)?;
            cost.requests = cost.requests.saturating_add(1);
            response = self.send(call, to).await?;
        }
        let status = response.status().as_u16();
        if may_pass(status) {
            return Err(Failure::MayPass(Fault::Status(status), retry_after(response.headers())));
        }
        if response.status().is_redirection() {
            return Err(Failure::Final(self.elsewhere("a second redirect", &call.url)));
        }
        if !response.status().is_success() {
            let url = without_query(&call.url);
            return Err(Failure::Final(Error::Refused { url, page: call.page, status }));
        }
        let body = self.body(call, response).await?;
        cost.bytes = cost.bytes.saturating_add(body.len() as u64);
        serde_json::from_slice(&body).map_err(|e| {
            if e.is_eof() {
                return Failure::MayPass(Fault::CutOff, None);
            }
            let place = without_query(&call.url);
            Failure::Final(Error::NotStac { place, why: e.to_string() })
        })
    }

    async fn send(&self, call: &Call, url: Url) -> Result<Response, Failure> {
        let mut request = self.client.request(call.method.clone(), url);
        request = request.header(ACCEPT, "application/geo+json, application/json");
        if call.method == Method::POST {
            let body = Value::Object(call.body.clone()).to_string();
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        request.send().await.map_err(transport)
    }

    fn redirect_target(&self, response: &Response) -> Result<Url, Failure> {
        let to = response
            .headers()
            .get(LOCATION)
            .and_then(|text| text.to_str().ok())
            .and_then(|text| response.url().join(text).ok());
        match to.map(|to| self.same_place(to)) {
            Some(Ok(url)) => Ok(url),
            Some(Err(url)) => Err(Failure::Final(self.elsewhere("a redirect", &url))),
            None => Err(Failure::Final(self.elsewhere("a redirect without a target", response.url()))),
        }
    }

    async fn body(&self, call: &Call, mut response: Response) -> Result<Vec<u8>, Failure> {
        let limit = self.limits.max_body_bytes;
        let too_much = || {
            let place = without_query(&call.url);
            Failure::Final(Error::TooMuch { place, what: "bytes in one answer", limit })
        };
        if response.content_length().is_some_and(|n| n > limit) {
            return Err(too_much());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if (body.len() as u64).saturating_add(chunk.len() as u64) > limit {
                return Err(too_much());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The URL if it is on the root's host and port, lifted to https where only the scheme differs (as a
    /// catalog behind a proxy writes it).
    pub(super) fn same_place(&self, mut url: Url) -> Result<Url, Url> {
        if self.root.scheme() == "https" && url.scheme() == "http" && url.port().is_none() {
            let _ = url.set_scheme("https");
        }
        let same = url.scheme() == self.root.scheme()
            && url.host() == self.root.host()
            && url.port_or_known_default() == self.root.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none();
        if same { Ok(url) } else { Err(url) }
    }

    pub(super) fn elsewhere(&self, what: &'static str, to: &Url) -> Error {
        let to = format!("{}://{}", to.scheme(), to.host_str().unwrap_or_default());
        Error::Elsewhere { root: self.root.to_string(), what, to }
    }
}

fn transport(error: reqwest::Error) -> Failure {
    Failure::MayPass(Fault::Transport(error.without_url()), None)
}

/// Address without its query, which may carry a token.
pub(super) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}
