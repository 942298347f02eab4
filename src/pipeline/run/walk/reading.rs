//! What the walk reads: the plots of some units, and later the pictures that their papers lack.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::pipeline::archive::Archive;
use crate::pipeline::pixel_days::KeepPixels;
use crate::pipeline::progress::nobody;
use crate::pipeline::scan::ScanRules;
use crate::pipeline::search::Catalogued;
use crate::pipeline::survey::{Survey, survey};
use crate::plot::Plot;
use crate::scene::SceneId;
use crate::zonal::Statistics;

use super::Walk;

impl Walk<'_> {
    /// Reads the plots of some units together.
    pub(super) async fn read(
        &self,
        plots: &[(usize, &Plot)],
        batch: &[usize],
        catalogued: &Catalogued,
    ) -> Survey {
        let spec = &self.request.spec;
        let rules = Arc::new(ScanRules {
            mask: spec.settings.mask,
            statistics: Statistics::All,
            bands: spec.appraised_bands(),
            chips: self.request.papers() && self.request.again.is_none(),
            pixels: KeepPixels::asked(spec, self.request.as_of),
            guard: true,
            companies: (batch.iter())
                .filter_map(|n| Some((*n, self.plan.units.get(*n)?)))
                .flat_map(|(n, unit)| unit.positions.iter().map(move |at| (*at, n)))
                .collect(),
        });
        let folder = self.request.archive.as_deref();
        let archive = folder.map(|folder| Archive::new(folder, self.doors, &self.reader, &rules));
        survey(&self.reader, plots, catalogued, &rules, archive.as_ref(), self.watch).await
    }

    /// Reads the pictures that papers need and that no scene just read gave: of the chosen dates only.
    pub(super) async fn pictures(
        &self,
        lacking: BTreeMap<SceneId, Vec<usize>>,
        catalogued: &Catalogued,
        seen: &mut Survey,
    ) {
        let rules = Arc::new(ScanRules {
            mask: self.request.spec.settings.mask,
            statistics: Statistics::Mean,
            bands: Vec::new(),
            chips: true,
            pixels: None,
            guard: false,
            companies: BTreeMap::new(),
        });
        for (scene, positions) in lacking {
            let wanted: BTreeSet<usize> = positions.into_iter().collect();
            let plots: Vec<(usize, &Plot)> =
                self.plan.plots.iter().filter(|(at, _)| wanted.contains(at)).copied().collect();
            let scenes = catalogued.scenes.iter().filter(|s| s.id == scene).cloned().collect();
            let one = Catalogued { scenes, ..Catalogued::default() };
            let again = survey(&self.reader, &plots, &one, &rules, None, &nobody()).await;
            for (at, plot) in again.plots {
                if let Some(seen) = seen.plots.get_mut(&at) {
                    seen.chips.extend(plot.chips);
                }
            }
        }
    }
}
