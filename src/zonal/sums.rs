//! Running sums over a plot's pixels, stretch by stretch.
//!
//! # Method
//! Sums run in f64 in the order of the pixels. A stretch of pixels with one verdict whose numbers lie where no limit
//! of the rule can matter (the rule) is summed without asking each pixel; the others are asked one by one. Both ways
//! add the same numbers in the same order, so that they cannot differ by a bit.

mod uniform;

use crate::scene::Radiometry;
use crate::scl::SclGroup;

use super::ndvi::{
    LOWEST_MEAN_REFLECTANCE, MAX_IMPLAUSIBLE_FRACTION, PLAUSIBLE_REFLECTANCE, is_clipped, ndvi,
};
use super::observe::PlotPixels;
use super::rule::{MaskRule, NdviOf};
use super::sky::Sky;
use super::stats::Weighted;

/// Pixels that are looked at together.
const STRETCH: usize = 64;

/// Group and weight of every verdict under a rule, looked up once.
#[derive(Clone, Copy, Debug)]
pub struct MaskTable {
    facts: [(SclGroup, f64); Sky::COUNT],
    /// Verdicts with the same group and weight have the same number.
    kinds: [u8; Sky::COUNT],
}

impl MaskTable {
    /// The table of a rule.
    pub fn new(rule: &MaskRule) -> MaskTable {
        let facts = std::array::from_fn(|i| {
            let sky = Sky::from_index(i);
            (sky.group(), sky.weight(rule))
        });
        let kinds = facts.map(|own| facts.iter().position(|other| *other == own).unwrap_or(0) as u8);
        MaskTable { facts, kinds }
    }

    /// As [`Sky::weight`].
    pub fn weight(&self, sky: Sky) -> f64 {
        self.of(sky).1
    }

    #[inline]
    pub(super) fn of(&self, sky: Sky) -> (SclGroup, f64) {
        self.facts.get(sky.index()).copied().unwrap_or((SclGroup::NoData, 0.0))
    }

    /// The same verdict for all that have the same group and weight, so that many neighbours are alike.
    #[inline]
    pub fn stand_in(&self, sky: Sky) -> Sky {
        Sky::from_index(usize::from(self.kind(sky)))
    }

    #[inline]
    fn kind(&self, sky: Sky) -> u8 {
        self.kinds.get(sky.index()).copied().unwrap_or(0)
    }
}

/// How the pixels of one scene are read: made once for many plots.
#[derive(Clone, Debug)]
pub struct PixelReading {
    pub(super) rule: MaskRule,
    pub(super) table: MaskTable,
    scale: f64,
    offset: f64,
    pub(super) settled: bool,
    /// Digital numbers whose reflectance is a measurement, plausible and not clipped; `None` where there are none, or
    /// they do not lie side by side.
    plain: Option<std::ops::RangeInclusive<u16>>,
    /// Least sum of two reflectances of a pixel that is not dark.
    not_dark: f64,
}

impl PixelReading {
    /// How a rule reads scenes of this radiometry.
    pub fn new(rule: &MaskRule, radiometry: &Radiometry) -> PixelReading {
        let Radiometry { scale, offset, settled, .. } = *radiometry;
        let clips = rule.ndvi_of == NdviOf::ClippedReflectance;
        let reflectance = |dn: u16| f64::from(dn) * scale + offset;
        let is_plain = |dn: u16| {
            let r = reflectance(dn);
            dn >= rule.min_digital_number && PLAUSIBLE_REFLECTANCE.contains(&r) && !is_clipped(r, rule)
        };
        let all = || 0..=u16::MAX;
        // With a positive scale what is plain lies side by side.
        let plain = match (all().find(|dn| is_plain(*dn)), all().rev().find(|dn| is_plain(*dn))) {
            (Some(first), Some(last)) if scale > 0.0 => Some(first..=last),
            _ => None,
        };
        let not_dark = if clips { rule.dark_reflectance_sum } else { f64::NEG_INFINITY };
        PixelReading { rule: *rule, table: MaskTable::new(rule), scale, offset, settled, plain, not_dark }
    }

    fn reflectance(&self, dn: u16) -> f64 {
        f64::from(dn) * self.scale + self.offset
    }
}

