//! What a run consists of: units of features that are read and judged together, the same on every machine.

use std::collections::{BTreeMap, BTreeSet};

use crate::intake::Entry;
use crate::lending::{self, Provenance};
use crate::plot::Plot;
use crate::record::{canonical_json, sha256_hex};
use crate::store::{PlanFile, PlannedUnit, RunManifest};

use crate::pipeline::company::companies;

use super::RunRequest;

/// Digits of the hash in a unit's id.
const ID_DIGITS: usize = 12;

/// Features that are read and judged together.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) id: String,
    /// Positions in the input, in order.
    pub(super) positions: Vec<usize>,
}

/// The units of a run. The plots are borrowed from the request.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Hash over `settings`.
    pub(super) run: String,
    pub(super) settings: BTreeMap<String, String>,
    /// Plots that may be looked at, with their positions.
    pub(super) plots: Vec<(usize, &'a Plot)>,
    /// Companies of plots, then whatever is not looked at.
    pub(super) units: Vec<Unit>,
    pub(super) companies: usize,
}

impl<'a> Plan<'a> {
    /// The plan of a run. Without a valid consent nothing is asked, read or judged of a plot.
    pub(super) fn of(request: &'a RunRequest, provenance: &Provenance, register: Option<&str>) -> Plan<'a> {
        let allowed = |plot: &Plot| {
            lending::without_consent(plot, request.as_of, &request.policy, provenance).is_none()
        };
        let plots: Vec<(usize, &Plot)> = (request.intake.entries.iter().enumerate())
            .filter_map(|(at, entry)| match entry {
                Entry::Plot(plot) if allowed(plot) => Some((at, plot)),
                _ => None,
            })
            .collect();
        let settings = settings(request, provenance, register);
        let run = sha256_hex(canonical_json(&serde_json::json!(settings)).as_bytes());
        let mut groups: Vec<Vec<usize>> = companies(&plots, request.spec.settings.company.most_plots)
            .into_iter()
            .map(|company| company.into_iter().filter_map(|at| plots.get(at)).map(|(at, _)| *at).collect())
            .collect();
        let companies = groups.len();
        let seen: BTreeSet<usize> = plots.iter().map(|(at, _)| *at).collect();
        let rest: Vec<usize> = (0..request.intake.entries.len()).filter(|at| !seen.contains(at)).collect();
        if !rest.is_empty() {
            groups.push(rest);
        }
        let unit = |(number, positions): (usize, Vec<usize>)| {
            let what = serde_json::json!({ "run": run, "positions": positions });
            let hash = sha256_hex(canonical_json(&what).as_bytes());
            let id = format!("unit-{:05}-{}", number + 1, hash.get(..ID_DIGITS).unwrap_or(&hash));
            Unit { id, positions }
        };
        let units = groups.into_iter().enumerate().map(unit).collect();
        Plan { run, settings, plots, units, companies }
    }

    /// Numbers of the units that hold one of these features.
    pub(super) fn holding(&self, positions: &BTreeSet<usize>) -> Vec<usize> {
        let asked = |at: &usize| positions.contains(at);
        let holds = |(number, unit): (usize, &Unit)| unit.positions.iter().any(asked).then_some(number);
        self.units.iter().enumerate().filter_map(holds).collect()
    }

    /// The plan as a file.
    pub(super) fn file(&self, request: &RunRequest, manifest: &RunManifest) -> PlanFile {
        PlanFile {
            run: self.run.clone(),
            settings: self.settings.clone(),
            features: request.intake.entries.len(),
            units: (self.units.iter())
                .map(|u| PlannedUnit { id: u.id.clone(), features: u.positions.len() })
                .collect(),
            bands: request.spec.appraised_bands().iter().map(|b| b.name().to_owned()).collect(),
            title: request.title.clone(),
            command: request.command.clone(),
            manifest: manifest.clone(),
        }
    }
}

/// Everything that decides an answer, by name.
fn settings(
    request: &RunRequest,
    provenance: &Provenance,
    register: Option<&str>,
) -> BTreeMap<String, String> {
    let software = &provenance.software;
    let commit = software.git_commit.clone().unwrap_or_default();
    let mut settings: BTreeMap<String, String> = [
        ("software", format!("{} {} {commit}", software.name, software.version)),
        ("plots", request.input_sha256.clone()),
        ("pipeline settings", request.spec.sha256.clone()),
        ("policy", request.policy.sha256()),
        ("lender's figures", request.figures.sha256().unwrap_or_default()),
        ("regional yields", request.yields.as_ref().map(|f| f.sha256.clone()).unwrap_or_default()),
        ("register", register.unwrap_or_default().to_owned()),
        ("as-of day", request.as_of.to_string()),
        ("first day", request.from.to_string()),
        ("last day", request.to.to_string()),
        ("catalogue", request.catalog_location.clone()),
        ("papers", request.papers().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    // Named only where it is given: a run without it is the same run as before there was such a file.
    settings
        .extend(request.temperature.as_ref().map(|t| ("daily temperatures".to_owned(), t.sha256.clone())));
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_units_that_hold_what_is_asked_about_are_named() {
        let unit = |id: &str, positions: &[usize]| Unit { id: id.to_owned(), positions: positions.to_vec() };
        let plan = Plan {
            run: String::new(),
            settings: BTreeMap::new(),
            plots: Vec::new(),
            units: vec![unit("a", &[0, 3]), unit("b", &[1]), unit("c", &[2])],
            companies: 3,
        };
        let holding = |positions: &[usize]| plan.holding(&positions.iter().copied().collect());
        assert_eq!(holding(&[3]), [0]);
        assert_eq!(holding(&[1, 0]), [0, 1]);
        assert_eq!(holding(&[1, 2, 3]), [0, 1, 2]);
        assert!(holding(&[4]).is_empty() && holding(&[]).is_empty());
    }
}
