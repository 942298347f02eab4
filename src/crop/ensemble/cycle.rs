//! One crop in one year as a prior over dates, widths and levels, and the curves that its hypotheses draw.

use jiff::civil::Date;

use super::super::normal::day;
use super::super::profile::{Profile, Zone};
use super::super::sowing::{SowingWindow, shifted};
use super::super::thermal::Warp;
use super::likelihood::{LANES, Lane};
use super::logistic::{exponential, logistic};
use super::points::Point;
use super::table::{EnsembleTable, Law, Levels};
use super::{INDICES, Unit};

/// Share of a shift of sowing that green-up keeps, and of green-up that senescence keeps (science 5.1).
const SOWING_TO_GREENUP: f64 = 0.5;
const GREENUP_TO_SENESCENCE: f64 = 0.3;
/// Shortest sowing to green-up, green-up to senescence, senescence to harvest, days (science 5.1, proto).
const LEAST_RISE: f64 = 20.0;
const LEAST_GREEN: f64 = 25.0;
const LEAST_RIPENING: f64 = 3.0;
/// Spread of the logarithm of the widths of rise and fall (science 5.1).
const RISE_WIDTH_SD: f64 = 0.25;
const FALL_WIDTH_SD: f64 = 0.30;
/// Seed bed: days before sowing, width. Plateau: width. Tillage: days after harvest, width (science 5.1).
const SEED_BED: (f64, f64) = (10.0, 5.0);
const PLATEAU_WIDTH: f64 = 9.0;
const TILLAGE: (f64, f64) = (22.0, 8.0);
/// Bare soil and level spread in zones of smallholder farming: trees and weeds in the pixel (science 6.4).
const LOW_VIGOUR_BASE: Law = [0.26, 0.08];
const LOW_VIGOUR_PEAK_SD: f64 = 0.10;

/// Phases of a crop without a flower bump.
pub(super) const PHASES: usize = 6;

/// A crop row in one year.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cycle {
    /// When the calendar has the row sown in that year.
    pub window: SowingWindow,
    sow: Law,
    greenup: Law,
    senescence: Law,
    harvest_lag: Law,
    plateau: Option<Law>,
    rise_days: f64,
    fall_days: f64,
    flower: Option<(f64, f64)>,
    /// Days from sowing to emergence.
    emergence_lag: f64,
    /// Mean and standard deviation per index and phase; the last one is the flower's.
    pub levels: [[Law; PHASES + 1]; INDICES.len()],
}

/// The dates of one hypothesis, days since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Hypothesis {
    pub sow: f64,
    pub emergence: f64,
    pub greenup: f64,
    pub senescence: f64,
    pub harvest: f64,
    plateau: f64,
    rise_days: f64,
    fall_days: f64,
}

