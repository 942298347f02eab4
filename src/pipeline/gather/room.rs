//! Room for bytes that were fetched, or announced in a local file, and are not yet decoded.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room for so many KiB; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Room {
    free: Arc<Semaphore>,
    /// Most that one request is charged with: a quarter, so that the blocks of two rasters can always wait for
    /// each other and still leave room for the request that both wait for.
    most: u32,
}

/// Room that a request's bytes take until the last of its blocks is decoded.
#[derive(Debug)]
pub(super) struct Seat {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Room {
    pub(super) fn new(bytes: u64) -> Room {
        let kib = u32::try_from(bytes / 1024).unwrap_or(u32::MAX >> 4).clamp(4, u32::MAX >> 4);
        Room { free: Arc::new(Semaphore::new(kib as usize)), most: kib / 4 }
    }

    /// Waits until there is room, first come, first served.
    pub(super) async fn take(&self, bytes: u64) -> Seat {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, self.most);
        Seat { _permit: Arc::clone(&self.free).acquire_many_owned(kib).await.ok() }
    }
}
