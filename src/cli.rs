//! The command line: reads flags, environment and clock, calls one verb, says what happened.
//!
//! Comes in: arguments. Goes out: an exit code: 0 done, 1 failed, 2 usage or unreadable input,
//! 3 done, but some plots were deferred for operational reasons. Not here: any science.

mod again;
mod appraise;
mod bundle;
mod check;
pub mod crop;
mod doors;
mod dry_run;
mod erase;
mod explain;
mod merge;
mod observe;
mod papers;
mod portfolio;
mod run_flags;
mod say;
pub mod season;
mod shard;
mod sign;
pub mod simulate;
pub mod table;
mod tables;
mod tokens;
pub mod validate;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Farm-plot polygons and public Sentinel-2 in, one loan-eligibility record per plot out.
#[derive(Debug, Parser)]
#[command(name = "croplens", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    /// Say only what went wrong.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Say more; twice for debugging.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Plots in, one record per plot out: the main job.
    Appraise(appraise::AppraiseArgs),
    /// Join the parts that the shards of a run made; names what is missing.
    Merge(merge::MergeArgs),
    /// Only the zonal statistics per plot and date.
    Observe(observe::ObserveArgs),
    /// Smoothing and phenology of series that somebody else extracted.
    Season(season::SeasonArgs),
    /// Stage, harvest window and declared-crop check of such series.
    Crop(crop::CropArgs),
    /// The science against sets whose truth is known.
    Validate(validate::ValidateArgs),
    /// Make scenes with a known truth: without options, exactly sample_tiles.
    Simulate(simulate::SimulateArgs),
    /// Check a record's hash, chain and signature, make it again from its sources (the whole run is read), and say
    /// identical or where it differs.
    Verify(Box<verify::VerifyArgs>),
    /// Chart, picture, raster and report of a few plots, of a run that made none.
    Papers(Box<papers::PapersArgs>),
    /// Everything behind one record in one file, for a browser or QGIS, without a server.
    Bundle(bundle::BundleArgs),
    /// A run as tables for a committee: statuses, exposure, reasons, fairness, concentration, calendar, archive.
    Portfolio(portfolio::PortfolioArgs),
    /// Take a plot or an applicant out of a run and of the register; hashes stay, so that the chain can be checked.
    Erase(erase::EraseArgs),
    /// Sign a run, so that others can tell who vouches for it.
    Sign(sign::SignArgs),
    /// The reasons of a run's records as sentences, in any language there is a file for.
    Explain(explain::ExplainArgs),
    /// Find out with another lender whether both finance the same land, without showing an outline.
    Tokens(tokens::TokensArgs),
    /// Resolve and print a pipeline or policy file with its hash; errors point at the line.
    Check(check::CheckArgs),
}

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Everything asked for is done.
    Done,
    /// Done, but some plots were deferred: run again to finish them.
    Deferred,
}

/// What stops a verb, with the exit code it leads to.
#[derive(Debug)]
struct Stop {
    code: u8,
    words: String,
}

impl Stop {
    /// Usage or unreadable input.
    fn usage(words: impl Into<String>) -> Stop {
        Stop { code: 2, words: words.into() }
    }

    /// Something failed on the way.
    fn failed(words: impl Into<String>) -> Stop {
        Stop { code: 1, words: words.into() }
    }
}

/// Parses the arguments, runs the verb, and turns its end into an exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    say::start_logging(cli.quiet, cli.verbose);
    let voice = say::Voice::new(cli.quiet);
    let ended = match cli.verb {
        Verb::Appraise(args) => appraise::run(&args, &voice),
        Verb::Merge(args) => merge::run(&args, &voice),
        Verb::Observe(args) => observe::run(&args, &voice),
        Verb::Season(args) => tables::season(&args, &voice),
        Verb::Crop(args) => tables::crop(&args, &voice),
        Verb::Validate(args) => tables::validate(&args, &voice),
        Verb::Simulate(args) => tables::simulate(args, &voice),
        Verb::Verify(args) => verify::run(&args, &voice),
        Verb::Papers(args) => papers::run(&args, &voice),
        Verb::Bundle(args) => bundle::run(&args, &voice),
        Verb::Portfolio(args) => portfolio::run(&args, &voice),
        Verb::Erase(args) => erase::run(&args, &voice),
        Verb::Sign(args) => sign::run(&args, &voice),
        Verb::Explain(args) => explain::run(&args, &voice),
        Verb::Tokens(args) => tokens::run(&args, &voice),
        Verb::Check(args) => check::run(&args, &voice),
    };
    match ended {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Deferred) => ExitCode::from(3),
        Err(stop) => {
            voice.error(&stop.words);
            ExitCode::from(stop.code)
        }
    }
}

/// Waits for what goes through the doors. A server that hangs is not waited for at the end.
fn wait_for<T>(work: impl Future<Output = T>) -> Result<T, Stop> {
    let runtime = runtime()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}

/// The runtime of the doors: two threads are enough, because pixels are decoded elsewhere.
fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Stop::failed(format!("cannot start the I/O runtime: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
