//! Little room for bytes on their way, and a file that ends in the middle: nobody waits for ever.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use croplens::catalog::{self, Catalog};
use croplens::intake::{self, Limits};
use croplens::objects::{Allow, Objects, ObjectsConfig};
use croplens::pipeline::{self, Doors, ObserveOutcome, ObserveRequest, Spec};
use croplens::scl::Scl;
use croplens::zonal::{MaskRule, Statistics};

use super::once::{DAY, archive};
use crate::support::archive::files;

/// A copy of a folder.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Every plot of an archive observed on one day, with so many bytes in flight and each block a request of its own.
fn observed(root: &Path, bytes_in_flight: u64, out: &Path) -> ObserveOutcome {
    let mut config = ObjectsConfig {
        allow: Allow { roots: vec![root.to_owned()], ..Allow::default() },
        ..ObjectsConfig::default()
    };
    config.limits.bytes_in_flight = bytes_in_flight;
    config.limits.merge_gap = 0;
    config.limits.merge_bytes = 1;
    let doors = Doors {
        catalog: Catalog::open(root.to_str().unwrap(), catalog::Limits::default()).unwrap(),
        objects: Arc::new(Objects::new(config).unwrap()),
        pool: pipeline::pool(2).unwrap(),
    };
    let plots = std::fs::read(root.join("plots.geojson")).unwrap();
    let day: jiff::civil::Date = DAY.parse().unwrap();
    let request = ObserveRequest {
        intake: intake::read(&plots, &Limits::default()).unwrap(),
        spec: Spec::built_in().unwrap(),
        mask: MaskRule::peers(&[Scl::Vegetation, Scl::Bare]),
        statistics: Statistics::Mean,
        from: day,
        to: day,
        out: out.to_owned(),
        archive: None,
        narrow: true,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let nobody = pipeline::nobody();
    let seen = runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(120), pipeline::observe(&request, &doors, &nobody)).await
    });
    runtime.shutdown_background();
    seen.expect("it waits for ever").unwrap()
}

#[test]
fn blocks_whose_partners_are_lost_take_no_room_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("archive");
    copied(archive(), &root);
    // A handful of blocks fill the room.
    let (little, tables) = (16 << 10, ["whole.csv", "cut.csv"].map(|name| folder.path().join(name)));
    let whole = observed(&root, little, &tables[0]);
    assert!(whole.unread_rows == 0 && whole.scenes_unread.is_empty() && whole.rows > 900);
    for path in files(&root).into_iter().filter(|path| path.ends_with("B08.tif")) {
        // Its header is whole, half of its blocks lie beyond the end.
        let bytes = std::fs::read(root.join(&path)).unwrap();
        std::fs::write(root.join(path), &bytes[..bytes.len() / 2]).unwrap();
    }
    let cut = observed(&root, little, &tables[1]);
    println!("{} of {} rows could not be read", cut.unread_rows, cut.rows);
    assert_eq!(cut.rows, whole.rows, "what could not be read has its rows too");
    assert!(cut.unread_rows > cut.rows / 10 && cut.unread_rows < cut.rows * 9 / 10);
    assert!(cut.scenes_unread.iter().all(|(_, why)| why.contains("truncated")), "{:?}", cut.scenes_unread);
    // What could be read is what it was.
    let lines =
        |path: &Path| std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let same = std::iter::zip(lines(&tables[0]), lines(&tables[1])).filter(|(a, b)| a == b).count();
    assert!(same > cut.rows - cut.unread_rows, "{same} lines are the same, with the header");
}
