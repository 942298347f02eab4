//! The conversation with a STAC API: paging, retries, bounds, and every fault we know of.

use std::error::Error as _;
use std::time::Duration;

use croplens::catalog::{Area, Catalog, Error, Fault as Why, Found, Limits, Search};
use jiff::civil::date;
use serde_json::{Value, json};

use super::{fixture, on_day};
use crate::support::stac::{Fault, Paging, StacServer};

fn limits() -> Limits {
    Limits {
        page_items: 4,
        least_page_items: 1,
        attempts: 3,
        backoff: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        retry_after_cap: Duration::from_millis(20),
        ..Limits::default()
    }
}

/// For the stalls only: short enough to wait for, and never the cause of a failure elsewhere.
fn impatient() -> Limits {
    Limits { read_timeout: Duration::from_millis(250), ..limits() }
}

fn ten() -> Vec<Value> {
    (0..10).map(|k| on_day(&format!("2024-03-{:02}", 1 + 2 * k), 'a')).collect()
}

fn march() -> Search {
    Search::new(Area::Bbox(36.4, -0.6, 36.6, -0.4), date(2024, 3, 1), date(2024, 3, 31))
}

async fn search(server: &StacServer, limits: Limits) -> Result<Found, Error> {
    Catalog::open(&server.root(), limits).unwrap().search(&march()).await
}

fn ids(found: &Found) -> Vec<String> {
    found.scenes.iter().map(|s| s.id.to_string()).collect()
}

fn all_ids() -> Vec<String> {
    ten().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
}

/// The whole answer, as it is without faults.
async fn whole(server: &StacServer) -> Found {
    let found = search(server, limits()).await.unwrap();
    assert_eq!(ids(&found), all_ids());
    assert!(found.complete);
    found
}

#[tokio::test]
async fn every_way_of_paging_gives_every_item_once() {
    for paging in [Paging::Merge, Paging::Whole, Paging::Get, Paging::Relative] {
        let server = StacServer::start(ten()).paging(paging);
        let found = whole(&server).await;
        assert_eq!((found.pages, found.requests, found.retries), (3, 3, 0), "{paging:?}");
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
        assert!(found.bytes > 10_000);
    }
}

#[tokio::test]
async fn the_search_says_what_it_wants_on_every_page() {
    let server = StacServer::start(ten());
    whole(&server).await;
    for seen in server.seen() {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/search"));
        assert_eq!(seen.body["bbox"], json!([36.4, -0.6, 36.6, -0.4]));
        assert_eq!(seen.body["datetime"], "2024-03-01T00:00:00Z/2024-03-31T23:59:59.999Z");
        assert_eq!(seen.body["collections"], json!(["sentinel-2-l2a", "sentinel-2-c1-l2a"]));
        assert_eq!(seen.body["limit"], 4);
    }
    assert!(server.seen().iter().skip(1).all(|s| s.body["token"].is_string()));

    let mut geometry = march();
    geometry.area = Area::Bbox(179.5, -18.0, -179.5, -17.0);
    geometry.collections = vec!["mine".to_owned()];
    let found = Catalog::open(&server.root(), limits()).unwrap().search(&geometry).await.unwrap();
    assert_eq!((found.scenes.len(), found.complete), (0, true));
    let last = server.seen().pop().unwrap();
    assert_eq!(last.body["intersects"]["type"], "MultiPolygon");
    assert_eq!(last.body["collections"], json!(["mine"]));
    assert!(last.body.get("bbox").is_none());
}

#[tokio::test]
async fn faults_that_pass_change_nothing() {
    let status = |page, status| Fault::Status { page, status, times: 2, retry_after: None };
    let wait = Duration::from_millis(900);
    for fault in [
        status(1, 503),
        status(2, 503),
        status(3, 500),
        status(2, 502),
        status(2, 504),
        status(1, 429),
        status(2, 408),
        Fault::Status { page: 2, status: 429, times: 2, retry_after: Some("0".to_owned()) },
        Fault::Status {
            page: 2,
            status: 503,
            times: 2,
            retry_after: Some("99999999999999999999".to_owned()),
        },
        Fault::Status { page: 2, status: 503, times: 1, retry_after: Some("junk".to_owned()) },
        Fault::Stall { page: 2, times: 1, wait },
        Fault::BrokenBody { page: 2, times: 2 },
        Fault::HalfJson { page: 2, times: 2 },
        Fault::RepeatedItem { page: 2 },
        Fault::Redirect { to: "{self}/moved/search".to_owned(), times: 1 },
        Fault::PageTooBig { most: 2 },
        Fault::PageTooBig { most: 1 },
    ] {
        let said = format!("{fault:?}");
        let server = StacServer::start(ten()).fault(fault.clone());
        let found = match fault {
            Fault::Stall { .. } => search(&server, impatient()).await.unwrap(),
            _ => whole(&server).await,
        };
        assert_eq!((ids(&found), found.complete), (all_ids(), true), "{said}");
        match fault {
            Fault::Redirect { .. } => assert_eq!((found.requests, found.retries), (4, 0), "{said}"),
            Fault::RepeatedItem { .. } => assert_eq!((found.repeated_items, found.retries), (1, 0), "{said}"),
            _ => assert!(found.retries > 0 && found.requests > 3, "{said}"),
        }
        assert_eq!(found.requests as usize, server.seen().len(), "{said}");
    }
}

