//! Trimmed mean reflectance of the bands that a pipeline asks for besides red and near infrared.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::band::Band;
use crate::pipeline::gather::Reader;
use crate::pipeline::layout::Layout;
use crate::pipeline::pass::{Measure, Pass};
use crate::pipeline::search::words;
use crate::pipeline::spec::PAIR;
use crate::scene::Scene;
use crate::zonal::{self, BandPixels, MaskTable, Sky};

use super::verdicts::SceneSky;
use super::{Asked, ScanRules, TileBench, Unread, layout_on, open};

/// Coverage from which a pixel of a further band counts: its neighbours must not (20 m bands mix more).
const LEAST_BAND_COVERAGE: f32 = 0.75;

/// The mean reflectance of one band.
struct BandMeans {
    layout: Arc<Layout>,
    scene: Arc<Scene>,
    rules: Arc<ScanRules>,
}

impl Measure for BandMeans {
    type Tally = ();
    type Out = Option<f64>;

    fn seat(&self, seat: usize, values: &[Vec<u16>], sky: &[Sky], _: &mut ()) -> Option<f64> {
        let coverage = self.layout.print(seat).coverage();
        let pixels = BandPixels { coverage, dn: values.first()?, sky };
        zonal::band_mean(pixels, &self.scene.radiometry, &self.rules.mask, LEAST_BAND_COVERAGE)
    }

    fn unread(&self, _: usize) -> Option<f64> {
        None
    }

    fn merge((): &mut (), (): ()) {}
}

/// Trimmed mean reflectance of the pipeline's further bands, by part and band.
///
/// A band that cannot be read is left out of the observation: NDVI does not depend on it.
pub(super) async fn further_bands(
    reader: &Reader,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
    sky: &SceneSky,
    asked: &Asked,
) -> BTreeMap<usize, BTreeMap<Band, f64>> {
    let mut means: BTreeMap<usize, BTreeMap<Band, f64>> = BTreeMap::new();
    for band in rules.bands.iter().filter(|band| !PAIR.contains(band)) {
        match one_band(reader, bench, scene, rules, sky, asked, *band).await {
            Ok(values) => {
                for (part, mean) in values {
                    means.entry(part).or_default().insert(*band, mean);
                }
            }
            Err(Unread { problem: cause, .. }) => {
                tracing::warn!(scene = %scene.id, %band, %cause, "band not read")
            }
        }
    }
    means
}

async fn one_band(
    reader: &Reader,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
    sky: &SceneSky,
    asked: &Asked,
    band: Band,
) -> Result<Vec<(usize, f64)>, Unread> {
    let cog = open(&reader.imagery, scene, band).await?;
    let layout = layout_on(reader, bench, cog.grid()).await?;
    let wanted = |seat| asked[layout.part(seat)] && !sky.is_lost(&layout, seat, &rules.mask);
    let mask = MaskTable::new(&rules.mask);
    let pass = Arc::new(Pass {
        lists: layout.block_lists(cog.block_size()),
        sky: Arc::new(sky.over(&layout.grid, Some(mask))?),
        mask,
        wanted: (0..layout.seats()).map(wanted).collect(),
        measure: BandMeans {
            layout: Arc::clone(&layout),
            scene: Arc::clone(scene),
            rules: Arc::clone(rules),
        },
        layout: Arc::clone(&layout),
    });
    let passed = reader.pass(vec![cog], &pass).await?;
    if let Some(error) = &passed.error {
        tracing::warn!(scene = %scene.id, %band, cause = %words(error), "band not read for every plot");
    }
    let means = passed.seats.into_iter().enumerate();
    Ok(means.filter_map(|(seat, mean)| Some((layout.part(seat), mean??))).collect())
}
