//! Rows of the observation archive come back to the last bit, or not at all.

use croplens::band::Band;
use croplens::grid::{Epsg, Grid};
use croplens::observation::{NdviStats, Reject, SkyFractions};
use croplens::scene::{MgrsTile, SceneId};
use croplens::store::{Archive, ArchiveKey, AssetSeen, KeptRow, PartHash, Sheet};

use crate::support::archive::files;

fn key(of: &str) -> ArchiveKey {
    ArchiveKey {
        tile: MgrsTile::new("31TDN").unwrap(),
        scene: SceneId::new("S2B_31TDN_20220716_0_L2A").unwrap(),
        datetime: "2022-07-16T10:56:00Z".parse().unwrap(),
        key: croplens::record::sha256_hex(of.as_bytes()),
    }
}

fn sheet(key: &ArchiveKey, version: &str) -> Sheet {
    let grid =
        Grid { epsg: Epsg(32631), x0: 399_960.0, y0: 4_900_020.1, dx: 10.0, dy: 10.0, width: 10, height: 20 };
    let assets = vec![AssetSeen { band: "B04".into(), version: Some(version.into()), bytes: None }];
    Sheet::new(key, assets, &[Band::B02, Band::B11], &grid)
}

fn row(n: u8) -> KeptRow {
    let x = f64::from(n) / 7.0;
    KeptRow {
        part: [n; 32],
        date: jiff::civil::date(2022, 7, 16),
        ndvi: (!n.is_multiple_of(3)).then_some(NdviStats {
            mean: x,
            median: -0.0,
            std: f64::MIN_POSITIVE,
            p10: 0.1 + 0.2,
            p25: x.sqrt(),
            p75: 1.0 - x,
            p90: 1e-300,
        }),
        bands: vec![Some(x), n.is_multiple_of(2).then_some(0.3)],
        sky: SkyFractions { clear: x, cloud: 1.0 - x, ..SkyFractions::default() },
        valid_fraction: x,
        pixel_count: 100.0 * x,
        rejected: n.is_multiple_of(3).then_some(Reject::Cloudy),
        guard: n.is_multiple_of(2).then(|| vec![n, 0, 255]),
        pixels: (n % 3 == 1).then(|| (2, vec![-128, -1, 0, 1, 127])),
        piece: n.is_multiple_of(5).then(Vec::new),
    }
}

fn all(archive: &Archive, key: &ArchiveKey) -> Vec<KeptRow> {
    let mut rows: Vec<KeptRow> = archive
        .leaves(key)
        .iter()
        .flat_map(|leaf| archive.rows(leaf, |_| true).unwrap_or_default())
        .collect();
    rows.sort_by_key(|row| row.part);
    rows
}

#[test]
fn rows_come_back_to_the_last_bit_and_small_files_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::new(folder.path());
    let key = key("a");
    assert!(archive.leaves(&key).is_empty());
    let sheet = sheet(&key, "one");
    archive.put(&key, &sheet, (0..20).map(row).collect()).unwrap();
    archive.put(&key, &sheet, (20..40).map(row).collect()).unwrap();
    assert_eq!(files(folder.path()).len(), 1, "small files are taken in");
    assert_eq!(all(&archive, &key), (0..40).map(row).collect::<Vec<_>>());
    let leaf = &archive.leaves(&key)[0];
    assert_eq!((leaf.rows, leaf.sheet.grid()), (40, sheet.grid()));
    let wanted: PartHash = [7; 32];
    assert_eq!(archive.rows(leaf, |part| *part == wanted), Some(vec![row(7)]));
    // What is kept again takes the place of what was there.
    let again = KeptRow { valid_fraction: 0.5, ..row(7) };
    archive.put(&key, &sheet, vec![again.clone()]).unwrap();
    let rows = all(&archive, &key);
    assert_eq!((rows.len(), &rows[7]), (40, &again));
}

#[test]
fn another_key_or_another_state_of_the_files_shares_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::new(folder.path());
    let (a, b) = (key("a"), key("b"));
    archive.put(&a, &sheet(&a, "one"), vec![row(1)]).unwrap();
    archive.put(&b, &sheet(&b, "one"), vec![row(2)]).unwrap();
    assert_eq!((all(&archive, &a), all(&archive, &b)), (vec![row(1)], vec![row(2)]));
    // The scene's files were replaced: rows of before are gone, those of other settings stay.
    archive.put(&a, &sheet(&a, "two"), vec![row(3)]).unwrap();
    assert_eq!((all(&archive, &a), all(&archive, &b)), (vec![row(3)], vec![row(2)]));
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn every_changed_byte_and_every_cut_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::new(folder.path());
    let key = key("a");
    archive.put(&key, &sheet(&key, "one"), (0..30).map(row).collect()).unwrap();
    let path = folder.path().join(&files(folder.path())[0]);
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        std::fs::write(&path, bytes).unwrap();
        assert!(all(&archive, &key).is_empty(), "byte {at}");
        std::fs::write(&path, &whole[..at]).unwrap();
        assert!(all(&archive, &key).is_empty(), "cut at {at}");
    }
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(all(&archive, &key).len(), 30);
}