/// Pixels with one verdict, one behind the other.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    coverage: &'a [f32],
    red: &'a [u16],
    nir: &'a [u16],
    group: SclGroup,
    weight: f64,
}

impl Stretch<'_> {
    /// The NDVI of each pixel with its weight.
    fn weighted(&self, ratio: &[f64; STRETCH]) -> impl Iterator<Item = Weighted> {
        let weight = |c: &f32| f64::from(*c) * self.weight;
        self.coverage.iter().zip(ratio).map(move |(c, value)| Weighted { value: *value, weight: weight(c) })
    }
}

/// Running sums over a plot's pixels; areas in pixels.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) covered: f64,
    /// By [`SclGroup`].
    pub(super) area: [f64; 6],
    readable: f64,
    implausible: f64,
    land: f64,
    land_red: f64,
    land_nir: f64,
    pub(super) valid: f64,
    clipped: f64,
    pub(super) weight: f64,
    pub(super) ndvi: f64,
}

impl Sums {
    /// Sums over all pixels. NDVI and weight of each valid pixel are appended to `values`, where that is asked for.
    pub(super) fn over(
        pixels: &PlotPixels<'_>,
        reading: &PixelReading,
        mut values: Option<&mut Vec<Weighted>>,
    ) -> Sums {
        let before = values.as_deref().map_or(0, Vec::len);
        if let Some(sum) = Sums::uniform(pixels, reading, values.as_deref_mut()) {
            return sum;
        }
        if let Some(values) = values.as_deref_mut() {
            values.truncate(before);
        }
        Sums::by_stretches(pixels, reading, values)
    }

    fn by_stretches(
        pixels: &PlotPixels<'_>,
        reading: &PixelReading,
        mut values: Option<&mut Vec<Weighted>>,
    ) -> Sums {
        let mut sum = Sums::default();
        let (mut coverage, mut red, mut nir) = (pixels.coverage, pixels.red, pixels.nir);
        let same = |a: &Sky, b: &Sky| a == b || reading.table.kind(*a) == reading.table.kind(*b);
        for sky in pixels.sky.chunk_by(same) {
            let Some((group, weight)) = sky.first().map(|sky| reading.table.of(*sky)) else { continue };
            let own = Stretch {
                coverage: front(&mut coverage, sky.len()),
                red: front(&mut red, sky.len()),
                nir: front(&mut nir, sky.len()),
                group,
                weight,
            };
            if weight <= 0.0 {
                // Nobody looks at the numbers of a pixel that the mask rules out: they need not have been read.
                sum.hidden(&own);
                continue;
            }
            let bands = own.red.chunks(STRETCH).zip(own.nir.chunks(STRETCH));
            for (coverage, (red, nir)) in own.coverage.chunks(STRETCH).zip(bands) {
                sum.stretch(&Stretch { coverage, red, nir, ..own }, reading, values.as_deref_mut());
            }
        }
        sum
    }

    fn hidden(&mut self, own: &Stretch<'_>) {
        let (mut covered, mut area) = (self.covered, self.area[own.group as usize]);
        for c in own.coverage {
            covered += f64::from(*c);
            area += f64::from(*c);
        }
        (self.covered, self.area[own.group as usize]) = (covered, area);
    }

    /// At most [`STRETCH`] pixels that the mask lets through.
    fn stretch(&mut self, own: &Stretch<'_>, reading: &PixelReading, values: Option<&mut Vec<Weighted>>) {
        let mut ratio = [0.0; STRETCH];
        if !plain_ratios(own, reading, &mut ratio) {
            self.one_by_one(own, reading, values);
            return;
        }
        let (mut covered, mut area, mut readable) =
            (self.covered, self.area[own.group as usize], self.readable);
        let (mut valid, mut weight, mut ndvi) = (self.valid, self.weight, self.ndvi);
        for (c, value) in own.coverage.iter().zip(&ratio) {
            let c = f64::from(*c);
            covered += c;
            area += c;
            readable += c;
            valid += c;
            weight += c * own.weight;
            ndvi += c * own.weight * value;
        }
        (self.covered, self.area[own.group as usize], self.readable) = (covered, area, readable);
        (self.valid, self.weight, self.ndvi) = (valid, weight, ndvi);
        // What the land reflects on average is asked for under this rule only.
        if own.group != SclGroup::Water && reading.rule.ndvi_of == NdviOf::ClippedReflectance {
            for ((c, red), nir) in own.coverage.iter().zip(own.red).zip(own.nir) {
                self.land(f64::from(*c), reading.reflectance(*red), reading.reflectance(*nir));
            }
        }
        if let Some(values) = values {
            values.extend(own.weighted(&ratio));
        }
    }