impl Cycle {
    /// The cycle sown in the window that begins in `year`; `None` for crops without a natural end.
    pub(super) fn new(
        p: &Profile,
        zone: Option<&Zone>,
        table: &EnsembleTable,
        year: i16,
        latitude: Option<f64>,
        sown: Option<Date>,
        unit: Unit,
    ) -> Option<Cycle> {
        let shape = table.shape(&p.crop, &p.zone)?;
        let (gs, sh) = (p.gs_days?, p.sh_days?);
        let window = SowingWindow::of(p, year, latitude)?;
        let mut sow = [window.law.mean, window.law.sd];
        let mut greenup = window.middle + p.sg_days + shifted(p, latitude, |s| s.greenup);
        let senescence = window.middle + p.sg_days + gs + shifted(p, latitude, |s| s.senescence);
        if let Some(declared) = sown.filter(|s| window.takes(*s)).map(day) {
            greenup += SOWING_TO_GREENUP * (declared - sow[0]);
            sow = [declared, 5.0];
        }
        let emergence_lag = match (p.transplanted, p.sg_days >= 100.0) {
            (true, _) => 5.0,
            (false, true) => 14.0,
            (false, false) => 8.0,
        };
        let flower = p.flower_after_greenup_days.zip(shape.flower_width_days);
        let low_vigour = zone.is_some_and(|z| z.low_vigour);
        let mut levels = [[[0.0, 1.0]; PHASES + 1]; INDICES.len()];
        for (k, (to, row)) in levels.iter_mut().zip(&table.index).enumerate() {
            let own: Levels = shape.levels(k);
            let mut base = own.base.unwrap_or(row.base);
            let mut plateau = own.plateau.unwrap_or(row.plateau);
            let mut peak = own.peak.unwrap_or(row.peak);
            if k == 0 {
                peak = [p.peak_ndvi, own.peak_sd.unwrap_or(p.peak_sd_ndvi)];
                plateau = [p.plateau_ndvi.unwrap_or(plateau[0]), own.plateau_sd.unwrap_or(plateau[1])];
                if low_vigour {
                    base = LOW_VIGOUR_BASE;
                    peak[1] = peak[1].max(LOW_VIGOUR_PEAK_SD);
                }
            }
            let ripe = own.ripe.unwrap_or(row.ripe);
            if let Some(share) = table.trust(unit).field_share {
                peak = mixed(peak, base, share);
                plateau = mixed(plateau, base, share);
            }
            let bump = shape.flower.map_or([0.0, 0.03], |f| f.of(k));
            *to = [own.pre.unwrap_or(row.pre), base, plateau, peak, ripe, own.post.unwrap_or(row.post), bump];
        }
        Some(Cycle {
            window,
            sow,
            greenup: [greenup, shape.greenup_sd_days.unwrap_or(p.sg_sd_days)],
            senescence: [senescence, shape.senescence_sd_days.unwrap_or(p.gs_sd_days)],
            harvest_lag: [sh, shape.harvest_sd_days.map_or(p.sh_sd_days, |s| s.max(p.sh_sd_days))],
            plateau: shape.plateau_after_sowing_days.filter(|_| p.plateau_ndvi.is_some()),
            rise_days: shape.rise_days,
            fall_days: shape.fall_days,
            flower,
            emergence_lag,
            levels,
        })
    }

    /// Sowing (or transplanting) date of the row, mean and standard deviation, days since 1970.
    pub(super) fn sowing_law(&self) -> Law {
        self.sow
    }

    /// Expected harvest, days since 1970.
    pub(super) fn harvest(&self) -> f64 {
        self.senescence[0] + self.harvest_lag[0]
    }

    /// Middle of sowing, days since 1970.
    pub(super) fn sowing(&self) -> f64 {
        self.sow[0]
    }

    /// The same crop in a year that is warmer or colder than usual: what follows sowing comes earlier or later.
    pub(super) fn warmed(mut self, warp: &Warp) -> Cycle {
        let harvest = self.senescence[0] + self.harvest_lag[0];
        self.greenup[0] = warp.actual(self.greenup[0]);
        self.senescence[0] = warp.actual(self.senescence[0]);
        self.harvest_lag[0] = warp.actual(harvest) - self.senescence[0];
        self
    }

    /// Middle of the green time, days since 1970.
    pub(super) fn middle(&self) -> f64 {
        0.5 * (self.greenup[0] + self.senescence[0])
    }

    /// Expected flowering and its width, days, where the flower is seen from above.
    pub(super) fn flowering(&self) -> Option<(f64, f64)> {
        self.flower.map(|(lag, width)| (self.greenup[0] + lag, width))
    }

    /// Number of phases with a level of their own.
    pub(super) fn phases(&self) -> usize {
        PHASES + usize::from(self.flower.is_some())
    }

