//! A search of a STAC API over all its pages: POST `/search`, then the `next` links.
//!
//! A page that fails fails the search: a short answer would read as "no images". A catalog whose paging
//! runs in circles is stopped at the first repeated link or repeated page; what it gave is kept, with a
//! warning, and called complete only if it adds up to the number the catalog itself announced.

use std::collections::BTreeSet;

use reqwest::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::collect::{Collector, Listing};
use super::dialect::DEFAULT_COLLECTIONS;
use super::fault::Backoff;
use super::href::Origin;
use super::http::{Answer, Call, Cost, Http, Limits};
use super::item::Raw;
use super::{Error, Search};

/// Empty pages in a row after which paging is taken to run in circles. A page that holds items, all of
/// them seen before, is enough by itself.
const IDLE_PAGES: u32 = 3;

/// A STAC API.
#[derive(Debug)]
pub struct StacApi {
    http: Box<Http>,
}

#[derive(Deserialize)]
struct Page {
    features: Vec<Box<RawValue>>,
    #[serde(default)]
    links: Vec<Value>,
    #[serde(rename = "numberMatched")]
    number_matched: Option<u64>,
    context: Option<Context>,
}

#[derive(Deserialize)]
struct Context {
    matched: Option<u64>,
}

impl StacApi {
    /// A client for the API with this root (`https://…`, or `http://` on loopback). Nothing is fetched.
    ///
    /// # Errors
    /// An address that cannot be used, or no TLS on this machine.
    pub fn new(root: &str, limits: Limits) -> Result<StacApi, Error> {
        Ok(StacApi { http: Box::new(Http::new(root, limits)?) })
    }

    pub(super) async fn list(&self, search: &Search) -> Result<Listing, Error> {
        let limit = self.http.limits.search_timeout;
        tokio::time::timeout(limit, self.pages(search)).await.unwrap_or_else(|_| {
            Err(Error::TimedOut { root: self.http.root.to_string(), seconds: limit.as_secs() })
        })
    }

    async fn pages(&self, search: &Search) -> Result<Listing, Error> {
        let limits = &self.http.limits;
        let first = self.first(search)?;
        // A next link may repeat the whole search, however long its geometry.
        let link_bytes = limits.max_link_bytes.saturating_add(body_bytes(&first.body));
        let mut backoff = Backoff::new(limits.jitter_seed);
        let mut cost = Cost::default();
        let mut listing = Listing::new(Collector::new(search)?);
        let mut seen_links: BTreeSet<String> = BTreeSet::new();
        let (mut idle, mut matched, mut circles) = (0, None, false);
        let mut next = Some(first);
        while let Some(mut call) = next.take() {
            if call.page > limits.max_pages {
                return Err(self.too_much("pages", u64::from(limits.max_pages)));
            }
            if !seen_links.insert(fingerprint(&call)) {
                circles = true;
                break;
            }
            let Answer { value: page, shrunk } =
                self.http.ask::<Page>(&mut call, &mut backoff, &mut cost).await?;
            listing.pages = call.page;
            matched = page.number_matched.or(page.context.and_then(|c| c.matched)).or(matched);
            let before = listing.collector.distinct();
            let held = page.features.len();
            for (place, item) in page.features.iter().enumerate() {
                self.take(item.get(), call.page, place, &mut listing.collector);
            }
            let after = listing.collector.distinct();
            if after as u64 > limits.max_items {
                return Err(self.too_much("items", limits.max_items));
            }
            next = self.next(&call, &page.links, link_bytes)?;
            // A smaller page may overlap the ones before it, where pages are counted by number.
            idle = if after > before || shrunk { 0 } else { idle + 1 };
            let repeated_page = held > 0 && idle > 0;
            if next.is_some() && (repeated_page || idle >= IDLE_PAGES) {
                circles = true;
                break;
            }
        }
        let found = listing.collector.distinct() as u64;
        if circles {
            listing.complete = matched == Some(found);
            let page = listing.pages;
            listing.warnings.push(format!(
                "the catalog's paging ran in circles after page {page}; {found} items were kept"
            ));
        }
        if let Some(matched) = matched.filter(|m| *m != found) {
            listing.warnings.push(format!("the catalog announced {matched} items and gave {found}"));
        }
        Ok(Listing { requests: cost.requests, retries: cost.retries, bytes: cost.bytes, ..listing })
    }

