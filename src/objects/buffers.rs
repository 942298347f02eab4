//! Memory that files are read into, used again: memory fresh from the system costs about as much as reading into it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Most buffers that are kept: as many as a pass has reads on their way.
const KEPT: usize = 8;
/// Most that a buffer may be too large, times: a short read must not hold a long one's memory.
const TOO_LARGE: usize = 4;
/// Reads smaller than this have memory of their own, bytes: the allocator keeps it at hand.
const LEAST: usize = 256 << 10;

/// Buffers that nobody uses now; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that comes back when its last reader is done.
pub(super) struct Lent {
    bytes: Vec<u8>,
    home: Buffers,
}

impl Buffers {
    /// An empty buffer with room for so many bytes: the smallest that is large enough, or a new one.
    pub(super) fn take(&self, len: usize) -> Vec<u8> {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = len..=len.saturating_mul(TOO_LARGE);
        let fits = free.iter().enumerate().filter(|(_, b)| len >= LEAST && room.contains(&b.capacity()));
        let best = fits.min_by_key(|(_, buffer)| buffer.capacity()).map(|(at, _)| at);
        best.map_or_else(|| Vec::with_capacity(len), |at| free.swap_remove(at))
    }

    /// What was read, to be sliced and shared.
    pub(super) fn lend(&self, bytes: Vec<u8>) -> Bytes {
        match bytes.capacity() < LEAST {
            true => Bytes::from(bytes),
            false => Bytes::from_owner(Lent { bytes, home: self.clone() }),
        }
    }

    fn keep(&self, mut bytes: Vec<u8>) {
        bytes.clear();
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(bytes);
        if free.len() > KEPT
            && let Some((least, _)) = free.iter().enumerate().min_by_key(|(_, buffer)| buffer.capacity())
        {
            free.swap_remove(least);
        }
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.keep(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(buffers: &Buffers) -> Vec<usize> {
        let mut sizes: Vec<usize> = buffers.0.lock().unwrap().iter().map(Vec::capacity).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn a_buffer_comes_back_with_its_last_slice_and_few_are_kept() {
        let buffers = Buffers::default();
        let mut bytes = buffers.take(LEAST);
        bytes.resize(LEAST, 7);
        let whole = buffers.lend(bytes);
        let part = whole.slice(5..9);
        drop(whole);
        assert_eq!((&part[..], free(&buffers)), (&[7u8; 4][..], vec![]));
        drop(part);
        assert_eq!(free(&buffers), [LEAST]);
        // The same again, and empty.
        let again = buffers.take(LEAST - 1);
        assert_eq!(again.capacity(), LEAST - 1, "small reads have memory of their own");
        let again = buffers.take(LEAST);
        assert_eq!((again.len(), again.capacity(), free(&buffers)), (0, LEAST, vec![]));
        // Of many the largest are kept, and the smallest that is large enough is taken.
        drop((0..KEPT + 2).map(|n| buffers.lend(buffers.take(LEAST + n))).collect::<Vec<_>>());
        assert_eq!(free(&buffers), (2..KEPT + 2).map(|n| LEAST + n).collect::<Vec<_>>());
        assert_eq!(buffers.take(LEAST + 3).capacity(), LEAST + 3);
        assert_eq!(buffers.take(LEAST + 3).capacity(), LEAST + 4);
        drop(buffers.lend(buffers.take(3)));
        assert_eq!(free(&buffers).len(), KEPT - 2);
    }
}
