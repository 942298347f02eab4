//! The records of a run as a portfolio: tables of counts, rates and sums that a credit committee reads.
//!
//! Comes in: records, and what the run says of its archive. Goes out: [`Table`]s, plain rows of [`Cell`]s. Not
//! here: files and pages (`store`), and any judgement of a plot (`lending`).
//!
//! Amounts of different currencies are never added. A rate stands with its number of plots and its interval, so
//! that five plots do not look like five thousand.

mod calendar;
mod concentration;
mod exposure;
mod fairness;
mod health;
mod outcome;
mod rate;

use jiff::civil::Date;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::record::EligibilityRecord;

pub use health::Archive;
pub use rate::{Rate, wilson};

/// A table of the portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Short name, used for files.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What the columns mean and how far they may be trusted, in plain words.
    pub note: &'static str,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// One value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A count.
    Count(u64),
    /// A number with this many decimals.
    Number(f64, usize),
    /// A fraction, 0 to 1.
    Share(f64),
    /// A decimal amount, exact.
    Amount(String),
    /// A day.
    Day(Date),
    /// Nothing to say.
    Nothing,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    pub(crate) fn count(n: usize) -> Cell {
        Cell::Count(n as u64)
    }
}

/// As a program reads it: numbers with a point, fractions 0 to 1, days ISO 8601, nothing empty.
impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Text(text) | Cell::Amount(text) => f.write_str(text),
            Cell::Count(n) => write!(f, "{n}"),
            // The sum of nothing is minus zero.
            Cell::Number(value, decimals) => write!(f, "{:.decimals$}", value + 0.0),
            Cell::Share(share) => write!(f, "{share:.4}"),
            Cell::Day(day) => write!(f, "{day}"),
            Cell::Nothing => Ok(()),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = |text: String| text.parse::<f64>().unwrap_or_default();
        match self {
            Cell::Text(text) | Cell::Amount(text) => serializer.serialize_str(text),
            Cell::Count(n) => serializer.serialize_u64(*n),
            Cell::Number(..) | Cell::Share(_) => serializer.serialize_f64(number(self.to_string())),
            Cell::Day(day) => serializer.collect_str(day),
            Cell::Nothing => serializer.serialize_none(),
        }
    }
}

/// A list of objects, a member for each column.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Row<'a>(&'a [&'static str], &'a [Cell]);
        impl Serialize for Row<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(self.0.len()))?;
                for (name, cell) in self.0.iter().zip(self.1) {
                    map.serialize_entry(name, cell)?;
                }
                map.end()
            }
        }
        serializer.collect_seq(self.rows.iter().map(|row| Row(&self.columns, row)))
    }
}

/// All tables of a portfolio, in the order in which they are read.
pub fn tables(records: &[EligibilityRecord], archive: Option<&Archive>) -> Vec<Table> {
    let mut all = vec![outcome::statuses(records), exposure::exposure(records), outcome::reasons(records)];
    all.extend(fairness::fairness(records));
    all.extend(concentration::concentration(records));
    all.extend(calendar::calendar(records));
    all.extend(health::health(records, archive));
    all
}
