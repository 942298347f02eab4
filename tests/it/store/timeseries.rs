//! The time series as CSV and Parquet, and read back.

use std::fs;

use croplens::band::Band;
use croplens::observation::{NdviStats, Observation, Reject, SkyFractions};
use croplens::scene::SceneId;
use croplens::store::{Columns, Error, TimeseriesWriter, read_observations};
use jiff::civil::date;
use proptest::prelude::*;

use super::wheat_season;

fn write(path: &std::path::Path, columns: &Columns, rows: &[(&str, &Observation)]) {
    let mut writer = TimeseriesWriter::create(path, columns).unwrap();
    for (id, observation) in rows {
        writer.push(id, observation).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn csv_is_this_text() {
    let dir = tempfile::tempdir().unwrap();
    let seen = wheat_season::observations();
    let mut odd = seen[0].clone();
    odd.ndvi = Some(NdviStats { mean: f64::NAN, median: -1e-9, ..seen[0].ndvi.unwrap() });
    let rows = [("KIT-0417", &seen[0]), ("KIT-0417", &seen[1]), ("=1+1", &seen[1]), ("a,\"b\"", &odd)];

    let narrow = dir.path().join("narrow.csv");
    write(&narrow, &Columns::Narrow, &rows);
    let expected = "\
plot_id,date,ndvi_mean,valid_fraction,pixel_count
KIT-0417,2024-06-30,0.333333,0.950000,234.125000
KIT-0417,2024-07-02,,0.000000,234.125000
'=1+1,2024-07-02,,0.000000,234.125000
\"a,\"\"b\"\"\",2024-06-30,,0.950000,234.125000
";
    assert_eq!(fs::read_to_string(&narrow).unwrap(), expected);

    let wide = dir.path().join("wide.csv");
    write(&wide, &Columns::Wide { bands: vec![Band::B02, Band::B8A] }, &rows);
    let text = fs::read_to_string(&wide).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "plot_id,date,ndvi_mean,valid_fraction,pixel_count,item_id,datetime,ndvi_median,ndvi_std,ndvi_p10,\
         ndvi_p25,ndvi_p75,ndvi_p90,clear_fraction,cloud_fraction,shadow_fraction,water_fraction,\
         snow_fraction,nodata_fraction,b02,b8a,used,reject_reason"
    );
    assert_eq!(
        lines[1],
        "KIT-0417,2024-06-30,0.333333,0.950000,234.125000,S2A_32TNT_20240630_0_L2A,2024-06-30T10:26:51.024Z,\
         0.340000,0.050000,0.270000,0.300000,0.370000,0.400000,0.950000,0.050000,0.000000,0.000000,0.000000,\
         0.000000,0.041000,,true,"
    );
    assert_eq!(
        lines[2],
        "KIT-0417,2024-07-02,,0.000000,234.125000,S2B_32TNT_20240702_0_L2A,2024-07-02T10:26:49Z,,,,,,,0.000000,\
         0.750000,0.250000,0.000000,0.000000,0.000000,,,false,cloudy"
    );
    assert!(lines[4].contains(",0.000000,0.050000,"), "no negative zero: {}", lines[4]);
}

#[test]
fn a_file_without_rows_has_its_columns() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["t.csv", "t.parquet"] {
        write(&dir.path().join(name), &Columns::Wide { bands: vec![] }, &[]);
    }
    assert_eq!(fs::read_to_string(dir.path().join("t.csv")).unwrap().lines().count(), 1);
    assert!(read_observations(&dir.path().join("t.parquet"), |_| true).unwrap().is_empty());
}

#[test]
fn more_rows_than_a_batch_keep_their_order_and_two_writes_are_equal() {
    let dir = tempfile::tempdir().unwrap();
    let seen = wheat_season::observations();
    let columns = Columns::Wide { bands: vec![Band::B02, Band::B11] };
    let ids: Vec<String> = (0..20_000).map(|i| format!("plot-{}", i / 10)).collect();
    let rows: Vec<(&str, &Observation)> =
        ids.iter().enumerate().map(|(i, id)| (id.as_str(), &seen[i % 2])).collect();
    let (a, b) = (dir.path().join("a.parquet"), dir.path().join("b.parquet"));
    write(&a, &columns, &rows);
    write(&b, &columns, &rows);
    assert_eq!(fs::read(&a).unwrap(), fs::read(&b).unwrap());
    let kept = read_observations(&a, |id| id == "plot-7" || id == "plot-1999").unwrap();
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["plot-1999", "plot-7"]);
    let expected: Vec<Observation> = (0..10).map(|i| seen[i % 2].clone()).collect();
    assert_eq!(kept["plot-1999"], expected);
    assert_eq!(kept["plot-7"], expected);
}

#[test]
fn a_narrow_or_foreign_file_cannot_be_read_as_observations() {
    let dir = tempfile::tempdir().unwrap();
    let narrow = dir.path().join("narrow.parquet");
    write(&narrow, &Columns::Narrow, &[("a", &wheat_season::observations()[0])]);
    let error = read_observations(&narrow, |_| true).unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error:?}");
    let text = dir.path().join("text.parquet");
    fs::write(&text, "not parquet").unwrap();
    assert!(matches!(read_observations(&text, |_| true).unwrap_err(), Error::Table { .. }));
    assert!(matches!(read_observations(&dir.path().join("none"), |_| true).unwrap_err(), Error::Io { .. }));
}

fn observation() -> impl Strategy<Value = Observation> {
    let number = || -1.0e3..1.0e3_f64;
    let stats = proptest::option::of([number(), number(), number(), number(), number(), number(), number()]);
    let bands = proptest::collection::btree_map(0..10_usize, 0.0..1.0_f64, 0..4);
    let sky = [0.0..1.0_f64, 0.0..1.0, 0.0..1.0, 0.0..1.0, 0.0..1.0, 0.0..1.0];
    (stats, bands, sky, 0..20_000_i32, 0..4_000_000_000_000_000_i64, 0..=10_usize).prop_map(
        |(stats, bands, sky, day, micros, reject)| Observation {
            joined: Vec::new(),
            scene: SceneId::new("S2A_x").unwrap(),
            datetime: jiff::Timestamp::from_microsecond(micros).unwrap(),
            date: date(1990, 1, 1).saturating_add(jiff::Span::new().days(day)),
            ndvi: stats.map(|[mean, median, std, p10, p25, p75, p90]| NdviStats {
                mean,
                median,
                std,
                p10,
                p25,
                p75,
                p90,
            }),
            bands: bands.into_iter().map(|(i, v)| (croplens::band::BANDS[i].band, v)).collect(),
            sky: SkyFractions {
                clear: sky[0],
                cloud: sky[1],
                shadow: sky[2],
                water: sky[3],
                snow: sky[4],
                nodata: sky[5],
            },
            valid_fraction: sky[0],
            pixel_count: sky[1] * 1e4,
            rejected: Reject::ALL.get(reject).copied(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn parquet_gives_observations_back_to_the_last_bit(list in proptest::collection::vec(observation(), 1..6)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.parquet");
        let bands = croplens::band::BANDS[..10].iter().map(|f| f.band).collect();
        write(&path, &Columns::Wide { bands }, &list.iter().map(|o| ("p", o)).collect::<Vec<_>>());
        let back = read_observations(&path, |_| true).unwrap();
        prop_assert_eq!(&back["p"], &list);
    }
}
