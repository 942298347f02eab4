//! Flags that `appraise` and `observe` share, and the doors they open.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::intake::{self, Intake, Personal};
use crate::pipeline::Spec;
use crate::store::InputFile;

use super::Stop;

/// The default catalogue: Earth Search, public and free of charge.
const EARTH_SEARCH: &str = "https://earth-search.aws.element84.com/v1";

/// Features of a plots file that one thread reads at a time.
const FEATURES_AT_ONCE: usize = 1024;

/// What to run on, where the images are, and for when.
#[derive(Clone, Debug, Args)]
pub(super) struct RunFlags {
    /// Plot outlines: GeoJSON FeatureCollection, Feature or one feature a line; `-` reads standard input.
    #[arg(value_name = "PLOTS")]
    pub(super) plots: PathBuf,
    /// Pipeline file: what to compute and with which settings. Without it the built-in default.
    #[arg(long, value_name = "FILE")]
    pub(super) pipeline: Option<PathBuf>,
    /// STAC API root, or a local ItemCollection file, folder of items, or static catalog.
    #[arg(long, value_name = "URL|PATH", default_value = EARTH_SEARCH, env = "CROPLENS_CATALOG")]
    pub(super) catalog: String,
    /// The day the answer is for: nothing later is read or used. Default: today (UTC).
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<Date>,
    /// First day to read. Default: as-of less the pipeline's history.
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<Date>,
    /// Last day to read. Default: as-of.
    #[arg(long, value_name = "DATE")]
    pub(super) to: Option<Date>,
    /// Compute threads. Default: one per processor. Never changes an answer.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(super) threads: Option<u16>,
    /// Print one machine-readable summary on standard output.
    #[arg(long)]
    pub(super) json: bool,
    /// Tell scenes, requests and bytes; read nothing but the catalogue and file headers.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Folder where what is read of scenes is kept: another run reads only what is not there. Changes no answer.
    #[arg(long, value_name = "DIR")]
    pub(super) archive: Option<PathBuf>,
    /// Go on with plots that carry names, phone or identity numbers, without those. Otherwise they are refused.
    #[arg(long)]
    pub(super) ignore_personal_properties: bool,
    #[command(flatten)]
    pub(super) access: AccessFlags,
}

/// Where bytes may come from.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Access")]
pub(super) struct AccessFlags {
    /// Read `s3://` and public bucket addresses through this S3 endpoint.
    #[arg(long, value_name = "URL", env = "CROPLENS_S3_ENDPOINT")]
    pub(super) s3_endpoint: Option<String>,
    /// Region of the buckets.
    #[arg(long, value_name = "REGION", default_value = "us-west-2", env = "AWS_REGION")]
    pub(super) s3_region: String,
    /// Sign S3 requests with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: unsigned.
    #[arg(long)]
    pub(super) s3_sign: bool,
    /// Also read from this host (repeatable). The catalogue's known archives are allowed already.
    #[arg(long, value_name = "HOST")]
    pub(super) allow_host: Vec<String>,
    /// Also read from this S3 bucket (repeatable).
    #[arg(long, value_name = "BUCKET")]
    pub(super) allow_bucket: Vec<String>,
    /// Requests made for one read or one catalogue page before it is given up. Default: 8 and 5.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(super) attempts: Option<u32>,
    /// Longest silence of a server before a request counts as failed. Default: 20, catalogue 30.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) read_timeout_s: Option<u64>,
}

/// The days of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    pub(super) as_of: Date,
    pub(super) from: Date,
    pub(super) to: Date,
}

