//! Results on disk: written whole or not at all, and read back by the next run.
//!
//! Comes in: records, observations, plain structs of numbers for charts and pictures.
//! Goes out: the files of an output folder, the same bytes for the same content (clock times and
//! durations are in `run.json` only). Not here: any judgement, any science, the network.
//!
//! | file of the folder | made by |
//! |---|---|
//! | `records.jsonl`, `.geojson`, `.parquet` | [`write_jsonl`], [`write_geojson`], [`write_geoparquet`] |
//! | `timeseries.csv`, `.parquet` | [`TimeseriesWriter`] |
//! | `plots/<folder>/` (the folder: [`plot_folder`]) | |
//! | `… report.html` | [`report_html`] and [`write_whole`] |
//! | `… report.zh.html`, the same in Chinese | [`report_html_zh`] and [`write_whole`] |
//! | `… series.svg` | [`season_chart()`] ([`season_chart_zh`] in the Chinese report) and [`write_whole`] |
//! | `… ndvi.png` | drawn by `zonal`, written by [`write_whole`] |
//! | `… ndvi.tif`, `… ndvi.json` | [`write_ndvi_cog`], then [`write_ndvi_item`] |
//! | `chain.jsonl` | [`write_chain`] |
//! | `erased.jsonl`, where something was erased | [`erase()`] |
//! | `portfolio/` | [`summary_html`] and [`write_whole`] |
//! | `records.qml`, `… ndvi.qml` | [`records_style`], [`ndvi_style`] |
//! | a bundle of one plot | [`bundle()`] |
//! | `index.html` | [`index_html`] and [`write_whole`] |
//! | `parts/`, removed when they are joined | [`Parts`], [`join`] |
//! | `DIR/v1/<tile>/<scene>/` of an observation archive | [`Archive`] |
//! | `run.json`, last, because it vouches for the others | [`write_manifest`] |

mod archive;
mod aside;
mod atomic;
mod bundle;
mod chain_file;
mod erase;
mod erased;
mod error;
mod finished;
mod folder;
mod geojson;
mod geoparquet;
mod guard;
mod index_page;
mod jsonl;
mod ndvi_cog;
mod page;
mod parts;
mod plain_words;
mod plot_papers;
mod qgis;
mod register;
mod report;
mod run_manifest;
mod season_chart;
mod spreadsheet;
mod stac_item;
mod summary_page;
mod table;
mod timeseries;
mod tongue;
mod zip;

pub use archive::{Archive, ArchiveKey, AssetSeen, KeptRow, Leaf, PartHash, Sheet};
pub use aside::Aside;
pub use atomic::{AtomicFile, remove_partials, write_whole};
pub use bundle::{BundleParts, bundle};
pub use chain_file::{
    CHAIN_FILE, ChainLink, SIGNATURE_FILE, SignatureFile, chain_of, read_chain, read_signature, write_chain,
    write_signature,
};
pub use erase::{ErasedNow, Erasure, PORTFOLIO_FOLDER, erase};
pub use erased::{ERASED_FILE, Erased, read_erased};
pub use error::Error;
pub use finished::{FinishedRecord, RECORDS_FILE, deferring_reason, finished, read_records, vouched_for};
pub use folder::plot_folder;
pub use geojson::write_geojson;
pub use geoparquet::write_geoparquet;
pub use guard::Hold;
pub use index_page::{IndexPage, IndexTally, index_html, index_html_of};
pub use jsonl::write_jsonl;
pub use ndvi_cog::{Chip, gdal_version, write_ndvi_cog};
pub use parts::{
    CatalogueSeen, Joined, Lack, Merge, PARTS_FOLDER, PartRecords, Parts, PlanFile, PlannedUnit, UnitReport,
    join, merge, shares,
};
pub use plot_papers::{PapersSeen, papers_folder, papers_seen, remove_papers};
pub use qgis::{RECORDS_STYLE, ndvi_style, records_style};
pub use register::{Entered, Pledge, PlotKey, enter_register, read_register};
pub use report::{Report, ReportPicture, report_html, report_html_zh};
pub use run_manifest::{
    CatalogUsed, DeferredPlot, Exit, InputFile, MANIFEST_FILE, MANIFEST_VERSION, OutputFile, PlotCounts,
    RunManifest, SceneCounts, SettingsUsed, SkippedScene, SoftwareUsed, Traffic, read_manifest,
    write_manifest,
};
pub use season_chart::{
    ChartMark, ChartPoint, ChartSpan, CurvePoint, SeasonChart, season_chart, season_chart_zh,
};
pub use spreadsheet::text_cell;
pub use stac_item::{NdviItem, NdviSource, write_ndvi_item};
pub use summary_page::{SummaryCell, SummaryPage, SummaryTable, summary_html};
pub use timeseries::{Columns, TimeseriesWriter, each_observation, read_observations};