    /// The hypothesis at a point of the standard normal law.
    pub(super) fn hypothesis(&self, z: &Point) -> Hypothesis {
        let [z_sow, z_greenup, z_senescence, z_harvest, z_plateau, z_rise, z_fall] = *z;
        let sow = self.sow[0] + self.sow[1] * z_sow;
        let greenup = self.greenup[0] + SOWING_TO_GREENUP * self.sow[1] * z_sow + self.greenup[1] * z_greenup;
        let greenup = greenup.max(sow + LEAST_RISE);
        let senescence = self.senescence[0]
            + GREENUP_TO_SENESCENCE * (greenup - self.greenup[0])
            + self.senescence[1] * z_senescence;
        let senescence = senescence.max(greenup + LEAST_GREEN);
        let lag = (self.harvest_lag[0] + self.harvest_lag[1] * z_harvest).max(LEAST_RIPENING);
        Hypothesis {
            sow,
            emergence: sow + self.emergence_lag,
            greenup,
            senescence,
            harvest: senescence + lag,
            plateau: self.plateau.map_or(greenup - 1.0, |p| sow + p[0] + p[1] * z_plateau),
            rise_days: self.rise_days * (RISE_WIDTH_SD * z_rise).exp(),
            fall_days: self.fall_days * (FALL_WIDTH_SD * z_fall).exp(),
        }
    }

    /// The curves of some hypotheses, counted from the day `origin`.
    pub(super) fn curves(&self, of: [&Hypothesis; LANES], origin: f64) -> Curves {
        let lane = |f: fn(&Hypothesis) -> f64| of.map(|h| f(h) as f32);
        let since = |f: fn(&Hypothesis) -> f64| of.map(|h| (f(h) - origin) as f32);
        Curves {
            seed_bed: since(|h| h.sow - SEED_BED.0),
            plateau: self.plateau.map(|_| since(|h| h.plateau)),
            greenup: since(|h| h.greenup),
            senescence: since(|h| h.senescence),
            tilled: since(|h| h.harvest + TILLAGE.0),
            rise_rate: lane(|h| 1.0 / h.rise_days),
            fall_rate: lane(|h| 1.0 / h.fall_days),
            flower: self.flower.map(|(lag, width)| [lag as f32, (1.0 / width) as f32]),
        }
    }
}

/// Some hypotheses side by side, ready to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curves {
    seed_bed: Lane,
    plateau: Option<Lane>,
    greenup: Lane,
    senescence: Lane,
    tilled: Lane,
    rise_rate: Lane,
    fall_rate: Lane,
    flower: Option<[f32; 2]>,
}

impl Curves {
    /// Share of each phase on a day: the rows of the basis. The flower's, if any, comes last.
    pub(super) fn shares(&self, day: f32) -> [Lane; PHASES + 1] {
        let step = |from: &Lane, rate: &Lane| {
            let mut x = [0.0; LANES];
            for l in 0..LANES {
                x[l] = (day - from[l]) * rate[l];
            }
            logistic(x)
        };
        let sown = step(&self.seed_bed, &[(1.0 / SEED_BED.1) as f32; LANES]);
        let risen = step(&self.greenup, &self.rise_rate);
        let fallen = step(&self.senescence, &self.fall_rate);
        let tilled = step(&self.tilled, &[(1.0 / TILLAGE.1) as f32; LANES]);
        let stand = self.plateau.map(|from| step(&from, &[(1.0 / PLATEAU_WIDTH) as f32; LANES]));
        let mut out = [[0.0; LANES]; PHASES + 1];
        for l in 0..LANES {
            let stand = stand.map_or(risen[l], |s| s[l].max(risen[l]));
            out[0][l] = 1.0 - sown[l];
            out[1][l] = sown[l] - stand;
            out[2][l] = stand - risen[l];
            out[3][l] = risen[l] - fallen[l];
            out[4][l] = fallen[l] - tilled[l];
            out[5][l] = tilled[l];
        }
        if let Some([lag, rate]) = self.flower {
            out[PHASES] = exponential(self.greenup.map(|greenup| {
                let apart = (day - greenup - lag) * rate;
                -0.5 * apart * apart
            }));
        }
        out
    }
}

/// A level of the field seen by pixels of which it fills a share; the rest is taken to lie bare: the product of two
/// independent laws, by its first two moments.
fn mixed(level: Law, base: Law, share: Law) -> Law {
    let rise = level[0] - base[0];
    let variance = (share[0] * level[1]).powi(2) + (share[1] * rise).powi(2);
    [base[0] + share[0] * rise, variance.sqrt()]
}
