//! Real series with labels or reference dates.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use croplens::intake::series_table::{self, SampleRows, SeriesTable};
use croplens::phenology::{Season, SeasonRules, seasons};
use croplens::series::{Series, SeriesRules, Sight, Smooth, Smoothing, from_sights, smooth};
use jiff::civil::Date;

/// A file of the reserved data, or one line saying that it is absent.
pub(crate) fn data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CROPLENS_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let file = root.join(path);
    if !file.exists() {
        println!("skipped: {path} is not there (set CROPLENS_DATA)");
        return None;
    }
    Some(file)
}

pub(crate) fn table(path: &str) -> Option<SeriesTable> {
    let file = File::open(data(path)?).unwrap();
    Some(series_table::read(file, &series_table::Options::default()).unwrap())
}

pub(crate) fn sights(sample: &SampleRows) -> Vec<Sight> {
    (sample.rows.iter()).map(|r| Sight { date: r.date, ndvi: r.ndvi, weight: r.weight, blue: None }).collect()
}

pub(crate) fn curve(sample: &SampleRows, as_of: Date) -> (Series, Smooth, Vec<Season>) {
    let (series, _) = from_sights(&sights(sample), as_of, &SeriesRules::default());
    let smooth = smooth(&series, &Smoothing::default());
    let seasons = seasons(&series, &smooth, sample.lat, &SeasonRules::default());
    (series, smooth, seasons)
}

/// Seasons per crop year of 1,038 labelled Mato Grosso series (MOD13Q1, 16 days). Published: 0.89 for global
/// cropping intensity at 250 m; the Python prototype: 0.88. The bar of the first version: 0.85.
#[test]
fn counts_the_seasons_of_mato_grosso() {
    let Some(table) = table("brazil_sits_mod13q1/series.csv.gz") else { return };
    let truth: BTreeMap<&str, usize> = [
        ("Soy_Corn", 2),
        ("Soy_Cotton", 2),
        ("Soy_Millet", 2),
        ("Soy_Sunflower", 2),
        ("Soy_Fallow", 1),
        ("Fallow_Cotton", 1),
    ]
    .into();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for sample in table.samples.values() {
        let label = sample.label.as_deref().unwrap();
        let Some((label, expected)) = truth.get_key_value(label) else { continue };
        let (_, _, seasons) = curve(sample, Date::MAX);
        let entry = counts.entry(label).or_default();
        entry.0 += usize::from(seasons.len() == *expected);
        entry.1 += 1;
    }
    let (right, all) = counts.values().fold((0, 0), |a, c| (a.0 + c.0, a.1 + c.1));
    for (label, (right, all)) in &counts {
        println!("  {label}: {right} of {all} ({:.2})", *right as f64 / *all as f64);
    }
    let share = right as f64 / all as f64;
    println!("Mato Grosso, seasons per crop year right: {right} of {all} ({share:.3})");
    assert_eq!(all, 1038);
    assert!(share >= 0.85, "{share}");
}
