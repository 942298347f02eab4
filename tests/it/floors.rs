//! The architecture, held by a test: who may import whom, and what a room may touch.
//!
//! `ARCHITECTURE.md` prints the same table; [`the_table_is_printed_in_the_architecture`] holds them together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room, floor, and the rooms it may import. `cli` and `pipeline` stand above and are listed too.
const ROOMS: &[(&str, u8, &[&str])] = &[
    ("band", 0, &[]),
    ("scl", 0, &[]),
    ("grid", 0, &[]),
    ("plot", 0, &[]),
    ("scene", 0, &["band"]),
    ("observation", 0, &["band", "scene"]),
    ("record", 0, &[]),
    ("settings", 0, &[]),
    ("crs", 1, &["grid"]),
    ("zonal", 1, &["band", "grid", "observation", "scene", "scl"]),
    ("series", 1, &["band", "observation"]),
    ("phenology", 1, &["series"]),
    ("crop", 1, &["band", "phenology", "series"]),
    ("overlap", 1, &[]),
    ("cropland", 1, &["crop", "phenology", "series"]),
    ("lending", 1, &["crop", "cropland", "observation", "phenology", "plot", "record", "scene", "settings"]),
    ("portfolio", 1, &["lending", "record", "scene"]),
    ("intake", 2, &["band", "plot"]),
    ("objects", 2, &[]),
    ("catalog", 2, &["band", "scene"]),
    ("classifier", 2, &["settings"]),
    ("imagery", 2, &["grid", "objects"]),
    ("store", 2, &["band", "grid", "observation", "plot", "record", "scene"]),
    (
        "pipeline",
        3,
        &[
            "band",
            "scl",
            "grid",
            "plot",
            "scene",
            "observation",
            "record",
            "settings",
            "crs",
            "zonal",
            "series",
            "phenology",
            "crop",
            "overlap",
            "cropland",
            "lending",
            "intake",
            "objects",
            "catalog",
            "imagery",
            "classifier",
            "store",
        ],
    ),
    (
        "cli",
        4,
        &[
            "band",
            "catalog",
            "classifier",
            "crop",
            "intake",
            "lending",
            "objects",
            "overlap",
            "phenology",
            "pipeline",
            "portfolio",
            "record",
            "scl",
            "series",
            "simulate",
            "store",
            "zonal",
        ],
    ),
    ("simulate", 4, &["band", "grid", "scene", "scl"]),
];

/// Words a room may not contain outside its tests, with the rooms that may.
const TOKENS: &[(&str, &[&str], &str)] = &[
    ("tokio::", &["objects", "catalog", "imagery", "pipeline", "cli"], "async lives on floor 2, 3 and 4"),
    ("rayon::", &["pipeline", "simulate", "cli"], "parallelism is the pipeline's business"),
    (
        "std::fs",
        &["classifier", "objects", "catalog", "store", "intake", "pipeline", "cli", "simulate"],
        "files are touched at the rim",
    ),
    ("reqwest::", &["objects", "catalog"], "the network is touched by two doors"),
    ("aws_sdk_s3::", &["objects"], "S3 is one door"),
    ("std::env", &["cli"], "only the command line reads the environment"),
    ("::now()", &["cli", "objects", "catalog", "pipeline"], "time is made at the rim"),
    ("gdal::", &["crs", "store", "simulate"], "GDAL has three places"),
    ("println!", &[], "the faces print through one writer"),
];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files() -> Vec<(String, PathBuf, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&src(), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(src()).unwrap().to_str().unwrap().to_owned();
            let room = inside.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            let text = without_tests_and_comments(&fs::read_to_string(&path).unwrap());
            (room != "lib" && room != "main").then_some((room, path, text))
        })
        .collect()
}

/// The code of a file: line comments dropped, and everything from `#[cfg(test)]` on (tests stand last).
fn without_tests_and_comments(text: &str) -> String {
    let code: Vec<&str> = text
        .lines()
        .take_while(|l| l.trim() != "#[cfg(test)]")
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect();
    code.join("\n")
}

/// `crate::<room>` mentions of a text.
fn imports(text: &str) -> BTreeSet<String> {
    text.match_indices("crate::")
        .map(|(at, word)| {
            text[at + word.len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .collect()
}

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = ROOMS.iter().map(|(r, _, may)| (*r, *may)).collect();
    let mut wrong = Vec::new();
    for (room, path, text) in files() {
        let Some(may) = table.get(room.as_str()) else {
            wrong.push(format!("{}: room `{room}` is not in the table", path.display()));
            continue;
        };
        for target in imports(&text) {
            if target != room && !may.contains(&target.as_str()) {
                wrong.push(format!("{}: `{room}` may not import `crate::{target}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn floors_one_and_two_are_strangers_and_no_arrow_points_up() {
    let floor: BTreeMap<&str, u8> = ROOMS.iter().map(|(r, f, _)| (*r, *f)).collect();
    for (room, own, may) in ROOMS {
        for other in *may {
            let theirs = floor[other];
            assert!(theirs <= *own, "{room} (floor {own}) lists {other} (floor {theirs})");
            let strangers = (*own == 1 && theirs == 2) || (*own == 2 && theirs == 1);
            assert!(!strangers, "{room} and {other} must not meet");
        }
    }
}

#[test]
fn the_table_has_no_cycle() {
    let table: BTreeMap<&str, &[&str]> = ROOMS.iter().map(|(r, _, may)| (*r, *may)).collect();
    fn reaches<'a>(from: &'a str, to: &str, table: &BTreeMap<&'a str, &'a [&'a str]>) -> bool {
        table[from].iter().any(|n| *n == to || reaches(n, to, table))
    }
    for (room, ..) in ROOMS {
        assert!(!reaches(room, room, &table), "{room} reaches itself");
    }
}

#[test]
fn rooms_touch_only_what_is_theirs() {
    let mut wrong = Vec::new();
    for (room, path, text) in files() {
        for (token, allowed, why) in TOKENS {
            if text.contains(token) && !allowed.contains(&room.as_str()) {
                wrong.push(format!("{}: `{token}`: {why}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_room_has_a_name_that_says_nothing() {
    const EMPTY_WORDS: &[&str] =
        &["utils", "util", "helpers", "common", "types", "misc", "core", "manager", "service", "mod"];
    for (_, path, _) in files() {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(!EMPTY_WORDS.contains(&stem), "{}", path.display());
    }
}

#[test]
fn the_simulator_shares_no_science() {
    let science: BTreeSet<&str> = ROOMS.iter().filter(|(_, f, _)| *f == 1).map(|(r, ..)| *r).collect();
    for (room, path, text) in files() {
        if room == "simulate" {
            for target in imports(&text) {
                assert!(!science.contains(target.as_str()), "{}: {target}", path.display());
            }
        }
    }
}

#[test]
fn the_table_is_printed_in_the_architecture() {
    let doc = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md")).unwrap();
    for (room, floor, may) in ROOMS {
        let line =
            format!("| {room} | {floor} | {} |", if may.is_empty() { "–".to_owned() } else { may.join(" ") });
        let line =
            if *room == "pipeline" { format!("| {room} | {floor} | all of floors 0 to 2 |") } else { line };
        assert!(doc.contains(&line), "ARCHITECTURE.md lacks the row\n{line}");
    }
}
