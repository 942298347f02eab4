//! Which part of a run this process does: said on the command line, or by the scheduler that started it.

use std::collections::BTreeMap;

use clap::Args;

use crate::pipeline::Shard;

use super::Stop;

/// Most shards of a run.
const MOST: u32 = 100_000;

/// The shard flags of `appraise`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Sharing a run among processes (see docs/scale.md)")]
pub(super) struct ShardFlags {
    /// Do only this part of the run, `2/10`; `auto` reads it from Slurm's, Kubernetes' or AWS Batch's array index. All
    /// shards share --out; `croplens merge` joins them.
    #[arg(long, value_name = "I/N|auto")]
    shard: Option<String>,
    /// Number of shards, for `--shard auto`: needed on Kubernetes, and wherever a part of an array is run again.
    #[arg(long, value_name = "N", requires = "shard", env = "CROPLENS_SHARDS",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST)))]
    shards: Option<u32>,
}

impl ShardFlags {
    /// The shard that is asked for, if one is.
    pub(super) fn which(&self) -> Result<Option<Shard>, Stop> {
        match self.shard.as_deref() {
            None => Ok(None),
            Some("auto") => of_scheduler(&environment(), self.shards).map(Some).map_err(Stop::usage),
            Some(text) => parse(text).map(Some).map_err(Stop::usage),
        }
    }
}

fn parse(text: &str) -> Result<Shard, String> {
    let wrong = || format!("--shard {text}: write it as 2/10, the second of ten, or as auto");
    let (number, of) = text.split_once('/').ok_or_else(wrong)?;
    let whole = |part: &str| part.trim().parse::<u32>().map_err(|_| wrong());
    checked(whole(number)?, whole(of)?)
}

fn checked(number: u32, of: u32) -> Result<Shard, String> {
    if (1..=MOST).contains(&of) && (1..=of).contains(&number) {
        Ok(Shard { number, of })
    } else {
        Err(format!("there is no shard {number} of {of}: shards are numbered from 1, and are at most {MOST}"))
    }
}

/// Variables of the schedulers.
const VARIABLES: [&str; 7] = [
    "SLURM_ARRAY_TASK_ID",
    "SLURM_ARRAY_TASK_COUNT",
    "SLURM_ARRAY_TASK_MIN",
    "SLURM_ARRAY_TASK_STEP",
    "JOB_COMPLETION_INDEX",
    "AWS_BATCH_JOB_ARRAY_INDEX",
    "AWS_BATCH_JOB_ARRAY_SIZE",
];

#[expect(clippy::disallowed_methods, reason = "the environment is read here, at the rim")]
fn environment() -> BTreeMap<&'static str, String> {
    VARIABLES.into_iter().filter_map(|name| Some((name, std::env::var(name).ok()?))).collect()
}

/// The shard by the variables of a scheduler.
///
/// # Sources
/// Slurm sbatch(1), "output environment variables": task id, and the array's least id, step and size. Kubernetes,
/// "Indexed Job": completions are numbered from 0, and their number is not told. AWS Batch, "array jobs": index from 0,
/// and size.
fn of_scheduler(said: &BTreeMap<&str, String>, shards: Option<u32>) -> Result<Shard, String> {
    let number = |name: &str| -> Result<Option<u32>, String> {
        let Some(text) = said.get(name) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| format!("{name} is {text}, which is no number"))
    };
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        // With the number of shards given, the task's id is the shard's number, so that some tasks can be run again.
        if let Some(of) = shards {
            return checked(id, of);
        }
        let (count, least) = (number("SLURM_ARRAY_TASK_COUNT")?, number("SLURM_ARRAY_TASK_MIN")?);
        let (count, least) =
            count.zip(least).ok_or("Slurm does not tell the size of the array: add --shards N")?;
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        return checked(id.saturating_sub(least) / step + 1, count);
    }
    if let Some(index) = number("AWS_BATCH_JOB_ARRAY_INDEX")? {
        let size = match shards {
            Some(of) => Some(of),
            None => number("AWS_BATCH_JOB_ARRAY_SIZE")?,
        };
        let of = size.ok_or("AWS Batch does not tell the size of the array: add --shards N")?;
        return checked(index.saturating_add(1), of);
    }
    if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        let of = shards.ok_or("Kubernetes does not tell the number of completions: add --shards N")?;
        return checked(index.saturating_add(1), of);
    }
    Err("--shard auto: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX and AWS_BATCH_JOB_ARRAY_INDEX is set".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(said: &[(&'static str, &str)], shards: Option<u32>) -> Result<(u32, u32), String> {
        let said = said.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        of_scheduler(&said, shards).map(|s| (s.number, s.of))
    }

    #[test]
    fn each_scheduler_is_understood() {
        let slurm = |id, min, count| {
            asked(
                &[
                    ("SLURM_ARRAY_TASK_ID", id),
                    ("SLURM_ARRAY_TASK_MIN", min),
                    ("SLURM_ARRAY_TASK_COUNT", count),
                ],
                None,
            )
        };
        assert_eq!(slurm("1", "1", "3"), Ok((1, 3)));
        assert_eq!(slurm("2", "0", "3"), Ok((3, 3)));
        let step = [
            ("SLURM_ARRAY_TASK_ID", "8"),
            ("SLURM_ARRAY_TASK_MIN", "0"),
            ("SLURM_ARRAY_TASK_COUNT", "3"),
            ("SLURM_ARRAY_TASK_STEP", "4"),
        ];
        assert_eq!(asked(&step, None), Ok((3, 3)));
        // One task of an array run again: the array has one task, the run still three shards.
        let again =
            [("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_MIN", "2"), ("SLURM_ARRAY_TASK_COUNT", "1")];
        assert_eq!(asked(&again, Some(3)), Ok((2, 3)));
        assert_eq!(asked(&[("JOB_COMPLETION_INDEX", "0")], Some(4)), Ok((1, 4)));
        assert!(asked(&[("JOB_COMPLETION_INDEX", "0")], None).is_err());
        assert!(asked(&[("JOB_COMPLETION_INDEX", "4")], Some(4)).is_err());
        let batch = [("AWS_BATCH_JOB_ARRAY_INDEX", "9"), ("AWS_BATCH_JOB_ARRAY_SIZE", "10")];
        assert_eq!(asked(&batch, None), Ok((10, 10)));
        assert!(asked(&[], Some(4)).is_err());
        assert!(asked(&[("SLURM_ARRAY_TASK_ID", "0")], Some(3)).is_err());
        assert!(asked(&[("SLURM_ARRAY_TASK_ID", "x")], Some(3)).unwrap_err().contains("no number"));
    }

    #[test]
    fn shards_are_written_as_parts_of_a_whole() {
        assert_eq!(parse("2/10"), Ok(Shard { number: 2, of: 10 }));
        for wrong in ["", "2", "0/3", "4/3", "1/0", "a/b", "1/2/3", "-1/3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