    fn one_by_one(
        &mut self,
        own: &Stretch<'_>,
        reading: &PixelReading,
        mut values: Option<&mut Vec<Weighted>>,
    ) {
        let rule = &reading.rule;
        for ((c, red), nir) in own.coverage.iter().zip(own.red).zip(own.nir) {
            let c = f64::from(*c);
            self.covered += c;
            if *red.min(nir) < rule.min_digital_number {
                self.area[SclGroup::NoData as usize] += c;
                continue;
            }
            self.area[own.group as usize] += c;
            let (red, nir) = (reading.reflectance(*red), reading.reflectance(*nir));
            let water = own.group == SclGroup::Water;
            self.readable += c;
            if !(PLAUSIBLE_REFLECTANCE.contains(&red) && PLAUSIBLE_REFLECTANCE.contains(&nir)) {
                self.implausible += c;
            }
            if !water && rule.ndvi_of == NdviOf::ClippedReflectance {
                self.land(c, red, nir);
            }
            let Some(value) = ndvi(red, nir, water, rule) else { continue };
            self.valid += c;
            self.weight += c * own.weight;
            self.ndvi += c * own.weight * value;
            if is_clipped(red, rule) || is_clipped(nir, rule) {
                self.clipped += c;
            }
            if let Some(values) = values.as_deref_mut() {
                values.push(Weighted { value, weight: c * own.weight });
            }
        }
    }

    fn land(&mut self, c: f64, red: f64, nir: f64) {
        self.land += c;
        self.land_red += c * red;
        self.land_nir += c * nir;
    }

    /// Share of the readable area whose reflectance no surface has.
    pub(super) fn implausible_fraction(&self) -> f64 {
        if self.readable > 0.0 { self.implausible / self.readable } else { 0.0 }
    }

    /// Share of the valid area whose reflectance was clipped.
    pub(super) fn clipped_fraction(&self) -> f64 {
        if self.valid > 0.0 { self.clipped / self.valid } else { 0.0 }
    }

    /// Whether the numbers are nothing that a plot can reflect; asked where reflectances are clipped.
    pub(super) fn is_implausible(&self) -> bool {
        let lowest = self.land_red.min(self.land_nir);
        self.implausible_fraction() > MAX_IMPLAUSIBLE_FRACTION
            || (self.land > 0.0 && lowest < LOWEST_MEAN_REFLECTANCE * self.land)
    }
}

/// NDVI of every pixel, if no limit of the rule can matter for any of them.
fn plain_ratios(own: &Stretch<'_>, reading: &PixelReading, ratio: &mut [f64; STRETCH]) -> bool {
    let (mut low, mut high) = (u16::MAX, 0);
    for (red, nir) in own.red.iter().zip(own.nir) {
        low = low.min(*red.min(nir));
        high = high.max(*red.max(nir));
    }
    if !reading.plain.as_ref().is_some_and(|plain| plain.contains(&low) && plain.contains(&high)) {
        return false;
    }
    let mut plain = true;
    for ((red, nir), ratio) in own.red.iter().zip(own.nir).zip(ratio) {
        let (red, nir) = (reading.reflectance(*red), reading.reflectance(*nir));
        let sum = nir + red;
        plain &= sum > 0.0 && sum >= reading.not_dark;
        *ratio = (nir - red) / sum;
    }
    plain
}

/// Takes the first `len` of a list off it.
fn front<'a, T>(list: &mut &'a [T], len: usize) -> &'a [T] {
    let (front, rest) = list.split_at(len.min(list.len()));
    *list = rest;
    front
}

#[cfg(test)]
mod tests;
