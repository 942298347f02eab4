//! What was measured on a set: lines of its table, and cases to draw.

use crate::crop::scores::Case;

use super::targets::{Goal, bound};

/// One line of a table: what, how many, what was reached, what was aimed at.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub what: String,
    pub n: usize,
    pub reached: String,
    /// Target and remarks in words.
    pub target: String,
    /// The figure itself, where the table of targets has a row for it.
    pub goal: Option<(Goal, f64)>,
}

impl Line {
    pub(super) fn new(what: impl Into<String>, n: usize, reached: String, target: &str) -> Line {
        Line { what: what.into(), n, reached, target: target.to_owned(), goal: None }
    }

    /// The figure stands for a target; without a figure it is as if it had not been measured.
    pub(super) fn toward(mut self, goal: Goal, value: Option<f64>) -> Line {
        self.goal = value.map(|v| (goal, v));
        let remark = std::mem::take(&mut self.target);
        self.target = if remark.is_empty() { bound(goal) } else { format!("{}; {remark}", bound(goal)) };
        self
    }
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
    pub lines: Vec<Line>,
    pub drawn: Vec<Drawn>,
}

impl From<Vec<Line>> for Measured {
    fn from(lines: Vec<Line>) -> Measured {
        Measured { lines, drawn: Vec::new() }
    }
}

/// A number with `decimals`, or a dash.
pub(super) fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.decimals$}"))
}
