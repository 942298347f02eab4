//! One scene: strips from the land to files.

use std::path::Path;

use crate::band::Band;
use crate::grid::Grid;

use super::acquisitions::{Files, Overpass, SceneFile};
use super::cog::Cog;
use super::error::Error;
use super::item::Counts;
use super::sensor::Strip;
use super::world::World;

/// Rows of the 10 m grid worked at a time; even, so that 20 m rows are whole.
const STRIP_ROWS: usize = 64;

/// Writes the rasters of one scene into `folder` and counts its classes.
pub(super) fn render(
    world: &mut World,
    scene: &SceneFile,
    overpass: &Overpass,
    grid: &Grid,
    bands: &[Band],
    folder: &Path,
) -> Result<Counts, Error> {
    let mut files = Vec::new();
    for band in bands {
        if scene.files == Files::Jp2Only || scene.files == Files::Without(*band) {
            continue;
        }
        let res = band.facts().gsd_m;
        let shrink = (res / grid.dx) as usize;
        let own =
            Grid { dx: res, dy: res, width: grid.width / shrink, height: grid.height / shrink, ..*grid };
        let target = folder.join(format!("{}.tif", band.name()));
        let cog =
            if *band == Band::Scl { Cog::start::<u8>(target, &own) } else { Cog::start::<u16>(target, &own) };
        files.push((*band, res, cog?));
    }
    let mut counts = Counts::default();
    for top in (0..grid.height).step_by(STRIP_ROWS) {
        let rows = STRIP_ROWS.min(grid.height - top);
        let mut strip = Strip::new(grid, top, rows, overpass, world.seed, |x, y, cols, rows| {
            world.labels(x, y, cols, rows)
        });
        strip.surfaces =
            strip.labels.ids.clone().into_iter().map(|id| world.surface(id, overpass.day)).collect();
        let classes = strip.classes(world.seed);
        for class in &classes {
            if let Some(n) = counts.class.get_mut(usize::from(*class)) {
                *n += 1;
            }
        }
        for (band, res, cog) in &mut files {
            if *band == Band::Scl {
                cog.push(classes.clone())?;
            } else {
                cog.push(strip.band(*band as usize, *res, scene, world.seed))?;
            }
        }
    }
    for (band, _, cog) in files {
        cog.finish(band == Band::Scl)?;
    }
    Ok(counts)
}
