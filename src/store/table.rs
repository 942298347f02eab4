//! What the Parquet tables share: dates as day numbers, and how files are encoded.

use jiff::civil::{Date, date};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

/// Zstandard level: 3 is the library's own default trade of size for time.
const ZSTD_LEVEL: i32 = 3;

/// Days since 1970-01-01, as Arrow's `Date32` counts.
pub(super) fn days_since_epoch(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

/// The day of a `Date32`; `None` outside the years of [`Date`].
pub(super) fn date_of(days: i32) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The number, unless it is NaN or infinite.
pub(super) fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}

/// How every table is encoded: zstd, row groups of `group_rows`, and the file's own notes.
pub(super) fn properties(
    group_rows: usize,
    notes: Option<Vec<KeyValue>>,
) -> Result<WriterProperties, ParquetError> {
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(group_rows))
        .set_key_value_metadata(notes)
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_round_trip() {
        for (day, number) in [(date(1970, 1, 1), 0), (date(2024, 2, 29), 19_782), (date(1969, 12, 31), -1)] {
            assert_eq!(days_since_epoch(day), number);
            assert_eq!(date_of(number), Some(day));
        }
        assert_eq!(date_of(i32::MAX), None);
    }
}
