//! A plot's evidence built from a few plain numbers, so that a test can say exactly what is true.

use std::collections::{BTreeMap, BTreeSet};

use croplens::crop::{
    Assessment, CannotTell, Condition, Cropped, DateInterval, DeclaredCheck, Interval, Phases, SowingNotUsed,
    Stage, Verdict,
};
use croplens::cropland::{CropGroup, Cropland, NotTold, Uncropped};
use croplens::lending::{
    Evidence, Figures, Observability, Overlap, Policy, Provenance, SeasonWindow, SkippedScene,
};
use croplens::observation::{NdviStats, Observation, Reject, SkyFractions};
use croplens::phenology::{Quality, Season};
use croplens::plot::{Declaration, GpsTag, Plot, PlotId, References, Size};
use croplens::record::{Grade, SeasonSource, Software};
use croplens::scene::{MgrsTile, Radiometry, Scene, SceneId};
use geo::{LineString, MultiPolygon, Polygon};
use jiff::ToSpan;
use jiff::civil::{Date, date};

pub(crate) const START: Date = date(2023, 10, 1);
pub(crate) const END: Date = date(2024, 7, 31);
const PEAK: Date = date(2024, 5, 10);

/// What is true of the plot and of how it was seen. `good()` is a wheat field that supports.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) as_of: Date,
    pub(crate) area_m2: f64,
    pub(crate) perimeter_m: f64,
    pub(crate) declared_area_ha: Option<f64>,
    pub(crate) declared_crop: Option<String>,
    pub(crate) gps: Option<(f64, Option<f64>)>,
    pub(crate) pixels_full: Option<(usize, f64, Grade)>,
    /// Days after `START` with a clear image.
    pub(crate) clear_days: BTreeSet<i64>,
    /// Days after `START` with an image that shows nothing, and why.
    pub(crate) dim_days: BTreeMap<i64, Reject>,
    /// Days after `START` whose scene gave no observation, and why.
    pub(crate) skipped_days: BTreeMap<i64, Reject>,
    /// Water fraction by clear day.
    pub(crate) water: BTreeMap<i64, f64>,
    pub(crate) expected: Option<usize>,
    pub(crate) cropped: Cropped,
    pub(crate) season: bool,
    pub(crate) verdict: Option<(Verdict, Option<f64>)>,
    pub(crate) sowing_not_used: Option<SowingNotUsed>,
    pub(crate) cannot_tell: Vec<CannotTell>,
    pub(crate) harvest: bool,
    pub(crate) condition: Condition,
    /// Cropped part of the outline (10th, 50th, 90th percentile) and number of crops, or why it cannot be told.
    pub(crate) cropped_share: Result<(f64, f64, f64, usize), NotTold>,
}

/// The case with everything an [`Evidence`] borrows.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) plot: Plot,
    pub(crate) scenes: Vec<Scene>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) skipped: Vec<SkippedScene>,
    pub(crate) assessment: Assessment,
    pub(crate) cropland: Cropland,
    pub(crate) observability: Option<Observability>,
    pub(crate) expected: Option<usize>,
    pub(crate) figures: Figures,
    pub(crate) overlaps: Vec<Overlap>,
    pub(crate) condition: Condition,
}

pub(crate) fn first_policy() -> Policy {
    Policy::parse(include_str!("../../../pipelines/policies/first.toml")).unwrap()
}

pub(crate) fn provenance() -> Provenance {
    Provenance {
        software: Software { name: "croplens".into(), version: "0.1.0".into(), git_commit: None },
        pipeline: "test".into(),
        config_sha256: "c0ffee".into(),
        mask_rule: "SCL 4, 5, 6 read; clouds dilated by 100 m".into(),
        inner_buffer_m: 5.0,
        observability_rule: "at least 8 full pixels after a 5 m buffer".into(),
        models: Vec::new(),
    }
}

pub(crate) fn day(n: i64) -> Date {
    START.checked_add(n.days()).unwrap()
}

fn scene_id(n: i64, kind: &str) -> SceneId {
    SceneId::new(&format!("S2A_32TMT_{}_{kind}_L2A", day(n).strftime("%Y%m%d"))).unwrap()
}

impl Case {
    pub(crate) fn good() -> Case {
        Case {
            as_of: date(2024, 6, 10),
            area_m2: 20_000.0,
            perimeter_m: 600.0,
            declared_area_ha: Some(2.0),
            declared_crop: Some("wheat".into()),
            gps: Some((0.0, Some(8.0))),
            pixels_full: Some((150, 0.15, Grade::A)),
            clear_days: (0..25).map(|i| i * 10).chain([252]).collect(),
            dim_days: BTreeMap::from([(5, Reject::Cloudy), (45, Reject::Cloudy)]),
            skipped_days: BTreeMap::new(),
            water: BTreeMap::new(),
            expected: Some(50),
            cropped: Cropped::Yes,
            season: true,
            verdict: Some((Verdict::Consistent, Some(2.5))),
            sowing_not_used: None,
            cannot_tell: Vec::new(),
            harvest: true,
            condition: Condition::default(),
            cropped_share: Ok((0.94, 1.0, 1.0, 1)),
        }
    }

