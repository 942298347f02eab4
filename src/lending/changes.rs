//! What would have to be different for another outcome, one condition for each reason that stands in the way.

use jiff::civil::Date;

use crate::crop::{CannotTell, OutOfDomain};
use crate::lending::plan::next_overpasses;
use crate::lending::rules::out_of_domain;
use crate::lending::seen::{area_interval_m2, day_after};
use crate::lending::{Evidence, Policy};
use crate::record::{Change, Code, Condition, Effect, ParamValue, Reason};

/// The changes, in the order of the reasons; the same condition once.
pub(super) fn changes(found: &[(Code, Reason)], evidence: &Evidence<'_>, policy: &Policy) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let passes: Vec<String> = next_overpasses(evidence).iter().map(Date::to_string).collect();
    let look = Look { evidence, policy, next: passes.join(", ") };
    for (code, reason) in found {
        if matches!(reason.effect(), Effect::Refer | Effect::Against | Effect::Block) {
            let (condition, values) = look.condition(*code, reason);
            let change = Change::new(*code, condition, values);
            if !all.iter().any(|c| c.text_en == change.text_en) {
                all.push(change);
            }
        }
    }
    all
}

/// The condition of the plots on which nothing was looked at.
pub(super) fn consent(code: Code) -> Change {
    Change::new(code, Condition::GiveConsent, [])
}

struct Look<'a> {
    evidence: &'a Evidence<'a>,
    policy: &'a Policy,
    /// The next overpasses, as text; empty where none is known.
    next: String,
}

type Found = (Condition, Vec<ParamValue>);

