//! Regional yields as a file that a user brings: TOML or CSV, a source on every row.

use serde::Deserialize;

/// A file of regional yields that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum YieldError {
    /// Not TOML, an unknown key, or a value of the wrong kind; the message names line and key.
    #[error("the yield file cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// Not the CSV that is asked for; the message names the line.
    #[error("the yield file cannot be read: {0}")]
    Csv(#[from] csv::Error),
    /// A row that cannot be true or has no source.
    #[error("row {row} of the yield file ({crop}): {problem}")]
    Row {
        /// Row, from 1.
        row: usize,
        /// Its crop.
        crop: String,
        /// What is wrong.
        problem: String,
    },
    /// No row at all.
    #[error("the yield file has no row")]
    Empty,
}

/// One region's mean yield of one crop in one year.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YieldRow {
    /// Crop of the crop calendar, `maize`.
    pub crop: String,
    /// Zone of the crop calendar that the region lies in, `us-corn-belt`.
    pub zone: String,
    /// The region in the statistic's words.
    pub region: String,
    /// Year of harvest.
    pub year: i16,
    /// Mean yield, kilograms a hectare, as harvested.
    pub kg_ha: f64,
    /// Who published it where.
    pub source: String,
}

/// Regional yields, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct YieldTable {
    rows: Vec<YieldRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    r#yield: Vec<YieldRow>,
}

/// Highest mean yield that a region can have, kilograms a hectare: sugarcane of the best regions.
const MOST_KG_HA: f64 = 150_000.0;

impl YieldTable {
    /// Reads `[[yield]]` tables.
    ///
    /// # Errors
    /// Syntax with line and key; rows without a source or with an impossible number.
    pub fn parse_toml(text: &str) -> Result<YieldTable, YieldError> {
        let File { r#yield: rows } = toml::from_str(text)?;
        YieldTable::checked(rows)
    }

    /// Reads a table with the columns `crop,zone,region,year,kg_ha,source` in any order.
    ///
    /// # Errors
    /// As [`YieldTable::parse_toml`], with the line of the file.
    pub fn parse_csv(text: &str) -> Result<YieldTable, YieldError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let rows = reader.deserialize().collect::<Result<Vec<YieldRow>, csv::Error>>()?;
        YieldTable::checked(rows)
    }

    fn checked(rows: Vec<YieldRow>) -> Result<YieldTable, YieldError> {
        if rows.is_empty() {
            return Err(YieldError::Empty);
        }
        for (k, row) in rows.iter().enumerate() {
            let wrong = |problem: &str| {
                Err(YieldError::Row { row: k + 1, crop: row.crop.clone(), problem: problem.to_owned() })
            };
            if row.source.trim().is_empty() {
                return wrong("it has no source");
            }
            if !(row.kg_ha > 0.0 && row.kg_ha <= MOST_KG_HA) {
                return wrong("kg_ha must be above 0 and at most 150000");
            }
            if !(1950..=2100).contains(&row.year) {
                return wrong("year must lie from 1950 to 2100");
            }
            let twin = rows.iter().take(k).any(|r| {
                (&r.crop, &r.zone, &r.region, r.year) == (&row.crop, &row.zone, &row.region, row.year)
            });
            if twin {
                return wrong("crop, zone, region and year stand there twice");
            }
        }
        Ok(YieldTable { rows })
    }

    /// All rows, as they came.
    pub fn rows(&self) -> &[YieldRow] {
        &self.rows
    }

    /// Rows of a crop in a zone up to a year, newest first.
    pub(super) fn of(&self, crop: &str, zone: &str, up_to: i16) -> Vec<&YieldRow> {
        let mut rows: Vec<&YieldRow> =
            self.rows.iter().filter(|r| r.crop == crop && r.zone == zone && r.year <= up_to).collect();
        rows.sort_by(|a, b| b.year.cmp(&a.year).then_with(|| a.region.cmp(&b.region)));
        rows
    }
}
