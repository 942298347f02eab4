//! Hostile addresses: no request is made at all.

use croplens::objects::{Allow, Href, Objects, ObjectsConfig, Refusal};

use super::{bucket, quick};

fn strict() -> Objects {
    let allow = Allow {
        hosts: vec!["data.example.com".to_owned(), "mirror.example.org:8443".to_owned()],
        buckets: vec!["scenes".to_owned()],
        ..Allow::default()
    };
    Objects::new(ObjectsConfig { allow, ..ObjectsConfig::default() }).unwrap()
}

fn refused(objects: &Objects, text: &str) -> bool {
    match Href::parse(text) {
        Err(_) => true,
        Ok(href) => objects.permits(&href).is_err(),
    }
}

#[test]
fn only_named_hosts_and_buckets_may_be_read() {
    let objects = strict();
    for good in [
        "https://data.example.com/a.tif",
        "https://data.example.com:443/a.tif?x=1",
        "https://DATA.example.com/a.tif",
        "https://mirror.example.org:8443/a.tif",
        "s3://scenes/a.tif",
        "https://scenes.s3.us-west-2.amazonaws.com/a.tif",
    ] {
        assert!(!refused(&objects, good), "{good}");
    }
    let hostile = [
        // Files of this machine.
        "file:///etc/passwd",
        "/etc/passwd",
        "../../etc/passwd",
        "etc/passwd",
        "file://host/etc/passwd",
        // Cloud metadata, private and loopback addresses, however written.
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/",
        "http://2852039166/",
        "http://0xA9FEA9FE/",
        "http://0251.0376.0251.0376/",
        "http://0xa9.254.0251.0xfe/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[fd00:ec2::254]/",
        "http://metadata.google.internal/",
        "http://10.0.0.1/",
        "http://192.168.0.1/",
        "http://172.16.0.1/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0/",
        "http://[::1]/",
        "http://localhost/",
        "http://[fe80::1]/",
        "http://0x7f000001/",
        "http://100.100.100.200/",
        // User-info and look-alikes.
        "https://data.example.com@evil.example/",
        "https://user:pw@data.example.com/a.tif",
        "https://@data.example.com/a.tif",
        "https://data.example.com.evil.example/a.tif",
        "https://xdata.example.com/a.tif",
        "https://data.example.com./a.tif",
        "https://data-example.com/",
        "https://d\u{0430}ta.example.com/a.tif",
        "https://example.com/data.example.com",
        "https://evil.example/?data.example.com",
        "https://evil.example#data.example.com",
        "https://evil.example\\@data.example.com/",
        "https://evil.example\\.data.example.com/",
        // Another scheme or port of a good host.
        "http://data.example.com/a.tif",
        "https://data.example.com:8443/a.tif",
        "https://mirror.example.org/a.tif",
        "ftp://data.example.com/a",
        "gopher://data.example.com/",
        "data:image/tiff;base64,AAAA",
        "javascript:alert(1)",
        "vrt://data.example.com/a.tif",
        // Control characters and white space.
        "https://data.example.com/a\r\nHost: evil",
        "https://data.exam\tple.com/",
        "https://data.example.com/a b",
        "s3://scenes/a\nb",
        "\u{0}",
        // GDAL.
        "/vsicurl/https://data.example.com/a.tif",
        "/vsis3/scenes/a.tif",
        "/vsizip//tmp/a.zip/a.tif",
        "file:///vsicurl/http://evil",
        "<VRTDataset/>",
        // Buckets.
        "s3://other/a.tif",
        "s3://scenes",
        "s3://scenes/",
        "s3:///a.tif",
        "s3://Scenes/a.tif",
        "s3://scenes/../other/a.tif",
        "s3://scenes/a/../../other/a",
        "s3://scenes/./a",
        "s3://scenes\\evil/a",
        "s3://scenes@evil.example/a",
        "s3://scenes.evil/a",
        "s3://169.254.169.254/latest",
        "s3://sc/a",
        "S3://scenes/a.tif",
        "https://other.s3.us-west-2.amazonaws.com/a.tif",
        "https://scenes.s3.us-west-2.amazonaws.com.evil.example/a.tif",
        "https://scenes.s3.us-west-2.amazonaws.com/%2e%2e%2fother/a.tif",
        "https://scenes.s3.evil.us-west-2.amazonaws.com/a.tif",
        "https://scenes.s3.eu-north-1.amazonaws.com/a.tif",
        "",
    ];
    for text in hostile {
        assert!(refused(&objects, text), "{text:?} was let through");
    }
    assert!(refused(&objects, &format!("https://data.example.com/{}", "a".repeat(5000))));
}

#[tokio::test]
async fn a_refused_address_costs_no_request_and_says_why() {
    let (_folder, bucket) = bucket();
    let mut config = quick(&bucket);
    config.allow.loopback = false;
    let objects = Objects::new(config).unwrap();
    let door = Href::parse(&format!("{}/scenes/a/b.tif?token=hidden", bucket.url())).unwrap();
    let error = objects.get_range(&door, 0..1).await.unwrap_err();
    assert!(error.is_refused() && !error.is_transient() && error.attempts() == 0, "{error}");
    assert!(error.to_string().contains("is not allowed"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hidden"), "{error:?}");
    assert_eq!(bucket.requests(), 0);
    assert_eq!(objects.counters().requests, 0);
}

#[tokio::test]
async fn a_good_name_that_points_into_the_local_network_is_refused() {
    let (_folder, bucket) = bucket();
    let url = bucket.url().replace("127.0.0.1", "localhost");
    let door = Href::parse(&format!("{url}/scenes/a/b.tif")).unwrap();
    let mut config = quick(&bucket);
    config.allow = Allow { hosts: vec![url], ..Allow::default() };
    let error = Objects::new(config.clone()).unwrap().get_range(&door, 0..1).await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(error.to_string().contains(&Refusal::PrivateAddress.to_string()), "{error}");
    assert_eq!(bucket.requests(), 0);
    config.allow.private_addresses = true;
    Objects::new(config).unwrap().get_range(&door, 0..1).await.unwrap();
    assert_eq!(bucket.requests(), 1);
}
