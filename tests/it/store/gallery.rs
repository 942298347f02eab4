//! One output folder with everything in it, under `target/tmp/store_gallery`, for a person to look at.

use std::fs;
use std::path::{Path, PathBuf};

use croplens::record::EligibilityRecord;
use croplens::store::{
    Columns, IndexPage, NdviSource, Report, ReportPicture, TimeseriesWriter, index_html, plot_folder,
    report_html, season_chart, write_manifest, write_ndvi_cog, write_ndvi_item, write_whole,
};
use jiff::civil::date;

use super::{ndvi, rerun, sample, tables, wheat_season};

/// Writes the folder and says where.
pub(super) fn write(dir: &Path) -> PathBuf {
    let mut records = sample::all();
    records.push(sample::crowded());
    tables::write_all(dir, &records);
    for name in ["timeseries.csv", "timeseries.parquet"] {
        let columns = Columns::Wide { bands: vec![croplens::band::Band::B11] };
        let mut writer = TimeseriesWriter::create(&dir.join(name), &columns).unwrap();
        for record in &records {
            wheat_season::observations().iter().for_each(|o| writer.push(&record.id, o).unwrap());
        }
        writer.finish().unwrap();
    }
    for record in &records {
        plot(dir, record);
    }
    let index = IndexPage {
        title: "plots.geojson",
        records: &records,
        rerun: "croplens appraise plots.geojson --out out",
    };
    write_whole(&dir.join("index.html"), index_html(&index).as_bytes()).unwrap();
    write_manifest(dir, &rerun::manifest(dir)).unwrap();
    dir.to_owned()
}

fn plot(dir: &Path, record: &EligibilityRecord) {
    let folder = dir.join("plots").join(plot_folder(&record.id));
    let chip = ndvi::chip(20, 18);
    let sources =
        [NdviSource { item_id: "S2A_32TNT_20240630_0_L2A", href: Some("https://example.org/a.json") }];
    let mut png = std::io::Cursor::new(Vec::new());
    let shade = |x, y| image::Rgb([(x * 12) as u8, 120 + (y * 5) as u8, 60]);
    image::RgbImage::from_fn(20, 18, shade).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let svg = (record.metrics_area.is_some())
        .then(|| season_chart(&wheat_season::chart(&format!("Plot {}", record.id))));
    if let Some(svg) = &svg {
        write_whole(&folder.join("series.svg"), svg.as_bytes()).unwrap();
        write_ndvi_cog(&folder.join("ndvi.tif"), &chip).unwrap();
        write_whole(&folder.join("ndvi.png"), png.get_ref()).unwrap();
        write_ndvi_item(&folder, &ndvi::item(&chip, &record.id, &sources)).unwrap();
    }
    let picture = svg.is_some().then(|| ReportPicture { png: png.get_ref(), date: date(2024, 6, 30) });
    let report = Report { record, chart_svg: svg.as_deref(), picture };
    write_whole(&folder.join("report.html"), report_html(&report).as_bytes()).unwrap();
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    let inner: Vec<PathBuf> = found.iter().filter(|p| p.is_dir()).flat_map(|p| files(p)).collect();
    found.retain(|p| p.is_file());
    found.extend(inner);
    found.sort();
    found
}

#[test]
fn a_whole_folder_is_the_same_twice() {
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("store_gallery");
    if kept.exists() {
        fs::remove_dir_all(&kept).unwrap();
    }
    let other = tempfile::tempdir().unwrap();
    let (a, b) = (write(&kept), write(other.path()));
    let names =
        |dir: &Path| files(dir).iter().map(|p| p.strip_prefix(dir).unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b));
    assert_eq!(names(&a).len(), 7 + 4 * 5 + 1);
    for name in names(&a) {
        assert_eq!(fs::read(a.join(&name)).unwrap(), fs::read(b.join(&name)).unwrap(), "{}", name.display());
    }
}
