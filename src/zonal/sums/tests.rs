//! Both ways, and the way of a plot under one verdict, give the same bits.

use super::*;
use crate::scl::Scl;
use proptest::prelude::*;

/// Digital numbers as they come: ordinary ones, those at the limits, and any.
fn number() -> impl Strategy<Value = u16> {
    prop_oneof![400 => 1300..5000u16, 1 => 0..3u16, 1 => 980..1020u16, 1 => 12_900..13_100u16, 1 => any::<u16>()]
}

fn bits(sum: &Sums) -> Vec<u64> {
    let one = [sum.covered, sum.readable, sum.implausible, sum.land, sum.land_red, sum.land_nir];
    let two = [sum.valid, sum.clipped, sum.weight, sum.ndvi];
    one.into_iter().chain(two).chain(sum.area).map(f64::to_bits).collect()
}

proptest! {
    #[test]
    fn a_stretch_and_its_pixels_one_by_one_give_the_same_bits(
        pixels in prop::collection::vec((0.0..=1.0f32, number(), number(), 0usize..4), 0..300),
        few_classes in 1usize..=4, clips in any::<bool>(), offset in prop_oneof![Just(-0.1), Just(0.0)],
    ) {
        let classes = [Scl::Vegetation, Scl::Bare, Scl::Water, Scl::CloudHigh];
        let skies = |n: usize| Sky::of(classes[n % few_classes]);
        let coverage: Vec<f32> = pixels.iter().map(|p| p.0).collect();
        let red: Vec<u16> = pixels.iter().map(|p| p.1).collect();
        let nir: Vec<u16> = pixels.iter().map(|p| p.2).collect();
        let sky: Vec<Sky> = pixels.iter().map(|p| skies(p.3)).collect();
        let of_plot = PlotPixels::joined(&coverage, &red, &nir, &sky, 1.0, 1.0).unwrap();
        let rule = if clips { MaskRule::default() } else { MaskRule::peers(&classes[..3]) };
        let radiometry = Radiometry {
            scale: 0.0001, offset, offset_declared: None, rule: "test", evidence: String::new(), settled: true,
        };
        let fast = PixelReading::new(&rule, &radiometry);
        prop_assert!(fast.plain.is_some());
        let slow = PixelReading { plain: None, ..fast.clone() };
        let (mut quick, mut careful) = (Vec::new(), Vec::new());
        let one = Sums::over(&of_plot, &fast, Some(&mut quick));
        let other = Sums::by_stretches(&of_plot, &slow, Some(&mut careful));
        prop_assert_eq!(bits(&one), bits(&other));
        prop_assert_eq!(&quick, &careful);
        quick.clear();
        let stretches = Sums::by_stretches(&of_plot, &fast, Some(&mut quick));
        prop_assert_eq!(bits(&stretches), bits(&other));
        prop_assert_eq!(quick, careful);
    }
}
