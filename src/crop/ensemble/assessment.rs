//! The ensemble's answer in the shape that the rest of the house reads.

use crate::series::days_between;

use super::super::stage::of_bbch;
use super::super::{
    Assessment, CannotTell, CropRules, Cropped, DateInterval, Interval, OutOfDomain, Stage, Verdict,
};
use super::METHOD;
use super::answer::{Answer, Decision};
use super::cut::{Standing, middle};

/// Most candidates of an assessment.
const CANDIDATES: usize = 3;

impl Answer {
    /// The assessment of the season-based reading with everything that the ensemble knows better: candidates, the
    /// declared crop, stage, maturity, emergence, harvest. Seasons, cropped or not, and what was seen stay.
    ///
    /// A plot without a crop cycle gets no stage from hypotheses, and a stale one no word for today's stage.
    pub fn into_assessment(self, base: Assessment, rules: &CropRules) -> Assessment {
        let mut a = Assessment { method: METHOD, ..base };
        if let (Decision::Refer(_), Some(best)) = (&self.decision, self.crops.first()) {
            a.cannot_tell.push(CannotTell::Ambiguous {
                crop: best.crop.clone(),
                probability: best.probability,
                need: super::judge::NAMED,
            });
        }
        a.candidates = self.crops.into_iter().take(CANDIDATES).collect();
        // A word that is no crop of the calendar may be a cover of the table.
        let known = self.declared.as_ref().is_some_and(|d| d.verdict != Verdict::UnknownCrop);
        if known {
            a.cannot_tell.retain(|c| !matches!(c, CannotTell::OutOfDomain(OutOfDomain::UnknownWord { .. })));
        }
        a.declared = self.declared.or(a.declared);
        a.sowing_not_used = self.sowing_not_used.or(a.sowing_not_used);
        // Neither the declared crop nor another one can be assumed: whose dates the curve's would be is not known.
        let against = |v: Verdict| matches!(v, Verdict::Inconsistent | Verdict::Contradicted);
        let development = self.development.filter(|d| d.is_told && a.cropped == Cropped::Yes);
        let none = development.is_none() && a.cropped == Cropped::Yes;
        if none && a.declared.as_ref().is_some_and(|d| against(d.verdict)) {
            (a.emergence, a.harvest, a.harvested) = (None, None, None);
            (a.stage, a.bbch, a.maturity) = (Stage::Unknown, None, None);
            return a;
        }
        let Some(d) = development else { return a };
        let fresh = a.last_clear.is_some_and(|last| {
            days_between(last, a.as_of) <= i32::try_from(rules.max_stale_days).unwrap_or(0)
        });
        a.emergence = Some(d.emergence);
        a.harvest = None;
        a.harvested = None;
        a.cannot_tell.retain(|c| !matches!(c, CannotTell::TooEarly { expected_from: None }));
        let ripe = Interval { lower: 1.0, mid: 1.0, upper: 1.0 };
        match d.standing {
            Standing::Cut { from, to } => {
                a.harvested = Some(DateInterval { p10: from, p50: middle(from, to), p90: to });
                (a.stage, a.bbch, a.maturity) = (Stage::Harvested, None, Some(ripe));
                return a;
            }
            Standing::CutByCalendar => {
                // Nobody saw the cut: the window stays an expectation, also when it lies behind.
                a.harvest = Some(d.harvest);
                (a.stage, a.bbch, a.maturity) = (Stage::Harvested, None, Some(ripe));
                return a;
            }
            Standing::Gone { from, to } => {
                a.cannot_tell.insert(0, CannotTell::Vanished { from, to });
                (a.stage, a.bbch, a.maturity) = (Stage::Unknown, None, None);
                return a;
            }
            Standing::Unclear => {
                let what = CannotTell::OutOfDomain(OutOfDomain::RipeOrCut);
                if !a.cannot_tell.contains(&what) {
                    a.cannot_tell.push(what);
                }
            }
            Standing::Yes => {}
        }
        a.harvest = Some(d.harvest);
        a.maturity = Some(d.maturity);
        a.bbch = d.bbch;
        if let Some(b) = d.bbch.filter(|_| fresh) {
            a.stage = of_bbch(b.mid);
        }
        a
    }
}
