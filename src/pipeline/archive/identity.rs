//! What a kept row stands for: everything that decides it, as a hash.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use sha2::{Digest, Sha256};

use crate::band::Band;
use crate::imagery::Imagery;
use crate::objects::{Href, Objects};
use crate::pipeline::provenance::software;
use crate::pipeline::scan::ScanRules;
use crate::pipeline::spec::PAIR;
use crate::pipeline::tiles::Part;
use crate::record::{canonical_json, sha256_hex};
use crate::scene::Scene;
use crate::store::{ArchiveKey, AssetSeen, PartHash};
use crate::zonal::Statistics;

/// Version of everything between a block and a row: raised when a row would come out otherwise.
const EXTRACTION: u32 = 1;

/// Files asked about at the same time.
const ASKED_AHEAD: usize = 4;

/// The rules of a reading, and whom to ask about files.
#[derive(Debug)]
pub(super) struct Identity {
    objects: Arc<Objects>,
    rules: serde_json::Value,
    bands: Vec<Band>,
}

impl Identity {
    pub(super) fn new(objects: Arc<Objects>, rules: &ScanRules) -> Identity {
        let mut bands = vec![Band::Scl, Band::B04, Band::B08];
        bands.extend(rules.bands.iter().filter(|band| !PAIR.contains(band)));
        let software = software();
        let statistics = match rules.statistics {
            Statistics::All => "all",
            Statistics::Mean => "mean",
        };
        let further: Vec<&str> = rules.bands.iter().map(|b| b.name()).collect();
        let rules = serde_json::json!({
            "extraction": EXTRACTION, "software": software.version, "commit": software.git_commit,
            "mask": rules.mask, "statistics": statistics, "bands": further,
            "guard": rules.guard, "pixels": rules.pixels.map(|keep| keep.most),
        });
        Identity { objects, rules, bands }
    }

    /// Everything that decides a row of the scene but the outline and the state of the files.
    pub(super) fn key(&self, scene: &Scene) -> ArchiveKey {
        let hrefs: BTreeMap<&str, &str> = (self.bands.iter())
            .filter_map(|band| Some((band.name(), scene.assets.get(band)?.href.as_str())))
            .collect();
        let r = &scene.radiometry;
        let what = serde_json::json!({
            "rules": self.rules, "scene": scene.id.as_str(), "collection": scene.collection,
            "tile": scene.tile.as_str(), "datetime": scene.datetime.to_string(), "files": hrefs,
            "radiometry": [format!("{:x}", r.scale.to_bits()), format!("{:x}", r.offset.to_bits())],
        });
        ArchiveKey {
            tile: scene.tile.clone(),
            scene: scene.id.clone(),
            datetime: scene.datetime,
            key: sha256_hex(canonical_json(&what).as_bytes()),
        }
    }

    /// The state of the scene's files today, asked with a byte of each; `None` if one cannot be had.
    pub(super) async fn today(&self, scene: &Scene) -> Option<Vec<AssetSeen>> {
        let ask = |band: Band| async move {
            let href = Href::parse(&scene.assets.get(&band)?.href).ok()?;
            let head = self.objects.get_head(&href, 1).await.ok()?;
            Some(seen(band, head.version.map(|v| v.as_text().to_owned()), head.object_len))
        };
        let asked: Vec<Option<AssetSeen>> = futures::stream::iter(self.bands.iter().map(|band| ask(*band)))
            .buffered(ASKED_AHEAD)
            .collect()
            .await;
        asked.into_iter().collect()
    }

    /// The state in which the scene's files were read, from their headers, which are at hand.
    pub(super) async fn as_read(&self, scene: &Scene, imagery: &Imagery) -> Option<Vec<AssetSeen>> {
        let mut all = Vec::new();
        for band in &self.bands {
            let href = Href::parse(&scene.assets.get(band)?.href).ok()?;
            let cog = imagery.open(&href).await.ok()?;
            all.push(seen(*band, cog.version().map(|v| v.as_text().to_owned()), cog.object_len()));
        }
        Some(all)
    }
}

fn seen(band: Band, version: Option<String>, bytes: Option<u64>) -> AssetSeen {
    AssetSeen { band: band.name().to_owned(), version, bytes }
}

/// For each part the hash of its outline, position by position: another start of a ring may change the last bit of a
/// sum, and is another outline here.
pub(super) fn outline_hashes(parts: &[Part]) -> Vec<PartHash> {
    let hash = |part: &Part| {
        let mut hasher = Sha256::new();
        hasher.update([u8::from(part.whole)]);
        for polygon in &part.geometry {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                hasher.update((ring.0.len() as u64).to_le_bytes());
                for c in &ring.0 {
                    hasher.update(c.x.to_bits().to_le_bytes());
                    hasher.update(c.y.to_bits().to_le_bytes());
                }
            }
            hasher.update([0xff]);
        }
        hasher.finalize().into()
    };
    parts.iter().map(hash).collect()
}
