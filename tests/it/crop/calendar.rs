//! The crop calendar: every row sourced and possible, every place resolved, every row against WorldCereal.

use std::path::Path;

use croplens::crop::{Meaning, MonthDay, Profiles};
use jiff::civil::date;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use crate::phenology::real::data;

#[test]
fn the_calendar_that_ships_is_whole() {
    let p = Profiles::builtin().unwrap();
    assert!(p.profiles().len() >= 65, "{}", p.profiles().len());
    for row in p.profiles() {
        assert!(
            row.source.starts_with("[M]") || row.source.starts_with("[L]") || row.source.starts_with("[K]")
        );
        assert!(
            row.gs_days.is_none() || p.clock(&row.crop, &row.zone).is_some(),
            "{} has no stage clock",
            row.title()
        );
    }
    // Every crop has a row, every zone is used.
    for crop in p.crops() {
        assert!(p.profiles().iter().any(|r| r.crop == crop.name), "{}", crop.name);
    }
    for zone in p.zones() {
        assert!(p.profiles().iter().any(|r| r.zone == zone.name), "{}", zone.name);
    }
}

#[test]
fn words_mean_the_crops_of_their_place() {
    let p = Profiles::builtin().unwrap();
    let titles = |word: &str, lat: f64, lon: f64| match p.meaning(word, &p.zones_at(lat, lon)) {
        Meaning::Rows(rows) => rows.iter().map(|r| r.title()).collect::<Vec<_>>().join(" + "),
        other => format!("{other:?}"),
    };
    assert_eq!(titles("wheat", 47.5, 8.9), "winter_wheat (europe-central)");
    assert_eq!(titles("Wheat", 30.9, 75.8), "rabi_wheat (india-indo-gangetic)");
    assert_eq!(titles("小麦", 36.0, 115.0), "winter_wheat (north-china-plain)");
    assert_eq!(titles("late rice", 27.0, 112.5), "rice (late, south-china)");
    assert_eq!(titles("rice", 27.0, 112.5), "rice (early, south-china) + rice (late, south-china)");
    assert_eq!(titles("Maize (safrinha)", -12.0, -55.5), "maize (safrinha, mato-grosso)");
    assert_eq!(
        titles("barley", 48.0, 11.0),
        "winter_barley (europe-central) + spring_barley (europe-continental)"
    );
    assert_eq!(titles("cotton", 50.0, 10.0), "NoCalendar { crops: [\"cotton\"] }");
    assert_eq!(titles("moon dust", 50.0, 10.0), "UnknownWord");
    // Half a degree outside every box: the nearest zone.
    assert_eq!(titles("wheat", 47.0, 40.5), "winter_wheat (europe-continental)");
    assert!(p.zones_at(0.0, -30.0).is_empty());
}

#[test]
fn a_wrong_calendar_is_refused_with_its_row() {
    let good = include_str!("../../../pipelines/crops.toml");
    let refused =
        |from: &str, to: &str| Profiles::parse(&good.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(refused("crop = \"maize\"", "crop = \"maise\"").contains("maise"));
    assert!(refused("sow_from = \"10-05\"", "sow_from = \"10-45\"").contains("10-45"));
    assert!(refused("sg_days = 152", "sg_days = 52").contains("cycle_days"));
    assert!(refused("sg_days = 152", "sg_days = -152").contains("days"));
    assert!(refused("peak_ndvi", "peak").contains("peak"));
    assert!(refused("boxes_deg = [[112.5", "boxes_deg = [[212.5").contains("box"));
    assert!(refused("source = ", "sauce = ").contains("sauce"));
    let blank = good.replacen("source = \"[K] general crop calendars", "source = \"\" # ", 1);
    assert!(Profiles::parse(&blank).unwrap_err().to_string().contains("no source"));
}

/// A season of the WorldCereal calendar: start and end, day of year.
type Season = (i32, i32);

/// Cells with both seasons of the lookup table.
fn cells(path: &Path) -> Vec<(f64, f64, [Season; 2])> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let names: Vec<String> = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .map(|c| c.name().to_owned())
        .collect();
    let place = |name: &str| names.iter().position(|n| n == name).unwrap();
    let columns = ["lat", "lon", "s1_sos_doy", "s1_eos_doy", "s2_sos_doy", "s2_eos_doy"].map(place);
    let number = |row: &parquet::record::Row, i: usize| -> Option<f64> {
        (row.get_double(i).ok())
            .or_else(|| row.get_float(i).ok().map(f64::from))
            .or_else(|| row.get_long(i).ok().map(|v| v as f64))
            .or_else(|| row.get_int(i).ok().map(f64::from))
            .or_else(|| row.get_short(i).ok().map(f64::from))
            .or_else(|| row.get_ushort(i).ok().map(f64::from))
    };
    let mut cells = Vec::new();
    for row in reader.get_row_iter(None).unwrap() {
        let row = row.unwrap();
        let [lat, lon, a, b, c, d] = columns.map(|i| number(&row, i));
        let (Some(lat), Some(lon), Some(a), Some(b), Some(c), Some(d)) = (lat, lon, a, b, c, d) else {
            continue;
        };
        cells.push((lat, lon, [(a as i32, b as i32), (c as i32, d as i32)]));
    }
    cells
}

