//! `croplens crop --sequences`: which of a user's sequences it was, or none of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use croplens::cli::crop::{CropArgs, SEQUENCE_COLUMNS, UnitWord, run};
use croplens::cli::table::Error;
use croplens::pipeline::Spec;
use croplens::series::plus_days;
use croplens::simulate::trial::{TrialSpec, grow, write};
use jiff::civil::{Date, date};

use super::verb::args;

const ASIA: &str = r#"
[[sequence]]
name = "cotton"
slots = ["cotton"]

[[sequence]]
name = "wheat"
slots = ["winter_wheat", "idle"]

[[sequence]]
name = "wheat, then a second crop"
slots = ["winter_wheat", ["maize", "rice"]]
"#;

/// Rows of a coarse year in the Fergana valley: green around each of some days, bare otherwise.
fn rows(id: &str, peaks: &[Date]) -> Vec<String> {
    (0..23)
        .map(|k| plus_days(date(2015, 1, 1), k * 16))
        .map(|t| {
            let bump = |p: &Date| {
                let days = f64::from(t.since(*p).unwrap().get_days());
                0.5 * (-(days / 38.0).powi(2)).exp()
            };
            let ndvi = 0.14 + peaks.iter().map(bump).sum::<f64>();
            format!("{id},{t},{ndvi:.4},40.5,71.5")
        })
        .collect()
}

const SPRING: Date = date(2015, 4, 25);
const SUMMER: Date = date(2015, 8, 1);
const LATE: Date = date(2015, 8, 28);

fn valley() -> Vec<String> {
    [("both", vec![SPRING, LATE]), ("cotton", vec![SUMMER]), ("idle", vec![]), ("wheat", vec![SPRING])]
        .into_iter()
        .flat_map(|(id, peaks)| rows(id, &peaks))
        .collect()
}

fn asked(dir: &Path, rows: &[String], sequences: &str) -> CropArgs {
    fs::write(dir.join("s.csv"), format!("sample_id,date,ndvi,lat,lon\n{}\n", rows.join("\n"))).unwrap();
    fs::write(dir.join("sequences.toml"), sequences).unwrap();
    CropArgs {
        declared: None,
        unit: UnitWord::Coarse,
        season_year: Some(2015),
        sequences: Some(dir.join("sequences.toml")),
        ..args(dir)
    }
}

type Cells = BTreeMap<String, String>;

/// The rows that the verb writes, by sample.
fn said(args: &CropArgs) -> BTreeMap<String, Cells> {
    run(args, &Spec::built_in().unwrap()).unwrap();
    let mut csv = csv::Reader::from_path(&args.out).unwrap();
    let rows: Vec<Cells> = csv.deserialize().map(Result::unwrap).collect();
    rows.into_iter().map(|cells| (cells["sample_id"].clone(), cells)).collect()
}

fn of(rows: &[String], sequences: &str) -> BTreeMap<String, Cells> {
    let dir = tempfile::tempdir().unwrap();
    said(&asked(dir.path(), rows, sequences))
}

#[test]
fn each_sequence_is_told_and_land_without_a_crop_is_none_of_them() {
    let found = of(&valley(), ASIA);
    for (id, truth) in
        [("both", "wheat, then a second crop"), ("cotton", "cotton"), ("wheat", "wheat"), ("idle", "none")]
    {
        let cells = &found[id];
        if truth == "none" {
            assert!(["none of these", "cannot tell"].contains(&cells["sequence"].as_str()), "{cells:?}");
            assert!(!cells["sequence_reason"].is_empty());
            continue;
        }
        assert_eq!(cells["sequence1"], truth, "{id}: {cells:?}");
        let p = |column: &str| cells[column].parse::<f64>().unwrap();
        assert!(p("sequence1_p") >= p("sequence2_p"), "{cells:?}");
        let third = 1.0 - p("sequence1_p") - p("sequence2_p") - p("sequence_rest_p_all");
        assert!((-0.002..=p("sequence2_p") + 0.002).contains(&third), "{third}: {cells:?}");
        let is_named = cells["sequence"] == truth;
        assert!(is_named || cells["sequence"] == "cannot tell", "{cells:?}");
        assert_eq!(is_named, p("sequence1_p") >= 0.7, "{cells:?}");
        assert_eq!(is_named, cells["sequence_reason"].is_empty(), "{cells:?}");
    }
}

