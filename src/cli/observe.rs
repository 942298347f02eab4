//! `croplens observe`: only the zonal statistics per plot and date.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::pipeline::{self, Job, ObserveRequest};
use crate::scl::Scl;
use crate::store;
use crate::zonal::{MaskRule, Statistics};

use super::run_flags::RunFlags;
use super::say::Voice;
use super::{Ended, Stop, doors, dry_run, wait_for};

/// Arguments of `croplens observe`.
#[derive(Clone, Debug, Args)]
pub(super) struct ObserveArgs {
    #[command(flatten)]
    run: RunFlags,
    /// The table: CSV or Parquet, by ending.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Plain mask: pixels of these scene classes count, nothing is dilated, eroded, clipped or weighted.
    #[arg(long, value_name = "CLASSES", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(0..=11))]
    scl_valid: Option<Vec<u8>>,
    /// What is computed: `mean` writes plot_id, date, ndvi_mean, valid_fraction, pixel_count only.
    #[arg(long, value_name = "WHICH", default_value = "all")]
    statistics: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Mean, spread, percentiles, and what the sky was.
    All,
    /// The mean only.
    Mean,
}

/// Runs the verb.
pub(super) fn run(args: &ObserveArgs, voice: &Voice) -> Result<Ended, Stop> {
    let spec = args.run.spec()?;
    let days = args.run.days(&spec)?;
    let (intake, _) = args.run.read_plots(&spec)?;
    let doors = doors::open(&args.run)?;
    if args.run.dry_run {
        return dry_run::tell(&args.run, &spec, &intake, Job::Observe, &days, &doors, voice);
    }
    let mask = match &args.scl_valid {
        Some(classes) => MaskRule::peers(&classes.iter().map(|c| Scl::from_value(*c)).collect::<Vec<_>>()),
        None => spec.settings.mask,
    };
    let request = ObserveRequest {
        intake,
        spec,
        mask,
        statistics: if args.statistics == Which::Mean { Statistics::Mean } else { Statistics::All },
        from: days.from,
        to: days.to,
        out: args.out.clone(),
        archive: args.run.archive.clone(),
        narrow: args.statistics == Which::Mean,
    };
    let seen = wait_for(pipeline::observe(&request, &doors, &voice.watcher()))?.map_err(|e| match e {
        pipeline::Error::Store(store::Error::UnknownFormat { .. }) => Stop::usage(e.to_string()),
        _ => Stop::failed(e.to_string()),
    })?;
    if args.run.json {
        let unread: Vec<_> = seen.scenes_unread.iter().map(|(id, why)| json!([id.as_str(), why])).collect();
        let summary = json!({
            "plots": seen.plots, "rows": seen.rows, "unread_rows": seen.unread_rows,
            "refused": seen.refused, "scenes_unread": unread, "search_failed": seen.search_failed,
        });
        voice.result(&summary.to_string());
    } else {
        for (id, why) in &seen.refused {
            voice.note(&format!("plot {id} cannot be used: {why}"));
        }
        for (id, why) in seen.scenes_unread.iter().take(5) {
            voice.note(&format!("scene {id} was not read: {why}"));
        }
        for (id, why) in seen.search_failed.iter().take(5) {
            voice.note(&format!("plot {id}: the catalogue could not be searched: {why}"));
        }
        voice.note(&format!("{} plots, {} rows in {}", seen.plots, seen.rows, args.out.display()));
    }
    let deferred = seen.unread_rows > 0 || !seen.search_failed.is_empty();
    Ok(if deferred { Ended::Deferred } else { Ended::Done })
}