/// Days by which `from..to` (days of year, `to` may exceed 365) sticks out of a season.
fn outside(from: i32, to: i32, (start, end): Season) -> i32 {
    let end = if end < start { end + 365 } else { end };
    (-1..=1)
        .map(|year| {
            let (f, t) = (from + 365 * year, to + 365 * year);
            (start - f).max(0).max((t - end).max(0))
        })
        .min()
        .unwrap()
}

fn doy(m: MonthDay) -> i32 {
    i32::from(date(2001, m.month, m.day).day_of_year())
}

/// The GeoTIFFs load with GDAL and hold the starts of the lookup table.
#[test]
fn the_worldcereal_rasters_and_table_agree() {
    let Some(lookup) = data("worldcereal_crop_calendars/original/seasonality_lookup.parquet") else { return };
    let cells = cells(&lookup);
    assert!(cells.len() > 50_000, "{}", cells.len());
    for (season, file) in ["S1_SOS_WGS84.tif", "S2_SOS_WGS84.tif"].iter().enumerate() {
        let Some(path) = data(&format!("worldcereal_crop_calendars/original/{file}")) else { return };
        let raster = gdal::Dataset::open(path).unwrap();
        assert_eq!(raster.raster_size(), (720, 360));
        let band =
            raster.rasterband(1).unwrap().read_as::<i16>((0, 0), (720, 360), (720, 360), None).unwrap();
        let (mut same, mut all) = (0, 0);
        for (lat, lon, seasons) in &cells {
            let (column, row) = (((lon + 180.0) / 0.5) as usize, ((90.0 - lat) / 0.5) as usize);
            let Some(value) = band.data().get(row * 720 + column).filter(|v| **v > 0) else { continue };
            all += 1;
            same += usize::from(i32::from(*value) == seasons[season].0);
        }
        println!("WorldCereal {file}: {same} of {all} cells equal the lookup table");
        assert!(all > 10_000 && same as f64 >= 0.9 * all as f64, "{same} of {all}");
    }
}

/// Every profile's 50 % green-up to 50 % senescence against both seasons of the cells of its zone: the median over
/// cells of the days by which it sticks out of the nearer season. More than 30 asks for a look.
#[test]
fn profiles_lie_in_the_worldcereal_seasons() {
    let Some(lookup) = data("worldcereal_crop_calendars/original/seasonality_lookup.parquet") else { return };
    let cells = cells(&lookup);
    let p = Profiles::builtin().unwrap();
    let mut far = Vec::new();
    for row in p.profiles() {
        let Some(gs) = row.gs_days else { continue };
        let zone = p.zone(&row.zone).unwrap();
        let (from, to) = (doy(row.sow_from), doy(row.sow_to));
        let middle = (from + if to < from { to + 365 } else { to }) / 2;
        let mut days: Vec<i32> = (cells.iter())
            .filter(|(lat, lon, _)| {
                zone.boxes_deg.iter().any(|[w, s, e, n]| (w..=e).contains(&lon) && (s..=n).contains(&lat))
            })
            .map(|(lat, _, seasons)| {
                let shift = |f: fn(&croplens::crop::LatShift) -> f64| {
                    row.lat_shift.map_or(0.0, |l| f(&l) * (lat.abs() - l.reference_lat_deg))
                };
                let greenup = middle + (row.sg_days + shift(|l| l.greenup)) as i32;
                let senescence = middle + (row.sg_days + gs + shift(|l| l.senescence)) as i32;
                seasons.iter().map(|s| outside(greenup, senescence, *s)).min().unwrap()
            })
            .collect();
        days.sort_unstable();
        let Some(median) = days.get(days.len() / 2) else { panic!("no cell in {}", row.zone) };
        if *median > 30 {
            println!("  {} sticks out by {median} days (median of {} cells)", row.title(), days.len());
            far.push((row.title(), row.source.contains("WorldCereal")));
        }
    }
    println!("WorldCereal: {} of {} rows stick out by more than 30 days", far.len(), p.profiles().len());
    // A row that sticks out says so, and why, in its source.
    let silent: Vec<&String> = far.iter().filter(|f| !f.1).map(|f| &f.0).collect();
    assert!(silent.is_empty(), "unexplained: {silent:?}");
}
