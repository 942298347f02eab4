//! The languages of pages and charts.

use jiff::civil::Date;

use crate::store::plain_words as words;

/// Language of a page or chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Chinese,
}

impl Tongue {
    pub(super) fn of(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Tongue::English => en,
            Tongue::Chinese => zh,
        }
    }

    pub(super) fn of_owned(self, en: impl FnOnce() -> String, zh: impl FnOnce() -> String) -> String {
        match self {
            Tongue::English => en(),
            Tongue::Chinese => zh(),
        }
    }

    pub(super) fn day(self, date: Date) -> String {
        match self {
            Tongue::English => words::day(date),
            Tongue::Chinese => date.strftime("%Y年%-m月%-d日").to_string(),
        }
    }
    /// A day without its year, for narrow places.
    pub(super) fn short_day(self, date: Date) -> String {
        let form = self.of("%-d %b", "%-m月%-d日");
        date.strftime(form).to_string()
    }
}
