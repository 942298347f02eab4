//! The tables of a folder without the rows of erased plots.

use std::collections::BTreeSet;
use std::path::Path;

use crate::record::EligibilityRecord;
use crate::store::atomic::write_whole;
use crate::store::erased::Erased;
use crate::store::error::Error;
use crate::store::index_page::{IndexPage, index_html};
use crate::store::run_manifest::{OutputFile, read_manifest, write_manifest};
use crate::store::spreadsheet::text_cell;
use crate::store::timeseries::{Columns, TimeseriesWriter, bands_of, read_observations};
use crate::store::{geojson, geoparquet};

use super::Erasure;

/// Rewrites every table but `records.jsonl`.
pub(super) fn without(
    dir: &Path,
    gone: &[EligibilityRecord],
    kept: &[EligibilityRecord],
    erasure: &Erasure<'_>,
) -> Result<(), Error> {
    let ids: BTreeSet<&str> = gone.iter().map(|r| r.id.as_str()).collect();
    series_csv(&dir.join("timeseries.csv"), &ids)?;
    series_parquet(&dir.join("timeseries.parquet"), &ids, kept)?;
    geojson::write_geojson(&dir.join("records.geojson"), kept)?;
    geoparquet::write_geoparquet(&dir.join("records.parquet"), kept)?;
    let page = IndexPage { title: erasure.title, records: kept, rerun: erasure.rerun };
    write_whole(&dir.join("index.html"), index_html(&page).as_bytes())
}

/// The other lines stay as they are, byte by byte: no id holds a line end.
fn series_csv(path: &Path, ids: &BTreeSet<&str>) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    let cells: BTreeSet<String> = ids.iter().map(|id| text_cell(id).into_owned()).collect();
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    let is_gone = |line: &str| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let row = reader.records().next().and_then(Result::ok);
        row.as_ref().and_then(|row| row.get(0)).is_some_and(|id| cells.contains(id))
    };
    let kept: String = text.split_inclusive('\n').filter(|line| !is_gone(line)).collect();
    write_whole(path, kept.as_bytes())
}

fn series_parquet(path: &Path, ids: &BTreeSet<&str>, kept: &[EligibilityRecord]) -> Result<(), Error> {
    if !path.exists() {
        return Ok(());
    }
    let observations = read_observations(path, |id| !ids.contains(id))?;
    let mut writer = TimeseriesWriter::create(path, &Columns::Wide { bands: bands_of(path)? })?;
    for record in kept {
        for observation in observations.get(&record.id).into_iter().flatten() {
            writer.push(&record.id, observation)?;
        }
    }
    writer.finish()
}

/// The manifest vouches for the files as they are now, and names no erased plot.
pub(super) fn manifest(dir: &Path, kept: &[EligibilityRecord], list: &[Erased]) -> Result<(), Error> {
    let Some(mut manifest) = read_manifest(dir)? else { return Ok(()) };
    let ids: BTreeSet<&str> = kept.iter().map(|r| r.id.as_str()).collect();
    manifest.deferred.retain(|plot| ids.contains(plot.id.as_str()));
    manifest.plots.erased = list.iter().filter(|e| e.replaced_by.is_none()).count() as u64;
    manifest.outputs.retain(|output| dir.join(&output.path).exists());
    for output in &mut manifest.outputs {
        *output = OutputFile::of(dir, &output.path)?;
    }
    write_manifest(dir, &manifest)
}