#[test]
fn what_is_not_listed_is_never_named_and_what_competes_is_told() {
    let wheat_only = "[[sequence]]\nname = \"wheat\"\nslots = [\"winter_wheat\", \"idle\"]\n";
    let found = of(&valley(), wheat_only);
    for id in ["both", "cotton", "idle"] {
        let cells = &found[id];
        assert_ne!(cells["sequence"], "wheat", "{id}: {cells:?}");
        assert!(
            !cells["sequence_reason"].is_empty() && !cells["sequence_rest"].is_empty(),
            "{id}: {cells:?}"
        );
        assert!(cells["sequence_rest_p_all"].parse::<f64>().unwrap() > 0.3, "{id}: {cells:?}");
    }
}

#[test]
fn what_was_not_seen_names_nothing() {
    // Nothing of the second half of the year: wheat then nothing and wheat then maize are alike.
    let early: Vec<String> = rows("early", &[SPRING]).into_iter().take(12).collect();
    let few: Vec<String> = rows("few", &[SUMMER]).into_iter().step_by(4).collect();
    let found = of(&[early, few].concat(), ASIA);
    assert_eq!(found["early"]["sequence"], "cannot tell", "{:?}", found["early"]);
    assert_eq!(found["few"]["sequence"], "cannot tell");
    assert!(found["few"]["sequence_reason"].contains("6 clear dates"), "{:?}", found["few"]);
}

#[test]
fn a_sequence_whose_second_crop_has_not_begun_is_not_denied() {
    let twice = "[[sequence]]\nname = \"twice\"\nslots = [\"winter_wheat\", [\"maize\", \"rice\"]]\n";
    // Until 25 May, before the wheat is ripe: as good a beginning of the sequence as there can be. Cotton's field is
    // bare until then, and the sequence is not denied of it either.
    let until_may = |id: &str, peak: Date| rows(id, &[peak]).into_iter().take(10).collect::<Vec<_>>();
    let begun = [until_may("wheat", SPRING), until_may("cotton", SUMMER)].concat();
    let with_cotton = format!("{twice}[[sequence]]\nname = \"cotton\"\nslots = [\"cotton\"]\n");
    let with_idle = format!("{twice}[[sequence]]\nname = \"once\"\nslots = [\"winter_wheat\", \"idle\"]\n");
    for file in [twice, &with_cotton, &with_idle] {
        let found = of(&begun, file);
        for (id, cells) in &found {
            if id == "cotton" && cells["sequence"] == "cotton" {
                continue;
            }
            assert_eq!(cells["sequence"], "cannot tell", "{cells:?}");
            let why = "the second crop of twice has not begun by 2015-05-25";
            assert_eq!(cells["sequence_reason"], why, "{cells:?}");
        }
    }
    // What was seen so far of the first crop competes.
    let found = of(&begun, twice);
    let p = |id: &str| found[id]["sequence1_p"].parse::<f64>().unwrap();
    assert!(p("wheat") > p("cotton"), "{found:?}");
    // A year later all of it was seen.
    let whole = of(&rows("wheat", &[SPRING]), twice);
    assert!(!whole["wheat"]["sequence_reason"].contains("has not begun"), "{:?}", whole["wheat"]);
}

#[test]
fn another_sequence_is_named_beside_one_that_has_not_begun_only_where_it_begins_otherwise() {
    let file = |first: &str| {
        let later = format!("[[sequence]]\nname = \"later\"\nslots = [{first}, \"winter_wheat\"]\n");
        format!("{later}[[sequence]]\nname = \"wheat\"\nslots = [\"winter_wheat\"]\n")
    };
    // Until 28 July: the rice, and the cotton, would stand until autumn.
    let july: Vec<String> = rows("wheat", &[SPRING]).into_iter().take(14).collect();
    let why = "the second crop of later has not begun by 2015-07-28";
    let cells = &of(&july, &file("\"rice\""))["wheat"];
    let likely = cells["sequence1"] == "wheat" && cells["sequence1_p"].parse::<f64>().unwrap() >= 0.7;
    assert!(if likely { cells["sequence"] == "wheat" } else { cells["sequence_reason"] == why }, "{cells:?}");
    let alike = &of(&july, &file("[\"cotton\", \"winter_wheat\"]"))["wheat"];
    assert_eq!((alike["sequence"].as_str(), alike["sequence_reason"].as_str()), ("cannot tell", why));
}

#[test]
fn that_nothing_followed_is_not_said_where_nothing_was_seen() {
    let dir = tempfile::tempdir().unwrap();
    let wheat_only = "[[sequence]]\nname = \"wheat\"\nslots = [\"winter_wheat\", \"idle\"]\n";
    // The wheat was seen until its harvest, and nothing after 26 June until the end of the year.
    let spring: Vec<String> = rows("wheat", &[SPRING]).into_iter().take(12).collect();
    let found = said(&CropArgs { as_of: Some(date(2015, 12, 31)), ..asked(dir.path(), &spring, wheat_only) });
    let cells = &found["wheat"];
    assert_ne!(cells["sequence"], "wheat", "{cells:?}");
    assert!(!cells["sequence_reason"].contains("has not begun"), "{cells:?}");
    // Wheat and then another crop is as likely.
    assert!(cells["sequence1_p"].parse::<f64>().unwrap() < 0.55, "{cells:?}");
}