impl Look<'_> {
    fn condition(&self, code: Code, reason: &Reason) -> Found {
        let given = |name: &str| reason.params().get(name).cloned().into_iter().collect::<Vec<_>>();
        match code {
            Code::SrcSearchFailed => (Condition::SearchAgain, Vec::new()),
            Code::SrcReadFailed => (Condition::ReadAgain, Vec::new()),
            Code::InternalError => (Condition::ReportFault, Vec::new()),
            Code::SrcNoScenes | Code::SrcCatalogueGap => (Condition::FullerCatalogue, Vec::new()),
            Code::SrcOffsetUnresolved => (Condition::SettledOffset, Vec::new()),
            Code::ImgTooFewClear => self.more_clear(reason),
            Code::ImgGapLong | Code::PlotTooSmall | Code::PlotTooNarrow | Code::PlotUnresolved => {
                (Condition::FinerImages, Vec::new())
            }
            Code::ImgStale => match self.still_open() {
                Some(to) if self.next.is_empty() => (Condition::FreshDate, vec![to.into()]),
                Some(to) => (Condition::FreshDateNext, vec![to.into(), self.next.as_str().into()]),
                None => (Condition::Visit, Vec::new()),
            },
            Code::ImgPhaseNotSeen => (Condition::PhaseFromElsewhere, given("phase")),
            Code::EventFlood => (Condition::ReliefRoute, Vec::new()),
            Code::EventDrought => (Condition::ReliefRegion, Vec::new()),
            Code::CropFailed | Code::CropDeclining | Code::CropVanished | Code::CoverGone => {
                (Condition::TellWhatHappened, Vec::new())
            }
            Code::LandFormerForest => (Condition::LandHistory, Vec::new()),
            Code::HarvestEarly => (Condition::ProofOfSale, Vec::new()),
            Code::NotPlantedByDeadline => (Condition::CropOnLaterDates, Vec::new()),
            Code::VigourBelowPeers => (Condition::TellWhyWeaker, Vec::new()),
            Code::StageNotReachedUntil => (Condition::LookLater, given("from")),
            Code::StageNotReached | Code::CannotTellCropped => match self.still_open() {
                Some(_) if !self.next.is_empty() => {
                    (Condition::LookLaterNext, vec![self.next.as_str().into()])
                }
                Some(_) => self.look_later(),
                None => (Condition::Visit, Vec::new()),
            },
            Code::CropUndetermined | Code::CropUncertain => {
                // The images cannot tell, so nothing is said against the declaration.
                if self.still_open().is_some() && !self.next.is_empty() {
                    (Condition::ConfirmCropOrLater, vec![self.next.as_str().into()])
                } else {
                    (Condition::ConfirmCrop, Vec::new())
                }
            }
            Code::OverlapSameField
            | Code::OverlapOtherApplication
            | Code::OverlapSliver
            | Code::OutlineCopied => (Condition::OverlapExplained, given("other")),
            Code::OverlapNotChecked => (Condition::RegisterChecked, Vec::new()),
            Code::CropDiffers | Code::CropFitsBadly => (Condition::CorrectOrConfirmCrop, Vec::new()),
            Code::CropOutOfDomain => (self.out_of_domain(reason), Vec::new()),
            Code::CropNotDeclared => (Condition::DeclareCrop, Vec::new()),
            Code::LandNotCropped => (Condition::CropLater, Vec::new()),
            _ => self.of_the_file(code, reason),
        }
    }

    /// A row of the calendar helps only where one is missing: what the curve does not show, a person sees.
    fn out_of_domain(&self, reason: &Reason) -> Condition {
        let what = reason.params().get("what");
        let cause = self.evidence.assessment.cannot_tell.iter().find_map(|cause| match cause {
            CannotTell::OutOfDomain(cause) => {
                Some(cause).filter(|c| Some(&out_of_domain::said(c)[0]) == what)
            }
            _ => None,
        });
        match cause {
            Some(OutOfDomain::RipeOrCut) => Condition::Visit,
            Some(
                OutOfDomain::WeakRise { .. }
                | OutOfDomain::Shapeless { .. }
                | OutOfDomain::AnotherCanopy { .. },
            ) => Condition::ConfirmCrop,
            Some(OutOfDomain::UnknownWord { .. } | OutOfDomain::NoCalendar { .. }) | None => {
                Condition::CropProfile
            }
        }
    }

    /// What the lender or the applicant can put right in the file.
    fn of_the_file(&self, code: Code, reason: &Reason) -> Found {
        let given = |name: &str| reason.params().get(name).cloned();
        let rules = &self.policy.rules;
        match code {
            Code::AreaBelowPolicy => (Condition::LargerOutline, vec![rules.min_area_ha.value.into()]),
            Code::GpsFar => (Condition::PositionAtPlot, given("max_m").into_iter().collect()),
            Code::AreaNotDeclared => (Condition::DeclareArea, Vec::new()),
            Code::AreaUnderDeclared => {
                let upper_ha = area_interval_m2(self.evidence.plot).1 / 10_000.0;
                let most = floor_to(upper_ha / (1.0 - rules.max_area_shortfall_frac.value).max(1e-9), 4);
                (Condition::SmallerDeclaredArea, vec![shown_down(most).into()])
            }
            Code::CroppedUnderDeclared => {
                let upper = self.evidence.cropland.cropped.map_or(1.0, |c| c.upper);
                let upper_ha = upper * area_interval_m2(self.evidence.plot).1 / 10_000.0;
                let most = floor_to(upper_ha / (1.0 - rules.max_cropped_shortfall_frac.value).max(1e-9), 4);
                (Condition::SmallerCroppedArea, vec![shown_down(most).into()])
            }
            Code::PlotMixed | Code::PlotPartlyCropped => (Condition::OutlineEachField, Vec::new()),
            Code::CroppedAreaNotTold => (Condition::ClearWhileGreen, Vec::new()),
            Code::SowingDateImplausible => {
                let dates = given("earliest").into_iter().chain(given("latest"));
                (Condition::CorrectSowingDate, dates.collect())
            }
            Code::SowingDateNotUsed => self.sowing_date(),
            Code::ConsentMissing | Code::ConsentExpired => (Condition::GiveConsent, Vec::new()),
            Code::RequestAboveLimit => (Condition::SmallerRequest, given("limit").into_iter().collect()),
            Code::LtvTooHigh => (Condition::SmallerRequest, self.most_by_ltv().into_iter().collect()),
            Code::LimitNotComputed => (Condition::AddFigure, given("what").into_iter().collect()),
            Code::PolicyCropNotFinanced => (Condition::OtherPolicy, Vec::new()),
            Code::CurrencyDiffers => (Condition::SameCurrency, given("policy").into_iter().collect()),
            _ => (Condition::Visit, Vec::new()),
        }
    }

    /// The calendar's days of sowing, as far as they have come; where none has, the date is not what has to change alone.
    fn sowing_date(&self) -> Found {
        let as_of = self.evidence.as_of();
        match &self.evidence.assessment.sowing_not_used {
            Some(unused) if unused.from <= as_of => {
                let latest = unused.to.min(as_of);
                (Condition::CorrectSowingDate, vec![unused.from.into(), latest.into()])
            }
            _ => (Condition::CorrectOrConfirmCrop, Vec::new()),
        }
    }

    /// The largest request that the allowed part of the harvest's value permits.
    fn most_by_ltv(&self) -> Option<ParamValue> {
        let rules = self.policy.limit.as_ref()?;
        let value = crate::lending::limit::limit(self.evidence, self.policy)?.production_value?;
        let most = value.share(rules.max_ltv_frac.as_ref()?.value).down_to(rules.round_down_to);
        Some(format!("{most} {}", rules.currency).into())
    }

    /// Last day of the season, while days of it are left after the as-of day.
    fn still_open(&self) -> Option<Date> {
        let from = day_after(self.evidence.as_of(), 1)?.max(self.evidence.window.start);
        let to = self.closes();
        (from <= to).then_some(to)
    }

    /// Day on which the season asked about closes: the window's end, or that of the harvest expected after it.
    fn closes(&self) -> Date {
        let harvest = self.evidence.assessment.harvest.map(|h| h.p50);
        harvest.map_or(self.evidence.window.end, |h| h.max(self.evidence.window.end))
    }

    fn look_later(&self) -> Found {
        let days = i64::from(self.policy.validity.review_referred_after_days);
        match day_after(self.evidence.as_of(), days) {
            Some(from) => (Condition::LookLater, vec![from.into()]),
            None => (Condition::Visit, Vec::new()),
        }
    }

    fn more_clear(&self, reason: &Reason) -> Found {
        let count = |name: &str| match reason.params().get(name) {
            Some(ParamValue::Integer(n)) => *n,
            _ => 0,
        };
        let more = ParamValue::Integer(count("min").saturating_sub(count("n")).max(1));
        match self.still_open() {
            Some(to) if self.next.is_empty() => (Condition::MoreClearDates, vec![more, to.into()]),
            Some(to) => (Condition::MoreClearDatesNext, vec![more, to.into(), self.next.as_str().into()]),
            None => (Condition::MoreClearDatesPast, vec![more]),
        }
    }
}

/// Rounded down to what a sentence shows of hectares, so that what is promised holds.
fn shown_down(ha: f64) -> f64 {
    if ha < 1.0 { floor_to(ha, 4) } else { floor_to(ha, 2) }
}

fn floor_to(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).floor() / scale
}
