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

/// Reference cycles of the R package sen2rts on two plots of Jolanda di Savoia, 2020 (clouds still in the series).
#[test]
fn finds_the_cycles_of_jolanda() {
    let (Some(table), Some(reference)) =
        (table("italy_jolanda_sen2rts/series.csv.gz"), data("italy_jolanda_sen2rts/reference_pheno.csv"))
    else {
        return;
    };
    let mut found: Vec<Vec<Season>> = Vec::new();
    for (id, sample) in &table.samples {
        let (_, _, seasons) = curve(sample, Date::MAX);
        for s in &seasons {
            println!("  {id}: sos {:?} pos {:?} eos {:?} peak {:.2}", s.sos, s.pos, s.eos, s.peak);
        }
        found.push(seasons);
    }
    let mut errors = Vec::new();
    for row in csv::Reader::from_path(reference).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let plot: usize = row["id"].parse().unwrap();
        let day = |name: &str| row[name].parse::<Date>().unwrap();
        let off = |a: Date, b: Date| (a - b).get_days().abs();
        let nearest = found[plot - 1]
            .iter()
            .filter(|s| s.pos.is_some())
            .min_by_key(|s| off(s.pos.unwrap(), day("maxval")));
        let Some(s) = nearest.filter(|s| off(s.pos.unwrap(), day("maxval")) <= 30) else {
            println!("  plot {plot} cycle {}: not found", row["cycle"]);
            continue;
        };
        for (what, seen, truth) in
            // sen2rts' dates are those of half the amplitude (extract_pheno, trs = 0.5).
            [
                ("sos", s.greenup50, day("sos")),
                ("pos", s.pos, day("maxval")),
                ("eos", s.senescence50, day("eos")),
            ]
        {
            let Some(seen) = seen else { continue };
            println!("  plot {plot} cycle {} {what}: {seen}, reference {truth}", row["cycle"]);
            errors.push(off(seen, truth));
        }
    }
    errors.sort_unstable();
    println!("Jolanda: {} dates, absolute errors {errors:?}", errors.len());
    assert!(errors.len() >= 5 && errors[errors.len() / 2] <= 7, "{errors:?}");
}

/// Half-senescence against the half-fall of measured GPP at the development flux towers. A plain 15-day mean gave a
/// median of 5 days late, quartiles 0.5 and 13.
#[test]
fn half_senescence_follows_measured_photosynthesis() {
    let (Some(table), Some(reference)) = (
        table("hrvpp_icos_cropsites/series.csv.gz"),
        data("hrvpp_icos_cropsites/gpp_reference_seasons_derived.csv"),
    ) else {
        return;
    };
    let mut seasons: BTreeMap<String, Vec<Season>> = BTreeMap::new();
    let mut errors = Vec::new();
    let mut missed = 0;
    for row in csv::Reader::from_path(reference).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let Some(sample) = table.samples.get(&row["site"]) else { continue };
        let found = seasons.entry(row["site"].clone()).or_insert_with(|| {
            // Every tower lies near 50 degrees north; the source publishes no coordinates.
            let sample = SampleRows { lat: Some(50.0), ..sample.clone() };
            curve(&sample, Date::MAX).2
        });
        let Ok(truth) = row["eos50"].parse::<Date>() else { continue };
        let off = |s: &Season| s.senescence50.map(|d| (d - truth).get_days());
        let nearest = found.iter().filter_map(off).min_by_key(|d| d.abs());
        match nearest.filter(|d| d.abs() <= 45) {
            Some(d) => errors.push(d),
            None => missed += 1,
        }
    }
    errors.sort_unstable();
    let n = errors.len();
    let mut absolute: Vec<i32> = errors.iter().map(|e| e.abs()).collect();
    absolute.sort_unstable();
    let within = absolute.iter().filter(|e| **e <= 15).count();
    println!(
        "HR-VPP towers, half-senescence minus GPP half-fall: {n} seasons, median {} days, quartiles {} and {}, median absolute {}, {within} within 15 days; {missed} GPP seasons without one",
        errors[n / 2],
        errors[n / 4],
        errors[3 * n / 4],
        absolute[n / 2]
    );
    assert!(n >= 20 && absolute[n / 2] <= 10, "{errors:?}");
    assert!(within as f64 >= 0.7 * n as f64);
}