#[tokio::test]
async fn a_gateway_that_gives_up_is_asked_for_less() {
    let server = StacServer::start(ten()).fault(Fault::PageTooBig { most: 1 });
    let found = whole(&server).await;
    assert_eq!((found.retries, found.pages), (2, 10), "4, 2, 1, then ten pages of one");
    let limits: Vec<_> = server.seen().iter().map(|s| s.body["limit"].clone()).take(3).collect();
    assert_eq!(limits, [json!(4), json!(2), json!(1)]);
    let server = StacServer::start(ten()).paging(Paging::Get).fault(Fault::Status {
        page: 2,
        status: 504,
        times: 1,
        retry_after: None,
    });
    whole(&server).await;
    assert_eq!(server.seen()[2].query["limit"], "2");
}

#[tokio::test]
async fn retry_after_is_waited_for_up_to_the_cap() {
    let server = StacServer::start(ten()).fault(Fault::Status {
        page: 1,
        status: 503,
        times: 1,
        retry_after: Some("3600".to_owned()),
    });
    let limits = Limits { retry_after_cap: Duration::from_millis(120), ..limits() };
    let begun = tokio::time::Instant::now();
    search(&server, limits).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(120), "the server asked for an hour, the cap is 120 ms");
}

#[tokio::test]
async fn a_page_that_fails_fails_the_search() {
    for page in [1, 2, 3] {
        for (fault, transient) in [
            (Fault::Status { page, status: 503, times: u32::MAX, retry_after: None }, true),
            (Fault::Status { page, status: 502, times: u32::MAX, retry_after: None }, true),
            (Fault::BrokenBody { page, times: u32::MAX }, true),
            (Fault::HalfJson { page, times: u32::MAX }, true),
            (Fault::Status { page, status: 400, times: u32::MAX, retry_after: None }, false),
            (Fault::Status { page, status: 403, times: u32::MAX, retry_after: None }, false),
            (Fault::Status { page, status: 404, times: u32::MAX, retry_after: None }, false),
            (Fault::NotJson { page }, false),
        ] {
            let said = format!("{fault:?}");
            let server = StacServer::start(ten()).fault(fault);
            let error = search(&server, limits()).await.expect_err(&said);
            assert_eq!(error.is_transient(), transient, "{said}: {error}");
            if let Error::Unreachable { page: at, attempts, .. } = &error {
                assert_eq!((*at, *attempts), (page, 3), "{said}");
                assert!(error.source().is_some(), "{said}");
            }
            if transient {
                server.heal();
                whole(&server).await;
            }
        }
    }
}

#[tokio::test]
async fn a_stall_and_a_dead_server_end() {
    let wait = Duration::from_millis(900);
    let server = StacServer::start(ten()).fault(Fault::Stall { page: 1, times: u32::MAX, wait });
    let error = search(&server, impatient()).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { source: Why::Transport(_), .. }), "{error}");

    let whole = Limits { search_timeout: Duration::from_millis(100), ..limits() };
    let error = search(&server, whole).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }) && error.is_transient(), "{error}");

    let root = server.root();
    drop(server);
    let error = Catalog::open(&root, limits()).unwrap().search(&march()).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { source: Why::Transport(_), .. }), "{error}");
}

#[tokio::test]
async fn circles_are_left_and_what_came_is_kept() {
    let server = StacServer::start(ten()).fault(Fault::SameLink);
    let found = search(&server, limits()).await.unwrap();
    assert_eq!((found.scenes.len(), found.complete), (4, false));
    assert!(found.warnings.iter().any(|w| w.contains("circles")), "{:?}", found.warnings);
    assert!(found.requests <= 3);

    let server = StacServer::start(ten()).fault(Fault::SameItems);
    let found = search(&server, limits()).await.unwrap();
    assert_eq!((found.scenes.len(), found.complete, found.requests), (4, false, 2));

    let server = StacServer::start(ten()).fault(Fault::SameItems).fault(Fault::Announces(4));
    let found = search(&server, limits()).await.unwrap();
    assert!(found.complete, "four announced, four given: the circle cost nothing");

    let server = StacServer::start(ten()).fault(Fault::EmptyForever);
    let found = search(&server, limits()).await.unwrap();
    assert_eq!((found.scenes.len(), found.complete, found.requests), (0, false, 3));
}

