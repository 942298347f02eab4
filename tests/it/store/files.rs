//! Files appear whole or not at all.

use std::fs;
use std::io::Write;

use croplens::store::{AtomicFile, Columns, Error, TimeseriesWriter, plot_folder, write_whole};

use super::{sample, wheat_season};

fn names(dir: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_write_that_is_given_up_leaves_the_earlier_file_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/records.jsonl");
    write_whole(&path, b"old").unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(&vec![b'x'; 100_000]).unwrap();
    file.flush().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old", "seen before it is whole");
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(path.parent().unwrap()), ["records.jsonl"]);
    write_whole(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(path.parent().unwrap()), ["records.jsonl"]);
}

#[test]
fn a_table_that_is_not_finished_never_appears() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["t.csv", "t.parquet"] {
        let columns = Columns::Wide { bands: vec![] };
        let mut writer = TimeseriesWriter::create(&dir.path().join(name), &columns).unwrap();
        writer.push("a", &wheat_season::observations()[0]).unwrap();
        drop(writer);
    }
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn a_failing_write_says_where_and_leaves_no_partial_file() {
    let dir = tempfile::tempdir().unwrap();
    // A folder stands where the file should go: the rename at the end fails.
    let taken = dir.path().join("report.html");
    fs::create_dir(&taken).unwrap();
    let error = write_whole(&taken, b"text").unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("report.html"), "{error}");
    // A file stands where a folder should be.
    let blocked = dir.path().join("plots");
    fs::write(&blocked, b"").unwrap();
    assert!(write_whole(&blocked.join("x/report.html"), b"text").is_err());
    assert_eq!(names(dir.path()), ["plots", "report.html"]);
}

#[test]
fn a_hostile_id_stays_inside_plots() {
    let dir = tempfile::tempdir().unwrap();
    for id in [sample::HOSTILE, "../../x", "..", "/etc/passwd", "C:\\x", "a\u{202e}b"] {
        write_whole(&dir.path().join("plots").join(plot_folder(id)).join("report.html"), b"").unwrap();
    }
    assert_eq!(names(dir.path()), ["plots"]);
    assert_eq!(names(&dir.path().join("plots")).len(), 6);
}

#[test]
fn an_unknown_ending_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let error = TimeseriesWriter::create(&dir.path().join("out.xlsx"), &Columns::Narrow).unwrap_err();
    assert!(error.to_string().contains(".csv or .parquet"), "{error}");
}
