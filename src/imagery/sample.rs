//! The types of pixels that blocks hold.

use super::cog::Dtype;

/// A pixel type that blocks decode to: `u8` or `u16`.
pub trait Sample: sealed::Sealed + bytemuck::Pod + Default + Send + Sync {}
impl Sample for u8 {}
impl Sample for u16 {}

pub(super) mod sealed {
    use super::Dtype;

    pub trait Sealed: Sized {
        const DTYPE: Dtype;
        fn of_nodata(value: u16) -> Self;
        /// From the file's byte order to the machine's.
        fn reorder(row: &mut [Self], big_endian: bool);
        /// Adds up the differences along a row.
        fn undo_differences(row: &mut [Self]);
    }
}

impl sealed::Sealed for u8 {
    const DTYPE: Dtype = Dtype::U8;

    fn of_nodata(value: u16) -> u8 {
        u8::try_from(value).unwrap_or_default()
    }

    fn reorder(_: &mut [u8], _: bool) {}

    fn undo_differences(row: &mut [u8]) {
        let mut left = 0u8;
        for pixel in row {
            left = left.wrapping_add(*pixel);
            *pixel = left;
        }
    }
}

impl sealed::Sealed for u16 {
    const DTYPE: Dtype = Dtype::U16;

    fn of_nodata(value: u16) -> u16 {
        value
    }

    fn reorder(row: &mut [u16], big_endian: bool) {
        // Two loops: one of them does nothing on this machine, and goes when it is compiled.
        if big_endian {
            row.iter_mut().for_each(|pixel| *pixel = u16::from_be(*pixel));
        } else {
            row.iter_mut().for_each(|pixel| *pixel = u16::from_le(*pixel));
        }
    }

    fn undo_differences(row: &mut [u16]) {
        let mut left = 0u16;
        for pixel in row {
            left = left.wrapping_add(*pixel);
            *pixel = left;
        }
    }
}
