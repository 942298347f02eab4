//! Each fault of the server ends in the right bytes or in an error that says what happened.

use std::time::Duration;

use croplens::objects::{Cause, Error, Objects};

use super::{LEN, both, bucket, content, href, impatient, objects, quick};
use crate::support::bucket::{Bucket, Fault};

const RANGE: std::ops::Range<u64> = 1000..41_000;

fn wanted() -> Vec<u8> {
    content()[1000..41_000].to_vec()
}

#[tokio::test]
async fn passing_faults_are_outlasted() {
    let cases = [
        (Fault::Status(503, "ServiceUnavailable"), 2, 3),
        (Fault::Status(503, "SlowDown"), 2, 3),
        (Fault::Status(500, "InternalError"), 1, 2),
        (Fault::Status(400, "RequestTimeout"), 1, 2),
        (Fault::RetryAfter("0"), 2, 3),
        (Fault::RetryAfter("99999999999"), 1, 2),
        (Fault::RetryAfter("soon"), 1, 2),
        (Fault::Reset, 2, 3),
        (Fault::CutBody(0), 1, 2),
        (Fault::CutBody(100), 3, 4),
        (Fault::CutBody(39_999), 1, 2),
        (Fault::ContentLength(50), 1, 2),
        (Fault::ContentLength(-50), 1, 2),
        (Fault::ContentRange(10), 2, 3),
        (Fault::NoContentRange, 1, 2),
        (Fault::IgnoreRange, 1, 1),
        (Fault::IgnoreRangeChunked, 1, 1),
        (Fault::EndlessHeader, 1, 2),
    ];
    let (_folder, bucket) = bucket();
    let objects = objects(quick(&bucket));
    for door in both(&bucket) {
        for (fault, times, requests) in cases.clone() {
            let plain = !door.to_string().starts_with("s3:");
            if plain && fault == Fault::Status(400, "RequestTimeout") {
                // A word of the S3 protocol; to plain HTTP it is a bad request.
                continue;
            }
            let before = objects.counters();
            bucket.forget();
            bucket.heal();
            bucket.fail("b.tif", fault.clone(), times);
            let bytes =
                objects.get_range(&door, RANGE).await.unwrap_or_else(|e| panic!("{door} {fault:?}: {e}"));
            assert!(bytes == wanted(), "{door} {fault:?}");
            assert_eq!(bucket.requests(), requests, "{door} {fault:?}");
            let now = objects.counters();
            assert_eq!(now.requests - before.requests, requests as u64);
            assert_eq!(now.retries - before.retries, requests as u64 - 1);
        }
    }
}