#[test]
fn a_cover_is_not_named_where_there_is_no_calendar() {
    let bare = "[[sequence]]\nname = \"bare\"\nslots = [\"bare_built\"]\n";
    let at = |id: &str, place: &str| -> Vec<String> {
        rows(id, &[]).iter().map(|r| r.replace("40.5,71.5", place)).collect()
    };
    let found = of(&[at("valley", "40.5,71.5"), at("sea", "-60.0,0.0"), at("nowhere", ",")].concat(), bare);
    assert_eq!(found["valley"]["sequence1"], "bare", "{:?}", found["valley"]);
    for id in ["sea", "nowhere"] {
        let cells = &found[id];
        assert_eq!(cells["sequence"], "cannot tell", "{cells:?}");
        assert_eq!(cells["sequence_reason"], "there is no crop calendar for this place", "{cells:?}");
        assert_eq!(cells["sequence1"], "", "{cells:?}");
    }
}

#[test]
fn a_place_without_a_calendar_and_a_sample_without_a_value_are_told() {
    let mut rows = rows("sea", &[SUMMER]);
    rows.iter_mut().for_each(|r| *r = r.replace("40.5,71.5", "-60.0,0.0"));
    rows.push("unseen,2015-05-01,,40.5,71.5".to_owned());
    let found = of(&rows, ASIA);
    assert!(found["sea"]["sequence_reason"].contains("no crop calendar"), "{:?}", found["sea"]);
    assert_eq!(found["unseen"]["sequence"], "cannot tell");
    assert_eq!(found["unseen"]["sequence_clear_dates"], "0");
}

/// The bytes of the table with so many threads.
fn bytes(rows: &[String], threads: usize) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let args = asked(dir.path(), rows, ASIA);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| run(&args, &Spec::built_in().unwrap())).unwrap();
    fs::read(&args.out).unwrap()
}

#[test]
fn neither_order_nor_threads_change_a_byte_and_without_the_flag_the_table_is_the_same() {
    let mut table = valley();
    let as_given = bytes(&table, 1);
    table.reverse();
    table.swap(3, 40);
    assert_eq!(bytes(&table, 3), as_given);
    // One sample more changes nothing of the others.
    table.extend(rows("zz", &[SPRING]));
    assert!(bytes(&table, 2).starts_with(&as_given));
    let dir = tempfile::tempdir().unwrap();
    let args = CropArgs { sequences: None, ..asked(dir.path(), &valley(), ASIA) };
    run(&args, &Spec::built_in().unwrap()).unwrap();
    let without = fs::read_to_string(&args.out).unwrap();
    let with = String::from_utf8(as_given).unwrap();
    assert!(with.lines().next().unwrap().ends_with(&SEQUENCE_COLUMNS.join(",")));
    for (short, long) in without.lines().zip(with.lines()) {
        assert!(long.starts_with(short), "{short} | {long}");
    }
}