    /// A plot without a crop, seen as well as the good one.
    pub(crate) fn fallow() -> Case {
        Case {
            cropped: Cropped::No,
            season: false,
            verdict: None,
            declared_crop: None,
            harvest: false,
            cropped_share: Ok((0.0, 0.0, 0.04, 0)),
            ..Case::good()
        }
    }

    pub(crate) fn build(&self) -> Built {
        Built {
            plot: self.plot(),
            scenes: self.seen_days().map(scene).collect(),
            observations: self.seen_days().map(|n| self.observation(n)).collect(),
            skipped: self
                .skipped_days
                .iter()
                .map(|(n, why)| SkippedScene {
                    scene: scene_id(*n, "skip"),
                    date: day(*n),
                    why: *why,
                    tries: 5,
                })
                .collect(),
            assessment: self.assessment(),
            cropland: self.cropland(),
            observability: self.pixels_full.map(|(full, lost, grade)| Observability {
                pixels_full: full,
                pixels_effective: self.area_m2 / 100.0,
                pixels_lost_buffer_frac: lost,
                grade,
            }),
            expected: self.expected,
            figures: Figures::default(),
            overlaps: Vec::new(),
            condition: self.condition.clone(),
        }
    }

    fn seen_days(&self) -> impl Iterator<Item = i64> + '_ {
        let all: BTreeSet<i64> = self.clear_days.iter().chain(self.dim_days.keys()).copied().collect();
        all.into_iter()
    }

    fn observation(&self, n: i64) -> Observation {
        let clear = self.clear_days.contains(&n);
        let mean = 0.2 + if self.season { 0.6 * (-((n - 220) as f64 / 60.0).powi(2)).exp() } else { 0.0 };
        let spread = |d: f64| mean + d;
        Observation {
            joined: Vec::new(),
            scene: scene_id(n, "obs"),
            datetime: format!("{}T10:20:31Z", day(n)).parse().unwrap(),
            date: day(n),
            ndvi: clear.then(|| NdviStats {
                mean,
                median: mean,
                std: 0.02,
                p10: spread(-0.03),
                p25: spread(-0.01),
                p75: spread(0.01),
                p90: spread(0.03),
            }),
            bands: BTreeMap::new(),
            sky: SkyFractions {
                clear: f64::from(u8::from(clear)),
                water: self.water.get(&n).copied().unwrap_or(0.0),
                ..SkyFractions::default()
            },
            valid_fraction: f64::from(u8::from(clear)),
            pixel_count: self.area_m2 / 100.0,
            rejected: if clear {
                None
            } else {
                Some(self.dim_days.get(&n).copied().unwrap_or(Reject::Cloudy))
            },
        }
    }

    fn assessment(&self) -> Assessment {
        let horizon = END.min(self.as_of);
        let seen: Vec<Date> = self.clear_days.iter().map(|n| day(*n)).filter(|d| *d <= horizon).collect();
        let phase = |from: Date, to: Date| seen.iter().filter(|d| **d >= from && **d < to).count();
        let season = Season {
            sos: Some(date(2024, 3, 5)),
            pos: (self.as_of > PEAK).then_some(PEAK),
            eos: None,
            greenup50: Some(date(2024, 4, 1)),
            senescence50: None,
            base: 0.2,
            peak: 0.8,
            amplitude: 0.6,
            integral: None,
            clear_obs: seen.len(),
            clear_by_phase: [phase(START, date(2024, 4, 20)), phase(date(2024, 4, 20), date(2024, 6, 1)), 0],
            max_gap_days: 10,
            sos_sd_days: Some(4.0),
            eos_sd_days: None,
            quality: Quality::Medium,
        };
        let around = |d: Date, n: i64| DateInterval {
            p10: d.checked_sub(n.days()).unwrap(),
            p50: d,
            p90: d.checked_add(n.days()).unwrap(),
        };
        Assessment {
            as_of: self.as_of,
            cropped: self.cropped,
            seasons: if self.season { vec![season] } else { Vec::new() },
            current: self.season.then_some(0),
            stage: if self.season { Stage::Senescence } else { Stage::Unknown },
            bbch: self.season.then_some(Interval { lower: 73.0, mid: 77.4, upper: 82.0 }),
            maturity: self.season.then_some(Interval { lower: 0.7, mid: 0.78, upper: 0.86 }),
            harvest: self.harvest.then(|| around(date(2024, 7, 15), 9)),
            harvested: None,
            emergence: None,
            candidates: Vec::new(),
            declared: self.verdict.map(|(verdict, log_odds)| DeclaredCheck {
                crop: self.declared_crop.clone().unwrap_or_else(|| "wheat".into()),
                verdict,
                log_odds,
                better: Some("maize: peak seen 2024-07-20".into()),
                basis: "peak on 2024-05-10".into(),
            }),
            sowing_not_used: self.sowing_not_used.clone(),
            cannot_tell: self.cannot_tell.clone(),
            looked_at: (START, horizon),
            clear_obs: seen.len(),
            max_gap_days: 10,
            last_clear: seen.last().copied(),
            phases: Phases {
                days: [
                    (START, date(2024, 4, 19)),
                    (date(2024, 4, 20), date(2024, 5, 31)),
                    (date(2024, 6, 1), END),
                ],
                by_calendar: true,
            },
            method: "season-reading 1",
        }
    }

    fn cropland(&self) -> Cropland {
        let (lower, mid, upper, crops) = match self.cropped_share {
            Ok(share) => share,
            Err(why) => return Cropland::not_told(why),
        };
        let group = |share| CropGroup { share, greenup: None, senescence: None };
        Cropland {
            cropped: Some(Interval { lower, mid, upper }),
            not_told: None,
            uncropped: Uncropped { other: 1.0 - mid, ..Uncropped::default() },
            land_uses: crops.max(1) + usize::from(mid < 1.0 && crops > 0),
            crops: if crops > 1 { vec![group(mid / crops as f64); crops] } else { Vec::new() },
            heterogeneity: Some(0.05),
            dates: self.clear_days.len(),
            green_dates: 5,
            ..Cropland::not_told(NotTold::NotRead)
        }
    }

    fn plot(&self) -> Plot {
        let ring =
            LineString::from(vec![(8.5, 47.4), (8.502, 47.4), (8.502, 47.401), (8.5, 47.401), (8.5, 47.4)]);
        Plot {
            id: PlotId::new("KIT-0417").unwrap(),
            position: 3,
            geometry: MultiPolygon(vec![Polygon::new(ring, Vec::new())]),
            size: Size::known(self.area_m2, self.perimeter_m),
            repairs: Vec::new(),
            geometry_sha256: "ab".repeat(32),
            collection: Some("cooperative-7".into()),
            determination_method: Some("driven".into()),
            determination_datetime: Some("2024-02-01T09:00:00Z".into()),
            gps: self.gps.map(|(distance_m, accuracy_m)| GpsTag {
                lon: 8.5,
                lat: 47.4,
                accuracy_m,
                distance_m,
            }),
            declared: Declaration {
                crop: self.declared_crop.clone(),
                area_ha: self.declared_area_ha,
                sowing_date: Some(date(2023, 10, 12)),
                requested_amount: Some("1500.00".into()),
                currency: Some("CHF".into()),
            },
            references: References {
                application: Some("A-1".into()),
                consent: Some("C-9".into()),
                ..References::default()
            },
        }
    }
}

