//! A bound on a figure, and how a figure stands to it.

use super::targets::Goal;

/// Cases below which a figure says little, met or not.
const FEW: usize = 10;

/// A bound on a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Aim {
    AtLeast(f64),
    AtMost(f64),
    Between(f64, f64),
}

use Aim::{AtLeast, AtMost, Between};

impl Aim {
    fn met(self, value: f64) -> bool {
        match self {
            AtLeast(least) => value >= least,
            AtMost(most) => value <= most,
            Between(least, most) => (least..=most).contains(&value),
        }
    }

    /// In words, with `decimals`.
    pub(super) fn words(self, decimals: usize) -> String {
        match self {
            AtLeast(least) => format!("at least {least:.decimals$}"),
            AtMost(most) => format!("at most {most:.decimals$}"),
            Between(least, most) => format!("{least:.decimals$} to {most:.decimals$}"),
        }
    }

    /// For programs: the name of the bound and its ends.
    pub(super) fn ends(self) -> (Option<f64>, Option<f64>) {
        match self {
            AtLeast(least) => (Some(least), None),
            AtMost(most) => (None, Some(most)),
            Between(least, most) => (Some(least), Some(most)),
        }
    }

    /// How far a figure stays away, in the figure's own unit; 0 when it is reached.
    fn short_by(self, value: f64) -> f64 {
        match self {
            AtLeast(least) => (least - value).max(0.0),
            AtMost(most) => (value - most).max(0.0),
            Between(least, most) => (least - value).max(value - most).max(0.0),
        }
    }
}

/// A figure beside its bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aimed {
    /// The target that was set; without, the bound is the line's own.
    pub goal: Option<Goal>,
    pub aim: Aim,
    pub decimals: usize,
    /// `None` when there was nothing to measure.
    pub value: Option<f64>,
}

/// How a figure stands to its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Missed,
    NotMeasured,
    /// Missed or met on so few cases that neither says much.
    Few(bool),
    Met,
}

impl Aimed {
    pub(super) fn standing(&self, n: usize) -> Standing {
        match self.value.map(|v| self.aim.met(v)) {
            None => Standing::NotMeasured,
            Some(met) if n < FEW => Standing::Few(met),
            Some(true) => Standing::Met,
            Some(false) => Standing::Missed,
        }
    }

    pub(super) fn short_by(&self) -> Option<f64> {
        self.value.map(|v| self.aim.short_by(v))
    }

    /// Decimals to show: two more where rounding would hide on which side of the bound the figure lies.
    fn shown(&self, value: f64) -> usize {
        let rounded = format!("{value:.d$}", d = self.decimals).parse().unwrap_or(value);
        if self.aim.met(value) == self.aim.met(rounded) { self.decimals } else { self.decimals + 2 }
    }

    /// The figure in words.
    pub(super) fn reached(&self) -> String {
        self.value.map_or_else(|| "–".to_owned(), |v| format!("{v:.d$}", d = self.shown(v)))
    }

    /// The verdict in words.
    pub(super) fn verdict(&self, n: usize) -> String {
        let (Some(value), Some(short)) = (self.value, self.short_by()) else {
            return "not measured".to_owned();
        };
        let missed = format!("missed by {short:.d$}", d = self.shown(value));
        match self.standing(n) {
            Standing::Few(met) => {
                format!("n = {n}, says little: {}", if met { "met" } else { missed.as_str() })
            }
            Standing::Met => "met".to_owned(),
            _ => format!("**{missed}**"),
        }
    }
}
