//! Mistakes at the command line: exit code 2, and a sentence that says what to do.

use super::{sample_run, stderr, stdout};
use crate::support::archive::sample_tiles;
use crate::support::command::croplens;

/// Standard error of a run that must end with a code, having said nothing on standard output.
fn refused(args: &[&str], code: i32) -> String {
    let output = croplens(args).exits(code);
    assert!(stdout(&output).is_empty());
    stderr(&output)
}

#[test]
fn days_that_contradict_each_other_are_said() {
    let tiles = sample_tiles();
    let (plots, catalog) = (tiles.join("plots.geojson"), tiles);
    let (plots, catalog) = (plots.to_str().unwrap(), catalog.to_str().unwrap());
    for verb in ["appraise", "observe"] {
        let base = [verb, plots, "--catalog", catalog, "--out", "never.csv"];
        let with = |more: &[&str]| refused(&[&base, more].concat(), 2);
        let said = with(&["--as-of", "2022-05-31", "--to", "2022-06-30"]);
        assert!(said.contains("--to 2022-06-30") && said.contains("--as-of 2022-05-31"), "{said}");
        assert!(said.contains("nothing later than as-of is read"), "{said}");
        let said = with(&["--as-of", "2022-05-31", "--from", "2022-06-30"]);
        assert!(said.contains("--from 2022-06-30") && said.contains("2022-05-31"), "{said}");
        for wrong in ["31.05.2022", "yesterday", "2022-02-30"] {
            let said = with(&["--as-of", wrong]);
            assert!(said.contains(wrong) && said.contains("--as-of"), "{said}");
        }
    }
}

#[test]
fn plots_that_cannot_be_read_are_said() {
    let tiles = sample_tiles();
    let catalog = tiles.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let said = refused(&["appraise", "no/plots.geojson", "--catalog", catalog, "--out", out], 2);
    assert!(said.contains("cannot read no/plots.geojson"), "{said}");
    let broken = folder.path().join("broken.geojson");
    std::fs::write(&broken, "{\"type\": \"FeatureCollection\", \"features\": [").unwrap();
    let said = refused(&["appraise", broken.to_str().unwrap(), "--catalog", catalog, "--out", out], 2);
    assert!(said.contains("broken.geojson"), "{said}");
    assert!(!std::path::Path::new(out).exists(), "nothing is written for plots that cannot be read");
    let said = refused(&["season", "no/series.csv", "--out", "t.csv"], 2);
    assert!(said.contains("no/series.csv"), "{said}");
}

#[test]
fn a_catalogue_that_is_not_there_is_said() {
    let tiles = sample_tiles();
    let plots = tiles.join("plots.geojson");
    let said =
        refused(&["appraise", plots.to_str().unwrap(), "--catalog", "no/such/place", "--out", "never"], 2);
    assert!(said.contains("--catalog no/such/place"), "{said}");
}

#[test]
fn an_output_that_cannot_be_written_is_said_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let said = stderr(&sample_run("appraise").arg("--out").arg(&file).exits(2));
    assert!(said.contains(file.to_str().unwrap()) && said.contains("is a file: name a folder"), "{said}");
    let inside = file.join("out");
    let said = stderr(&sample_run("appraise").arg("--out").arg(&inside).exits(2));
    assert!(said.contains("--out") && said.contains(inside.to_str().unwrap()), "{said}");
    let said = stderr(&sample_run("observe").arg("--out").arg(inside.join("t.csv")).exits(1));
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert!(!said.contains("scenes"), "it is said before the scenes are searched: {said}");
    let said = stderr(&sample_run("observe").arg("--out").arg(folder.path().join("t.xlsx")).exits(2));
    assert!(said.contains("t.xlsx") && said.contains("parquet"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "in the way");
}

/// Nothing of these is a failure of the run, so each ends with 0: what a person would ask first is said.
#[test]
fn a_run_without_plots_or_images_says_why_it_is_empty() {
    let tiles = sample_tiles();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("none.geojson"), r#"{"type": "FeatureCollection", "features": []}"#).unwrap();
    let square = "[[[47.0801,1.7330],[47.0821,1.7330],[47.0821,1.7350],[47.0801,1.7350],[47.0801,1.7330]]]";
    let swapped = format!(
        r#"{{"type":"Feature","properties":{{"id":"A"}},"geometry":{{"type":"Polygon","coordinates":{square}}}}}"#
    );
    std::fs::write(at("swapped.geojson"), swapped).unwrap();
    let run = |plots: &str, out: &str| {
        let asked = croplens(&["appraise", "--papers", "none", "--as-of", "2022-05-31"]).arg(at(plots));
        stderr(&asked.arg("--catalog").arg(&tiles).arg("--out").arg(at(out)).exits(0))
    };
    let said = run("none.geojson", "none");
    assert!(said.contains("none.geojson holds no plot: there is nothing to appraise"), "{said}");
    let said = run("swapped.geojson", "swapped");
    assert!(said.contains("no image over any plot") && said.contains("longitude, latitude?"), "{said}");
    assert!(said.contains("1 plot: 0 supported, 1 to refer"), "{said}");
    let explain = |more: &[&str]| {
        let asked = croplens(&["explain"]).arg(at("swapped")).args(more.iter().copied());
        stderr(&asked.exits(2))
    };
    assert!(explain(&["--id", "NOPE"]).contains("holds no record of plot NOPE"));
    let said = explain(&["--language", "fr"]);
    assert!(said.contains("--language fr") && said.contains("built in are en and zh"), "{said}");
    let said = run("swapped.geojson", "swapped");
    assert!(said.contains("1 of 1 plots were finished by an earlier run and kept; --fresh"), "{said}");
    assert!(!said.contains("0 plots") && !said.contains("0 scenes"), "{said}");
}

#[test]
fn unknown_words_are_refused_with_usage() {
    assert!(refused(&["aprase"], 2).contains("appraise"), "the nearest verb is named");
    assert!(refused(&["appraise", "--treads", "2"], 2).contains("--threads"));
    assert!(refused(&["appraise"], 2).contains("--out"));
    assert!(refused(&["observe", "p", "--out", "t.csv", "--scl-valid", "12"], 2).contains("12"));
    assert!(refused(&["appraise", "p", "--out", "o", "--threads", "0"], 2).contains("--threads"));
    assert!(refused(&["simulate", "--out", "o", "--size", "127"], 2).contains("127"));
}
