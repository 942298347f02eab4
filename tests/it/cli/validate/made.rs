//! Small sets with a known truth, of any year, in the layout of the real ones.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray, UInt16Array,
};
use croplens::series::plus_days;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::{Date, date};

/// A step up (or down, with a negative width) at a day.
fn step(day: f64, at: f64, width: f64) -> f64 {
    1.0 / (1.0 + (-(day - at) / width).exp())
}

pub(super) fn gzip(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut out = GzEncoder::new(std::fs::File::create(path).unwrap(), Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap();
}

/// Plots that are half green on day 120 and half brown on day 220, with references so many days later; of each plot
/// one more reference cycle in winter, when nothing grows, where `unseen`.
pub(super) fn jolanda(folder: &Path, plots: usize, later: i32, unseen: bool) {
    let set = folder.join("italy_jolanda_sen2rts");
    std::fs::create_dir_all(&set).unwrap();
    let day = |n: i32| plus_days(date(2023, 1, 1), n);
    let (mut series, mut cycles) = ("id,date,value,qa\n".to_owned(), "id,sos,eos\n".to_owned());
    for plot in 1..=plots {
        for n in (0..500).step_by(5) {
            let x = f64::from(n);
            let ndvi = 0.2 + 0.6 * step(x, 120.0, 8.0) * step(x, 220.0, -8.0);
            series.push_str(&format!("{plot},{},{ndvi:.4},1\n", day(n)));
        }
        cycles.push_str(&format!("{plot},{},{}\n", day(120 + later), day(220 + later)));
        if unseen {
            cycles.push_str(&format!("{plot},{},{}\n", day(400), day(440)));
        }
    }
    std::fs::write(set.join("reference_ts_raw.csv"), series).unwrap();
    std::fs::write(set.join("reference_pheno.csv"), cycles).unwrap();
}

/// Towers whose fields are half brown on day 200 of each year; `unseen` of ten years have their GPP end in winter.
pub(super) fn towers(folder: &Path, unseen: usize) {
    let set = folder.join("hrvpp_icos_cropsites");
    let mut series = "sample_id,label,lat,lon,date,ndvi\n".to_owned();
    let mut seasons = "site,eos50\n".to_owned();
    for year in 2011..=2020_i16 {
        let first = date(year, 1, 1);
        for n in (0..365).step_by(5) {
            let x = f64::from(n);
            let ndvi = 0.2 + 0.6 * step(x, 110.0, 8.0) * step(x, 200.0, -8.0);
            series.push_str(&format!("DE-Xxx,crop,,,{},{ndvi:.4}\n", plus_days(first, n)));
        }
        let end = if usize::from(year as u16) - 2011 < unseen { 330 } else { 196 };
        seasons.push_str(&format!("DE-Xxx,{}\n", plus_days(first, end)));
    }
    gzip(&set.join("series.csv.gz"), &series);
    std::fs::write(set.join("gpp_reference_seasons_derived.csv"), seasons).unwrap();
}

/// Winter wheat of the Swiss plateau of one harvest year, so many fields, each visited on four days.
pub(super) fn swiss(folder: &Path, year: i16, fields: i32) {
    let set = folder.join("swiss_wheat_s2_bbch");
    let mut series = "sample_id,label,lat,lon,date,ndvi,n_pix,n_clear\n".to_owned();
    let mut visits = "parcel,date,bbch\n".to_owned();
    let first = date(year, 1, 1);
    for field in 0..fields {
        let name = format!("field{field}");
        for n in (60..215).step_by(6) {
            let x = f64::from(n - field);
            let ndvi = 0.25 + 0.6 * step(x, 100.0, 9.0) * step(x, 186.0, -7.0);
            series.push_str(&format!(
                "{name},winter wheat,47.4,8.6,{},{ndvi:.4},100,100\n",
                plus_days(first, n)
            ));
        }
        // A date that is not clear enough, and one that is no date.
        series.push_str(&format!("{name},winter wheat,47.4,8.6,{},0.1,100,10\n", plus_days(first, 130)));
        series.push_str(&format!("{name},winter wheat,47.4,8.6,someday,0.5,100,100\n"));
        for (n, bbch) in [(100, 31), (130, 39), (155, 61), (170, 73)] {
            visits.push_str(&format!("{name},{},{bbch}\n", plus_days(first, n + field)));
        }
    }
    gzip(&set.join("series.csv.gz"), &series);
    std::fs::write(set.join(format!("bbch_insitu_{year}.csv")), visits).unwrap();
}

/// Field-years whose scouts saw each stage as many days from heading as the clock says, maturity so many days later.
pub(super) fn us(folder: &Path, later: i32) {
    let stages = [
        ("jointing", -33),
        ("flag_leaf", -9),
        ("boot", -6),
        ("heading", 0),
        ("bloom", 8),
        ("milk", 25),
        ("soft_dough", 30),
        ("hard_dough", 38),
        ("maturity", 48 + later),
    ];
    let mut text =
        "field_id,state,harvest_year,n_obs,NDVI_POS,sowing_doy,sowing_source,emergence_dos".to_owned();
    stages.iter().for_each(|(stage, _)| text.push_str(&format!(",{stage}_dos")));
    text.push('\n');
    for field in 0..12 {
        let heading = 300 + field;
        text.push_str(&format!("{field},KS,2015,30,{},280,observed,105", heading + 4));
        stages.iter().for_each(|(_, days)| text.push_str(&format!(",{}", heading + days)));
        text.push('\n');
    }
    text.push_str("99,KS,2015,30,300,280,observed,,,,,,,,,,\n");
    gzip(&folder.join("us_hrw_wheat_phenology/stage_vs_ndvi_pairs.csv.gz"), &text);
}

/// Pixels of the two places together.
const PIXELS: i32 = 2;

/// Ten-day composites of pixels of winter wheat and maize at two places 400 km apart.
pub(super) fn france(folder: &Path, harvest: i16) {
    let set = folder.join("france_lpis_dekads_2023");
    std::fs::create_dir_all(&set).unwrap();
    let (mut ids, mut days, mut codes, mut lats, mut lons) = (vec![], vec![], vec![], vec![], vec![]);
    let mut bands: [Vec<u16>; 7] = Default::default();
    let first = date(harvest, 1, 1);
    for pixel in 0..PIXELS {
        let wheat = pixel % 2 == 0;
        let (rise, fall) = if wheat { (85.0, 180.0) } else { (170.0, 260.0) };
        for n in (-100..320).step_by(10) {
            let x = f64::from(n + pixel);
            let green = step(x, rise, 9.0) * step(x, fall, -8.0);
            let reflectance = |bare: f64, full: f64| ((bare + (full - bare) * green) * 1e4) as u16;
            ids.push(format!("pixel{pixel:02}"));
            days.push(nanoseconds(plus_days(first, n)));
            codes.push(if wheat { 1_101_010_011 } else { 1_101_060_000 });
            lats.push(if pixel < PIXELS / 2 { 48.4 } else { 43.8 });
            lons.push(if pixel < PIXELS / 2 { 0.6 } else { -0.4 });
            for (band, (bare, full)) in bands.iter_mut().zip([
                (0.06, 0.03),
                (0.08, 0.06),
                (0.12, 0.03),
                (0.16, 0.26),
                (0.18, 0.33),
                (0.20, 0.40),
                (0.28, 0.18),
            ]) {
                band.push(reflectance(bare, full));
            }
        }
    }
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("sample_id".to_owned(), Arc::new(StringArray::from(ids))),
        ("timestamp".to_owned(), Arc::new(TimestampNanosecondArray::from(days))),
        ("ewoc_code".to_owned(), Arc::new(Int64Array::from(codes))),
        ("lat".to_owned(), Arc::new(Float64Array::from(lats))),
        ("lon".to_owned(), Arc::new(Float64Array::from(lons))),
    ];
    for (name, values) in ["B02", "B03", "B04", "B06", "B07", "B08", "B11"].iter().zip(bands) {
        columns.push((format!("S2-L2A-{name}"), Arc::new(UInt16Array::from(values))));
    }
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(set.join("series.parquet")).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn nanoseconds(day: Date) -> i64 {
    let at = day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    at.as_second() * 1_000_000_000
}