#[tokio::test]
async fn bounds_hold() {
    let open = |server: &StacServer, limits| Catalog::open(&server.root(), limits).unwrap();
    let server = StacServer::start(ten());
    let pages = Limits { max_pages: 2, ..limits() };
    let error = open(&server, pages).search(&march()).await.unwrap_err();
    assert!(matches!(error, Error::TooMuch { what: "pages", limit: 2, .. }), "{error}");
    let items = Limits { max_items: 7, ..limits() };
    let error = open(&server, items).search(&march()).await.unwrap_err();
    assert!(matches!(error, Error::TooMuch { what: "items", .. }), "{error}");

    let server = StacServer::start(ten()).fault(Fault::Padded { page: 2, bytes: 4 << 20 });
    let body = Limits { max_body_bytes: 1 << 20, ..limits() };
    let error = open(&server, body).search(&march()).await.unwrap_err();
    assert!(matches!(error, Error::TooMuch { what: "bytes in one answer", .. }), "{error}");
    assert_eq!(whole(&server).await.requests, 3, "within the limit, padding is harmless");

    let server = StacServer::start(ten()).fault(Fault::LongToken(9 << 10));
    let error = search(&server, limits()).await.unwrap_err();
    assert!(matches!(error, Error::BadLink { page: 2, .. }), "{error}");
    let server = StacServer::start(ten()).fault(Fault::LongToken(4 << 10));
    whole(&server).await;
}

#[tokio::test]
async fn links_and_redirects_stay_on_the_host() {
    let other = StacServer::start(ten());
    for to in [
        format!("{}/search", other.root()),
        "https://stac.example/search".to_owned(),
        "http://169.254.169.254/latest".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://user@127.0.0.1:1/search".to_owned(),
    ] {
        for fault in [Fault::NextTo(to.clone()), Fault::Redirect { to: to.clone(), times: u32::MAX }] {
            let server = StacServer::start(ten()).fault(fault);
            let error = search(&server, limits()).await.unwrap_err();
            assert!(matches!(error, Error::Elsewhere { .. }), "{to}: {error}");
            assert!(!error.is_transient());
            assert_eq!(server.seen().len(), 1);
        }
    }
    assert!(other.seen().is_empty(), "the other host was never asked");

    let server =
        StacServer::start(ten()).fault(Fault::Redirect { to: "{self}/search".to_owned(), times: u32::MAX });
    let error = search(&server, limits()).await.unwrap_err();
    assert!(matches!(error, Error::Elsewhere { .. }), "{error}");
    assert_eq!(server.seen().len(), 2, "one hop, not a loop");
}

#[tokio::test]
async fn items_beyond_the_last_day_are_not_used_even_if_given() {
    let mut items = ten();
    items.push(on_day("2024-04-10", 'a'));
    let server = StacServer::start(items).fault(Fault::IgnoresDatetime);
    assert_eq!(whole(&server).await.outside, 1);
}

#[tokio::test]
async fn skipped_twins_warnings_and_coverage_are_told() {
    let mut broken = on_day("2024-03-23", 'a');
    broken["assets"]["red"]["href"] = json!("file:///etc/x.tif");
    let mut lying = on_day("2024-03-25", 'a');
    lying["properties"]["earthsearch:boa_offset_applied"] = json!(false);
    let mut unsettled = on_day("2024-03-27", 'a');
    unsettled["properties"].as_object_mut().unwrap().remove("earthsearch:boa_offset_applied");
    let items = vec![
        fixture("earth_search_l2a"),
        fixture("earth_search_c1_l2a"),
        fixture("planetary_computer"),
        broken,
        lying,
        unsettled,
        json!({ "type": "Feature", "collection": "sentinel-2-l2a",
            "properties": { "datetime": "2024-03-20T00:00:00Z" } }),
    ];
    let server = StacServer::start(items);
    let found = search(&server, limits()).await.unwrap();
    assert_eq!(found.scenes.len(), 4);
    assert_eq!(found.duplicates.len(), 1);
    assert_eq!(found.scenes.iter().filter(|s| !s.radiometry.settled).count(), 1);
    let reasons: Vec<_> = found.skipped.iter().map(|s| (s.item_id.as_str(), s.reason.code())).collect();
    assert!(reasons.contains(&("S2A_37MBT_20240323_0_L2A", "hostile_href")), "{reasons:?}");
    assert!(reasons.iter().any(|(_, code)| *code == "not_an_item"), "{reasons:?}");
    for words in ["SAS", "could not be settled", "pixels must be checked"] {
        assert!(found.warnings.iter().any(|w| w.contains(words)), "{words}: {:?}", found.warnings);
    }
    assert_eq!(found.coverage.found, 4);
}

#[test]
fn roots_that_cannot_be_used_are_refused_before_anything_is_sent() {
    for bad in [
        "http://stac.example/v1",
        "ftp://stac.example",
        "https://user:word@stac.example",
        "https://stac.example/v1?token=1",
        "https://",
        "://",
    ] {
        assert!(matches!(Catalog::open(bad, limits()), Err(Error::BadRoot { .. })), "{bad}");
    }
}

#[tokio::test]
async fn a_search_without_sense_is_refused() {
    let server = StacServer::start(ten());
    let catalog = Catalog::open(&server.root(), limits()).unwrap();
    let mut backwards = march();
    (backwards.from, backwards.to) = (backwards.to, backwards.from);
    assert!(matches!(catalog.search(&backwards).await, Err(Error::BadSearch(_))));
    let nowhere = Search { area: Area::Bbox(f64::NAN, 0.0, 1.0, 1.0), ..march() };
    assert!(matches!(catalog.search(&nowhere).await, Err(Error::BadSearch(_))));
    assert!(server.seen().is_empty());
}
