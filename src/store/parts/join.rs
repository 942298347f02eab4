//! The parts of a run joined to its files: records in input order, observations unit by unit. Holds a few records and
//! one batch of observations at a time, whatever the size of the run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use crate::band::Band;
use crate::record::EligibilityRecord;
use crate::store::atomic::{AtomicFile, write_whole};
use crate::store::chain_file::ChainFile;
use crate::store::error::Error;
use crate::store::finished::RECORDS_FILE;
use crate::store::geojson::GeojsonFile;
use crate::store::geoparquet::GeoparquetFile;
use crate::store::index_page::{IndexPage, IndexTally, index_html_of};
use crate::store::plot_papers::Sweep;
use crate::store::qgis::{RECORDS_STYLE, records_style};
use crate::store::run_manifest::{OutputFile, RunManifest};
use crate::store::timeseries::{Columns, TimeseriesWriter, each_observation};

use super::index::Index;
use super::stale;
use super::{CatalogueSeen, Parts, PlanFile, UnitReport};

/// Files of an output folder that the manifest vouches for, besides the plots' papers.
const TABLES: [&str; 8] = [
    RECORDS_FILE,
    crate::store::CHAIN_FILE,
    "records.geojson",
    "records.parquet",
    RECORDS_STYLE,
    "timeseries.csv",
    "timeseries.parquet",
    "index.html",
];

/// What a joined run came to.
#[derive(Debug)]
pub struct Joined {
    /// Its manifest, but for the end of the run and how it ended.
    pub manifest: RunManifest,
}

/// Joins the units, all of them, in the order of the plan, into the files of `out`.
///
/// # Errors
/// A file cannot be read or written, or the units do not hold every record once.
pub fn join(out: &Path, plan: &PlanFile, reports: &[UnitReport]) -> Result<Joined, Error> {
    let parts = Parts::of(out);
    series(out, &parts, plan, reports)?;
    let Written { by_status, stale } = records(out, &parts, plan, reports)?;
    let mut manifest = plan.manifest.clone();
    fill(&mut manifest, &parts, plan, reports, by_status)?;
    manifest.notes.extend(stale);
    for file in TABLES {
        manifest.outputs.push(OutputFile::of(out, file)?);
    }
    Ok(Joined { manifest })
}

fn series(out: &Path, parts: &Parts, plan: &PlanFile, reports: &[UnitReport]) -> Result<(), Error> {
    let bands = plan.bands.iter().filter_map(|name| Band::parse(name)).collect();
    let columns = Columns::Wide { bands };
    let mut table = TimeseriesWriter::create(&out.join("timeseries.parquet"), &columns)?;
    let mut sheet = TimeseriesWriter::create(&out.join("timeseries.csv"), &columns)?;
    for report in reports {
        each_observation(&parts.path(&report.series.path), |id, observation| {
            table.push(id, &observation)?;
            sheet.push(id, &observation)
        })?;
    }
    table.finish()?;
    sheet.finish()
}

/// What writing the records came to.
struct Written {
    by_status: BTreeMap<String, u64>,
    /// What an earlier run had left that does not belong to these records, and is gone.
    stale: Vec<String>,
}