#[tokio::test]
async fn silence_is_outlasted() {
    let (_folder, bucket) = bucket();
    let objects = objects(impatient(&bucket));
    for door in both(&bucket) {
        for fault in [Fault::StallHeaders, Fault::StallBody(0), Fault::StallBody(20_000)] {
            bucket.heal();
            bucket.fail("b.tif", fault.clone(), 1);
            let bytes = objects.get_range(&door, RANGE).await;
            assert!(
                bytes.unwrap_or_else(|e| panic!("{door} {fault:?}: {e}")) == wanted(),
                "{door} {fault:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_broken_body_is_resumed_from_the_byte_reached_and_pinned() {
    let (_folder, bucket) = bucket();
    for door in both(&bucket) {
        bucket.forget();
        bucket.fail("b.tif", Fault::CutBody(100), 1);
        bucket.fail("b.tif", Fault::CutBody(7), 1);
        let objects = objects(quick(&bucket));
        assert!(objects.get_range(&door, RANGE).await.unwrap() == wanted());
        let seen = bucket.seen();
        let asked: Vec<_> = seen.iter().map(|s| s.range.clone().unwrap()).collect();
        assert_eq!(asked, ["bytes=1000-40999", "bytes=1100-40999", "bytes=1107-40999"], "{door}");
        assert_eq!(seen[0].if_match, None);
        assert!(seen[1].if_match.is_some() && seen[1].if_match == seen[2].if_match);
        assert_eq!(objects.counters().bytes, 40_000, "no byte is fetched twice");
    }
}

#[tokio::test]
async fn without_a_version_a_broken_body_starts_again() {
    let (_folder, bucket) = bucket();
    bucket.without_etags();
    for door in both(&bucket) {
        bucket.forget();
        bucket.fail("b.tif", Fault::CutBody(100), 1);
        assert!(objects(quick(&bucket)).get_range(&door, RANGE).await.unwrap() == wanted());
        assert_eq!(bucket.seen()[1].range.as_deref(), Some("bytes=1000-40999"), "{door}");
    }
}

/// The error of a read of [`RANGE`] while the fault lasts, and the requests it cost.
async fn lasting(bucket: &Bucket, objects: &Objects, fault: Fault) -> Vec<(Error, usize)> {
    let mut errors = Vec::new();
    for door in both(bucket) {
        bucket.forget();
        bucket.fail("b.tif", fault.clone(), usize::MAX);
        let error = objects.get_range(&door, RANGE).await.expect_err(&format!("{door} {fault:?}"));
        errors.push((error, bucket.requests()));
        bucket.heal();
        // A failure is never remembered.
        assert!(objects.get_range(&door, RANGE).await.unwrap() == wanted(), "{door} {fault:?}");
    }
    errors
}

type IsExpected = fn(&Cause) -> bool;

#[tokio::test]
async fn lasting_faults_are_named_and_bounded() {
    let (_folder, bucket) = bucket();
    let objects = objects(quick(&bucket));
    for fault in [
        Fault::Status(503, "SlowDown"),
        Fault::RetryAfter("0"),
        Fault::Reset,
        Fault::CutBody(0),
        Fault::ContentRange(10),
        Fault::NoContentRange,
        Fault::EndlessHeader,
    ] {
        for (error, requests) in lasting(&bucket, &objects, fault.clone()).await {
            assert!(error.is_transient() && !error.is_missing(), "{fault:?}: {error}");
            assert_eq!((error.attempts(), requests), (4, 4), "{fault:?}: {error}");
            assert_eq!(error.range(), RANGE);
            assert!(error.to_string().contains("scenes/a/b.tif, bytes 1000 to 41000"), "{error}");
            assert!(error.to_string().ends_with("(tried 4 times)"), "{error}");
        }
    }
    let permanent: [(Fault, IsExpected); 6] = [
        (Fault::Status(403, "AccessDenied"), |c| matches!(c, Cause::Denied { status: 403 })),
        (Fault::Status(404, "NoSuchKey"), |c| matches!(c, Cause::Missing)),
        (Fault::Status(400, "InvalidRequest"), |c| matches!(c, Cause::Status { status: 400, .. })),
        (Fault::Status(301, "PermanentRedirect"), |c| matches!(c, Cause::Redirected { status: 301 })),
        (Fault::Status(416, "InvalidRange"), |c| matches!(c, Cause::BeyondEnd { .. })),
        (Fault::Gzip, |c| matches!(c, Cause::Encoded(e) if e == "gzip")),
    ];
    for (fault, expected) in permanent {
        for (error, requests) in lasting(&bucket, &objects, fault.clone()).await {
            assert!(expected(error.cause()) && !error.is_transient(), "{fault:?}: {error}");
            assert_eq!(requests, 1, "{fault:?} must not be tried again");
        }
    }
}

#[tokio::test]
async fn redirects_lead_nowhere() {
    let (_folder, bucket) = bucket();
    let (_other, canary) = super::bucket();
    for target in [format!("{}/scenes/a/b.tif", canary.url()), "http://169.254.169.254/latest".to_owned()] {
        for door in both(&bucket) {
            bucket.fail("b.tif", Fault::Redirect(target.clone()), 1);
            let error = objects(quick(&bucket)).get_range(&door, RANGE).await.unwrap_err();
            assert!(matches!(error.cause(), Cause::Redirected { status: 302 }), "{error}");
        }
    }
    assert_eq!(canary.requests(), 0);
}

#[tokio::test]
async fn an_object_replaced_while_being_read_is_an_error() {
    let (_folder, bucket) = bucket();
    for door in both(&bucket) {
        let objects = objects(quick(&bucket));
        // In the middle of one range.
        bucket.fail("b.tif", Fault::CutBody(100), 1);
        bucket.fail("b.tif", Fault::ChangedEtag, 1);
        let error = objects.get_range(&door, RANGE).await.unwrap_err();
        assert!(error.is_changed() && !error.is_transient(), "{error}");
        assert!(error.to_string().contains("replaced"), "{error}");
        // Between the header and a block.
        let head = objects.get_head(&door, 100).await.unwrap();
        bucket.fail("b.tif", Fault::ChangedEtag, 1);
        let ranges = [RANGE, RANGE];
        let error = objects.get_ranges_of(&door, head.version.as_ref(), &ranges).await.unwrap_err();
        assert!(error.is_changed(), "{error}");
        let parts = objects.get_ranges_of(&door, head.version.as_ref(), &ranges).await.unwrap();
        assert!(parts[0] == wanted());
        // Between two ranges of one call that nobody pinned.
        bucket.fail("b.tif", Fault::ChangedEtag, 1);
        let error = objects.get_ranges(&door, &[0..10, 290_000..290_010]).await.unwrap_err();
        assert!(error.is_changed(), "{error}");
    }
}

#[tokio::test]
async fn a_dripping_server_is_left_at_the_deadline() {
    let (_folder, bucket) = bucket();
    for door in both(&bucket) {
        bucket.fail("b.tif", Fault::Drip(Duration::from_millis(5)), usize::MAX);
        let mut config = quick(&bucket);
        config.timeouts.total = Duration::from_millis(200);
        let error = objects(config).get_range(&door, RANGE).await.unwrap_err();
        assert!(matches!(error.cause(), Cause::Timeout("the whole read")), "{error}");
        assert!(error.is_transient());
        bucket.heal();
    }
}

#[tokio::test]
async fn a_server_that_ignores_ranges_is_read_only_so_deep() {
    let (_folder, bucket) = bucket();
    for door in both(&bucket) {
        for fault in [Fault::IgnoreRange, Fault::IgnoreRangeChunked] {
            bucket.fail("b.tif", fault, 2);
            let mut config = quick(&bucket);
            config.limits.skip_bytes = 5000;
            let objects = objects(config);
            assert!(objects.get_range(&door, RANGE).await.unwrap() == wanted());
            let error = objects.get_range(&door, 5001..5002).await.unwrap_err();
            assert!(matches!(error.cause(), Cause::RangeIgnored), "{error}");
        }
    }
}

#[tokio::test]
async fn ranges_beyond_the_end_and_empty_objects_are_told() {
    let (folder, bucket) = bucket();
    std::fs::write(folder.path().join("scenes/empty"), b"").unwrap();
    let objects = objects(quick(&bucket));
    let end = LEN as u64;
    for door in both(&bucket) {
        for range in [end - 5..end + 1, end..end + 5, 2 * end..3 * end] {
            let error = objects.get_range(&door, range).await.unwrap_err();
            assert!(matches!(error.cause(), Cause::BeyondEnd { .. }) && !error.is_transient(), "{error}");
        }
        let head = objects.get_head(&door, 2 * end).await.unwrap();
        assert!(head.bytes == content() && head.object_len == Some(end));
    }
    let error = objects.get_head(&href("s3://scenes/empty"), 10).await.unwrap_err();
    assert!(matches!(error.cause(), Cause::BeyondEnd { .. }), "{error}");
    let missing = objects.get_range(&href("s3://scenes/none.tif"), 0..1).await.unwrap_err();
    assert!(missing.is_missing(), "{missing}");
}

#[tokio::test]
async fn nobody_there_is_a_passing_fault() {
    let (_folder, gone) = bucket();
    let config = quick(&gone);
    let doors = both(&gone);
    drop(gone);
    for door in doors {
        let error = objects(config.clone()).get_range(&door, RANGE).await.unwrap_err();
        assert!(error.is_transient() && error.attempts() == 4, "{error}");
    }
}

#[tokio::test]
async fn a_spent_budget_ends_retries_of_that_server() {
    let (_folder, bucket) = bucket();
    let [door, _] = both(&bucket);
    let mut config = quick(&bucket);
    config.retry.budget = 4;
    let objects = objects(config);
    bucket.fail("b.tif", Fault::Status(503, "SlowDown"), usize::MAX);
    let mut attempts = Vec::new();
    for _ in 0..3 {
        attempts.push(objects.get_range(&door, RANGE).await.unwrap_err().attempts());
    }
    assert_eq!(attempts, [4, 2, 1]);
    bucket.heal();
    assert!(objects.get_range(&door, RANGE).await.unwrap() == wanted());
}
