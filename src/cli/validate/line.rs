//! What was measured on a set: lines of its table, and cases to draw.

use crate::crop::scores::Case;

use super::aim::{Aim, Aimed};
use super::targets::{Goal, target};

/// One line of a table: what, how many, what was reached, what was aimed at.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub what: String,
    pub n: usize,
    pub reached: String,
    /// Remarks in words. A bound never stands here but in `aim`, so that the table of targets cannot miss it.
    pub remark: String,
    pub aim: Option<Aimed>,
}

impl Line {
    pub(super) fn new(what: impl Into<String>, n: usize, reached: String, remark: &str) -> Line {
        debug_assert!(!is_bound(remark), "a bound belongs into the line's aim: {remark}");
        Line { what: what.into(), n, reached, remark: remark.to_owned(), aim: None }
    }

    /// The figure stands for a target that was set.
    pub(super) fn toward(mut self, goal: Goal, value: Option<f64>) -> Line {
        let t = target(goal);
        self.aim = Some(Aimed { goal: Some(goal), aim: t.aim, decimals: t.decimals, value });
        self
    }

    /// The figure has a bound of its own.
    pub(super) fn aimed(mut self, aim: Aim, decimals: usize, value: Option<f64>) -> Line {
        self.aim = Some(Aimed { goal: None, aim, decimals, value });
        self
    }

    /// Bound and remarks, as a table shows them.
    pub(super) fn target(&self) -> String {
        let bound = self.aim.as_ref().map(|a| a.aim.words(a.decimals));
        let words: Vec<String> =
            bound.into_iter().chain((!self.remark.is_empty()).then(|| self.remark.clone())).collect();
        words.join("; ")
    }
}

/// Whether a remark reads like a bound.
fn is_bound(remark: &str) -> bool {
    let figure = |rest: &str| rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let begins = ["<", ">", "at least", "at most", "below", "above", "hold"];
    begins.iter().any(|b| remark.strip_prefix(b).is_some_and(|r| figure(r.trim_start_matches('='))))
        || figure(remark) && remark.contains(" to ")
}

/// Cases whose reliability and risk by coverage are drawn.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub name: &'static str,
    pub title: &'static str,
    pub cases: Vec<Case>,
}

/// What was measured on one set.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    /// Which rows were used and why others were not, and what was derived from them.
    pub intake: Vec<String>,
    pub lines: Vec<Line>,
    pub drawn: Vec<Drawn>,
    /// Parts that are there and cannot be used.
    pub problems: Vec<String>,
}

impl From<Vec<Line>> for Measured {
    fn from(lines: Vec<Line>) -> Measured {
        Measured { lines, ..Measured::default() }
    }
}

/// A number with `decimals`, or a dash.
pub(super) fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_among_the_remarks_is_known() {
        for bound in ["<= .05", ">= .85", "< .02", "below .02", ".75 to .85", "hold .90", "at most 3", "<= 7"]
        {
            assert!(is_bound(bound), "{bound}");
        }
        for remark in
            ["", "baseline", "prototype .66", "41 in the whole set", "JRC, real: 16.1", "5 on the way"]
        {
            assert!(!is_bound(remark), "{remark}");
        }
    }
}
