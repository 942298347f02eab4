//! What is asked of a server that behaves: how many requests, of what, signed or not.

use std::time::Duration;

use croplens::objects::{Href, S3Credentials};
use proptest::prelude::*;

use super::{LEN, both, bucket, content, href, objects, quick};

#[tokio::test]
async fn near_ranges_share_a_request_and_order_is_kept() {
    let (_folder, bucket) = bucket();
    for door in both(&bucket) {
        bucket.forget();
        let mut config = quick(&bucket);
        config.limits.merge_gap = 1000;
        let objects = objects(config);
        let ranges = [200_000..200_010, 0..100, 1100..1200, 5..5, 50..60, 299_990..300_000, 2201..2202];
        let parts = objects.get_ranges(&door, &ranges).await.unwrap();
        for (range, part) in ranges.iter().zip(&parts) {
            assert!(part == &content()[range.start as usize..range.end as usize], "{range:?}");
        }
        let mut asked: Vec<_> = bucket.seen().into_iter().filter_map(|s| s.range).collect();
        asked.sort();
        assert_eq!(
            asked,
            ["bytes=0-1199", "bytes=200000-200009", "bytes=2201-2201", "bytes=299990-299999"],
            "{door}"
        );
        assert_eq!(objects.counters().requests, 4);
        assert!(objects.get_ranges(&door, &[]).await.unwrap().is_empty());
        assert_eq!(bucket.requests(), 4);
    }
}

#[tokio::test]
async fn requests_are_unsigned_unless_there_are_keys() {
    let (_folder, bucket) = bucket();
    let door = href("s3://scenes/a/b.tif");
    objects(quick(&bucket)).get_range(&door, 0..10).await.unwrap();
    let mut config = quick(&bucket);
    config.s3.credentials = Some(S3Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "very-secret".to_owned(),
        session_token: None,
    });
    assert!(!format!("{config:?}").contains("secret\""), "keys are not shown");
    assert!(!format!("{config:?}").contains("very-secret"));
    objects(config).get_range(&door, 0..10).await.unwrap();
    assert_eq!(bucket.seen().iter().map(|s| s.signed).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn public_aws_addresses_of_allowed_buckets_are_read_as_s3() {
    let (_folder, bucket) = bucket();
    let objects = objects(quick(&bucket));
    let door = href("https://scenes.s3.us-west-2.amazonaws.com/a/b.tif");
    assert!(objects.get_range(&door, 5..50).await.unwrap() == content()[5..50]);
    assert_eq!(bucket.seen()[0].path, "/scenes/a/b.tif");
    let other = href("https://other.s3.us-west-2.amazonaws.com/a/b.tif");
    assert!(objects.get_range(&other, 5..50).await.unwrap_err().is_refused());
}

#[tokio::test]
async fn keys_with_odd_characters_reach_the_server_as_they_are() {
    let (folder, bucket) = bucket();
    for name in ["a b.tif", "a+b.tif", "a%20b.tif", "ä=&.tif", "a?b#c.tif"] {
        std::fs::write(folder.path().join("scenes").join(name), name).unwrap();
        let door = href(&format!("s3://scenes/{name}"));
        let head = objects(quick(&bucket)).get_head(&door, 100).await.unwrap();
        assert!(head.bytes == name.as_bytes(), "{name}");
    }
}

#[tokio::test]
async fn bytes_in_flight_are_bounded_over_all_callers() {
    let (_folder, bucket) = bucket();
    bucket.delay(Duration::from_millis(5));
    let ranges: Vec<_> = (0..8).map(|i| i * 30_000..i * 30_000 + 20_000).collect();
    let doors = both(&bucket);
    for (in_flight, at_most) in [(20_480, 1), (3 * 20_480, 3), (1 << 30, 16), (1, 1)] {
        let before = bucket.peak();
        let mut config = quick(&bucket);
        config.limits.merge_gap = 0;
        config.limits.bytes_in_flight = in_flight;
        let objects = objects(config);
        let (a, b) =
            futures::join!(objects.get_ranges(&doors[0], &ranges), objects.get_ranges(&doors[1], &ranges));
        assert!(a.unwrap() == b.unwrap());
        assert!(bucket.peak() <= at_most.max(before), "{} at once with {in_flight} bytes", bucket.peak());
        if in_flight == 1 << 30 {
            assert!(bucket.peak() > 3, "without the bound they run side by side");
        }
    }
}

#[tokio::test]
async fn one_read_is_never_larger_than_the_limit() {
    let (_folder, bucket) = bucket();
    let error = objects(quick(&bucket)).get_range(&both(&bucket)[0], 0..u64::MAX).await.unwrap_err();
    assert!(error.to_string().contains("more than 134217728 bytes"), "{error}");
    assert_eq!(bucket.requests(), 0);
}

#[test]
fn any_set_of_ranges_comes_back_as_asked() {
    let (folder, bucket) = bucket();
    let mut config = quick(&bucket);
    config.limits.merge_gap = 3000;
    config.allow.roots = vec![folder.path().to_owned()];
    let objects = objects(config);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let file = Href::File(folder.path().join("scenes/a/b.tif"));
    let doors: Vec<_> = both(&bucket).into_iter().chain([file]).collect();
    let ranges = prop::collection::vec((0..LEN as u64, 0u64..5000), 0..12);
    proptest!(ProptestConfig::with_cases(32), |(ranges in ranges)| {
        let ranges: Vec<_> =
            ranges.into_iter().map(|(start, n)| start..(start + n).min(LEN as u64)).collect();
        for door in &doors {
            let parts = runtime.block_on(objects.get_ranges(door, &ranges)).unwrap();
            for (range, part) in ranges.iter().zip(parts) {
                prop_assert!(part == content()[range.start as usize..range.end as usize]);
            }
        }
    });
}
