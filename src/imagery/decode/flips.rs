//! What single bits, flipped one by one, do to blocks.

#[cfg(test)]
mod tests {
    use super::super::tests::{block, cog, deflated, expected, stored};
    use super::super::*;
    use crate::imagery::cog::Dtype;
    use crate::imagery::sample::sealed::Sealed;

    #[test]
    fn ten_thousand_bit_flips_change_no_pixel_unnoticed() {
        let cog = cog(Dtype::U16, ByteOrder::Little, Predictor::Horizontal);
        let good = deflated(&stored(ByteOrder::Little, Predictor::Horizontal));
        let bits = good.len() * 8;
        let (mut out, mut noticed) = (Vec::new(), 0);
        let mut bit = 0;
        for _ in 0..10_000 {
            // A stride without common factor with the number of bits reaches them all in turn.
            bit = (bit + 7919) % bits;
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            match decode::<u16>(&cog, &block(bad), &mut out) {
                Err(Error::Corrupt { .. }) => noticed += 1,
                Ok(()) => assert_eq!(out, expected(), "bit {bit}"),
                Err(other) => panic!("bit {bit}: {other}"),
            }
        }
        assert!(noticed > 9_900, "{noticed}");
    }

    /// What became of a damaged bit.
    #[derive(Default, Debug)]
    struct Fates {
        told_by_the_stream: u32,
        harmless: u32,
        /// Wrong pixels in an upper half that was inflated no further.
        wrong: u32,
        /// Of those, noticed had the checksum been compared.
        told_by_the_checksum: u32,
        /// Of those, noticed because more than 1 % of the pixels are nothing that a surface can be.
        implausible: u32,
    }

    #[test]
    fn what_ten_thousand_bit_flips_do_to_a_block_that_is_inflated_to_half() {
        // Reflectance 0.03 to 0.45 with noise, as a field has it: 64 x 64 pixels, differences along rows.
        let mut cog = cog(Dtype::U16, ByteOrder::Little, Predictor::Horizontal);
        (cog.grid.width, cog.grid.height, cog.block_width, cog.block_height) = (64, 64, 64, 64);
        let pixel = |row: usize, col: usize| {
            let noise = (row * 7919 + col * 104_729 + row * col * 31) % 97;
            1300 + ((row / 9 + col / 7) % 5 * 900 + noise * 3) as u16
        };
        let stored: Vec<u8> = (0..64)
            .flat_map(|row| (0..64).map(move |col| (row, col)))
            .flat_map(|(row, col)| {
                let left = if col > 0 { pixel(row, col - 1) } else { 0 };
                pixel(row, col).wrapping_sub(left).to_le_bytes()
            })
            .collect();
        let good = deflated(&stored);
        let (bits, half) = (good.len() * 8, 32);
        let mut rows = Rows::<u16>::default();
        let mut fates = Fates::default();
        let mut bit = 0;
        for _ in 0..10_000 {
            bit = (bit + 7919) % bits;
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let block = block(bad);
            if read_rows(&cog, &block, half, false, &mut rows).is_err() {
                fates.told_by_the_stream += 1;
                continue;
            }
            assert!(!rows.is_checked());
            rows.each_mut().for_each(<u16 as Sealed>::undo_differences);
            let seen: Vec<u16> = (0..half).flat_map(|row| rows.row(row).to_vec()).collect();
            let is_right = seen.iter().enumerate().all(|(i, v)| *v == pixel(i / 64, i % 64));
            if is_right {
                fates.harmless += 1;
                continue;
            }
            fates.wrong += 1;
            let whole = decode::<u16>(&cog, &block, &mut Vec::new());
            fates.told_by_the_checksum += u32::from(whole.is_err());
            // Beyond reflectance 1.6 at scale 0.0001 and offset -0.1.
            let impossible = seen.iter().filter(|v| **v > 17_000).count();
            fates.implausible += u32::from(impossible * 100 > seen.len());
        }
        println!("{fates:?}");
        // A checked block lets nothing through; one that is not lets through what the stream does not notice.
        assert_eq!(fates.told_by_the_checksum, fates.wrong);
        assert!(fates.told_by_the_stream > 0 && fates.harmless > 3_000 && fates.wrong > 0);
        assert_eq!(fates.told_by_the_stream + fates.harmless + fates.wrong, 10_000);
    }
}
