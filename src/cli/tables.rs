//! `season`, `crop` and `simulate` as verbs: default settings in, a summary in plain words out.

use crate::phenology::SeasonRules;
use crate::series::{SeriesRules, Smoothing};

use super::crop::{self, CropArgs};
use super::say::Voice;
use super::season::{self, SeasonArgs};
use super::simulate::{self, SimulateArgs};
use super::table::{Error, Summary};
use super::validate::{self, ValidateArgs};
use super::{Ended, Stop};

pub(super) fn season(args: &SeasonArgs, voice: &Voice) -> Result<Ended, Stop> {
    let (series, smoothing, seasons) = (SeriesRules::default(), Smoothing::default(), SeasonRules::default());
    let done = with_threads(args.threads, || season::run(args, &series, &smoothing, &seasons))?;
    told(done, args.json, voice)
}

pub(super) fn crop(args: &CropArgs, voice: &Voice) -> Result<Ended, Stop> {
    let spec = super::run_flags::spec(args.pipeline.as_deref())?;
    let pool = super::run_flags::pool(args.threads)?;
    told(pool.install(|| crop::run(args, &spec)), args.json, voice)
}

pub(super) fn validate(args: &ValidateArgs, voice: &Voice) -> Result<Ended, Stop> {
    let report = with_threads(args.threads, || validate::run(args))?.map_err(stop)?;
    if args.json {
        voice.result(&serde_json::to_string(&report.json).map_err(|e| Stop::failed(e.to_string()))?);
    } else {
        voice.result(report.text.trim_end());
    }
    match report.failed.as_slice() {
        [] => Ok(Ended::Done),
        failed => Err(Stop::failed(format!("not usable:\n  {}", failed.join("\n  ")))),
    }
}

/// Runs it with so many compute threads.
fn with_threads<T: Send>(threads: Option<u16>, run: impl FnOnce() -> T + Send) -> Result<T, Stop> {
    let pool = crate::pipeline::pool(threads.map_or(0, usize::from))
        .map_err(|e| Stop::failed(format!("cannot start compute threads: {e}")))?;
    Ok(pool.install(run))
}

fn stop(e: Error) -> Stop {
    if e.is_usage() { Stop::usage(e.to_string()) } else { Stop::failed(e.to_string()) }
}

pub(super) fn simulate(args: SimulateArgs, voice: &Voice) -> Result<Ended, Stop> {
    let summary = simulate::run(args).map_err(|e| match e {
        crate::simulate::Error::Spec(problem) => Stop::usage(problem),
        other => Stop::failed(other.to_string()),
    })?;
    voice.note(&summary.to_string());
    Ok(Ended::Done)
}

fn told(done: Result<Summary, Error>, json: bool, voice: &Voice) -> Result<Ended, Stop> {
    let summary = done.map_err(stop)?;
    if json {
        let text = serde_json::to_string(&summary).map_err(|e| Stop::failed(e.to_string()))?;
        voice.result(&text);
    } else {
        voice.note(&summary.to_string());
    }
    Ok(Ended::Done)
}
