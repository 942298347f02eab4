//! Figures that are examples: they show a form, and nobody may lend on them.

use crate::record::EligibilityRecord;

/// What the source of a figure begins with, or holds, where the figure is an example.
pub const EXAMPLE_MARK: &str = "[example]";

impl EligibilityRecord {
    /// Whether an amount or a yield of it rests on figures whose source says that they are an example.
    pub fn rests_on_examples(&self) -> bool {
        let sources = self.figures.iter().map(|figure| &figure.source).chain(&self.yield_source);
        sources.into_iter().any(|source| source.contains(EXAMPLE_MARK))
    }
}
