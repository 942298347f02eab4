//! What an earlier run in the same folder finished, and this one need not do again.

use std::collections::BTreeMap;

use crate::intake::Entry;
use crate::observation::Observation;
use crate::store::{self, FinishedRecord, RunManifest};

use super::provenance::{of_temperatures, software};
use super::run::RunRequest;

/// The table the observations are read from again.
pub(super) const SERIES_FILE: &str = "timeseries.parquet";

/// Whether the earlier run was made by this version, from the same source as far as builds know theirs.
fn same_build(manifest: &RunManifest) -> bool {
    let (then, now) = (&manifest.software, software());
    (&then.name, &then.version, &then.git_commit) == (&now.name, &now.version, &now.git_commit)
}

/// Finished records by plot id, with their observations.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    pub(super) finished: BTreeMap<String, FinishedRecord>,
    pub(super) observations: BTreeMap<String, Vec<Observation>>,
}

impl Earlier {
    /// Records that were made by this build from the same plot, declaration, settings, policy, days and catalogue, with
    /// papers if this run makes them. None if the observations behind them are not as they were written.
    pub(super) fn of(request: &RunRequest, register: Option<&str>) -> Result<Earlier, store::Error> {
        if !request.resume {
            return Ok(Earlier::default());
        }
        let Some(manifest) = store::read_manifest(&request.out)? else { return Ok(Earlier::default()) };
        let same_run = manifest.as_of == request.as_of
            && (manifest.from, manifest.to) == (request.from, request.to)
            && manifest.catalog.location == request.catalog_location
            && same_build(&manifest);
        if !same_run || !store::vouched_for(&request.out, &manifest, SERIES_FILE)? {
            return Ok(Earlier::default());
        }
        let mut finished = store::finished(&request.out, &request.spec.sha256)?;
        let policy = request.policy.sha256();
        let yields = request.yields.as_ref().map(|f| f.sha256.as_str());
        let temperature = request.temperature.as_ref().map(|f| f.sha256.as_str());
        let mut usable = BTreeMap::new();
        for entry in &request.intake.entries {
            let Entry::Plot(plot) = entry else { continue };
            let Some(found) = finished.remove(plot.id.as_str()) else { continue };
            let record = &found.record;
            let same = record.geometry_sha256.as_deref() == Some(plot.geometry_sha256.as_str())
                && record.policy_sha256.as_deref() == Some(policy.as_str())
                && record.figures_sha256 == request.figures.sha256()
                && record.overlap_register_version.as_deref() == register
                && record.as_of == request.as_of
                && record.yield_file_sha256.as_deref() == yields
                && of_temperatures(record) == temperature
                && record.links.is_empty() != request.papers()
                && crate::lending::same_plot(record, plot);
            if same {
                usable.insert(plot.id.as_str().to_owned(), found);
            }
        }
        if usable.is_empty() {
            return Ok(Earlier::default());
        }
        let series = request.out.join(SERIES_FILE);
        let observations = store::read_observations(&series, |id| usable.contains_key(id))?;
        Ok(Earlier { finished: usable, observations })
    }
}
