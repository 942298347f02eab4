//! Plots that lie whole on no raster: their pieces, joined day by day into one observation each.

use std::collections::BTreeMap;
use std::sync::Arc;

use geo::Area;
use jiff::civil::Date;

use crate::observation::{Observation, Reject};
use crate::pipeline::scan::{PartPixels, PartView, ScanRules, observed};
use crate::pipeline::tiles::Part;
use crate::plot::Plot;
use crate::scene::Scene;

/// Pieces of divided plots by plot and day, held until every tile was seen.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Pieces(BTreeMap<(usize, Date), Vec<Piece>>);

/// A divided plot's piece in one scene.
#[derive(Debug)]
struct Piece {
    scene: Arc<Scene>,
    part: Part,
    observation: Observation,
    pixels: Option<PartPixels>,
}

impl Pieces {
    /// Keeps the view of a piece until [`Pieces::join`]; its pixels are taken out of it.
    pub(in crate::pipeline) fn add(&mut self, scene: &Arc<Scene>, part: &Part, view: &mut PartView) {
        self.0.entry((part.plot, view.observation.date)).or_default().push(Piece {
            scene: Arc::clone(scene),
            part: part.clone(),
            observation: view.observation.clone(),
            pixels: view.pixels.take().map(|p| *p),
        });
    }

    /// One observation per divided plot and day, by plot, then day.
    pub(in crate::pipeline) fn join(
        self,
        plots: &[(usize, &Plot)],
        rules: &ScanRules,
    ) -> Vec<(usize, Observation)> {
        let outlines: BTreeMap<usize, &Plot> = plots.iter().copied().collect();
        let joined = self.0.into_iter().filter_map(|((position, _), mut pieces)| {
            let plot = outlines.get(&position)?;
            pieces.sort_by(|a, b| a.scene.id.cmp(&b.scene.id));
            Some((position, joined(plot, &pieces, rules)))
        });
        joined.collect()
    }
}

/// One observation from the pieces of a day. Every piece of land is in one piece only.
fn joined(plot: &Plot, pieces: &[Piece], rules: &ScanRules) -> Observation {
    let unread = |why| pieces.iter().find(move |p| p.observation.rejected == Some(why));
    let failed =
        [Reject::ReadFailed, Reject::AssetMissing, Reject::OffsetUnsettled].into_iter().find_map(unread);
    let with_pixels: Vec<(&Piece, &PartPixels)> =
        pieces.iter().filter_map(|p| Some((p, p.pixels.as_ref()?))).collect();
    let main = with_pixels.iter().max_by(|a, b| {
        let weight = |p: &PartPixels| p.coverage.iter().map(|c| f64::from(*c)).sum::<f64>();
        weight(a.1).total_cmp(&weight(b.1)).then_with(|| b.0.scene.id.cmp(&a.0.scene.id))
    });
    let (Some((main, _)), None) = (main, failed) else {
        // Nothing to join, or a piece was not read: the day says so.
        let shown = failed.unwrap_or(&pieces[0]);
        return shown.observation.clone();
    };
    let area = plot.geometry.unsigned_area();
    let mut whole = PartPixels::default();
    let same = |p: &Piece| {
        let (a, b) = (&p.scene.radiometry, &main.scene.radiometry);
        a.scale == b.scale && a.offset == b.offset
    };
    let mut joined_scenes = Vec::new();
    for (piece, pixels) in with_pixels.iter().filter(|(p, _)| same(p)) {
        whole.coverage.extend_from_slice(&pixels.coverage);
        whole.red.extend_from_slice(&pixels.red);
        whole.nir.extend_from_slice(&pixels.nir);
        whole.sky.extend_from_slice(&pixels.sky);
        whole.pixel_count += pixels.pixel_count;
        whole.inside_fraction += pixels.inside_fraction * piece.part.geometry.unsigned_area() / area;
        if piece.scene.id != main.scene.id {
            joined_scenes.push(piece.scene.id.clone());
        }
    }
    whole.inside_fraction = whole.inside_fraction.min(1.0);
    let joined = observed(&main.scene, main.observation.date, &whole, rules);
    let Some(mut observation) = joined else { return main.observation.clone() };
    observation.joined = joined_scenes;
    observation
}
