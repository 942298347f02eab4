//! What a run tells whoever watches it: a terminal's bars, plain lines, or nobody.

use std::sync::Arc;

/// Something that happened in a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The catalogue is asked for scenes over this many plots.
    Searching {
        /// Plots.
        plots: usize,
    },
    /// The catalogue has answered.
    Found {
        /// Scenes that will be read.
        scenes: usize,
        /// Items that cannot be used.
        skipped: usize,
        /// Tiles.
        tiles: usize,
    },
    /// A scene has been read for all plots on it, or found unreadable.
    SceneDone {
        /// Tile.
        tile: String,
        /// Scene.
        scene: String,
        /// Scenes done so far, over all tiles.
        done: usize,
        /// Scenes in all.
        total: usize,
    },
    /// Plots are being turned into records.
    Appraising {
        /// Plots.
        plots: usize,
    },
    /// Everything is written.
    Written {
        /// Records.
        records: usize,
    },
}

/// Receives events; called from several threads.
pub type Watcher = Arc<dyn Fn(&Event) + Send + Sync>;

/// A watcher that looks away.
pub fn nobody() -> Watcher {
    Arc::new(|_| {})
}
