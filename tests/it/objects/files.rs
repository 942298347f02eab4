//! Local files: only inside the allowed folders, whatever the path looks like.

use croplens::objects::{Allow, Cause, Href, Objects, ObjectsConfig, Part};

use super::{LEN, bucket, content, href, local};

#[tokio::test]
async fn files_are_read_by_range() {
    let (folder, _bucket) = bucket();
    let objects = local(folder.path());
    let path = folder.path().join("scenes/a/b.tif");
    for door in [Href::File(path.clone()), href(&format!("file://{}", path.display()))] {
        assert!(objects.get_range(&door, 7..70).await.unwrap() == content()[7..70]);
        let head = objects.get_head(&door, 1 << 20).await.unwrap();
        assert_eq!((head.bytes.len(), head.object_len), (LEN, Some(LEN as u64)));
        let beyond = objects.get_range(&door, 0..LEN as u64 + 1).await.unwrap_err();
        assert!(matches!(beyond.cause(), Cause::BeyondEnd { object_len: Some(300_000) }), "{beyond}");
    }
    let missing = objects.get_range(&Href::File(folder.path().join("none.tif")), 0..1).await.unwrap_err();
    assert!(missing.is_missing() && !missing.is_transient(), "{missing}");
    let folder_itself = objects.get_range(&Href::File(folder.path().join("scenes")), 0..1).await.unwrap_err();
    assert!(
        matches!(folder_itself.cause(), Cause::File(_)) && !folder_itself.is_transient(),
        "{folder_itself}"
    );
}

#[tokio::test]
async fn nothing_outside_the_folders_is_read() {
    let (folder, _bucket) = bucket();
    let root = folder.path().join("scenes");
    let secret = folder.path().join("secret.tif");
    std::fs::write(&secret, b"secret").unwrap();
    std::os::unix::fs::symlink(&secret, root.join("link.tif")).unwrap();
    std::os::unix::fs::symlink(folder.path(), root.join("up")).unwrap();
    std::os::unix::fs::symlink(root.join("a"), root.join("inside")).unwrap();
    let objects = local(&root);
    let inside = |rest: &str| Href::File(root.join(rest));
    for door in [
        Href::File(secret.clone()),
        inside("../secret.tif"),
        inside("a/../../secret.tif"),
        inside("link.tif"),
        inside("up/secret.tif"),
        href(&format!("file://{}/../secret.tif", root.display())),
        href(&format!("file://{}/%2e%2e/secret.tif", root.display())),
        href("/etc/passwd"),
        href("/no/such/file"),
        inside("../none.tif"),
        inside("up/none.tif"),
    ] {
        let error = objects.get_range(&door, 0..1).await.unwrap_err();
        assert!(error.is_refused(), "{door}: {error}");
    }
    for door in [inside("a/b.tif"), inside("a/../a/b.tif"), inside("inside/b.tif")] {
        assert!(objects.get_range(&door, 0..9).await.unwrap() == content()[..9], "{door}");
    }
    let none = Objects::new(ObjectsConfig::default()).unwrap();
    assert!(none.get_range(&inside("a/b.tif"), 0..1).await.unwrap_err().is_refused());
}

#[tokio::test]
async fn pipes_do_not_block() {
    let (folder, _bucket) = bucket();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|s| s.success()) {
        println!("skipped: mkfifo is not here");
        return;
    }
    let error = local(folder.path()).get_range(&Href::File(pipe), 0..1).await.unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
}

#[tokio::test]
async fn a_replaced_file_is_noticed() {
    let (folder, _bucket) = bucket();
    let objects = local(folder.path());
    let path = folder.path().join("scenes/a/b.tif");
    let door = Href::File(path.clone());
    let head = objects.get_head(&door, 10).await.unwrap();
    let new = folder.path().join("new");
    std::fs::write(&new, content()).unwrap();
    std::fs::rename(&new, &path).unwrap();
    let ranges = [5..6, 7..8];
    let error = objects.get_ranges_of(&door, head.version.as_ref(), &ranges).await.unwrap_err();
    assert!(error.is_changed(), "{error}");
}

