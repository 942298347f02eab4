//! `bundle.zip`: everything that stands behind one record, for a court, an auditor or an appeal, without a server.
//!
//! Comes in: a record of an output folder, and documents. Goes out: the bytes of a ZIP that opens in a browser
//! (`index.html`) and in QGIS (`evidence.qgs`, and a style beside each layer). The same folder gives the same bytes.

mod page;

use std::path::Path;

use crate::record::{EligibilityRecord, sha256_hex};
use crate::store::chain_file::{CHAIN_FILE, SIGNATURE_FILE, read_chain};
use crate::store::erased::{ERASED_FILE, read_erased};
use crate::store::error::Error;
use crate::store::geojson::collection_of;
use crate::store::jsonl::json_line;
use crate::store::plot_papers::{PAPERS, PapersSeen, papers_folder, papers_seen};
use crate::store::qgis::{PROJECT_FILE, project, records_style};
use crate::store::spreadsheet::text_cell;
use crate::store::zip;

/// What a bundle is made of besides the folder's own files.
#[derive(Clone, Copy, Debug)]
pub struct BundleParts<'a> {
    /// The policy as applied, resolved; `None` where its file is no longer what it was.
    pub policy: Option<&'a str>,
    /// Documents: file name and text.
    pub documents: &'a [(&'a str, &'a str)],
}

/// Makes the bundle of one record.
///
/// # Errors
/// [`Error::Io`] where a file cannot be read, [`Error::StalePapers`] where the plot's papers are those of another record,
/// [`Error::Foreign`] where the record is not in the folder's chain or the bundle would be larger than a ZIP can be.
pub fn bundle(dir: &Path, record: &EligibilityRecord, parts: &BundleParts<'_>) -> Result<Vec<u8>, Error> {
    let links = read_chain(dir)?;
    // A record that lost mentions of an erased plot stands in the chain by the hash it had before.
    let erased = read_erased(dir)?;
    let before = erased.iter().find(|e| e.replaced_by.as_ref() == Some(&record.record_sha256));
    let hash = before.map_or(&record.record_sha256, |e| &e.record_sha256);
    let link = links.iter().find(|link| link.record_sha256 == *hash);
    let link =
        link.ok_or_else(|| Error::foreign(&dir.join(CHAIN_FILE), format!("{} is not in it", record.id)))?;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let line = json_line(dir, record)?;
    files.push(("record.json".into(), format!("{line}\n").into_bytes()));
    files.push(("record.geojson".into(), collection_of(dir, std::slice::from_ref(record))?.into_bytes()));
    files.push(("record.qml".into(), records_style().into_bytes()));
    files.push(("series.csv".into(), series(&dir.join("timeseries.csv"), &record.id)?));
    let folder = papers_folder(dir, &record.id);
    if papers_seen(dir, record)? == PapersSeen::Others {
        return Err(Error::StalePapers { id: record.id.clone(), folder });
    }
    for name in PAPERS {
        if let Some(bytes) = read(&folder.join(name))? {
            files.push((name.into(), bytes));
        }
    }
    if let Some(map) = map_of(record, &files) {
        files.push((PROJECT_FILE.into(), map.into_bytes()));
    }
    for name in [CHAIN_FILE, ERASED_FILE, SIGNATURE_FILE] {
        if let Some(bytes) = read(&dir.join(name))? {
            files.push((name.into(), bytes));
        }
    }
    if let Some(policy) = parts.policy {
        files.push(("policy.toml".into(), policy.as_bytes().to_vec()));
    }
    for (name, text) in parts.documents {
        files.push(((*name).to_owned(), text.as_bytes().to_vec()));
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let index = page::index(record, link, links.len(), &names);
    files.insert(0, ("index.html".into(), index.into_bytes()));
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256_hex(bytes))).collect();
    files.push(("SHA256SUMS".into(), sums.into_bytes()));
    zip::stored(&files).ok_or_else(|| Error::foreign(dir, "more than 4 GB for one bundle"))
}

/// The project that shows the files which are there; the raster only with its item, which says where it lies.
fn map_of(record: &EligibilityRecord, files: &[(String, Vec<u8>)]) -> Option<String> {
    let text = |name: &str| {
        let (_, bytes) = files.iter().find(|(file, _)| file == name)?;
        std::str::from_utf8(bytes).ok()
    };
    let crs = text("ndvi.json").and_then(|item| {
        let item: serde_json::Value = serde_json::from_str(item).ok()?;
        Some(item.pointer("/properties/proj:code")?.as_str()?.to_owned())
    });
    let has_raster = files.iter().any(|(file, _)| file == "ndvi.tif");
    let ndvi = crs.as_deref().zip(text("ndvi.qml")).filter(|_| has_raster);
    project(record, ndvi)
}

/// A file's bytes; `None` where there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io("read", path)(e)),
    }
}

/// Header and rows of one plot. No id holds a line end.
fn series(path: &Path, id: &str) -> Result<Vec<u8>, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    let cell = text_cell(id);
    let of_plot = |line: &str| {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let row = reader.records().next().and_then(Result::ok);
        row.as_ref().and_then(|row| row.get(0)) == Some(&*cell)
    };
    let mut lines = text.split_inclusive('\n');
    let header = lines.next().unwrap_or_default();
    Ok(std::iter::once(header).chain(lines.filter(|line| of_plot(line))).collect::<String>().into_bytes())
}