#[test]
fn a_bad_file_is_told_with_its_sequence_the_word_and_what_is_known() {
    let one = |slots: &str| format!("[[sequence]]\nname = \"soy, then corn\"\nslots = {slots}\n");
    let twice = format!("{}{}", one("[\"cotton\"]"), one("[\"maize\"]"));
    let same = format!("{}{}", one("[\"maize\"]"), one("[\"maize\"]").replace("soy, then corn", "corn"));
    for (file, words) in [
        (
            one("[\"soybean\", \"korn\"]"),
            &["sequence 1 (soy, then corn)", "`korn`", "maize", "idle", "grass"][..],
        ),
        (one("[\"soybean\", [\"maize\", \"korn\"]]"), &["`korn`", "soybean"]),
        (one("[\"soybean\", \"maize\", \"rice\"]"), &["3 slots", "one or two"]),
        (one("[]"), &["0 slots"]),
        (one("[\"soybean\", []]"), &["names nothing"]),
        (one("[\"idle\", \"idle\"]"), &["neither slot"]),
        (one("[\"other\"]"), &["`other`", "always competes"]),
        (one("[\"soybean\", \"grass\"]"), &["alone"]),
        (one("[\"cotton\"]").replace("soy, then corn", " "), &["no name"]),
        (one("[\"cotton\"]").replace("soy, then corn", "None of These"), &["`None of These` is an answer"]),
        (one("[\"cotton\"]").replace("soy, then corn", "CANNOT TELL"), &["`CANNOT TELL` is an answer"]),
        (one("[[\"grass\", \"tree\"]]"), &["`grass`", "a cover, or idle, stands alone in its slot"]),
        (one("[\"soybean\", [\"maize\", \"idle\"]]"), &["`idle`", "stands alone in its slot"]),
        (twice, &["sequence 2 (soy, then corn)", "has that name"]),
        (same, &["sequence 2 (corn)", "`soy, then corn`"]),
        ("".to_owned(), &["no sequence", "[[sequence]]"]),
        ("[[sequence]]\nname = \"a\"\nslots = [\"maize\"]\ncountry = \"x\"\n".to_owned(), &["country"]),
        ("sequence = 1".to_owned(), &["cannot be read"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let error = run(&asked(dir.path(), &valley(), &file), &Spec::built_in().unwrap()).unwrap_err();
        let told = error.to_string();
        assert!(error.is_usage() && told.contains("sequences.toml"), "{told}");
        for word in words {
            assert!(told.contains(word), "{word} in: {told}");
        }
        assert!(!dir.path().join("crop.csv").exists(), "{file}");
    }
    let dir = tempfile::tempdir().unwrap();
    let mut absent = asked(dir.path(), &valley(), ASIA);
    absent.sequences = Some(dir.path().join("nowhere.toml"));
    assert!(matches!(run(&absent, &Spec::built_in().unwrap()), Err(Error::Open { .. })));
}

#[test]
fn a_group_stands_for_each_of_its_crops() {
    let by_group = "[[sequence]]\nname = \"a\"\nslots = [\"maize_sorghum\"]\n";
    let spec = Spec::built_in().unwrap();
    let groups: Vec<&str> = spec.profiles.crops().iter().map(|c| c.group.as_str()).collect();
    let group = groups.iter().find(|g| groups.iter().filter(|h| h == g).count() > 1).unwrap();
    let names: Vec<String> = (spec.profiles.crops().iter())
        .filter(|c| c.group == **group)
        .map(|c| format!("\"{}\"", c.name))
        .collect();
    let by_names = by_group.replace("\"maize_sorghum\"", &format!("[{}]", names.join(", ")));
    let by_group = by_group.replace("maize_sorghum", group);
    assert_eq!(of(&valley(), &by_group), of(&valley(), &by_names));
}

#[test]
fn two_crops_a_year_are_found_in_the_simulator() {
    let dir = tempfile::tempdir().unwrap();
    let spec = TrialSpec {
        fields: 30,
        years: (2022, 2022),
        regions: vec!["north china plain".into()],
        events: 0.0,
        ..TrialSpec::default()
    };
    let trial = grow(&spec).unwrap();
    write(&trial, dir.path()).unwrap();
    let file = "[[sequence]]\nname = \"winter wheat, maize\"\nslots = [\"winter_wheat\", \"maize\"]\n\
        [[sequence]]\nname = \"winter wheat\"\nslots = [\"winter_wheat\", \"idle\"]\n";
    fs::write(dir.path().join("sequences.toml"), file).unwrap();
    let found = said(&CropArgs {
        series: dir.path().join("series.csv"),
        declared: None,
        sequences: Some(dir.path().join("sequences.toml")),
        ..args(dir.path())
    });
    let (mut right, mut named, mut strangers, mut double, mut likeliest) = (0, 0, 0, 0, 0);
    for field in trial.fields.iter().filter(|f| !f.failed) {
        let Some(cells) = found.get(&field.id) else { continue };
        let crops: Vec<&str> = field.cycles.iter().map(|c| c.crop.as_str()).collect();
        let truth = crops.join(", ");
        if truth == "winter wheat, maize" {
            double += 1;
            likeliest += usize::from(cells["sequence1"] == truth);
        }
        if cells["sequence"].starts_with("winter") {
            named += 1;
            right += usize::from(cells["sequence"] == truth);
            strangers += usize::from(!truth.starts_with("winter wheat"));
        }
    }
    println!("{double} double, {named} named, {right} right, {strangers} strangers");
    // Most double crops are not told from wheat and another summer crop, so few are named; those are right, and of the
    // named sequences the true one is nearly always the likeliest.
    assert!(double >= 10 && right >= 3 && 10 * likeliest >= 8 * double, "{double} {right} {likeliest}");
    assert!(10 * right >= 9 * named && strangers <= 1, "{right} of {named}, {strangers}");
}
