//! Water on rice fields: puddling, the flood, drainage in the middle, and before the harvest.

use super::field::Planned;
use super::stand::Stand;
use super::tables::Paddy;

/// Days of water before planting.
const PUDDLED: usize = 10;
/// Development from which the field is drained for the harvest.
const DRAINED: f64 = 1.62;
/// The drying in the middle: first day after planting, and length.
const MIDDLE: (usize, usize) = (33, 7);
/// Days with and without water where it is given by turns.
const TURNS: (usize, usize) = (5, 5);
/// Part of the ground that water covers.
const COVERED: f64 = 0.93;

/// The water of one stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Water {
    how: Option<Paddy>,
    after: usize,
}

impl Water {
    pub(super) fn new(turn: &Planned<'_>) -> Water {
        Water { how: turn.water, after: turn.flooded_after }
    }

    /// Whether this is a rice field.
    pub(super) fn paddy(&self) -> bool {
        self.how.is_some()
    }

    /// Whether a field stands under water before its rice is planted.
    pub(super) fn before(turn: &Planned<'_>, day: usize, sow: usize) -> bool {
        matches!(turn.water, Some(Paddy::Transplanted | Paddy::Intermittent))
            && day < sow
            && day + PUDDLED >= sow
    }

    /// Part of the ground under water.
    pub(super) fn level(&self, day: usize, s: &Stand<'_>) -> f64 {
        let Some(how) = self.how else { return 0.0 };
        let since = day.saturating_sub(s.dates.sown);
        if s.stage >= DRAINED {
            return 0.0;
        }
        let on = match how {
            Paddy::Transplanted => !(MIDDLE.0..MIDDLE.0 + MIDDLE.1).contains(&since),
            Paddy::Delayed => since >= self.after,
            Paddy::Intermittent => since < 12 || since % (TURNS.0 + TURNS.1) < TURNS.0,
        };
        if on { COVERED } else { 0.0 }
    }

    /// Wetness of the mud: soaked while the field is watered, dry before and after.
    pub(super) fn wet(&self, day: usize, s: &Stand<'_>) -> f64 {
        let since = day.saturating_sub(s.dates.sown);
        match self.how {
            Some(Paddy::Delayed) if since < self.after => 0.0,
            Some(_) if s.stage < DRAINED => 0.9,
            _ => 0.0,
        }
    }
}