    fn take(&self, text: &str, page: u32, place: usize, collector: &mut Collector) {
        match Raw::read(text) {
            Ok(raw) => collector.offer(raw, Origin::Remote { root: &self.http.root }),
            Err(reason) => collector.refuse(&format!("(page {page}, item {})", place + 1), reason),
        }
    }

    fn first(&self, search: &Search) -> Result<Call, Error> {
        let (member, area) =
            search.area.to_search().ok_or(Error::BadSearch("the area is empty or out of range"))?;
        let mut collections: Vec<&str> = search.collections.iter().map(String::as_str).collect();
        if collections.is_empty() {
            collections = DEFAULT_COLLECTIONS.to_vec();
        }
        let mut body = Map::new();
        body.insert("collections".to_owned(), json!(collections));
        body.insert(
            "datetime".to_owned(),
            json!(format!("{}T00:00:00Z/{}T23:59:59.999Z", search.from, search.to)),
        );
        body.insert(member.to_owned(), area);
        body.insert("limit".to_owned(), json!(self.http.limits.page_items));
        let url = self.http.root.join("search").map_err(|_| self.bad_link(1, "it is not a URL"))?;
        Ok(Call { method: Method::POST, url, body, page: 1 })
    }

    /// The call that the `next` link of a page asks for.
    fn next(&self, last: &Call, links: &[Value], most_bytes: usize) -> Result<Option<Call>, Error> {
        let page = last.page + 1;
        let Some(link) = links.iter().find(|l| l.get("rel").and_then(Value::as_str) == Some("next")) else {
            return Ok(None);
        };
        let href = link.get("href").and_then(Value::as_str);
        let href = href.ok_or_else(|| self.bad_link(page, "it has no address"))?;
        let given = match link.get("body") {
            None | Some(Value::Null) => None,
            Some(Value::Object(members)) => Some(members),
            Some(_) => return Err(self.bad_link(page, "its body is not an object")),
        };
        if href.len().saturating_add(given.map_or(0, body_bytes)) > most_bytes {
            return Err(self.bad_link(page, "it is too long"));
        }
        let url = last.url.join(href).map_err(|_| self.bad_link(page, "it is not a URL"))?;
        let url = self
            .http
            .same_place(url)
            .map_err(|url| self.http.elsewhere("the link to the next page", &url))?;
        let method = match link.get("method").and_then(Value::as_str) {
            None => Method::GET,
            Some(m) if m.eq_ignore_ascii_case("get") => Method::GET,
            Some(m) if m.eq_ignore_ascii_case("post") => Method::POST,
            Some(_) => return Err(self.bad_link(page, "its method is neither GET nor POST")),
        };
        let merge = link.get("merge").and_then(Value::as_bool).unwrap_or(false);
        let body = match given {
            Some(members) if !merge => members.clone(),
            members => {
                let mut body = last.body.clone();
                body.extend(members.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
                body
            }
        };
        Ok(Some(Call { method, url, body, page }))
    }

    fn bad_link(&self, page: u32, why: &'static str) -> Error {
        Error::BadLink { root: self.http.root.to_string(), page, why }
    }

    fn too_much(&self, what: &'static str, limit: u64) -> Error {
        Error::TooMuch { place: self.http.root.to_string(), what, limit }
    }
}

fn body_bytes(body: &Map<String, Value>) -> usize {
    serde_json::to_string(body).map_or(usize::MAX, |text| text.len())
}

/// What makes two calls the same page: the address, and the body without its page size.
fn fingerprint(call: &Call) -> String {
    let mut body = call.body.clone();
    body.remove("limit");
    match call.method {
        Method::POST => format!("POST {} {}", call.url, Value::Object(body)),
        _ => format!("GET {}", call.url),
    }
}