impl RunFlags {
    /// The days asked for, checked against each other.
    pub(super) fn days(&self, spec: &Spec) -> Result<Days, Stop> {
        let as_of = self.as_of.unwrap_or_else(today);
        // Somewhere on Earth it is already tomorrow.
        if today().tomorrow().is_ok_and(|tomorrow| as_of > tomorrow) {
            return Err(Stop::usage(format!(
                "--as-of {as_of} lies after today: nothing is known of that day yet"
            )));
        }
        let to = self.to.unwrap_or(as_of);
        if to > as_of {
            return Err(Stop::usage(format!(
                "--to {to} lies after --as-of {as_of}; nothing later than as-of is read"
            )));
        }
        let history = jiff::Span::new().days(i64::from(spec.settings.period.history_days));
        let from = match self.from {
            Some(from) => from,
            None => as_of
                .checked_sub(history)
                .map_err(|e| Stop::usage(format!("--as-of {as_of} is out of range: {e}")))?,
        };
        if from > to {
            return Err(Stop::usage(format!("--from {from} lies after --to {to}")));
        }
        Ok(Days { as_of, from, to })
    }

    /// The plots, and what file they were read from.
    pub(super) fn read_plots(&self, spec: &Spec) -> Result<(Intake, InputFile), Stop> {
        let bytes = read_bounded(&self.plots, spec.settings.intake.max_bytes as u64)?;
        let file = intake::Opened::new(&bytes, &spec.settings.intake, self.personal())
            .map_err(|e| Stop::usage(format!("{}: {e}", self.plots.display())))?;
        let intake = Intake::of(self.read_features(&file)?);
        let input = InputFile {
            path: self.plots.display().to_string(),
            sha256: crate::record::sha256_hex(&bytes),
            bytes: bytes.len() as u64,
            features: intake.entries.len(),
            personal_properties: intake.personal as u64,
            personal_properties_ignored: self.ignore_personal_properties,
        };
        Ok((intake, input))
    }

    /// The features of a plots file, read side by side where they are many.
    fn read_features(&self, file: &intake::Opened<'_>) -> Result<Vec<intake::Features>, Stop> {
        let some = |start| file.features(start..(start + FEATURES_AT_ONCE).min(file.len()));
        if file.len() <= FEATURES_AT_ONCE {
            return Ok(vec![some(0)]);
        }
        let tasks = file.len().div_ceil(FEATURES_AT_ONCE);
        let all = || (0..tasks).into_par_iter().map(|task| some(task * FEATURES_AT_ONCE)).collect();
        Ok(self.pool()?.install(all))
    }

    fn personal(&self) -> Personal {
        if self.ignore_personal_properties { Personal::Drop } else { Personal::Refuse }
    }

    /// The pipeline file, or the built-in default.
    pub(super) fn spec(&self) -> Result<Spec, Stop> {
        spec(self.pipeline.as_deref())
    }

    /// A compute pool of the asked size.
    pub(super) fn pool(&self) -> Result<Arc<rayon::ThreadPool>, Stop> {
        pool(self.threads)
    }
}

/// A pipeline file, or the built-in default.
pub(super) fn spec(pipeline: Option<&Path>) -> Result<Spec, Stop> {
    match pipeline {
        Some(path) => Spec::load(path).map_err(|e| Stop::usage(format!("pipeline {}: {e}", path.display()))),
        None => Spec::built_in().map_err(|e| Stop::failed(format!("built-in pipeline: {e}"))),
    }
}

/// A compute pool of the asked size; all cores without.
pub(super) fn pool(threads: Option<u16>) -> Result<Arc<rayon::ThreadPool>, Stop> {
    crate::pipeline::pool(threads.map_or(0, usize::from))
        .map_err(|e| Stop::failed(format!("cannot start compute threads: {e}")))
}

/// Reads a file or standard input, at most `limit` bytes and one more (so that intake can say "too large").
fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let shown = path.display();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| {
            // A byte more than there are, to find the end without growing; a pipe says 0.
            let told = file.metadata()?.len().min(limit);
            bytes.try_reserve_exact(usize::try_from(told).unwrap_or(0).saturating_add(1))?;
            file.take(limit + 1).read_to_end(&mut bytes)
        })
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(e) => Err(Stop::usage(format!("cannot read {shown}: {e}"))),
    }
}

/// Today in UTC: the only clock of the house besides timings.
#[expect(clippy::disallowed_methods, reason = "as_of is made here, at the rim")]
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