impl Built {
    pub(crate) fn evidence(&self) -> Evidence<'_> {
        Evidence {
            search_failed: false,
            plot: &self.plot,
            window: SeasonWindow { start: START, end: END, source: SeasonSource::Calendar },
            observability: self.observability,
            scenes_expected: self.expected,
            scenes_found: self.scenes.len() + self.skipped.len(),
            scenes: self.scenes.iter().collect(),
            skipped: self.skipped.clone(),
            observations: &self.observations,
            assessment: &self.assessment,
            figures: &self.figures,
            overlaps: self.overlaps.clone(),
            overlap_check: None,
            condition: &self.condition,
            cropland: &self.cropland,
            links: Vec::new(),
        }
    }
}

fn scene(n: i64) -> Scene {
    Scene {
        id: scene_id(n, "obs"),
        collection: "sentinel-2-l2a".into(),
        datetime: format!("{}T10:20:31Z", day(n)).parse().unwrap(),
        tile: MgrsTile::new("32TMT").unwrap(),
        platform: Some("sentinel-2a".into()),
        baseline: Some("05.09".into()),
        footprint: MultiPolygon(Vec::new()),
        cloud_cover_percent: Some(12.0),
        assets: BTreeMap::new(),
        radiometry: Radiometry {
            scale: 0.0001,
            offset: 0.0,
            offset_declared: Some(-0.1),
            rule: "boa_offset_applied",
            evidence: "earthsearch:boa_offset_applied is true".into(),
            settled: true,
        },
        item_href: Some("items/a.json".into()),
    }
}
