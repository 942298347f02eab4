//! Files that are damaged, missing, or bombs; on disk, where nothing lies between them and the reader.

use std::path::Path;

use super::village::{CLEAR_EAST, Door, Village};

/// Sets the value of a tag of a little-endian classic TIFF's first directory, as one LONG.
fn set_tag(bytes: &mut [u8], tag: u16, count: Option<u32>, value: u32) {
    let at = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let entries = u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()) as usize;
    for entry in (0..entries).map(|i| at + 2 + 12 * i) {
        if bytes[entry..entry + 2] == tag.to_le_bytes() {
            bytes[entry + 2..entry + 4].copy_from_slice(&4u16.to_le_bytes());
            if let Some(count) = count {
                bytes[entry + 4..entry + 8].copy_from_slice(&count.to_le_bytes());
            }
            bytes[entry + 8..entry + 12].copy_from_slice(&value.to_le_bytes());
            return;
        }
    }
    panic!("no tag {tag}");
}

/// Puts other bytes in the place of some, which must be there.
fn swap(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
}

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const TILE_WIDTH: u16 = 322;
const TILE_LENGTH: u16 = 323;
const TILE_OFFSETS: u16 = 324;

type Damage = fn(&mut Vec<u8>);

/// What is done to a file, the exit code, and a word of the cause.
const DAMAGES: [(&str, &str, Damage, i32, &str); 13] = [
    ("cut to its header", "B04.tif", |b| b.truncate(b.len() - 60), 3, "truncated"),
    ("cut in the header", "SCL.tif", |b| b.truncate(40), 3, ""),
    ("empty", "B08.tif", |b| b.clear(), 3, ""),
    (
        "a block damaged",
        "B08.tif",
        |b| {
            let at = b.len() - 40;
            b[at] ^= 0xff;
        },
        3,
        "corrupt",
    ),
    ("not a TIFF", "B04.tif", |b| b[..4].copy_from_slice(b"<?xm"), 3, "header"),
    (
        "two thousand million pixels a side",
        "B04.tif",
        |b| {
            set_tag(b, WIDTH, None, 0x7fff_ffff);
            set_tag(b, HEIGHT, None, 0x7fff_ffff);
        },
        0,
        "too much",
    ),
    (
        "blocks of a gigabyte",
        "SCL.tif",
        |b| {
            set_tag(b, TILE_WIDTH, None, 32_768);
            set_tag(b, TILE_LENGTH, None, 32_768);
        },
        0,
        "too much",
    ),
    (
        "four thousand million blocks",
        "B08.tif",
        |b| set_tag(b, TILE_OFFSETS, Some(u32::MAX), 8),
        0,
        "too much",
    ),
    ("no pixels", "B04.tif", |b| set_tag(b, WIDTH, None, 0), 3, "no pixels"),
    (
        "a directory that is its own next",
        "SCL.tif",
        |b| {
            let at = u32::from_le_bytes(b[4..8].try_into().unwrap());
            let entries = u16::from_le_bytes(b[at as usize..at as usize + 2].try_into().unwrap());
            let next = at as usize + 2 + 12 * usize::from(entries);
            b[next..next + 4].copy_from_slice(&at.to_le_bytes());
        },
        0,
        "-",
    ),
    (
        "another zone",
        "B04.tif",
        |b| swap(b, &32_631u16.to_le_bytes(), &32_633u16.to_le_bytes()),
        0,
        "EPSG:32633",
    ),
    (
        "another place",
        "B04.tif",
        |b| swap(b, &404_800f64.to_le_bytes(), &904_800f64.to_le_bytes()),
        0,
        "outside",
    ),
    (
        "red and infrared apart",
        "B08.tif",
        |b| swap(b, &404_800f64.to_le_bytes(), &404_700f64.to_le_bytes()),
        0,
        "grids",
    ),
];

#[test]
fn damaged_files_cost_only_their_scene() {
    let village = Village::new(Door::Disk);
    let scene = CLEAR_EAST[1];
    for (name, file, damage, exit, cause) in DAMAGES {
        let path = village.file(scene, file);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        damage(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let hurt = village.hurt(name, exit);
        // A loop behind the first directory is never walked.
        let harmless = cause == "-";
        if !harmless {
            let said = hurt.cause(scene);
            assert!(said.contains(cause) && said.contains(scene), "{name}: {said}");
        }
        std::fs::write(&path, whole).unwrap();
        if harmless {
            village.as_unbroken(name);
        } else {
            village.finish(name, true);
        }
        village.clear();
    }
}

#[test]
fn a_missing_file_and_a_way_out_of_the_folder() {
    let village = Village::new(Door::Disk);
    let path = village.file(CLEAR_EAST[1], "B04.tif");
    let aside = village.folder.path().join("aside.tif");
    std::fs::rename(&path, &aside).unwrap();
    let hurt = village.hurt("missing on disk", 0);
    assert!(hurt.cause(CLEAR_EAST[1]).contains("no such object"));
    village.clear();
    // A link to a file outside of the catalog's folder is not followed.
    link(&aside, &path);
    let hurt = village.hurt("link out of the folder", 0);
    assert!(hurt.cause(CLEAR_EAST[1]).contains("refused"), "{}", hurt.cause(CLEAR_EAST[1]));
    std::fs::remove_file(&path).unwrap();
    std::fs::rename(&aside, &path).unwrap();
    village.finish("missing on disk", true);
}

fn link(to: &Path, at: &Path) {
    std::os::unix::fs::symlink(to, at).unwrap();
}
