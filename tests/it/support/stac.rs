//! A STAC API on loopback: the items it is given, and the faults it is told to have.
//!
//! It runs on a thread of its own, so that synchronous tests and child processes can use it too, and
//! stops when dropped. Filters: collections, datetime, bbox or intersects (by boxes), limit; pages by
//! token.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// How the server writes its `next` links.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paging {
    /// POST, a body with the token only, and `merge: true`.
    Merge,
    /// POST with the whole body repeated.
    Whole,
    /// GET with everything in the query.
    Get,
    /// As `Merge`, but with a relative address.
    Relative,
}

/// What goes wrong. Pages count from 1 within one search.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This status for the next `times` requests of a page.
    Status { page: u32, status: u16, times: u32, retry_after: Option<String> },
    /// 502 for every page that asks for more items than this.
    PageTooBig { most: usize },
    /// The `next` link of every page leads to the same page.
    SameLink,
    /// Every page has a new link but the items of the first page.
    SameItems,
    /// No items, and always another link.
    EmptyForever,
    /// The first item of a page comes again as the last one.
    RepeatedItem { page: u32 },
    /// Silence before the answer.
    Stall { page: u32, times: u32, wait: Duration },
    /// The body breaks off half-way.
    BrokenBody { page: u32, times: u32 },
    /// Valid headers, half the JSON.
    HalfJson { page: u32, times: u32 },
    /// Something that is no JSON at all.
    NotJson { page: u32 },
    /// A body padded with this many spaces, without a Content-Length.
    Padded { page: u32, bytes: usize },
    /// The `next` link leads to this address.
    NextTo(String),
    /// The `next` link carries a token of this length.
    LongToken(usize),
    /// A redirect to this address; `{self}` stands for the server's root.
    Redirect { to: String, times: u32 },
    /// Announces this many items.
    Announces(u64),
    /// Gives everything, whatever the datetime asked for.
    IgnoresDatetime,
}

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Value,
}

struct Inner {
    items: Vec<Value>,
    paging: Paging,
    faults: Vec<Fault>,
    seen: Vec<Seen>,
    root: String,
}

/// The running server.
pub(crate) struct StacServer {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl StacServer {
    /// Starts with these items, in this order, and no faults.
    pub(crate) fn start(items: Vec<Value>) -> StacServer {
        let inner =
            Inner { items, paging: Paging::Merge, faults: Vec::new(), seen: Vec::new(), root: String::new() };
        let inner = Arc::new(Mutex::new(inner));
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, address) = std::sync::mpsc::channel();
        let state = Arc::clone(&inner);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap()).unwrap();
                let app = Router::new().fallback(answer).with_state(state);
                tokio::select! {
                    _ = stopped => {}
                    served = async { axum::serve(listener, app).await } => served.unwrap(),
                }
            });
        });
        let address: SocketAddr = address.recv().unwrap();
        lock(&inner).root = format!("http://{address}");
        StacServer { address, inner, stop: Some(stop), thread: Some(thread) }
    }

    /// Pages in this style.
    pub(crate) fn paging(self, paging: Paging) -> StacServer {
        lock(&self.inner).paging = paging;
        self
    }

    /// Has this fault too.
    pub(crate) fn fault(self, fault: Fault) -> StacServer {
        lock(&self.inner).faults.push(fault);
        self
    }

    /// Has this fault from now on.
    pub(crate) fn fail(&self, fault: Fault) {
        lock(&self.inner).faults.push(fault);
    }

    /// Lists these items from now on.
    pub(crate) fn list(&self, items: Vec<Value>) {
        lock(&self.inner).items = items;
    }

    /// Works again.
    pub(crate) fn heal(&self) {
        lock(&self.inner).faults.clear();
    }

    /// Root of the API.
    pub(crate) fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        lock(&self.inner).seen.clone()
    }
}

