//! The second pass: every plot beside the others of the run.
//!
//! The first pass keeps a few hundred bytes of each plot; the second asks the nearest of them. Plots of an earlier run
//! that are not read again take part with the observations they were made from, so that the company is the same.

use crate::band::Band;
use crate::crop::events::{EventKind, Glance};
use crate::crop::vigour::Peers;
use crate::crop::yields::{YieldEstimate, YieldQuestion, estimate};
use crate::crop::{Assessment, Befallen, Condition, Cropped, Verdict};
use crate::observation::{Observation, Reject};
use crate::series::Series;

use super::judge::Bench;
use super::provenance::DaysUsed;

/// What one plot shows by itself.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) assessment: Assessment,
    pub(super) befallen: Befallen,
    /// What the daily temperatures did to it.
    pub(super) days: DaysUsed,
    /// Why the pipeline's classifier said nothing of it; `None` where it did, or there is none.
    pub(super) silent: Option<String>,
}

impl Bench<'_> {
    /// What befell a plot and how it stands among others.
    pub(super) fn condition(&self, look: &Look, peers: &Peers) -> Condition {
        let Befallen { looked, found, planting, own, facts, by_degree_days: _ } = &look.befallen;
        let rules = self.rules();
        let vigour = peers.vigour(facts, *own, &found.events, &rules.vigour, &rules.events);
        let mut condition = Condition {
            looked: *looked,
            events: found.events.clone(),
            planting: planting.clone(),
            vigour,
            yields: None,
            yield_file_sha256: self.yields.map(|f| f.sha256.clone()),
            no_yield: None,
            rules,
        };
        match self.yields_of(look, &condition) {
            Ok(yields) => condition.yields = Some(yields),
            Err(why) => condition.no_yield = Some(why),
        }
        condition
    }

    /// The yield that the user's statistics let expect, or the word of why there is none.
    fn yields_of(&self, look: &Look, condition: &Condition) -> Result<YieldEstimate, &'static str> {
        let file = self.yields.ok_or("no_statistics")?;
        let a = &look.assessment;
        if a.cropped != Cropped::Yes {
            return Err("no_crop_seen");
        }
        if condition.events.iter().any(|e| e.kind != EventKind::Decline) {
            return Err("event_on_plot");
        }
        let profiles = &self.spec.profiles;
        let fits = a.declared.as_ref().filter(|d| d.verdict == Verdict::Consistent);
        let declared = fits.and_then(|d| profiles.crops().iter().find(|c| c.name == d.crop));
        let probability =
            |crop: &str| a.candidates.iter().find(|c| c.crop == crop).map_or(0.0, |c| c.probability);
        let least = condition.rules.vigour.min_group_probability;
        let best = a.candidates.first().filter(|c| c.probability >= least).map(|c| c.crop.as_str());
        let crop = declared.map(|c| c.name.as_str()).or(best).ok_or("crop_not_sure")?;
        let (lat, lon) = look.befallen.facts.place;
        let harvest = a.harvested.or(a.harvest).map_or(a.as_of, |h| h.p50);
        let ask = |zone: &crate::crop::Zone| {
            estimate(
                &file.table,
                &YieldQuestion {
                    crop,
                    zone: &zone.name,
                    // This year's statistics are not out while the crop stands.
                    year: harvest.year() - 1,
                    dry_zone: zone.low_vigour,
                    probability: probability(crop).max(if declared.is_some() { least } else { 0.0 }),
                    maturity: a.maturity.map_or(0.0, |m| m.mid),
                    log_ratio: condition.vigour.peers.as_ref().map(|p| p.log_ratio),
                },
            )
        };
        profiles.zones_at(lat, lon).into_iter().find_map(ask).ok_or("no_row")
    }
}

/// The clear dates of a series and the dates set aside as outliers, as the event rules need them.
pub(super) fn glances(observations: &[Observation], series: &Series) -> Vec<Glance> {
    let in_series = |o: &Observation| {
        o.rejected.is_none()
            && series.samples().iter().any(|s| s.date == o.date && o.ndvi.is_some_and(|n| n.mean == s.ndvi))
    };
    observations
        .iter()
        .filter(|o| o.date <= series.as_of() && matches!(o.rejected, None | Some(Reject::Spike)))
        .filter_map(|o| {
            let ndvi = o.ndvi?;
            let share = |a: Option<&f64>, b: Option<&f64>| {
                let (a, b) = a.zip(b)?;
                Some((a - b) / (a + b)).filter(|x| x.is_finite())
            };
            let band = |b: Band| o.bands.get(&b);
            Some(Glance {
                date: o.date,
                ndvi: ndvi.mean,
                spread: Some([ndvi.p10, ndvi.p25, ndvi.median, ndvi.p75, ndvi.p90]),
                water: o.sky.water,
                ndwi: share(band(Band::B03), band(Band::B08)),
                mndwi: share(band(Band::B03), band(Band::B11)),
                lswi: share(band(Band::B8A).or(band(Band::B08)), band(Band::B11)),
                swir: band(Band::B11).copied(),
                nir: band(Band::B08).or(band(Band::B8A)).copied(),
                in_series: in_series(o),
            })
        })
        .collect()
}
