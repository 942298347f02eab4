//! What an earlier run read of a scene, recalled instead of read, and what this one reads, kept.
//!
//! A row stands for one outline in one scene before anything is decided over the whole scene. It is believed only if
//! everything that decides it is the same: the outline to the last bit, the scene and its radiometry, the addresses of its
//! files and the state they are in (asked of the server, a byte a file), mask, statistics and bands, and the version of
//! the program. Reads that failed are not kept: they are tried again.

mod identity;
mod row;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::grid::Grid;
use crate::observation::Reject;
use crate::scene::{Scene, SceneId};
use crate::store::{self, ArchiveKey, KeptRow, Leaf, PartHash, Sheet};

use super::bridge::compute;
use super::gather::Reader;
use super::run::Doors;
use super::scan::{PartView, ScanRules, Scanned, TileBench};
use super::survey::{Group, Recall};

use self::identity::{Identity, outline_hashes};

/// The observation archive as one survey uses it.
#[derive(Debug)]
pub(super) struct Archive {
    folder: store::Archive,
    identity: Identity,
    reader: Reader,
    rules: Arc<ScanRules>,
    /// Files of each scene that may be believed, found once.
    known: Mutex<BTreeMap<SceneId, Known>>,
    /// Outlines of the tile that is read.
    outlines: Mutex<Option<Outlines>>,
}

type Known = Arc<OnceCell<Arc<Vec<Leaf>>>>;

/// The parts of a tile, and what is known of their outlines.
type Outlines = (Arc<TileBench>, Arc<Hashes>);

/// The hash of each part's outline, and the parts of each hash: a plot may be there twice.
#[derive(Debug)]
struct Hashes {
    of: Vec<PartHash>,
    // Looked up only, never gone through: its order is no order.
    parts: HashMap<PartHash, Vec<usize>>,
}

impl Hashes {
    fn new(bench: &TileBench) -> Hashes {
        let of = outline_hashes(&bench.parts);
        let mut parts: HashMap<PartHash, Vec<usize>> = HashMap::with_capacity(of.len());
        for (part, hash) in of.iter().enumerate() {
            parts.entry(*hash).or_default().push(part);
        }
        Hashes { of, parts }
    }
}

impl Archive {
    /// The archive in a folder, for reading by these rules.
    pub(super) fn new(folder: &Path, doors: &Doors, reader: &Reader, rules: &Arc<ScanRules>) -> Archive {
        Archive {
            folder: store::Archive::new(folder),
            identity: Identity::new(Arc::clone(&doors.objects), rules),
            reader: reader.clone(),
            rules: Arc::clone(rules),
            known: Mutex::default(),
            outlines: Mutex::default(),
        }
    }

    /// Files of the archive that hold rows of the scene as it is today.
    async fn known(&self, scene: &Scene) -> Arc<Vec<Leaf>> {
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(scene.id.clone()).or_default())
        };
        let find = || async {
            let mut leaves = self.folder.leaves(&self.identity.key(scene));
            if !leaves.is_empty() {
                // The server is asked only where something could be spared.
                match self.identity.today(scene).await {
                    Some(today) => leaves.retain(|leaf| leaf.sheet.assets == today),
                    None => leaves.clear(),
                }
            }
            Arc::new(leaves)
        };
        Arc::clone(cell.get_or_init(find).await)
    }

    fn outlines(&self, bench: &Arc<TileBench>) -> Arc<Hashes> {
        let mut held = self.outlines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, hashes)) = held.as_ref()
            && Arc::ptr_eq(of, bench)
        {
            return Arc::clone(hashes);
        }
        let hashes = Arc::new(Hashes::new(bench));
        *held = Some((Arc::clone(bench), Arc::clone(&hashes)));
        hashes
    }
}

impl Recall for Archive {
    async fn grid(&self, scene: &Scene) -> Option<Grid> {
        self.known(scene).await.first().map(|leaf| leaf.sheet.grid())
    }

    async fn views(&self, group: &Group, scene: &Arc<Scene>) -> Vec<PartView> {
        let leaves = self.known(scene).await;
        if leaves.is_empty() || group.grid.is_none() {
            return Vec::new();
        }
        let (folder, rules, scene) = (self.folder.clone(), Arc::clone(&self.rules), Arc::clone(scene));
        let (bench, hashes) = (Arc::clone(&group.bench), self.outlines(&group.bench));
        let grid = group.grid;
        let recalled = compute(&self.reader.pool, "kept observations", move || {
            let parts = &hashes.parts;
            let mut views: Vec<Option<PartView>> = bench.parts.iter().map(|_| None).collect();
            for leaf in leaves.iter().filter(|leaf| Some(leaf.sheet.grid()) == grid) {
                for row in folder.rows(leaf, |hash| parts.contains_key(hash)).unwrap_or_default() {
                    for part in parts.get(&row.part).into_iter().flatten() {
                        let whole = bench.parts.get(*part).is_some_and(|p| p.whole);
                        let view = row::view(*part, whole, &row, &scene, &rules);
                        if let (Some(place), Some(view)) = (views.get_mut(*part), view) {
                            *place = Some(view);
                        }
                    }
                }
            }
            views.into_iter().flatten().collect()
        });
        recalled.await.unwrap_or_default()
    }

    async fn keep(&self, group: &Group, scene: &Arc<Scene>, seen: &Scanned) {
        let Some(grid) = group.grid.filter(|_| !seen.replaced) else { return };
        let hashes = self.outlines(&group.bench);
        let is_new = |view: &&PartView| {
            let unread = [Reject::ReadFailed, Reject::AssetMissing, Reject::OffsetUnsettled];
            !view.recalled && !view.observation.rejected.is_some_and(|r| unread.contains(&r))
        };
        let rows: Vec<KeptRow> = (seen.views.iter().filter(is_new))
            .filter_map(|view| row::kept(*hashes.of.get(view.part)?, view, &self.rules.bands))
            .collect();
        if rows.is_empty() {
            return;
        }
        let Some(assets) = self.identity.as_read(scene, &self.reader.imagery).await else { return };
        let key: ArchiveKey = self.identity.key(scene);
        let sheet = Sheet::new(&key, assets, &self.rules.bands, &grid);
        let folder = self.folder.clone();
        let kept = compute(&self.reader.pool, "observations to keep", move || folder.put(&key, &sheet, rows));
        // An archive that cannot be written costs the next run its time, and this one nothing.
        match kept.await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(scene = %scene.id, %cause, "observations are not kept"),
            Err(cause) => tracing::warn!(scene = %scene.id, %cause, "observations are not kept"),
        }
    }
}