impl Drop for StacServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn answer(
    State(inner): State<Arc<Mutex<Inner>>>,
    method: Method,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    let bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let seen = Seen { method: method.to_string(), path, query, body };
    let (response, wait) = respond(&mut lock(&inner), seen);
    tokio::time::sleep(wait).await;
    response
}

fn respond(inner: &mut Inner, seen: Seen) -> (Response, Duration) {
    inner.seen.push(seen.clone());
    let now = Duration::ZERO;
    if !matches!(seen.path.as_str(), "/search" | "/moved/search") {
        return (StatusCode::NOT_FOUND.into_response(), now);
    }
    let asked = if seen.method == "POST" {
        seen.body.clone()
    } else {
        seen.query.get("state").map_or(Value::Null, |s| serde_json::from_str(s).unwrap_or(Value::Null))
    };
    let text = |key: &str| {
        let in_body = asked.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
        seen.query.get(key).cloned().or(in_body)
    };
    let token = text("token").unwrap_or_default();
    let mut token = token.trim_end_matches('x').split('-');
    let start: usize = token.next().and_then(|t| t.parse().ok()).unwrap_or(0);
    let page: u32 = token.next().and_then(|t| t.parse().ok()).unwrap_or(1);
    let limit: usize = text("limit").and_then(|l| l.parse().ok()).unwrap_or(10);

    let mut wait = now;
    let mut broken = None;
    for fault in &mut inner.faults {
        match fault {
            Fault::Status { page: p, status, times, retry_after } if *p == page && *times > 0 => {
                *times = times.saturating_sub(1);
                let mut headers = HeaderMap::new();
                if let Some(value) = retry_after {
                    headers.insert(header::RETRY_AFTER, value.parse().unwrap());
                }
                let status = StatusCode::from_u16(*status).unwrap();
                return ((status, headers, "no").into_response(), now);
            }
            Fault::PageTooBig { most } if limit > *most => {
                return (StatusCode::BAD_GATEWAY.into_response(), now);
            }
            Fault::Stall { page: p, times, wait: w } if *p == page && *times > 0 => {
                *times -= 1;
                wait = *w;
            }
            Fault::BrokenBody { page: p, times } | Fault::HalfJson { page: p, times }
                if *p == page && *times > 0 =>
            {
                *times -= 1;
                broken = Some(fault.clone());
            }
            Fault::NotJson { page: p } | Fault::Padded { page: p, .. } if *p == page => {
                broken = Some(fault.clone());
            }
            Fault::Redirect { to, times } if *times > 0 => {
                *times -= 1;
                let to = to.replace("{self}", &inner.root);
                return ((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(), now);
            }
            _ => {}
        }
    }
    let page = collection(inner, &asked, start, page, limit).to_string();
    (body_of(page, broken), wait)
}

fn collection(inner: &Inner, asked: &Value, start: usize, page: u32, limit: usize) -> Value {
    let has = |wanted: fn(&Fault) -> bool| inner.faults.iter().any(wanted);
    let any_time = has(|f| matches!(f, Fault::IgnoresDatetime));
    let matching: Vec<&Value> =
        inner.items.iter().filter(|item| matches_search(item, asked, any_time)).collect();
    let first = if has(|f| matches!(f, Fault::SameItems)) { 0 } else { start };
    let mut features: Vec<Value> = matching.iter().skip(first).take(limit).map(|v| (*v).clone()).collect();
    let empty = has(|f| matches!(f, Fault::EmptyForever));
    if empty {
        features.clear();
    }
    let mut links = vec![json!({ "rel": "self", "href": format!("{}/search", inner.root) })];
    let end = start + limit;
    let endless = empty || has(|f| matches!(f, Fault::SameLink | Fault::SameItems));
    if end < matching.len() || endless {
        let end = if has(|f| matches!(f, Fault::SameLink)) { 0 } else { end };
        let next_page = if end == 0 { 1 } else { page + 1 };
        links.push(next_link(inner, asked, format!("{end}-{next_page}-"), limit));
    }
    let mut matched = matching.len() as u64;
    for fault in &inner.faults {
        match fault {
            Fault::RepeatedItem { page: p } if *p == page => features.extend(features.first().cloned()),
            Fault::Announces(n) => matched = *n,
            _ => {}
        }
    }
    json!({ "type": "FeatureCollection", "features": features, "links": links, "numberMatched": matched })
}

fn next_link(inner: &Inner, asked: &Value, mut token: String, limit: usize) -> Value {
    let mut href = format!("{}/search", inner.root);
    for fault in &inner.faults {
        match fault {
            Fault::NextTo(to) => href = to.clone(),
            Fault::LongToken(length) => token.push_str(&"x".repeat(*length)),
            _ => {}
        }
    }
    match inner.paging {
        Paging::Merge => json!({ "rel": "next", "href": href, "method": "POST", "merge": true,
            "body": { "token": token } }),
        Paging::Relative => json!({ "rel": "next", "href": "search", "method": "POST", "merge": true,
            "body": { "token": token } }),
        Paging::Whole => {
            let mut body = asked.clone();
            body["token"] = json!(token);
            json!({ "rel": "next", "href": href, "method": "POST", "body": body })
        }
        Paging::Get => {
            let mut url = url::Url::parse(&href).unwrap();
            url.query_pairs_mut()
                .append_pair("state", &asked.to_string())
                .append_pair("limit", &limit.to_string())
                .append_pair("token", &token);
            json!({ "rel": "next", "href": url.to_string() })
        }
    }
}

fn matches_search(item: &Value, asked: &Value, any_time: bool) -> bool {
    let collection = asked["collections"]
        .as_array()
        .is_none_or(|all| item.get("collection").is_none_or(|c| all.contains(c)));
    let time = item["properties"]["datetime"].as_str().unwrap_or_default();
    let (from, to) = asked["datetime"].as_str().and_then(|d| d.split_once('/')).unwrap_or(("", "9"));
    let mut wanted = Vec::new();
    numbers(&asked["intersects"]["coordinates"], &mut wanted);
    let wanted = asked["bbox"].as_array().map_or_else(
        || bounds(&wanted),
        |b| {
            let b: Vec<f64> = b.iter().filter_map(Value::as_f64).collect();
            b.try_into().ok()
        },
    );
    let mut own = Vec::new();
    numbers(&item["geometry"]["coordinates"], &mut own);
    let meets = match (wanted, bounds(&own)) {
        (Some(a), Some(b)) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3],
        _ => true,
    };
    collection && meets && (any_time || (from <= time && time <= to))
}

