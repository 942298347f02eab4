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
    let done = season::run(args, &SeriesRules::default(), &Smoothing::default(), &SeasonRules::default());
    told(done, args.json, voice)
}

pub(super) fn crop(args: &CropArgs, voice: &Voice) -> Result<Ended, Stop> {
    let spec = super::run_flags::spec(args.pipeline.as_deref())?;
    let pool = super::run_flags::pool(args.threads)?;
    told(pool.install(|| crop::run(args, &spec)), args.json, voice)
}

pub(super) fn validate(args: &ValidateArgs, voice: &Voice) -> Result<Ended, Stop> {
    let text = validate::run(args)
        .map_err(|e| if e.is_usage() { Stop::usage(e.to_string()) } else { Stop::failed(e.to_string()) })?;
    voice.result(text.trim_end());
    Ok(Ended::Done)
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
    let summary = done
        .map_err(|e| if e.is_usage() { Stop::usage(e.to_string()) } else { Stop::failed(e.to_string()) })?;
    if json {
        let text = serde_json::to_string(&summary).map_err(|e| Stop::failed(e.to_string()))?;
        voice.result(&text);
    } else {
        voice.note(&summary.to_string());
    }
    Ok(Ended::Done)
}
