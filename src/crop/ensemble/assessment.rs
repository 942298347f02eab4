//! The ensemble's answer in the shape that the rest of the house reads.

use crate::series::days_between;

use super::super::harvest::{Harvest, judge};
use super::super::normal::Normal;
use super::super::season_reading::Reading;
use super::super::stage::of_bbch;
use super::super::{Assessment, CannotTell, CropRules, Cropped, Interval, Stage};
use super::METHOD;
use super::answer::{Answer, Decision};

/// Most candidates of an assessment.
const CANDIDATES: usize = 3;
/// Least standard deviation of a date in the harvest's log-odds, days.
const LEAST_SD: f64 = 1.0;

impl Answer {
    /// The assessment of the season-based reading with everything that the ensemble knows better: candidates, the
    /// declared crop, stage, maturity, emergence, harvest. Seasons, cropped or not, and what was seen stay.
    ///
    /// A plot without a crop cycle gets no stage from hypotheses, and a stale one no word for today's stage.
    pub fn into_assessment(self, base: Assessment, reading: &Reading<'_>, rules: &CropRules) -> Assessment {
        let mut a = Assessment { method: METHOD, ..base };
        if let (Decision::Refer(_), Some(best)) = (&self.decision, self.crops.first()) {
            a.cannot_tell.push(CannotTell::Ambiguous {
                crop: best.crop.clone(),
                probability: best.probability,
                need: super::judge::NAMED,
            });
        }
        a.candidates = self.crops.into_iter().take(CANDIDATES).collect();
        a.declared = self.declared.or(a.declared);
        let Some(d) = self.development.filter(|_| a.cropped == Cropped::Yes) else { return a };
        let fresh = a.last_clear.is_some_and(|last| {
            days_between(last, a.as_of) <= i32::try_from(rules.max_stale_days).unwrap_or(0)
        });
        a.emergence = Some(d.emergence);
        a.harvest = None;
        a.harvested = None;
        a.cannot_tell.retain(|c| !matches!(c, CannotTell::TooEarly { expected_from: None }));
        let law = |(mean, sd): (f64, f64)| Normal::new(mean, sd.max(LEAST_SD));
        let season = a.current.and_then(|k| a.seasons.get(k)).filter(|s| s.pos.is_some());
        let next_crop = a.current.is_some_and(|k| k + 1 < a.seasons.len());
        let told = season
            .map(|s| judge(reading.series, s, law(d.harvest_law), law(d.maturity_law), next_crop, rules));
        match told {
            Some(Harvest::Seen(window)) => {
                a.harvested = Some(window);
                a.stage = Stage::Harvested;
                a.bbch = None;
                a.maturity = Some(Interval { lower: 1.0, mid: 1.0, upper: 1.0 });
                return a;
            }
            Some(Harvest::Unclear(window)) => {
                a.harvest = Some(window);
                let what =
                    "whether the crop is ripe and standing or already cut: NDVI alone shows no difference";
                let what = CannotTell::OutOfDomain { what: what.to_owned() };
                if !a.cannot_tell.contains(&what) {
                    a.cannot_tell.push(what);
                }
            }
            Some(Harvest::Expected(_)) | None => a.harvest = Some(d.harvest),
        }
        a.maturity = Some(d.maturity);
        a.bbch = d.bbch;
        if let Some(b) = d.bbch.filter(|_| fresh) {
            a.stage = of_bbch(b.mid);
        }
        a
    }
}
