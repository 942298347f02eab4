//! The numbers of every plot of a scene, once its pixels are there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use ndarray::Array2;

use crate::band::Band;
use crate::grid::Raster;
use crate::observation::{NdviStats, Observation, Reject};
use crate::pipeline::chips::Chip;
use crate::pipeline::layout::Layout;
use crate::pipeline::pass::Measure;
use crate::pipeline::spec::PAIR;
use crate::scene::Scene;
use crate::zonal::{
    self, BandPixels, FootprintView, GuardCounts, GuardReading, MaskTable, Measured, PixelReading,
    PlotPixels, Scratch, Sky,
};

use super::{PartPixels, PartView, ScanRules, TileBench, unseen};

/// Measures the view of every seat.
pub(super) struct Views {
    pub(super) bench: Arc<TileBench>,
    pub(super) layout: Arc<Layout>,
    pub(super) scene: Arc<Scene>,
    pub(super) rules: Arc<ScanRules>,
    reading: PixelReading,
    mask: MaskTable,
    /// Where the scene's offset is asked about.
    guard: Option<GuardReading>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Measure for Views {
    type Tally = ();
    type Out = PartView;

    fn seat(&self, seat: usize, values: &[Vec<u16>], sky: &[Sky], (): &mut ()) -> PartView {
        let print = self.layout.print(seat);
        let [red, nir] = values else { return self.blank(seat, Reject::NoData) };
        let Ok(pixels) = PlotPixels::of(print, red, nir, sky) else {
            return self.blank(seat, Reject::NoData);
        };
        let mut view = self.view(seat, print, &pixels, (red, nir, sky));
        let count = |reading| SCRATCH.with_borrow_mut(|own| GuardCounts::of(&pixels, reading, own));
        view.guard = self.guard.as_ref().map(|reading| Box::new(count(reading)));
        view
    }

    fn unread(&self, seat: usize) -> PartView {
        self.blank(seat, Reject::ReadFailed)
    }

    fn merge((): &mut (), (): ()) {}
}

impl Views {
    pub(super) fn new(
        bench: &Arc<TileBench>,
        layout: &Arc<Layout>,
        scene: &Arc<Scene>,
        rules: &Arc<ScanRules>,
    ) -> Views {
        let mask = MaskTable::new(&rules.mask);
        Views {
            bench: Arc::clone(bench),
            layout: Arc::clone(layout),
            scene: Arc::clone(scene),
            rules: Arc::clone(rules),
            reading: PixelReading::new(&rules.mask, &scene.radiometry),
            guard: rules.guard.then(|| GuardReading::new(&scene.radiometry, &mask)),
            mask,
        }
    }

    fn blank(&self, seat: usize, reject: Reject) -> PartView {
        let part = self.layout.part(seat);
        PartView {
            part,
            observation: unseen(&self.scene, self.bench.solar_date(&self.scene, part), reject),
            pixels: None,
            chip: None,
            pixel_day: None,
            recalled: false,
            guard: None,
        }
    }

    fn view(
        &self,
        seat: usize,
        print: FootprintView<'_>,
        pixels: &PlotPixels<'_>,
        (red, nir, sky): (&[u16], &[u16], &[Sky]),
    ) -> PartView {
        let part = self.layout.part(seat);
        let is_whole = self.bench.parts[part].whole;
        let date = self.bench.solar_date(&self.scene, part);
        let statistics = self.rules.statistics;
        let measured = SCRATCH.with_borrow_mut(|own| self.reading.observe(pixels, statistics, own));
        let mut observation = told(&self.scene, date, &measured);
        observation.bands = pair_means(&self.scene, print.coverage(), (red, nir, sky), &self.rules);
        let wants_chip = self.rules.chips && is_whole && observation.ndvi.is_some();
        let keep = self.rules.pixels.filter(|keep| keep.wants(&observation));
        let ndvi = if wants_chip || keep.is_some() {
            zonal::pixel_ndvi(pixels, &self.scene.radiometry, &self.rules.mask)
        } else {
            Vec::new()
        };
        let chip = wants_chip.then(|| Box::new(self.chip(print, &ndvi, &observation)));
        let pixel_day = keep.map(|keep| Box::new(keep.keep(&self.layout.grid, &print, &ndvi, &observation)));
        let pixels = (!is_whole).then(|| Box::new(self.kept(print, red, nir, sky)));
        PartView { part, observation, pixels, chip, pixel_day, recalled: false, guard: None }
    }

    /// The pixels of a piece, to be joined with others. Numbers that nobody looks at are left out, so that what
    /// is kept depends on the piece only.
    fn kept(&self, print: FootprintView<'_>, red: &[u16], nir: &[u16], sky: &[Sky]) -> PartPixels {
        let looked_at = |values: &[u16]| -> Vec<u16> {
            values.iter().zip(sky).map(|(v, sky)| if self.mask.weight(*sky) > 0.0 { *v } else { 0 }).collect()
        };
        PartPixels {
            coverage: print.coverage().to_vec(),
            red: looked_at(red),
            nir: looked_at(nir),
            sky: sky.to_vec(),
            pixel_count: print.pixel_count(),
            inside_fraction: print.inside_fraction(),
        }
    }

    fn chip(&self, print: FootprintView<'_>, ndvi: &[f32], observation: &Observation) -> Chip {
        let window = print.window();
        let mut data = Array2::from_elem((window.height, window.width), f32::NAN);
        for ((row, col, _), value) in print.cells().zip(ndvi) {
            if let Some(to) = data.get_mut((row - window.row, col - window.col)) {
                *to = *value;
            }
        }
        let (scene, date) = (observation.scene.clone(), observation.date);
        Chip::new(scene, date, self.layout.grid, observation.valid_fraction, &Raster { window, data })
    }
}

/// The statistics of a plot's joined pieces as an observation. `None` if the pieces do not belong together.
pub(in crate::pipeline) fn observed(
    scene: &Scene,
    date: Date,
    pieces: &PartPixels,
    rules: &ScanRules,
) -> Option<Observation> {
    let PartPixels { coverage, red, nir, sky, pixel_count, inside_fraction } = pieces;
    let pixels = PlotPixels::joined(coverage, red, nir, sky, *pixel_count, *inside_fraction).ok()?;
    let measured = zonal::observe(&pixels, &scene.radiometry, &rules.mask, rules.statistics);
    let mut observation = told(scene, date, &measured);
    observation.bands = pair_means(scene, coverage, (red, nir, sky), rules);
    Some(observation)
}

/// Mean reflectance of red and near infrared, where it is asked for: over the pixels of NDVI, the rim by its coverage,
/// so that there is one wherever there is an NDVI.
fn pair_means(
    scene: &Scene,
    coverage: &[f32],
    (red, nir, sky): (&[u16], &[u16], &[Sky]),
    rules: &ScanRules,
) -> BTreeMap<Band, f64> {
    let of = |dn| zonal::band_mean(BandPixels { coverage, dn, sky }, &scene.radiometry, &rules.mask, 0.0);
    let asked = PAIR.into_iter().zip([red, nir]).filter(|(band, _)| rules.bands.contains(band));
    asked.filter_map(|(band, dn)| Some((band, of(dn)?))).collect()
}

fn told(scene: &Scene, date: Date, measured: &Measured) -> Observation {
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
