//! Numbers that rules, confidence and record all need, each computed in one place.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::lending::Evidence;
use crate::observation::{NdviStats, Observation, Reject};
use crate::phenology::Season;
use crate::plot::Plot;
use crate::scene::SceneId;

/// Width of the doubt along an outline, metres: geolocation of the images and drawing of the edge.
/// Source: design value for Sentinel-2 outlines (about half a pixel). Consequence: the area interval,
/// and with it how much smaller than declared a plot may measure. A phone's own accuracy is used where
/// it is worse.
pub const BOUNDARY_ERROR_M: f64 = 4.0;

/// How area and interval are computed, as records say it.
pub const AREA_METHOD: &str = "geodesic area on WGS 84; standard deviation 0.5 x perimeter x max(4 m, GPS accuracy); \
                               lower and upper are the 10th and 90th percentile";

/// Standard deviations from the middle to the 10th or 90th percentile of a normal distribution.
pub(super) const P90_SD: f64 = 1.281_551_565_544_6;

/// A stretch of days without a clear date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blind {
    pub(super) days: u32,
    pub(super) from: Date,
    pub(super) to: Date,
}

/// A scene that could not be read in this run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unread {
    pub(super) scene: SceneId,
    pub(super) date: Date,
    pub(super) tries: u32,
}

/// Days from one date to another, negative if it lies before.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

pub(super) fn day_after(date: Date, days: i64) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

/// As [`days_between`], 0 where it would be negative.
pub(super) fn age_days(from: Date, to: Date) -> u32 {
    u32::try_from(days_between(from, to)).unwrap_or(0)
}

impl Evidence<'_> {
    pub(super) fn as_of(&self) -> Date {
        self.assessment.as_of
    }

    /// Last day that the season's question reaches: its end, or the as-of day while it runs.
    pub(super) fn horizon(&self) -> Date {
        self.window.end.min(self.as_of())
    }

    /// The season the appraisal is about, if one was found.
    pub(super) fn season(&self) -> Option<&Season> {
        self.assessment.current.and_then(|i| self.assessment.seasons.get(i))
    }

    pub(super) fn used(&self) -> impl Iterator<Item = &Observation> {
        self.observations.iter().filter(|o| o.rejected.is_none() && o.date <= self.as_of())
    }

    /// Clear dates inside the season's window up to the as-of day.
    pub(super) fn clear_dates(&self) -> BTreeSet<Date> {
        let reach = self.window.start..=self.horizon();
        self.used().map(|o| o.date).filter(|d| reach.contains(d)).collect()
    }

    /// Clear dates on the days looked at for the crop.
    pub(super) fn clear_looked_at(&self) -> u32 {
        let (from, to) = self.looked_at();
        let reach = from..=to;
        let dates = self.clear_dates().into_iter().filter(|d| reach.contains(d)).count();
        u32::try_from(dates).unwrap_or(u32::MAX)
    }

    /// The longest blind stretch in the window up to the as-of day, its edges included.
    pub(super) fn longest_blind(&self) -> Option<Blind> {
        self.longest_blind_in((self.window.start, self.horizon()))
    }

    /// The longest blind stretch of some days of the window, its edges included.
    pub(super) fn longest_blind_in(&self, (first, last): (Date, Date)) -> Option<Blind> {
        let mut open_from = first;
        let mut longest: Option<Blind> = None;
        let clear = self.clear_dates();
        let inside = clear.iter().filter(|d| (first..=last).contains(d));
        let ends = inside.map(|d| (*d, day_after(*d, -1))).chain([(last, Some(last))]);
        for (seen, to) in ends {
            if let Some(to) = to.filter(|to| *to >= open_from) {
                let days = age_days(open_from, to) + 1;
                if longest.is_none_or(|b| days > b.days) {
                    longest = Some(Blind { days, from: open_from, to });
                }
            }
            open_from = day_after(seen, 1).unwrap_or(seen);
        }
        longest
    }

    /// First and last day looked at for the crop: of two crops in the window, last year's does not count.
    pub(super) fn looked_at(&self) -> (Date, Date) {
        let (from, to) = self.assessment.looked_at;
        (from.max(self.window.start), to.min(self.horizon()))
    }

    /// Lowest and highest plot mean of NDVI on the days looked at for the crop.
    pub(super) fn ndvi_range(&self) -> Option<(f64, f64)> {
        let (from, to) = self.looked_at();
        let reach = from..=to;
        let seen = self.used().filter(|o| reach.contains(&o.date));
        let mut means: Vec<f64> = seen.filter_map(|o| o.ndvi.as_ref()).map(|s| s.mean).collect();
        means.sort_by(f64::total_cmp);
        Some((*means.first()?, *means.last()?))
    }

    /// NDVI of the last clear date.
    pub(super) fn ndvi_latest(&self) -> Option<&NdviStats> {
        let seen = self.used().filter_map(|o| o.ndvi.as_ref().map(|s| (o.datetime, &o.scene, s)));
        seen.max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1))).map(|(_, _, stats)| stats)
    }

    /// The wettest clear observation of the window, leaving out days before `until`, when water is there by
    /// design.
    pub(super) fn wettest(&self, until: Option<Date>) -> Option<(f64, Date)> {
        let reach = self.window.start..=self.horizon();
        let flooded_by_design = |d: Date| until.is_some_and(|end| d < end);
        let wet = self.used().filter(|o| reach.contains(&o.date) && !flooded_by_design(o.date));
        wet.map(|o| (o.sky.water, o.date)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
    }

    /// Scenes that could not be read, by id; an observation may say so too.
    pub(super) fn unread(&self) -> BTreeSet<Unread> {
        let skipped = self.skipped.iter().filter(|s| s.why.is_operational());
        let from_skipped =
            skipped.map(|s| Unread { scene: s.scene.clone(), date: s.date, tries: s.tries.max(1) });
        let observed = self.observations.iter().filter(|o| o.rejected.is_some_and(Reject::is_operational));
        let known: BTreeSet<&SceneId> = self.skipped.iter().map(|s| &s.scene).collect();
        let from_observed = observed.filter(|o| !known.contains(&o.scene)).map(|o| Unread {
            scene: o.scene.clone(),
            date: o.date,
            tries: 1,
        });
        from_skipped.chain(from_observed).collect()
    }

    /// Whether a scene that could not be read might have changed anything: it lies in the season, and no
    /// other scene saw the plot that day.
    pub(super) fn could_matter(&self, unread: &Unread) -> bool {
        (self.window.start..=self.horizon()).contains(&unread.date)
            && !self.clear_dates().contains(&unread.date)
    }

    /// Scenes skipped for this reason.
    pub(super) fn skipped_for(&self, why: Reject) -> usize {
        let skipped = self.skipped.iter().filter(|s| s.why == why).map(|s| &s.scene);
        let observed = self.observations.iter().filter(|o| o.rejected == Some(why)).map(|o| &o.scene);
        skipped.chain(observed).collect::<BTreeSet<_>>().len()
    }
}

/// Area with its 10th and 90th percentile, square metres. Method: [`AREA_METHOD`].
pub(super) fn area_interval_m2(plot: &Plot) -> (f64, f64) {
    let accuracy = plot.gps.and_then(|g| g.accuracy_m).filter(|a| a.is_finite()).unwrap_or(0.0);
    let half_width = P90_SD * 0.5 * plot.perimeter_m() * accuracy.max(BOUNDARY_ERROR_M);
    ((plot.area_m2() - half_width).max(0.0), plot.area_m2() + half_width)
}