#[tokio::test]
async fn bytes_left_in_a_file_are_read_when_they_are_needed() {
    let (folder, _bucket) = bucket();
    let objects = local(folder.path());
    let path = folder.path().join("scenes/a/b.tif");
    let door = Href::File(path.clone());
    let head = objects.get_head(&door, 9).await.unwrap();
    let before = objects.counters();
    let ranges = [700..900, 0..0, 7..70, 299_000..300_000];
    let parts = objects.parts_of(&door, head.version.as_ref(), &ranges).await.unwrap();
    let read = objects.counters();
    if parts.iter().any(|part| matches!(part, Part::Here(bytes) if !bytes.is_empty())) {
        println!("skipped: the folder for temporary files lies on no disk of this machine");
        return;
    }
    let requests = objects.cost(&ranges).0;
    assert_eq!((read.requests, read.bytes), (before.requests + requests, before.bytes), "none read yet");
    for (part, range) in parts.iter().zip(&ranges) {
        let wanted = &content()[range.start as usize..range.end as usize];
        assert_eq!((part.len(), part.is_empty()), (wanted.len(), wanted.is_empty()));
        // As often as anybody likes, one within the other, on any thread.
        for _ in 0..2 {
            let own = std::thread::scope(|s| s.spawn(|| part.with(<[u8]>::to_vec).unwrap()).join().unwrap());
            let nested = part.with(|a| part.with(|b| a == wanted && b == wanted).unwrap()).unwrap();
            assert!(own == wanted && nested, "{range:?}");
        }
    }
    assert_eq!(objects.counters().bytes, before.bytes + 6 * (200 + 63 + 1_000));

    // What is in the way of a file is told at once, as where it is read at once.
    let beyond = objects.parts_of(&door, None, std::slice::from_ref(&(0..LEN as u64 + 1))).await.unwrap_err();
    assert!(matches!(beyond.cause(), Cause::BeyondEnd { object_len: Some(300_000) }), "{beyond}");
    let none = Href::File(folder.path().join("none.tif"));
    assert!(objects.parts_of(&none, None, std::slice::from_ref(&(0..1))).await.unwrap_err().is_missing());
    let outside = local(&folder.path().join("scenes/a"));
    let elsewhere = Href::File(folder.path().join("scenes/../none.tif"));
    assert!(
        outside.parts_of(&elsewhere, None, std::slice::from_ref(&(0..1))).await.unwrap_err().is_refused()
    );

    // A file that is written to between opening and reading is not believed; a new one is not the one that was opened.
    let [first, ..] = parts.as_slice() else { panic!() };
    std::fs::write(&path, [9; 300_001]).unwrap();
    let error = first.with(<[u8]>::len).unwrap_err();
    assert!(error.is_changed() && error.range() == (700..900), "{error}");
    let error = objects.parts_of(&door, head.version.as_ref(), &ranges).await.unwrap_err();
    assert!(error.is_changed(), "{error}");
}

#[test]
fn settings_that_cannot_work_are_told_at_once() {
    let with = |allow| Objects::new(ObjectsConfig { allow, ..ObjectsConfig::default() });
    let roots = Allow { roots: vec!["/no/such/folder".into()], ..Allow::default() };
    assert!(with(roots).unwrap_err().to_string().contains("/no/such/folder"));
    for host in ["", "a b", "https://host/path", "user@host", "ftp://host"] {
        let hosts = Allow { hosts: vec![host.to_owned()], ..Allow::default() };
        assert!(with(hosts).is_err(), "{host}");
    }
    for endpoint in ["localhost:9000", "s3", "ftp://host"] {
        let mut config = ObjectsConfig::default();
        config.s3.endpoint = Some(endpoint.to_owned());
        assert!(Objects::new(config).is_err(), "{endpoint}");
    }
}
