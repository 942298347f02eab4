//! `croplens season` on a table.

use std::fs;
use std::io::Write;

use croplens::cli::season::{COLUMNS, SeasonArgs, run};
use croplens::phenology::SeasonRules;
use croplens::series::{SeriesRules, Smoothing};
use jiff::civil::{Date, date};

pub(crate) fn two_fields() -> String {
    let s = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut rows: Vec<String> = Vec::new();
    for k in 0..72 {
        let day = f64::from(k * 5);
        let crop = 0.2 + 0.6 * (s((day - 100.0) / 8.0) - s((day - 200.0) / 8.0));
        let on = croplens::series::plus_days(date(2023, 1, 1), k * 5);
        rows.push(format!("field,{on},{crop:.4},0.5,35.0,maize"));
        rows.push(format!("idle,{on},0.15,0.5,35.0,maize"));
    }
    // Neither order nor a broken row may matter.
    rows.rotate_left(31);
    rows.push("field,not a date,0.5,0.5,35.0,maize".into());
    format!("sample_id,date,ndvi,lat,lon,crop\n{}\n", rows.join("\n"))
}

fn verb(
    table: &std::path::Path,
    out: &std::path::Path,
    as_of: Option<Date>,
) -> croplens::cli::table::Summary {
    let args =
        SeasonArgs { json: false, threads: None, series: table.to_owned(), out: out.to_owned(), as_of };
    run(&args, &SeriesRules::default(), &Smoothing::default(), &SeasonRules::default()).unwrap()
}

#[test]
fn writes_a_row_a_season_plain_and_gzipped() {
    let dir = tempfile::tempdir().unwrap();
    let (plain, gz) = (dir.path().join("s.csv"), dir.path().join("s.csv.gz"));
    fs::write(&plain, two_fields()).unwrap();
    let mut encoder =
        flate2::write::GzEncoder::new(fs::File::create(&gz).unwrap(), flate2::Compression::fast());
    encoder.write_all(two_fields().as_bytes()).unwrap();
    encoder.finish().unwrap();
    let out = dir.path().join("seasons.csv");
    let summary = verb(&plain, &out, None);
    assert_eq!((summary.samples, summary.rows_written, summary.bad_rows), (2, 1, 1));
    assert!(summary.to_string().contains("line 146"), "{summary}");
    let text = fs::read_to_string(&out).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap(), COLUMNS.join(","));
    let cells: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!((cells[0], cells[1], cells[14]), ("field", "1", "high"));
    assert_eq!((cells[5], cells[6]), ("2023-04-11", "2023-07-20"));
    assert_eq!(lines.next(), None);
    let again = dir.path().join("again.csv");
    verb(&gz, &again, None);
    assert_eq!(fs::read(&again).unwrap(), fs::read(&out).unwrap());
    // Nothing but the two results: no partial file is left.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
    // As of June there is no end yet.
    verb(&plain, &again, Some(date(2023, 6, 1)));
    let june = fs::read_to_string(&again).unwrap();
    assert!(june.lines().nth(1).unwrap().contains(",,,"), "{june}");
}

#[test]
fn says_what_is_wrong_and_keeps_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("s.csv");
    let args = |series: &std::path::Path, out: &std::path::Path| SeasonArgs {
        threads: None,
        json: false,
        series: series.to_owned(),
        out: out.to_owned(),
        as_of: None,
    };
    let rules = (SeriesRules::default(), Smoothing::default(), SeasonRules::default());
    let absent = run(&args(&table, &dir.path().join("o.csv")), &rules.0, &rules.1, &rules.2).unwrap_err();
    assert!(absent.is_usage() && absent.to_string().contains("s.csv"), "{absent}");
    fs::write(&table, two_fields()).unwrap();
    let nowhere = dir.path().join("no/such/folder.csv");
    let unwritable = run(&args(&table, &nowhere), &rules.0, &rules.1, &rules.2).unwrap_err();
    assert!(!unwritable.is_usage() && unwritable.to_string().contains("folder.csv"), "{unwritable}");
}

#[test]
fn neither_the_order_of_rows_nor_the_number_of_threads_changes_a_byte() {
    let bytes = |table: &str, threads: usize| {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("s.csv"), dir.path().join("seasons.csv"));
        fs::write(&from, table).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| verb(&from, &to, None));
        fs::read(&to).unwrap()
    };
    let text = two_fields();
    let as_given = bytes(&text, 1);
    assert_eq!(bytes(&text, 3), as_given, "threads");
    let (head, rows) = text.split_once('\n').unwrap();
    let backwards: Vec<&str> = rows.lines().rev().collect();
    assert_eq!(bytes(&format!("{head}\n{}\n", backwards.join("\n")), 2), as_given, "rows");
}
