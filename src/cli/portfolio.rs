//! `croplens portfolio`: a run as tables, for a committee: statuses, exposure, fairness, calendar, archive.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, json};

use crate::portfolio::{self, Archive, Cell, Table};
use crate::record::EligibilityRecord;
use crate::store::{self, RunManifest, SummaryCell, SummaryPage, SummaryTable};

use super::say::Voice;
use super::{Ended, Stop};

/// Arguments of `croplens portfolio`.
#[derive(Clone, Debug, Args)]
pub(super) struct PortfolioArgs {
    /// Output folder of a run.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The page; the same tables are written beside it as CSV and JSON. Default: portfolio/portfolio.html in the run's
    /// folder.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the tables as JSON on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(args: &PortfolioArgs, voice: &Voice) -> Result<Ended, Stop> {
    let failed = |e: store::Error| Stop::failed(e.to_string());
    let records = store::read_records(&args.dir).map_err(|e| Stop::usage(e.to_string()))?;
    let manifest = store::read_manifest(&args.dir).map_err(failed)?;
    let erased = store::read_erased(&args.dir).map_err(failed)?;
    let erased = erased.iter().filter(|e| e.replaced_by.is_none()).count();
    let archive = manifest.as_ref().map(archive);
    let tables = portfolio::tables(&records, archive.as_ref());

    let out =
        args.out.clone().unwrap_or_else(|| args.dir.join(store::PORTFOLIO_FOLDER).join("portfolio.html"));
    let stem = out.file_stem().map_or_else(|| "portfolio".to_owned(), |s| s.to_string_lossy().into_owned());
    let folder = out.parent().unwrap_or(Path::new("."));
    let mut shown = Vec::new();
    for table in &tables {
        let file = format!("{stem}.{}.csv", table.name);
        store::write_whole(&folder.join(&file), csv(table)?.as_bytes()).map_err(failed)?;
        shown.push(as_shown(table, file));
    }
    let text = format!("{:#}\n", document(&tables, &records));
    store::write_whole(&folder.join(format!("{stem}.json")), text.as_bytes()).map_err(failed)?;
    let page = SummaryPage {
        title: &title(manifest.as_ref()),
        subtitle: &subtitle(&records),
        notes: &notes(&records, erased),
        tables: &shown,
    };
    store::write_whole(&out, store::summary_html(&page).as_bytes()).map_err(failed)?;
    if args.json {
        voice.result(text.trim_end());
    } else {
        voice.note(&format!(
            "{} plots in {} tables; open {} in a browser, the tables lie beside it as CSV and JSON",
            records.len(),
            tables.len(),
            out.display()
        ));
    }
    Ok(Ended::Done)
}

fn archive(manifest: &RunManifest) -> Archive {
    Archive {
        location: manifest.catalog.location.clone(),
        expected: manifest.scenes.expected,
        found: manifest.scenes.found,
        used: manifest.scenes.used,
        skipped: manifest.scenes.skipped.clone(),
        requests: manifest.traffic.requests,
        retries: manifest.traffic.retries,
        bytes: manifest.traffic.bytes,
    }
}

fn title(manifest: Option<&RunManifest>) -> String {
    let input = manifest.and_then(|m| m.inputs.first()).map(|input| PathBuf::from(&input.path));
    let name = input.and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
    name.map_or_else(|| "Portfolio".to_owned(), |name| format!("Portfolio: {name}"))
}

fn subtitle(records: &[EligibilityRecord]) -> String {
    let mut text = format!("{} plots", records.len());
    if let Some(first) = records.first() {
        text.push_str(&format!(" · as of {}", first.as_of.strftime("%-d %b %Y")));
        if let Some(policy) = &first.policy_id {
            text.push_str(&format!(" · policy {policy}"));
        }
        text.push_str(&format!(" · croplens {}", first.software.version));
    }
    text
}

fn notes(records: &[EligibilityRecord], erased: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let unfinished = records.iter().filter(|r| r.deferring_code().is_some()).count();
    if unfinished > 0 {
        notes.push(format!(
            "{unfinished} plots are not finished: images or catalogue could not be read. They are referred, never refused; run again."
        ));
    }
    if erased > 0 {
        notes.push(format!("{erased} plots were erased on request and are in none of these tables."));
    }
    notes
}

fn document(tables: &[Table], records: &[EligibilityRecord]) -> serde_json::Value {
    let tables: Map<String, serde_json::Value> =
        tables.iter().map(|t| (t.name.to_owned(), serde_json::to_value(t).unwrap_or_default())).collect();
    json!({ "plots": records.len(), "as_of": records.first().map(|r| r.as_of), "tables": tables })
}

fn csv(table: &Table) -> Result<String, Stop> {
    let failed = |e: &dyn std::fmt::Display| Stop::failed(format!("table {}: {e}", table.name));
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&table.columns).map_err(|e| failed(&e))?;
    for row in &table.rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Text(text) => store::text_cell(text).into_owned(),
            other => other.to_string(),
        });
        out.write_record(cells).map_err(|e| failed(&e))?;
    }
    let bytes = out.into_inner().map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|e| failed(&e))
}

fn as_shown(table: &Table, file: String) -> SummaryTable {
    // A rate and its bounds are three columns of a file and one of a page.
    let at = |name: &str| table.columns.iter().position(|c| *c == name);
    let is_bound = |column: &str| {
        let of = column.strip_suffix("_lower").or(column.strip_suffix("_upper"));
        of.is_some_and(|rate| at(rate).is_some())
    };
    let plain = |name: &str| matches!(name, "status" | "rule" | "reason" | "group" | "what");
    let cell = |row: &[Cell], column: usize, name: &str| {
        let bound = |end: &str| at(&format!("{name}_{end}")).and_then(|at| row.get(at));
        match (row.get(column), bound("lower"), bound("upper")) {
            (Some(Cell::Share(share)), Some(Cell::Share(low)), Some(Cell::Share(high))) => {
                SummaryCell::Rate(*share, *low, *high)
            }
            (Some(Cell::Share(share)), ..) => SummaryCell::Share(*share),
            (Some(Cell::Text(text)), ..) if plain(name) => SummaryCell::Text(text.replace('_', " ")),
            (Some(Cell::Text(text)), ..) => SummaryCell::Text(text.clone()),
            (Some(Cell::Nothing) | None, ..) => SummaryCell::Text(String::new()),
            (Some(other), ..) => SummaryCell::Number(other.to_string()),
        }
    };
    let shown: Vec<(usize, &str)> =
        table.columns.iter().copied().enumerate().filter(|(_, name)| !is_bound(name)).collect();
    let row = |row: &Vec<Cell>| shown.iter().map(|(column, name)| cell(row, *column, name)).collect();
    SummaryTable {
        name: table.name.to_owned(),
        title: table.title.to_owned(),
        note: table.note.to_owned(),
        columns: shown.iter().map(|(_, name)| (*name).to_owned()).collect(),
        rows: table.rows.iter().map(row).collect(),
        file,
    }
}
