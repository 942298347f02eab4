//! `croplens merge`: the parts that shards made, joined to the files of one run.

use std::path::PathBuf;

use clap::Args;

use crate::store::{self, Lack, Merge};

use super::appraise::end;
use super::say::Voice;
use super::{Ended, Stop};

/// Units named in a message; more are counted.
const NAMED: usize = 10;

/// Arguments of `croplens merge`.
#[derive(Clone, Debug, Args)]
pub(super) struct MergeArgs {
    /// Output folder that the shards share.
    #[arg(value_name = "DIR")]
    out: PathBuf,
    /// Print one machine-readable summary on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(args: &MergeArgs, voice: &Voice) -> Result<Ended, Stop> {
    let failed = |e: store::Error| Stop::failed(e.to_string());
    match store::merge(&args.out).map_err(failed)? {
        Merge::NoPlan => Err(Stop::usage(format!(
            "{} holds no parts of a run: they are made by `croplens appraise --shard`",
            args.out.display()
        ))),
        Merge::Strangers(ids) => Err(Stop::failed(format!(
            "{} holds parts of another run, with other settings or other plots: {}. Remove them or choose another \
             folder",
            args.out.display(),
            some(&ids)
        ))),
        Merge::Lacking { units, command, of } => {
            let mut lines = vec![format!("{} of the run's units cannot be joined:", units.len())];
            let shown = units.iter().take(NAMED).map(|(id, shard, lack)| {
                let what = match lack {
                    Lack::Missing => "is missing",
                    Lack::Damaged => "is damaged",
                    Lack::Foreign => "belongs to another run",
                };
                format!("  {id} (shard {shard}/{of}) {what}")
            });
            lines.extend(shown);
            if units.len() > NAMED {
                lines.push(format!("  and {} more", units.len() - NAMED));
            }
            lines.push("run these shards again, what is whole is not done again:".to_owned());
            let shards: std::collections::BTreeSet<u32> = units.iter().map(|u| u.1).collect();
            lines.extend(shards.iter().take(NAMED).map(|shard| format!("  {command} --shard {shard}/{of}")));
            Err(Stop::failed(lines.join("\n")))
        }
        Merge::Joined(joined) => {
            let keep = !joined.manifest.deferred.is_empty();
            end::conclude(&args.out, joined.manifest, keep, args.json, voice)
        }
    }
}

fn some(ids: &[String]) -> String {
    let named: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
    let more = if ids.len() > NAMED { format!(" and {} more", ids.len() - NAMED) } else { String::new() };
    format!("{}{more}", named.join(", "))
}
