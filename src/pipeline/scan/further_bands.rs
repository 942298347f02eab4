//! Trimmed mean reflectance of the bands that a pipeline asks for besides red and near infrared.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::band::Band;
use crate::grid::Window;
use crate::pipeline::gather::Reader;
use crate::pipeline::layout::{Layout, Seat};
use crate::pipeline::search::words;
use crate::scene::Scene;
use crate::zonal::{self, BandPixels};

use super::verdicts::Verdicts;
use super::{ScanRules, TileBench, Unread, layout_on, open};

/// Coverage from which a pixel of a further band counts: its neighbours must not (20 m bands mix more).
const LEAST_BAND_COVERAGE: f32 = 0.75;

/// Trimmed mean reflectance of the pipeline's further bands, by part and band.
///
/// A band that cannot be read is left out of the observation: NDVI does not depend on it.
pub(super) async fn further_bands(
    reader: &Reader,
    bench: &Arc<TileBench>,
    scene: &Arc<Scene>,
    rules: &Arc<ScanRules>,
    verdicts: &Arc<Verdicts>,
    red: &Arc<Layout>,
    wanted: &[bool],
) -> BTreeMap<usize, BTreeMap<Band, f64>> {
    let mut means: BTreeMap<usize, BTreeMap<Band, f64>> = BTreeMap::new();
    let by_part: BTreeMap<usize, (bool, Option<Window>)> = red
        .seats
        .iter()
        .zip(wanted)
        .zip(&verdicts.windows)
        .map(|((seat, wanted), window)| (seat.part, (*wanted, *window)))
        .collect();
    for band in &rules.bands {
        let one = async {
            let cog = open(&reader.imagery, scene, *band).await?;
            let layout = layout_on(reader, bench, cog.grid()).await?;
            let nearest = zonal::Nearest::new(&layout.grid, &verdicts.grid)?;
            let of = |seat: &Seat| by_part.get(&seat.part).copied().unwrap_or((false, None));
            let wanted: Vec<bool> = layout.seats.iter().map(|s| of(s).0).collect();
            let own = Arc::new(Verdicts {
                classes: verdicts.classes.clone(),
                grid: verdicts.grid,
                windows: layout.seats.iter().map(|s| of(s).1).collect(),
            });
            let sky = own.over(reader, &layout, nearest, rules).await?;
            let gathered = reader.gather(&cog, &layout, &wanted).await?;
            if let Some(error) = &gathered.error {
                tracing::warn!(scene = %scene.id, %band, cause = %words(error), "band not read for every plot");
            }
            let mut values = Vec::new();
            for (i, seat) in
                layout.seats.iter().enumerate().filter(|(i, _)| wanted[*i] && !gathered.failed[*i])
            {
                let range = seat.start..seat.end;
                let pixels = BandPixels {
                    coverage: seat.footprint.coverage(),
                    dn: &gathered.values[range.clone()],
                    sky: &sky[range],
                };
                let mean = zonal::band_mean(pixels, &scene.radiometry, &rules.mask, LEAST_BAND_COVERAGE);
                values.extend(mean.map(|mean| (layout.seats[i].part, mean)));
            }
            Ok::<_, Unread>(values)
        };
        match one.await {
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