fn numbers(value: &Value, out: &mut Vec<[f64; 2]>) {
    let Some(list) = value.as_array() else { return };
    match (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        (Some(x), Some(y)) => out.push([x, y]),
        _ => list.iter().for_each(|v| numbers(v, out)),
    }
}

fn bounds(points: &[[f64; 2]]) -> Option<[f64; 4]> {
    points.first()?;
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    Some(points.iter().fold(start, |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]))
}

fn body_of(page: String, broken: Option<Fault>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/geo+json")];
    let half = || page.get(..page.len() / 2).unwrap_or_default().to_owned();
    let chunks = |parts: Vec<Result<Bytes, std::io::Error>>| Body::from_stream(futures::stream::iter(parts));
    match broken {
        None => (json, page).into_response(),
        Some(Fault::HalfJson { .. }) => (json, half()).into_response(),
        Some(Fault::NotJson { .. }) => (json, "<html>maintenance</html>").into_response(),
        Some(Fault::Padded { bytes, .. }) => {
            let part = Bytes::from(vec![b' '; 64 << 10]);
            let parts = (0..bytes.div_ceil(part.len())).map(|_| Ok(part.clone()));
            (json, chunks(parts.chain([Ok(Bytes::from(page))]).collect())).into_response()
        }
        Some(_) => {
            let cut = vec![Ok(Bytes::from(half())), Err(std::io::Error::other("the line went dead"))];
            (json, chunks(cut)).into_response()
        }
    }
}
