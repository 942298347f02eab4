//! The numbers of every plot of a scene, once its pixels are there.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use ndarray::Array2;
use rayon::prelude::*;

use crate::band::Band;
use crate::grid::Raster;
use crate::observation::{NdviStats, Observation, Reject};
use crate::pipeline::chips::Chip;
use crate::pipeline::layout::{Layout, Seat};
use crate::scene::{Scene, solar_date};
use crate::zonal::{self, OffsetGuard, PlotPixels, Sky};

use super::{Asked, PartPixels, PartView, ScanRules, TileBench, longitude, unseen};

/// Everything the statistics of one scene need, owned, for the compute pool.
pub(super) struct Work {
    pub(super) bench: Arc<TileBench>,
    pub(super) layout: Arc<Layout>,
    pub(super) scene: Arc<Scene>,
    pub(super) rules: Arc<ScanRules>,
    pub(super) sky: Arc<Vec<Sky>>,
    pub(super) red: Vec<u16>,
    pub(super) nir: Vec<u16>,
    pub(super) asked: Asked,
    pub(super) failed: Vec<bool>,
    pub(super) wanted: Vec<bool>,
    pub(super) bands: BTreeMap<usize, BTreeMap<Band, f64>>,
}

impl Work {
    /// The views of all seats, and what speaks against the whole scene, if anything does.
    pub(super) fn views(&self) -> (Vec<PartView>, Option<String>) {
        let seats = self.layout.seats.par_iter().enumerate().filter(|(_, seat)| self.asked[seat.part]);
        let mut views: Vec<PartView> = seats.map(|(i, seat)| self.view(i, seat)).collect();
        let doubt = self.rules.guard.then(|| self.doubt()).flatten();
        if doubt.is_some() {
            for view in &mut views {
                view.chip = None;
                view.pixel_day = None;
                view.pixels = None;
                view.observation.ndvi = None;
                view.observation.bands.clear();
                view.observation.rejected = Some(Reject::OffsetUnsettled);
            }
        }
        (views, doubt)
    }

    fn pixels<'a>(&'a self, seat: &'a Seat) -> Option<PlotPixels<'a>> {
        let range = seat.start..seat.end;
        let (red, nir) = (&self.red[range.clone()], &self.nir[range.clone()]);
        PlotPixels::new(&seat.footprint, red, nir, &self.sky[range]).ok()
    }

    fn view(&self, i: usize, seat: &Seat) -> PartView {
        let part = &self.bench.parts[seat.part];
        let blank = |reject| PartView {
            part: seat.part,
            observation: unseen(&self.scene, part, reject),
            pixels: None,
            chip: None,
            pixel_day: None,
            recalled: false,
        };
        if self.failed[i] {
            return blank(Reject::ReadFailed);
        }
        let Some(pixels) = self.pixels(seat) else { return blank(Reject::NoData) };
        let date = solar_date(self.scene.datetime, longitude(part));
        let mut observation = observed(&self.scene, date, &pixels, &self.rules);
        observation.bands = self.bands.get(&seat.part).cloned().unwrap_or_default();
        let wants_chip = self.rules.chips && part.whole && observation.ndvi.is_some();
        let keep = self.rules.pixels.filter(|keep| keep.wants(&observation));
        let ndvi = if wants_chip || keep.is_some() {
            zonal::pixel_ndvi(&pixels, &self.scene.radiometry, &self.rules.mask)
        } else {
            Vec::new()
        };
        let chip = wants_chip.then(|| Box::new(self.chip(seat, &ndvi, &observation)));
        let pixel_day =
            keep.map(|keep| Box::new(keep.keep(&self.layout.grid, &seat.footprint, &ndvi, &observation)));
        let range = seat.start..seat.end;
        let kept = (!part.whole).then(|| {
            Box::new(PartPixels {
                coverage: seat.footprint.coverage().to_vec(),
                red: self.red[range.clone()].to_vec(),
                nir: self.nir[range.clone()].to_vec(),
                sky: self.sky[range].to_vec(),
                pixel_count: seat.footprint.pixel_count(),
                inside_fraction: seat.footprint.inside_fraction(),
            })
        });
        PartView { part: seat.part, observation, pixels: kept, chip, pixel_day, recalled: false }
    }

    fn chip(&self, seat: &Seat, ndvi: &[f32], observation: &Observation) -> Chip {
        let window = seat.footprint.window();
        let mut data = Array2::from_elem((window.height, window.width), f32::NAN);
        for ((row, col, _), value) in seat.footprint.cells().zip(ndvi) {
            if let Some(to) = data.get_mut((row - window.row, col - window.col)) {
                *to = *value;
            }
        }
        let (scene, date) = (observation.scene.clone(), observation.date);
        Chip::new(scene, date, self.layout.grid, observation.valid_fraction, &Raster { window, data })
    }

    /// Asks the pixels of all plots whether the scene's offset can be right.
    fn doubt(&self) -> Option<String> {
        let mut guard = OffsetGuard::default();
        for (i, seat) in self.layout.seats.iter().enumerate() {
            if self.wanted[i]
                && !self.failed[i]
                && let Some(pixels) = self.pixels(seat)
            {
                guard.add(&pixels, &self.scene.radiometry);
            }
        }
        let verdict = guard.verdict();
        (!verdict.is_plausible()).then(|| {
            format!(
                "the reflectance offset contradicts the pixels ({:?}): {}",
                verdict.finding, verdict.evidence
            )
        })
    }
}

/// The statistics of one plot (or its joined pieces) as an observation.
pub(in crate::pipeline) fn observed(
    scene: &Scene,
    date: Date,
    pixels: &PlotPixels<'_>,
    rules: &ScanRules,
) -> Observation {
    let measured = zonal::observe(pixels, &scene.radiometry, &rules.mask, rules.statistics);
    let mean_only = |mean: f64| NdviStats {
        mean,
        median: f64::NAN,
        std: f64::NAN,
        p10: f64::NAN,
        p25: f64::NAN,
        p75: f64::NAN,
        p90: f64::NAN,
    };
    Observation {
        scene: scene.id.clone(),
        joined: Vec::new(),
        datetime: scene.datetime,
        date,
        ndvi: measured.ndvi.or(measured.ndvi_mean.map(mean_only)),
        bands: BTreeMap::new(),
        sky: measured.sky,
        valid_fraction: measured.valid_fraction,
        pixel_count: measured.pixel_count,
        rejected: measured.rejected,
    }
}