fn records(out: &Path, parts: &Parts, plan: &PlanFile, reports: &[UnitReport]) -> Result<Written, Error> {
    let mut index = Index::of(parts, reports, plan.features)?;
    let path = out.join(RECORDS_FILE);
    let mut lines = AtomicFile::create(&path)?;
    let mut chain = ChainFile::create(out)?;
    let mut geojson = GeojsonFile::create(&out.join("records.geojson"))?;
    let mut geoparquet = GeoparquetFile::create(&out.join("records.parquet"))?;
    let (mut tally, mut shown) = (IndexTally::default(), Vec::new());
    let mut by_status: BTreeMap<String, u64> = BTreeMap::new();
    let (mut sweep, mut chain_end) = (Sweep::of(out)?, String::new());
    for position in 0..plan.features {
        let line = index.line(position)?;
        let record: EligibilityRecord =
            serde_json::from_str(&line).map_err(|source| Error::Json { path: path.clone(), source })?;
        lines
            .write_all(line.as_bytes())
            .and_then(|()| lines.write_all(b"\n"))
            .map_err(Error::io("write", &path))?;
        chain_end = chain.push(&record.record_sha256)?;
        sweep.note(&record)?;
        geojson.push(&line)?;
        tally.add(&record);
        *by_status.entry(record.status.word().to_owned()).or_default() += 1;
        if shown.len() < IndexTally::SHOWN {
            shown.push(record.clone());
        }
        geoparquet.push(record)?;
    }
    lines.commit()?;
    chain.finish()?;
    geojson.finish()?;
    geoparquet.finish()?;
    let page = IndexPage { title: &plan.title, records: &shown, rerun: &plan.command };
    write_whole(&out.join(RECORDS_STYLE), records_style().as_bytes())?;
    write_whole(&out.join("index.html"), index_html_of(&page, &tally).as_bytes())?;
    let stale = stale::remove(out, &chain_end, sweep);
    Ok(Written { by_status, stale })
}

/// The manifest's numbers, added up over the units.
fn fill(
    manifest: &mut RunManifest,
    parts: &Parts,
    plan: &PlanFile,
    reports: &[UnitReport],
    by_status: BTreeMap<String, u64>,
) -> Result<(), Error> {
    let mut answers: BTreeMap<&str, CatalogueSeen> = BTreeMap::new();
    let mut unread = BTreeMap::new();
    for report in reports {
        if !answers.contains_key(report.catalogue.as_str()) {
            let seen = parts.catalogue(&report.catalogue)?.unwrap_or_default();
            answers.insert(&report.catalogue, seen);
        }
        manifest.traffic.requests += report.traffic.requests;
        manifest.traffic.retries += report.traffic.retries;
        manifest.traffic.bytes += report.traffic.bytes;
        manifest.traffic.blocks += report.traffic.blocks;
        manifest.catalog.searches += report.searched.0;
        manifest.catalog.pages += report.searched.1;
        manifest.plots.reused += report.reused;
        manifest.threads = manifest.threads.max(report.threads);
        manifest.deferred.extend(report.deferred.iter().cloned());
        for (stage, seconds) in &report.timings_s {
            *manifest.timings_s.entry(stage.clone()).or_default() += seconds;
        }
        for scene in &report.unread {
            unread.entry(scene.item_id.clone()).or_insert_with(|| scene.clone());
        }
    }
    manifest.plots.total = plan.features as u64;
    manifest.plots.by_status = by_status;
    // Of answers that differ the fullest is told.
    let fullest = answers.values().max_by_key(|seen| (seen.asked, seen.found)).cloned().unwrap_or_default();
    let asked = answers.values().filter(|seen| seen.asked);
    let different: std::collections::BTreeSet<&str> = asked.map(|seen| seen.scenes_sha256.as_str()).collect();
    if different.len() > 1 {
        manifest.notes.push(format!(
            "the catalogue gave {} different answers while the parts of this run were made: records of different \
             parts may rest on different scenes",
            different.len()
        ));
    }
    manifest.catalog.items = fullest.found + fullest.skipped.values().sum::<u64>();
    manifest.scenes.expected = fullest.expected;
    manifest.scenes.found = fullest.found;
    manifest.scenes.used = fullest.found.saturating_sub(unread.len() as u64);
    manifest.scenes.skipped = fullest.skipped;
    if !unread.is_empty() {
        manifest.scenes.skipped.insert("unread".to_owned(), unread.len() as u64);
    }
    manifest.scenes_skipped = fullest.unusable;
    manifest.scenes_skipped.extend(unread.into_values());
    manifest.notes.extend(fullest.notes);
    Ok(())
}
