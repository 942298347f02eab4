//! Whether all units of a run are there, once and whole; and if so, the run joined.

use std::path::Path;

use crate::store::atomic::remove_partials;
use crate::store::error::Error;

use super::{Joined, Lack, Parts, UnitReport, join, shares};

/// What merging came to.
#[derive(Debug)]
pub enum Merge {
    /// The folder holds no plan.
    NoPlan,
    /// Units that are not of the plan.
    Strangers(Vec<String>),
    /// Units that are not there, or not as they were written.
    Lacking {
        /// Id, the shard that does it, and what is wrong.
        units: Vec<(String, u32, Lack)>,
        /// The command that made the others, without its shard.
        command: String,
        /// Number of shards.
        of: u32,
    },
    /// Everything is in place, but for the manifest.
    Joined(Box<Joined>),
}

/// Joins the units that lie in a folder, if every one is there.
///
/// # Errors
/// Files that cannot be read or written.
pub fn merge(out: &Path) -> Result<Merge, Error> {
    let parts = Parts::of(out);
    let Some(plan) = parts.plan()? else { return Ok(Merge::NoPlan) };
    let strangers = parts.strangers(&plan)?;
    if !strangers.is_empty() {
        return Ok(Merge::Strangers(strangers));
    }
    let mut reports: Vec<UnitReport> = Vec::new();
    let mut lacks: Vec<(usize, Lack)> = Vec::new();
    for (number, unit) in plan.units.iter().enumerate() {
        match parts.unit(&unit.id, &plan.run) {
            Ok(report) => reports.push(report),
            Err(lack) => lacks.push((number, lack)),
        }
    }
    if !lacks.is_empty() {
        let of = reports.iter().rev().find_map(|r| r.shard.split_once('/')?.1.parse().ok()).unwrap_or(1);
        let sizes: Vec<usize> = plan.units.iter().map(|u| u.features).collect();
        let shares = shares(&sizes, of);
        let units = lacks.into_iter().filter_map(|(number, lack)| {
            Some((plan.units.get(number)?.id.clone(), *shares.get(number)?, lack))
        });
        return Ok(Merge::Lacking { units: units.collect(), command: plan.command.clone(), of });
    }
    remove_partials(out)?;
    Ok(Merge::Joined(Box::new(join(out, &plan, &reports)?)))
}
