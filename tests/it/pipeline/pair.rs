//! Red and near infrared: read for NDVI in any case, so their means are kept where they tell something, at no block more.

use std::collections::BTreeMap;
use std::path::Path;

use super::sample_tiles;
use crate::support::archive::json;
use crate::support::command::croplens;

/// Rows of a table by plot and scene.
fn rows(path: &Path) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let heads = reader.headers().unwrap().clone();
    let row = |r: csv::StringRecord| -> BTreeMap<String, String> {
        heads.iter().zip(r.iter()).map(|(h, v)| (h.to_owned(), v.to_owned())).collect()
    };
    (reader.records().map(|r| row(r.unwrap())))
        .map(|row| ((row["plot_id"].clone(), row["item_id"].clone()), row))
        .collect()
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[test]
fn an_appraisal_keeps_red_and_near_infrared_wherever_there_is_ndvi_and_reads_nothing_more_for_them() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/default.toml"))
            .unwrap();
    std::fs::write(
        dir.path().join("pair.toml"),
        format!("{pipeline}\n[bands]\nextra = [\"B08\", \"B04\"]\n"),
    )
    .unwrap();
    let run = |verb: &str, out: &str, more: &[&str]| {
        croplens(&[verb])
            .arg(sample_tiles().join("plots.geojson"))
            .arg("--catalog")
            .arg(sample_tiles())
            .args(["--from", "2022-03-01", "--as-of", "2022-06-10", "--quiet", "--out", out])
            .args(more)
            .within(dir.path())
            .ok();
    };
    run("appraise", "out", &["--papers", "none"]);
    run("appraise", "asked", &["--papers", "none", "--pipeline", "pair.toml"]);
    run("observe", "plain.csv", &[]);
    run("observe", "pair.csv", &["--pipeline", "pair.toml"]);
    let (appraised, plain, pair) = (
        rows(&dir.path().join("out/timeseries.csv")),
        rows(&dir.path().join("plain.csv")),
        rows(&dir.path().join("pair.csv")),
    );
    assert!(plain.values().all(|row| !row.contains_key("b08")), "`observe` keeps what it is asked for");
    let mut seen = 0;
    for (at, row) in &appraised {
        let (red, nir) = (number(&row["b04"]), number(&row["b08"]));
        let Some(ndvi) = number(&row["ndvi_mean"]) else { continue };
        let (red, nir) =
            (red.unwrap_or_else(|| panic!("{at:?}: no red")), nir.unwrap_or_else(|| panic!("{at:?}")));
        // A ratio of means is no mean of ratios, but near it where a plot is even.
        assert!(((nir - red) / (nir + red) - ndvi).abs() < 0.1, "{at:?}: {red} {nir} {ndvi}");
        if let Some(other) = pair.get(at) {
            assert_eq!((&row["b04"], &row["b08"]), (&other["b04"], &other["b08"]), "{at:?}");
        }
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
    // Asked for or not: the same table, and the same bytes read as for NDVI alone, block by block.
    let bytes = |out: &str, file: &str| std::fs::read(dir.path().join(out).join(file)).unwrap();
    assert_eq!(bytes("out", "timeseries.csv"), bytes("asked", "timeseries.csv"));
    let traffic = |out: &str| json(&dir.path().join(out).join("run.json"))["traffic"].clone();
    assert_eq!(traffic("out"), traffic("asked"));
}
