//! Which blocks are inflated whole, so that their checksum is compared, although less of them is needed.
//!
//! See `docs/decisions.md`, "When is a whole block inflated?".

use super::cog::{BlockIndex, Cog};

/// Of the blocks whose transport vouches for length and version, one in this many is inflated whole. Design
/// value: costs about 1 % of the decoding (a fifth of a block is saved, every sixteenth time in vain), and a
/// file that is damaged throughout is noticed within a scene or two.
pub const CHECKED_ONE_IN: u64 = 16;

/// Whether this block is inflated whole, whatever is needed of it: always where every block is to be, or the transport gave no length or
/// no version of the file (a proxy, a damaged mirror), else by a sample that depends on the block's number and
/// place in the file only, so that it is the same wherever the file lies.
pub(super) fn is_checked(cog: &Cog, index: BlockIndex) -> bool {
    let vouched = cog.object_len.is_some() && cog.version.is_some();
    cog.check_every_block
        || !vouched
        || sample(index, cog.place(index).flatten()).is_multiple_of(CHECKED_ONE_IN)
}

/// FNV-1a, 64 bit, with its upper half folded in, of a block's number, offset and length.
fn sample(index: BlockIndex, place: Option<(u64, u64)>) -> u64 {
    let (offset, count) = place.unwrap_or_default();
    let words = [index.number() as u64, offset, count];
    let bytes = words.iter().flat_map(|word| word.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ (hash >> 32)
}
